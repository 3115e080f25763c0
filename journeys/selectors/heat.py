"""Journeys beside their stages, or by level, each with a value of a measure: a heat map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, OuterRef, Subquery

from journeys.models import Card, JourneyMap, Stage, Step
from journeys.rules.freshness import freshness
from journeys.rules.heat import NOTHING, Heat, Measure, heat
from journeys.rules.kinds import MapStatus
from journeys.rules.library import InsightKind, InsightStatus
from journeys.selectors.access import maps_shown_to
from journeys.selectors.measured import measured_on
from journeys.selectors.portfolio import shown_map
from journeys.selectors.rollup import emotion_cards
from journeys.selectors.standing import Standing, standings_by_stage, together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from cxm.kernel.metric_values import MetricValue
    from cxm.tenants.models import Membership, Tenant
    from journeys.models import Journey
    from journeys.selectors.measured import Asking, StageOf

type _Values = dict[StageOf, float | None]
type _Cells = Callable[[str, StageOf], HeatCell]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A stage of a map, or (*stage_id* None) all of it, and how it is there.

    Of what is measured *words* say from how many answers and how sure it is, or why nothing is
    told, and *url* lists those answers.
    """

    title: str
    stage_id: UUID | None
    heat: Heat
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A journey, the map that is looked at, its value as a whole, and those of its stages."""

    journey: Journey
    map: JourneyMap
    whole: HeatCell
    stages: list[HeatCell]


def heat_rows(
    tenant: Tenant,
    reader: Membership | None,
    journeys: Sequence[Journey],
    measure: Measure,
    *,
    today: date,
    asking: Asking | None = None,
) -> list[HeatRow]:
    """Give *journeys* with a map for *reader*, in order, and how each and its stages are.

    The map is the live one, or else the one that a list would open. *asking* says which figure is
    looked at where *measure* is of what is measured; without one, nothing is. Four queries, of
    figures seven, however many. Who may open the journeys is for the caller to ask.
    """
    maps = _maps(tenant, reader, journeys)
    stages: dict[UUID, list[Stage]] = {}
    ids = [one.pk for one in maps.values()]
    there = Stage.objects.for_tenant(tenant).filter(map__in=ids, deleted_at=None)
    for stage in there.only("tenant", "map", "lineage", "title").order_by("ord", "pk"):
        stages.setdefault(stage.map_id, []).append(stage)
    cells: _Cells
    if measure is Measure.MEASURED:
        cells = partial(_measured, measured_on(tenant, ids, asking) if asking else {})
    else:
        values = _READ[measure](tenant, list(maps.values()), today)
        cells = partial(_told, measure, values)
    return [
        _row(journey, maps[journey.pk], stages.get(maps[journey.pk].pk, ()), cells)
        for journey in journeys
        if journey.pk in maps
    ]


def _maps(
    tenant: Tenant, reader: Membership | None, journeys: Sequence[Journey]
) -> dict[UUID, JourneyMap]:
    rows = JourneyMap.objects.for_tenant(tenant).filter(
        journey__in=[one.pk for one in journeys], archived_at=None, deleted_at=None
    )
    by_journey: dict[UUID, list[JourneyMap]] = {}
    rows = maps_shown_to(reader, rows).exclude(status=MapStatus.RETIRED)
    rows = rows.select_related("journey")
    for one in rows.order_by("-number"):
        by_journey.setdefault(one.journey_id, []).append(one)
    return {pk: shown for pk, found in by_journey.items() if (shown := shown_map(found))}


def _row(
    journey: Journey,
    shown: JourneyMap,
    stages: Sequence[Stage],
    cells: _Cells,
) -> HeatRow:
    found = [cells(stage.title, (shown.pk, stage.lineage)) for stage in stages]
    return HeatRow(journey, shown, cells(shown.name, (shown.pk, None)), found)


def _told(measure: Measure, values: _Values, title: str, of: StageOf) -> HeatCell:
    return HeatCell(title, of[1], heat(measure, values.get(of, _WITHOUT[measure])))


def _measured(values: Mapping[StageOf, MetricValue], title: str, of: StageOf) -> HeatCell:
    value = values.get(of)
    if value is None:
        return HeatCell(title, of[1], NOTHING, "No touchpoint")
    figure, _, base = value.words.partition(", ")
    if value.place is None:
        return HeatCell(title, of[1], NOTHING, value.words)
    level = heat(Measure.MEASURED, value.place).level
    return HeatCell(title, of[1], Heat(figure, level), base, value.url)


def _at_stage(tenant: Tenant, cards: Any) -> Any:
    """Give *cards* with the stage of the step that they begin at."""
    steps = Step.objects.for_tenant(tenant).filter(
        map=OuterRef("map"), lineage=OuterRef("step_from"), deleted_at=None
    )
    return cards.annotate(stage=Subquery(steps.values("stage")[:1])).order_by()


def _drawn(tenant: Tenant, maps: Sequence[JourneyMap], _today: date) -> _Values:
    cards = _at_stage(tenant, emotion_cards(tenant, [one.pk for one in maps]))
    told = cards.values("map_id", "stage").annotate(mean=Avg("value"), n=Count("pk"))
    found: _Values = {}
    sums: dict[UUID, tuple[float, int]] = {}
    for one in told:
        found[one["map_id"], one["stage"]] = one["mean"]
        total, count = sums.get(one["map_id"], (0.0, 0))
        sums[one["map_id"]] = (total + one["mean"] * one["n"], count + one["n"])
    return found | {(pk, None): total / count for pk, (total, count) in sums.items()}


def _pains(tenant: Tenant, maps: Sequence[JourneyMap], _today: date) -> _Values:
    """Count pains by stage, and of whole maps, each once."""
    ids = [one.pk for one in maps]
    cards = Card.objects.for_tenant(tenant).filter(
        map__in=ids,
        deleted_at=None,
        insight__kind=InsightKind.PAIN,
        insight__status=InsightStatus.OPEN,
    )
    seen: dict[tuple[UUID, UUID | None], set[UUID]] = {}
    told = _at_stage(tenant, cards).values_list("map_id", "stage", "insight_id").distinct()
    for pk, stage, insight in told:
        seen.setdefault((pk, stage), set()).add(insight)
        seen.setdefault((pk, None), set()).add(insight)
    return {key: float(len(found)) for key, found in seen.items()}


def _freshness(tenant: Tenant, maps: Sequence[JourneyMap], today: date) -> _Values:
    """Score maps, and their stages by what of them is backed; the review is that of all."""
    shown = {one.pk: one.journey for one in maps}
    by_stage = standings_by_stage(tenant, list(shown), today)
    of_maps: dict[UUID, list[Standing]] = {}
    for (pk, _), standing in by_stage.items():
        of_maps.setdefault(pk, []).append(standing)
    counted: dict[tuple[UUID, UUID | None], Standing] = {
        (pk, None): together(some) for pk, some in of_maps.items()
    }
    counted |= {(pk, stage): standing for (pk, stage), standing in by_stage.items()}
    return {
        key: freshness(
            steps=standing.steps,
            backed=standing.backed,
            age_days=standing.age_days,
            reviewed_on=shown[key[0]].reviewed_on,
            review_every_days=shown[key[0]].review_every_days,
            today=today,
        ).score
        for key, standing in counted.items()
    }


_READ = {Measure.DRAWN: _drawn, Measure.PAINS: _pains, Measure.FRESHNESS: _freshness}
# What a stage has of which nothing was read: no pain is none, no curve is no value.
_WITHOUT = {Measure.DRAWN: None, Measure.PAINS: 0.0, Measure.FRESHNESS: None}
