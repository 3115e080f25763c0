"""What journeys inside the steps of a map come to, in figures: for a lane that asks for these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Subquery

from journeys.models import JourneyMap, StepJourney
from journeys.rules.freshness import freshness, worst
from journeys.selectors.access import LIVE
from journeys.selectors.journeys import journeys_open_to
from journeys.selectors.measured import measured_whole
from journeys.selectors.standing import Standing, standings, steps_there

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from cxm.kernel.metric_values import MetricValue
    from cxm.tenants.models import Membership
    from journeys.selectors.measured import Asking

_TOLD = ("lineage", "journey__title", "journey__reviewed_on", "journey__review_every_days", "live")


@dataclass(frozen=True, slots=True)
class InsideFigure:
    """What one journey inside a step comes to: the element's *lineage*, and the journey's title.

    *value* is of all answers at the touchpoints of its live map, None without one or without a
    figure; *freshness* that of its live map, from 0 to 100.
    """

    lineage: UUID
    title: str
    has_map: bool
    value: MetricValue | None
    freshness: int | None


def inside_figures(
    row: JourneyMap, reader: Membership | None, asking: Asking | None, *, today: date
) -> list[InsideFigure]:
    """Tell the journeys inside the steps of a map that *reader* may open, by title.

    The figures are those of the journeys' own pages (`rollup_of`). Two queries, and four for the
    figure; no more, however many journeys.
    """
    inside = _inside(row, reader)
    maps = [pk for *_, pk in inside if pk]
    stand = standings(row.tenant, maps, today) if maps else {}
    figures = measured_whole(row.tenant, maps, asking) if maps and asking else {}
    return [
        InsideFigure(
            lineage,
            title,
            pk is not None,
            figures.get(pk),
            _freshness(stand.get(pk, Standing()), reviewed_on, every, today),
        )
        for lineage, title, reviewed_on, every, pk in inside
    ]


def worst_freshness(told: Sequence[InsideFigure]) -> int | None:
    """Give the lowest freshness of all journeys inside; None where none has any."""
    return worst(one.freshness for one in told)


def _inside(row: JourneyMap, reader: Membership | None) -> list[Any]:
    live = JourneyMap.objects.for_tenant(row.tenant_id).filter(
        LIVE, journey=OuterRef("journey"), archived_at=None
    )
    rows = StepJourney.objects.for_tenant(row.tenant_id).filter(
        Exists(steps_there(row.tenant, [row.pk]).filter(lineage=OuterRef("step"))),
        map=row,
        deleted_at=None,
        journey__in=journeys_open_to(row.tenant, reader).values("pk"),
    )
    told = rows.annotate(live=Subquery(live.values("pk")[:1]))
    return list(told.order_by("journey__title", "pk").values_list(*_TOLD))


def _freshness(
    standing: Standing, reviewed_on: date | None, every: int | None, today: date
) -> int | None:
    return freshness(
        steps=standing.steps,
        backed=standing.backed,
        age_days=standing.age_days,
        reviewed_on=reviewed_on,
        review_every_days=every,
        today=today,
    ).score
