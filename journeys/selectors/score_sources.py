"""What data say of opportunities and solutions: how many customers meet them, how it is there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.customers.selectors.reach import customers_at
from cxm.kernel.metric_values import metric_values
from cxm.metrics.models import Metric
from journeys.models import (
    JourneyMap,
    OpportunityStep,
    SolutionOpportunity,
    SolutionStep,
    Step,
)
from journeys.rules.differences import count_span, difference
from journeys.rules.formulas import Span
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.library import ScoreSubject
from journeys.rules.scoring import Source
from journeys.selectors.measured import contacts_on, metrics_ranked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.metric_values import MetricValue
    from cxm.tenants.models import Tenant

type _Places = dict[UUID, frozenset[UUID]]
REACH_DAYS, IMPACT_DAYS = 30, 28
NO_PLACE = "It lies at no step that has a touchpoint."


@dataclass(frozen=True, slots=True)
class Computed:
    """What was computed: a value with its interval and n, or None, and *words* that say how."""

    span: Span | None
    n: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Places:
    """Touchpoints by item: those at its steps, and those elsewhere in the same journeys."""

    here: _Places
    elsewhere: _Places


def computed_inputs(
    tenant: Tenant, subject: ScoreSubject, ids: Collection[UUID], *, now: datetime
) -> dict[Source, dict[UUID, Computed]]:
    """Compute what can be computed of each of the items. Up to eleven queries, however many."""
    places = places_of(tenant, subject, ids)
    return {
        Source.REACH: reach_of(tenant, places, now=now),
        Source.IMPACT: impact_of(tenant, places, now=now),
    }


def reach_of(tenant: Tenant, places: Places, *, now: datetime) -> dict[UUID, Computed]:
    """Count the customers who were at the steps of each item in the last 30 days. One query.

    The interval says what another 30 days like these would bring.
    """
    known = {pk: ids for pk, ids in places.here.items() if ids}
    start = now - timedelta(days=REACH_DAYS)
    counts = customers_at(tenant, known, start=start, end=now)
    words = f"Customers at its steps in {REACH_DAYS} days."
    return {
        pk: Computed(count_span(counts.get(pk, 0)), counts.get(pk, 0), words)
        if pk in known
        else Computed(None, None, NO_PLACE)
        for pk in places.here
    }


def impact_of(tenant: Tenant, places: Places, *, now: datetime) -> dict[UUID, Computed]:
    """Tell by how much a figure is worse at the steps of each item than elsewhere around them.

    The figure is the metric of which more is better that most steps show, else the first one of
    the workspace, over 28 days. Four queries.
    """
    metric = metrics_ranked(tenant).filter(direction=Metric.Direction.HIGHER).first()
    if metric is None or not metric_values.is_there:
        return {pk: Computed(None, None, "Nothing is measured yet.") for pk in places.here}
    groups = {(pk, True): ids for pk, ids in places.here.items() if ids}
    groups |= {(pk, False): ids for pk, ids in places.elsewhere.items() if ids}
    told = metric_values.pooled(
        tenant=tenant,
        places=groups,
        metric_key=metric.key,
        days=IMPACT_DAYS,
        sees_answers=True,
        now=now,
    )
    return {pk: _gap(pk, places, told, metric.title) for pk in places.here}


def places_of(tenant: Tenant, subject: ScoreSubject, ids: Collection[UUID]) -> Places:
    """Give the touchpoints at the steps of each item, and around them. Up to six queries.

    A step is read where its journey is live, else on its newest map.
    """
    steps = _steps_of(tenant, subject, ids)
    maps = _maps_of(tenant, {step for some in steps.values() for step in some})
    contacts = contacts_on(tenant, set(maps.values()))
    here, elsewhere = {}, {}
    for pk in ids:
        own = [(maps[step], step) for step in steps.get(pk, ()) if step in maps]
        at = frozenset(one for map_id, step in own for one in contacts[map_id][step])
        around = (some for map_id, _ in own for some in contacts[map_id].values())
        here[pk] = at
        elsewhere[pk] = frozenset(one for some in around for one in some) - at
    return Places(here, elsewhere)


def touchpoints_at(tenant: Tenant, steps: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Give the touchpoints of each step where it is read, as `places_of` does. Two queries.

    Steps that are on no map are absent.
    """
    maps = _maps_of(tenant, steps)
    contacts = contacts_on(tenant, set(maps.values()))
    return {step: frozenset(contacts[map_id][step]) for step, map_id in maps.items()}


def _steps_of(
    tenant: Tenant, subject: ScoreSubject, ids: Collection[UUID]
) -> dict[UUID, set[UUID]]:
    """Give the steps of each item; a solution lies where its opportunities do as well."""
    if subject is ScoreSubject.OPPORTUNITY:
        return _linked(tenant, OpportunityStep, "opportunity_id", "step_id", ids)
    found = _linked(tenant, SolutionStep, "solution_id", "step_id", ids)
    solves = _linked(tenant, SolutionOpportunity, "solution_id", "opportunity_id", ids)
    problems = {one for some in solves.values() for one in some}
    at = _linked(tenant, OpportunityStep, "opportunity_id", "step_id", problems)
    for pk, some in solves.items():
        found.setdefault(pk, set()).update(step for one in some for step in at.get(one, ()))
    return found


def _linked(
    tenant: Tenant, model: Any, of: str, to: str, ids: Collection[UUID]
) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = model.objects.for_tenant(tenant).filter(**{f"{of}__in": ids}, deleted_at=None)
    for one, other in rows.values_list(of, to):
        found[one].add(other)
    return found


def _maps_of(tenant: Tenant, steps: Collection[UUID]) -> dict[UUID, UUID]:
    """Give for each step the map that it is read on."""
    maps = JourneyMap.objects.for_tenant(tenant).filter(archived_at=None, deleted_at=None)
    rows = Step.objects.for_tenant(tenant).filter(
        lineage__in=steps,
        deleted_at=None,
        map__in=maps.exclude(status=MapStatus.RETIRED).values("pk"),
    )
    told = rows.values_list(
        "lineage", "map_id", "map__state", "map__status", "map__valid_to", "map__number"
    )
    best: dict[UUID, tuple[tuple[bool, bool, int], UUID]] = {}
    for step, map_id, state, status, valid_to, number in told:
        is_current = state == MapState.CURRENT
        is_live = is_current and status == MapStatus.PUBLISHED and valid_to is None
        rank = (is_live, is_current, number)
        if step not in best or rank > best[step][0]:
            best[step] = (rank, map_id)
    return {step: map_id for step, (_, map_id) in best.items()}


def _gap(
    pk: UUID, places: Places, told: Mapping[tuple[UUID, bool], MetricValue], title: str
) -> Computed:
    if not places.here[pk]:
        return Computed(None, None, NO_PLACE)
    here, around = _span(told.get((pk, True))), _span(told.get((pk, False)))
    if here is None or around is None:
        where = "at its steps" if here is None else "at the other steps of its journeys"
        return Computed(None, None, f"{title} is not known {where}: too few answers.")
    words = f"{title} elsewhere in its journeys, less {title} at its steps, {IMPACT_DAYS} days."
    return Computed(difference(around, here), told[pk, True].n, words)


def _span(value: MetricValue | None) -> Span | None:
    if value is None or value.value is None or value.low is None or value.high is None:
        return None
    return Span(value.value, value.low, value.high)
