"""The numbers of one lane of a map, whichever kind it is of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.html import format_html

from analytics.selectors.bound_figures import bindings_of, bound_item, sought_of
from analytics.selectors.experience_lane import experience_lane, measured_at
from analytics.selectors.lane_cells import Cell, LaneNumbers
from analytics.selectors.lane_figures import read_numbers
from analytics.selectors.verdicts import standings
from cxm.kernel import charts
from cxm.metrics.rules.windows import closed_window, running_window
from journeys.models import Target
from journeys.rules.kinds import AHEAD, LaneKind
from journeys.selectors.promises import promise_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from django.utils.safestring import SafeString

    from analytics.selectors.figures import Viewer
    from analytics.selectors.lane_cells import Item
    from analytics.selectors.lane_figures import Numbers, Sought
    from analytics.selectors.map_outline import Column, NumberLane, Outline
    from analytics.selectors.verdicts import Standing
    from journeys.models import MetricBinding


SPARK_WINDOWS = 8


def lane_numbers(viewer: Viewer, outline: Outline, lane: NumberLane) -> LaneNumbers:
    """Read what a lane shows. At most four queries."""
    if lane.kind is LaneKind.PROMISE:
        return _promise_lane(viewer, outline, lane)
    has_metrics = any(other.kind is LaneKind.METRIC for other in outline.lanes)
    bindings = bindings_of(outline) if has_metrics else []
    every = [one for other in outline.lanes for one in _sought(outline, other, bindings)]
    is_spark = lane.kind is LaneKind.METRIC and lane.config.display == "spark"
    numbers = read_numbers(
        viewer,
        every,
        published_at=outline.map.published_at,
        past=SPARK_WINDOWS if is_spark else 0,
    )
    if lane.kind is LaneKind.METRIC:
        return _metric_lane(numbers, outline, lane, bindings)
    return experience_lane(numbers, outline, lane)


def _sought(
    outline: Outline, lane: NumberLane, bindings: Sequence[MetricBinding]
) -> Iterator[Sought]:
    """Give every figure of a lane; those that are compared are tested together."""
    for column in outline.columns:
        if lane.kind is LaneKind.EXPERIENCE:
            yield from measured_at(lane, column)
        elif lane.kind is LaneKind.METRIC:
            for binding in _bound(lane, column, bindings):
                yield sought_of(binding, column, lane.config.compare)


def _bound(
    lane: NumberLane, column: Column, bindings: Sequence[MetricBinding]
) -> list[MetricBinding]:
    wanted = lane.config.bindings
    here = [one for one in bindings if one.step_id == column.step]
    return [one for one in here if not wanted or one.key in wanted]


def _promise_lane(viewer: Viewer, outline: Outline, lane: NumberLane) -> LaneNumbers:
    told = standings(viewer, outline)

    def at(step: UUID | None) -> tuple[Standing, ...]:
        return tuple(one for one in told if one.target.step_id == step)

    return LaneNumbers(
        lane=lane,
        cells=tuple(Cell(column, (), promises=at(column.step)) for column in outline.columns),
        title=lane.title or "Promises",
        whole=at(None),
    )


def _metric_lane(
    numbers: Numbers, outline: Outline, lane: NumberLane, bindings: Sequence[MetricBinding]
) -> LaneNumbers:
    compare, cells, days = lane.config.compare, [], set()
    promised = _promised(outline) if lane.config.show_target else {}
    for column in outline.columns:
        here = _bound(lane, column, bindings)
        days |= {one.window_days for one in here}
        items = [bound_item(numbers, one, column, compare) for one in here]
        drawn = [
            replace(
                item,
                target=promised.get(one.pk, ""),
                picture=_picture(numbers, item, sought_of(one, column, compare), lane),
            )
            for item, one in zip(items, here, strict=True)
        ]
        cells.append(Cell(column, tuple(drawn)))
    same = days.pop() if len(days) == 1 else None
    today = numbers.viewer.today
    return LaneNumbers(
        lane=lane,
        cells=tuple(cells),
        title=lane.title or "Metrics",
        window=running_window(today, same) if same else None,
        closed=closed_window(today, same) if same and compare != "none" else None,
        tests=numbers.tests,
    )


def _promised(outline: Outline) -> dict[UUID, str]:
    """Say what the map promises of each binding. One query for a map of what is to come."""
    if outline.map.state not in AHEAD:
        return {}
    rows = Target.objects.for_tenant(outline.map.tenant_id)
    live = rows.filter(map=outline.map, removed_at=None).order_by("due", "pk")
    return {one.binding_id: f"{promise_words(one)} by {one.due:%-d %b %Y}" for one in live}


def _picture(numbers: Numbers, item: Item, sought: Sought, lane: NumberLane) -> SafeString | None:
    """Draw a figure as its lane says; None for a plain number, and where there is none."""
    if item.reading is None or item.reading.figure.value is None:
        return None
    figure = item.reading.figure
    match lane.config.display:
        case "spark":
            points = numbers.course(sought, SPARK_WINDOWS)
            if not any(point is not None for point in points):
                return None
            label = f"{figure.title} in the last {SPARK_WINDOWS} closed windows"
            return format_html("{}", charts.sparkline(points, label=label))
        case "bars":
            scale = charts.axis([], bounds=numbers.measures[sought.metric_key].bounds)
            bar = charts.whisker(figure.value, figure.ci_low, figure.ci_high, scale=scale)
            return format_html("{}", bar)
        case _:
            return None
