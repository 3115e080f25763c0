"""Goals: what they are measured by, how far they are, and what serves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cxm.kernel.goal_progress import Measured, Progress, goal_progress
from cxm.kernel.operations.records import Deed
from journeys.models import (
    Goal,
    JourneyMap,
    LibraryOp,
    OpportunityGoal,
    OpportunityStep,
    StepTouchpoint,
)
from journeys.rules.kinds import MapStatus
from journeys.selectors.library import readable_journeys
from journeys.selectors.portfolio import shown_map
from journeys.selectors.score_sources import touchpoints_at

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant
    from journeys.models import Journey

MOST_JOURNEYS = 100


@dataclass(frozen=True, slots=True)
class Serving:
    """A journey in which opportunities serve a goal: how many of them."""

    journey: Journey
    opportunities: int


def progress_of(
    tenant: Tenant,
    goals: Sequence[Goal],
    reader: Membership | None,
    *,
    sees_answers: bool,
    now: datetime,
) -> dict[UUID, Progress]:
    """Tell how far goals are whose figure *reader* may see. Up to nine queries, however many.

    Goals without a figure are absent, and so are those of journeys that *reader* may not open.
    """
    bound = {one.pk for one in goals if one.binding_id}
    if not bound:
        return {}
    open_to = readable_journeys(tenant, reader).values("pk")
    rows = Goal.objects.for_tenant(tenant).filter(pk__in=bound, binding__journey__in=open_to)
    told = list(
        rows.select_related("binding__metric", "binding__touchpoint", "binding__persona__segment")
    )
    since, at = _since(tenant, told), _touchpoints(tenant, told)
    return goal_progress.progress(
        tenant=tenant,
        goals=told,
        measured={one.pk: Measured(at[one.pk], since[one.pk]) for one in told},
        sees_answers=sees_answers,
        now=now,
    )


def journeys_serving(goal: Goal, reader: Membership | None) -> list[Serving]:
    """List the journeys at whose steps opportunities lie that serve *goal*. Two queries.

    Only those that *reader* may open, up to 100, by title.
    """
    serves = OpportunityGoal.objects.for_tenant(goal.tenant_id).filter(
        goal=goal, deleted_at=None, opportunity__archived_at=None
    )
    lies = OpportunityStep.objects.for_tenant(goal.tenant_id).filter(
        deleted_at=None, opportunity__in=serves.values("opportunity")
    )
    found: dict[UUID, set[UUID]] = {}
    for journey_id, opportunity in lies.values_list("step__journey_id", "opportunity_id"):
        found.setdefault(journey_id, set()).add(opportunity)
    rows = readable_journeys(goal.tenant, reader).filter(pk__in=found)
    ordered = rows.select_related("tenant").order_by("title", "pk")[:MOST_JOURNEYS]
    return [Serving(one, len(found[one.pk])) for one in ordered]


def _since(tenant: Tenant, goals: Sequence[Goal]) -> dict[UUID, date]:
    """Give the day since when each goal has the figure that it has. One query."""
    zone = ZoneInfo(tenant.time_zone)
    found = {one.pk: one.created_at for one in goals}
    done = LibraryOp.objects.for_tenant(tenant).filter(
        goal__in=list(found), deed=Deed.SET.value, field="binding"
    )
    found.update(done.order_by("seq").values_list("goal_id", "at"))
    return {pk: at.astimezone(zone).date() for pk, at in found.items()}


def _touchpoints(tenant: Tenant, goals: Sequence[Goal]) -> dict[UUID, Collection[UUID]]:
    """Give the touchpoints where the figure of each goal counts answers. Up to four queries."""
    bindings = {one.pk: one.binding for one in goals if one.binding}
    steps = {one.step_id for one in bindings.values() if one.step_id}
    at_steps = touchpoints_at(tenant, steps) if steps else {}
    whole = {one.journey_id for one in bindings.values() if not one.step_id}
    everywhere = _of_journeys(tenant, whole) if whole else {}
    return {
        pk: at_steps.get(one.step_id, frozenset())
        if one.step_id
        else everywhere.get(one.journey_id, frozenset())
        for pk, one in bindings.items()
    }


def _of_journeys(tenant: Tenant, journeys: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Give all touchpoints of the map of each journey that a list would open. Two queries."""
    rows = JourneyMap.objects.for_tenant(tenant).filter(
        journey__in=journeys, archived_at=None, deleted_at=None
    )
    by_journey: dict[UUID, list[JourneyMap]] = {}
    for one in rows.exclude(status=MapStatus.RETIRED).order_by("-number"):
        by_journey.setdefault(one.journey_id, []).append(one)
    maps = {shown.pk: pk for pk, some in by_journey.items() if (shown := shown_map(some))}
    contacts: Any = StepTouchpoint.objects.for_tenant(tenant).filter(map__in=maps, deleted_at=None)
    found: dict[UUID, set[UUID]] = {}
    for map_id, touchpoint in contacts.values_list("map_id", "touchpoint_id"):
        found.setdefault(maps[map_id], set()).add(touchpoint)
    return {pk: frozenset(some) for pk, some in found.items()}
