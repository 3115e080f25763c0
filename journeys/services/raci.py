"""Giving stakeholders their parts in the steps of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed, UnknownElementError
from cxm.kernel.operations.store import commit
from journeys.errors import JourneyError
from journeys.models import Step, StepRole
from journeys.rules.raci import CHOICES, ORDER
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.documents import Request


def set_roles(asked: Request, *, step: UUID, stakeholder: UUID, letters: str) -> None:
    """Let a stakeholder have the parts *letters* in a step, and of R, A, C and I no others.

    One batch of operations. Raises JourneyError for other letters, and what operations raise:
    UnknownElementError for another map's step, RefusedError for a second one who is accountable.
    """
    if letters not in {value for value, _ in CHOICES}:
        words = "Choose one of the list."
        raise JourneyError(words, field="roles")
    steps = Step.objects.for_tenant(asked.tenant).filter(map=asked.document, lineage=step)
    if not steps.filter(deleted_at=None).exists():
        raise UnknownElementError
    rows = StepRole.objects.for_tenant(asked.tenant).filter(map=asked.document, step=step)
    there = dict(
        rows.filter(stakeholder=stakeholder, deleted_at=None).values_list("role", "lineage")
    )
    batch = new_id()
    todo = [
        Asked(id=new_id(), batch=batch, op=Deed.DELETE, lineage=there[role])
        for role in ORDER
        if role in there and role.value not in letters
    ]
    for role in ORDER:
        if role.value in letters and role.value not in there:
            values = {"stakeholder": str(stakeholder), "role": role.value}
            told = {"values": values, "parent": str(step)}
            lineage = new_id()
            todo.append(
                Asked(
                    id=new_id(),
                    batch=batch,
                    op=Deed.CREATE,
                    lineage=lineage,
                    kind="role",
                    value=told,
                )
            )
    if todo:
        commit(MAPS, asked, todo)
