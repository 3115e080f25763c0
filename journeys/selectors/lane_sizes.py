"""How much the lanes of a map hold, and how high they will be, without reading their cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, Q

from journeys.models import Card, Flow, Lane, StepJourney, StepRole, StepTouchpoint
from journeys.rules.first_lanes import LEAST_LINES, LaneSize, waiting_lanes
from journeys.rules.kinds import LaneKind
from journeys.selectors.touched import SHOWN_BY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid_columns import Columns
    from journeys.selectors.grid_rows import LaneRow

# A line of a card holds about so many letters at the usual zoom; around its text is room for one
# more. What says nothing itself shows an item of the library or a picture.
_SIZES = """
SELECT lane, sum(n)::int, max(lines)::float FROM (
    SELECT lane, count(*) AS n,
        sum(1 + CASE WHEN text = '' THEN 3 ELSE ceil(length(text) / 24.0) END) AS lines
    FROM journeys_card
    WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
    GROUP BY lane, step_from
) steps GROUP BY lane
"""
# What lies in these is not counted from cards, or not as one above the other.
_LINES = {
    LaneKind.EMOTION: 7.0,
    LaneKind.SCALE: 7.0,
    LaneKind.FLOW: 5.0,
    LaneKind.TOUCHPOINT: 4.0,
    LaneKind.ACTOR: 4.0,
    LaneKind.NESTED: 4.0,
}
# The elements that lanes of those kinds show.
_BESIDE_STEPS: dict[str, Any] = {
    "contact": StepTouchpoint,
    "role": StepRole,
    "nested": StepJourney,
    "flow": Flow,
}


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Which lanes of a big map are drawn at once: those *named*, and those that fill a screen."""

    named: Collection[UUID] = ()
    fills_screen: bool = True


def lanes_that_wait(
    row: JourneyMap,
    lanes: Sequence[LaneRow],
    look: Look,
    columns: Columns,
    at_once: AtOnce | None,
) -> dict[UUID, LaneSize]:
    """Give those of *lanes* that are not drawn *at_once*, with their size; None draws all.

    One stage is drawn whole, and a line holds nothing to wait for. One query, none for what is
    whole anyway.
    """
    if at_once is None or look.is_whole or look.stage:
        return {}
    lines = [lane.lineage for lane in lanes if lane.kind == LaneKind.LINE]
    return waiting_lanes(
        [lane.lineage for lane in lanes],
        lane_sizes(row, lanes),
        len(columns.columns),
        named={*at_once.named, *lines},
        fills_screen=at_once.fills_screen,
    )


def lane_sizes(row: JourneyMap, lanes: Sequence[LaneRow]) -> dict[UUID, LaneSize]:
    """Size *lanes* of a map, by lineage. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {"tenant": row.tenant_id, "map": row.pk})
        counted = {lane: LaneSize(cards, lines) for lane, cards, lines in cursor.fetchall()}
    return {lane.lineage: _size(lane, counted.get(lane.lineage, LaneSize())) for lane in lanes}


def lanes_holding(row: JourneyMap, elements: Collection[UUID]) -> set[UUID]:
    """Give the lanes that are among *elements*, or that show any of them. One query.

    A card lies in one; what a step has is shown by all lanes of a kind. What else there is among
    them is given as well; no lane goes by its lineage.
    """
    rows = Lane.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    held = Q(lineage__in=_there(Card, row, elements).values("lane"))
    for kind, lanes in SHOWN_BY.items():
        held |= Q(Exists(_there(_BESIDE_STEPS[kind], row, elements)), kind__in=lanes)
    return {*elements, *rows.filter(held).values_list("lineage", flat=True)}


def _there(model: Any, row: JourneyMap, elements: Collection[UUID]) -> Any:
    rows = model.objects.for_tenant(row.tenant_id)
    return rows.filter(map=row, lineage__in=elements, deleted_at=None)


def _size(lane: LaneRow, counted: LaneSize) -> LaneSize:
    if lane.is_collapsed:
        return counted._replace(lines=LEAST_LINES)
    usual = _LINES.get(LaneKind(lane.kind))
    return counted._replace(lines=usual or max(counted.lines, LEAST_LINES))
