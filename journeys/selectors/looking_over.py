"""What is known about a map when it is looked over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from cxm.kernel.metric_values import metric_values
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from journeys.models import MetricBinding, Target
from journeys.rules.kinds import LaneKind, MapState
from journeys.rules.lane_kinds import CLAIMS
from journeys.rules.lint_facts import Backing as Backed
from journeys.rules.lint_facts import LintFacts, Promised
from journeys.rules.template_parts import read_kept
from journeys.selectors.grades import backings_on
from personas.models import Persona

if TYPE_CHECKING:
    from datetime import date

    from cxm.kernel.metric_values import PromiseStanding
    from cxm.kernel.operations.state import State
    from journeys.models import Journey, JourneyMap


def facts_of(row: JourneyMap, state: State, *, today: date) -> LintFacts:
    """Gather what looking over the map *row* needs; eight queries, however large it is.

    Where a target was due, six more ask whether it is reached. The row comes with its journey;
    *state* is what lies on the map, *today* the tenant's day.
    """
    journey = row.journey
    steps = {e.id for e in state.of_kind("step") if not e.is_deleted}
    return LintFacts(
        state=state,
        today=today,
        map_state=MapState(row.state),
        has_owner=journey.owner_id is not None,
        review_due_on=review_due_on(journey),
        unruled=_unruled(row, _named(state, "contact", "touchpoint")),
        unbound=_unbound(row, _named(state, "cast", "persona")),
        backings=_backings(row, state, today),
        targets=_targets(row, today),
        broken=_broken(row, steps),
        kept=read_kept(row.template_parts),
    )


def review_due_on(journey: Journey) -> date | None:
    """Give the day by which a journey is to be looked at again; None where no review is asked for.

    One that was never reviewed is due as if it had been when it was made.
    """
    if not journey.review_every_days:
        return None
    since = journey.reviewed_on or journey.created_at.date()
    return since + timedelta(days=journey.review_every_days)


def claims_in(state: State) -> set[UUID]:
    """Give the steps of a map, and the cards that say how it is for customers."""
    lanes = {
        lane.id
        for lane in state.of_kind("lane")
        if not lane.is_deleted and LaneKind(str(lane.values["kind"])) in CLAIMS
    }
    cards = {card.id for card in state.of_kind("card") if card.parent in lanes}
    return cards | {step.id for step in state.of_kind("step")}


def _backings(row: JourneyMap, state: State, today: date) -> dict[UUID, Backed]:
    """Give what backs the claims of a map, and whatever else evidence is cited for."""
    claims = claims_in(state)
    return {
        pk: Backed(one.grade, one.newest_on)
        for pk, one in backings_on(row, today=today).items()
        if pk in claims or one.counting
    }


def _named(state: State, kind: str, name: str) -> set[UUID]:
    return {UUID(str(e.values[name])) for e in state.of_kind(kind) if not e.is_deleted}


def _unruled(row: JourneyMap, named: set[UUID]) -> dict[str, str]:
    """Give the touchpoints of *named* that no rule leads to, with their titles."""
    rules = TouchpointRule.objects.for_tenant(row.tenant_id).filter(
        touchpoint__in=named, is_enabled=True
    )
    ruled = set(rules.values_list("touchpoint_id", flat=True))
    rows = Touchpoint.objects.for_tenant(row.tenant_id).filter(pk__in=named - ruled)
    return {str(pk): title for pk, title in rows.values_list("pk", "title")}


def _unbound(row: JourneyMap, named: set[UUID]) -> dict[str, str]:
    """Give the personas of *named* without a segment, with their names."""
    rows = Persona.objects.for_tenant(row.tenant_id).filter(pk__in=named, segment=None)
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def _targets(row: JourneyMap, today: date) -> list[Promised]:
    """Give the targets of a map; of those that were due, whether they are reached is asked."""
    rows = Target.objects.for_tenant(row.tenant_id).filter(map=row, removed_at=None)
    found = list(rows.order_by("due", "pk").values_list("pk", "due", "step_id"))
    known: dict[UUID, PromiseStanding] = {}
    if any(due < today for _, due, _ in found):
        noon = datetime.combine(today, time(12), ZoneInfo(row.tenant.time_zone))
        known = metric_values.promises(journey_map=row, sees_answers=True, now=noon)
    return [
        Promised(due, known[pk].is_reached if pk in known else None, step)
        for pk, due, step in found
    ]


def _broken(row: JourneyMap, steps: set[UUID]) -> list[tuple[str, UUID | None]]:
    """Give the figures of the journey whose metric is archived, where they are on this map."""
    rows = MetricBinding.objects.for_tenant(row.tenant_id).filter(journey=row.journey_id)
    gone = rows.filter(archived_at=None, metric__archived_at__isnull=False).order_by("key", "pk")
    found: list[tuple[str, UUID | None]] = list(gone.values_list("key", "step_id"))
    return [(key, step) for key, step in found if step is None or step in steps]
