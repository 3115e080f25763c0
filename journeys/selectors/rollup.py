"""What journeys tell of themselves where they lie in others: from the map that holds now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Exists, Max, Min, OuterRef

from journeys.models import Card, JourneyMap, Lane, Stage, Step
from journeys.rules.kinds import LaneKind
from journeys.rules.library import OpportunityStatus
from journeys.selectors.access import LIVE
from journeys.selectors.lane_curves import signed
from journeys.selectors.measured import measured_on
from journeys.selectors.portfolio import open_pains

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.kernel.metric_values import MetricValue
    from cxm.tenants.models import Tenant
    from journeys.selectors.measured import Asking

_OVER = (OpportunityStatus.DONE, OpportunityStatus.DROPPED)


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the live current map *map_id* of a journey comes to.

    *mean*, *low* and *high* are of the *drawn* values of all its curves, from -2 to +2; None where
    nothing is drawn. *measured* is what customers answered at its touchpoints, where a figure was
    asked for. *pains* and *opportunities* are the open ones that it shows.
    """

    map_id: UUID
    drawn: int = 0
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    pains: int = 0
    opportunities: int = 0
    measured: MetricValue | None = None


def rollup_of(
    tenant: Tenant, journeys: Collection[UUID], *, asking: Asking | None = None
) -> dict[UUID, RollUp]:
    """Roll *journeys* up, by journey; those without a live map are absent. Four queries.

    *asking* names a figure that is told as well, in five more: from all answers together. Who may
    see a journey is for the caller to ask.
    """
    rows = JourneyMap.objects.for_tenant(tenant).filter(LIVE, journey__in=journeys)
    live = dict(rows.filter(archived_at=None).values_list("pk", "journey_id"))
    drawn, pains = _drawn(tenant, live), open_pains(tenant, list(live))
    opportunities = _opportunities(tenant, live)
    figures = measured_on(tenant, live, asking) if asking and live else {}
    return {
        journey: RollUp(
            pk,
            **drawn.get(pk, {}),
            pains=pains.get(pk, 0),
            opportunities=opportunities.get(pk, 0),
            measured=figures.get((pk, None)),
        )
        for pk, journey in live.items()
    }


def rollup_words(told: RollUp) -> tuple[str, str]:
    """Say what a journey comes to, in short: how it feels, and what is open there."""
    drawn = "Nothing drawn"
    if told.mean is not None and told.low is not None and told.high is not None:
        mean, low, high = (signed(round(float(one), 1)) for one in (told.mean, told.low, told.high))
        drawn = f"{mean}, from {low} to {high}"
    pains = f"{told.pains} pain{'' if told.pains == 1 else 's'}"
    ideas = f"{told.opportunities} opportunit{'y' if told.opportunities == 1 else 'ies'}"
    return drawn, f"{pains}, {ideas} open"


def emotion_cards(tenant: Tenant, maps: Collection[UUID]) -> Any:
    """Give the cards of *maps* that say how somebody feels at a step that is there."""
    lanes = Lane.objects.for_tenant(tenant).filter(
        map=OuterRef("map"), lineage=OuterRef("lane"), kind=LaneKind.EMOTION, deleted_at=None
    )
    stages = Stage.objects.for_tenant(tenant).filter(
        map=OuterRef("map"), lineage=OuterRef("stage"), deleted_at=None
    )
    steps = Step.objects.for_tenant(tenant).filter(
        Exists(stages), map=OuterRef("map"), lineage=OuterRef("step_from"), deleted_at=None
    )
    cards = Card.objects.for_tenant(tenant).filter(map__in=maps, deleted_at=None)
    return cards.exclude(value=None).filter(Exists(lanes), Exists(steps))


def _drawn(tenant: Tenant, maps: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    found = emotion_cards(tenant, maps).order_by().values("map_id")
    told = found.annotate(n=Count("pk"), mean=Avg("value"), low=Min("value"), high=Max("value"))
    return {
        one["map_id"]: {"drawn": one["n"], **{name: one[name] for name in ("mean", "low", "high")}}
        for one in told
    }


def _opportunities(tenant: Tenant, maps: Collection[UUID]) -> dict[UUID, int]:
    cards = Card.objects.for_tenant(tenant).filter(map__in=maps, deleted_at=None)
    cards = cards.exclude(opportunity=None).exclude(opportunity__status__in=_OVER)
    counted = cards.order_by().values("map_id").annotate(n=Count("opportunity_id", distinct=True))
    return {one["map_id"]: one["n"] for one in counted}
