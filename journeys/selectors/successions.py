"""Which step of a map stands for one that was joined to it: what was bound there goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL

from journeys.models import Step, StepSuccession

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from journeys.models import JourneyMap


_FOLLOWED = """
WITH RECURSIVE followed AS (
    SELECT lineage AS step FROM journeys_step
    WHERE tenant_id = %s AND map_id = %s AND deleted_at IS NULL
    UNION
    SELECT s.from_step_id FROM journeys_stepsuccession s JOIN followed ON s.to_step_id = step
    WHERE s.tenant_id = %s AND s.journey_id = %s
)
SELECT step FROM followed
"""


def heirs_of(row: JourneyMap) -> dict[UUID, UUID]:
    """Say for each step that is not on a map any more which one on it came out of it, if any.

    After several joins it is the last one. What was undone has no effect: the step is there again.
    One query.
    """
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    told = (
        StepSuccession.objects.for_tenant(row.tenant_id)
        .filter(journey=row.journey_id)
        .annotate(
            is_from_there=Exists(steps.filter(lineage=OuterRef("from_step_id"))),
            is_to_there=Exists(steps.filter(lineage=OuterRef("to_step_id"))),
        )
        .filter(is_from_there=False)
        .order_by("share", "at", "pk")
        .values_list("from_step_id", "to_step_id", "is_to_there")
    )
    onward = {old: (new, is_there) for old, new, is_there in told if old != new}
    found = {old: _last(old, onward) for old in onward}
    return {old: new for old, new in found.items() if new}


def forebears_of(row: JourneyMap, step: UUID) -> set[UUID]:
    """Name the steps that were joined to *step*, on the way or at once, and are not on the map.

    One query.
    """
    return {old for old, new in heirs_of(row).items() if new == step}


def steps_followed(row: JourneyMap) -> RawSQL:
    """Select, for a query, the steps that are on a map or were joined to one that is."""
    told = (row.tenant_id, row.pk, row.tenant_id, row.journey_id)
    return RawSQL(_FOLLOWED, told)  # noqa: S611 - the text is ours, what it is asked of comes apart


def follow(row: JourneyMap, there: Collection[UUID], bound: Collection[Any]) -> None:
    """Let *bound*, rows with a `step_id`, stand at the heirs of steps that are not *there*.

    Nothing is written. At most one query, and none where every step is there.
    """
    lost = [one for one in bound if one.step_id is not None and one.step_id not in there]
    heirs = heirs_of(row) if lost else {}
    for one in lost:
        one.step_id = heirs.get(one.step_id, one.step_id)


def _last(step: UUID, onward: dict[UUID, tuple[UUID, bool]]) -> UUID | None:
    """Follow the steps that are not there; None where none of them ends at one that is."""
    seen = {step}
    while step in onward:
        step, is_there = onward[step]
        if is_there:
            return step
        if step in seen:
            return None
        seen.add(step)
    return None
