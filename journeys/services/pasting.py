"""Pasting a table into a map: what was seen before, in one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked, Deed, Source
from cxm.kernel.operations.store import commit, read_state
from journeys.errors import PasteError
from journeys.models import JourneyMap
from journeys.rules.kinds import LaneKind
from journeys.rules.pasting import PastePlan, Pasting, persona_of, plan_paste
from journeys.rules.shapes import UNTITLED
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import ApiKey, Membership
    from journeys.rules.pasted_lines import PasteLine


@transaction.atomic
def paste_table(
    *,
    row: JourneyMap,
    asked: Pasting,
    seen: str,
    by: Membership | ApiKey,
    now: datetime,
    source: Source = Source.UI,
) -> PastePlan:
    """Put a table into a map, in one batch that Undo takes back; give what was done.

    *seen* is that of the plan which somebody looked at. Raises PasteError where it would do
    something else by now, or nothing, and what `commit` raises.
    """
    request = Request(row.tenant, row.pk, actor_of(by), now, source)
    # The lock first: what was looked at stays so until all is done.
    maps = JourneyMap.objects.for_tenant(row.tenant_id)
    maps.select_for_update(no_key=True).filter(pk=row.pk).exists()
    state = read_state(MAPS, request)
    plan = plan_paste(state, asked)
    if not plan.does_something:
        raise PasteError("Nothing of this finds a place on the map. Below is why.")
    if plan.seen != seen:
        raise PasteError("This is what would happen now. Look it over, then paste it.")
    operations = list(_Writing(state, plan).operations())
    for start in range(0, len(operations), MOST_AT_ONCE):
        commit(MAPS, request, operations[start : start + MOST_AT_ONCE])
    return plan


class _Writing:
    """What a plan is as operations of one batch."""

    def __init__(self, state: State, plan: PastePlan) -> None:
        self._state, self._plan, self._batch = state, plan, new_id()
        self._root = state.of_kind("map")[0].id
        self._steps, self._lanes = _ids(plan.steps), _ids(plan.lanes)

    def operations(self) -> Iterator[Asked]:
        """Give them in the order in which they can be done."""
        yield from self._new_steps()
        for line, lane in zip(self._plan.lanes, self._lanes, strict=True):
            if line.is_new:
                values = {"kind": LaneKind.TEXT.value, "title": line.title}
                yield self._create("lane", lane, values, self._root)
        for lane, row in zip(self._lanes, self._plan.rows, strict=True):
            for step, cell in zip(self._steps, row, strict=True):
                for card in cell.gone:
                    yield self._asked(Deed.DELETE, card)
                for name, value in cell.made:
                    if cell.sets:
                        yield self._asked(Deed.SET, cell.sets, field=name, value=value)
                    else:
                        yield self._card(lane, step, name, value)

    def _new_steps(self) -> Iterator[Asked]:
        """Put steps behind the last one; a map that has none gets a stage for them."""
        stages = self._state.children(self._root, "stage")
        stage = stages[-1].id if stages else new_id()
        if not stages and self._plan.new_steps:
            yield self._create("stage", stage, {"title": UNTITLED}, self._root)
        for line, step in zip(self._plan.steps, self._steps, strict=True):
            if line.is_new:
                yield self._create("step", step, {"title": line.title}, stage)

    def _card(self, lane: UUID, step: UUID, name: str, value: str | float) -> Asked:
        values: dict[str, Any] = {"step_from": str(step), "step_to": str(step), name: value}
        known = self._state.get(lane)
        if known is not None and known.values["kind"] == LaneKind.EMOTION:
            values["persona"] = persona_of(self._state, lane)
        return self._create("card", new_id(), values, lane)

    def _create(self, kind: str, pk: UUID, values: dict[str, Any], parent: UUID) -> Asked:
        value = {"values": values, "parent": str(parent)}
        return self._asked(Deed.CREATE, pk, kind=kind, value=value)

    def _asked(self, deed: Deed, pk: UUID, **more: Any) -> Asked:
        return Asked(id=new_id(), batch=self._batch, op=deed, lineage=pk, **more)


def _ids(lines: Sequence[PasteLine]) -> list[UUID]:
    return [line.id or new_id() for line in lines]
