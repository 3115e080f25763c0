"""The measured experience of a map: one metric step by step, beside the feelings drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.html import format_html

from analytics.rules.beliefs import Mapped, can_map, mapped, mapping_words
from analytics.rules.measured_curve import Measured, cell_pictures
from analytics.selectors.lane_cells import NO_TOUCHPOINT, Belief, Cell, Item, LaneNumbers
from analytics.selectors.lane_figures import Sought
from analytics.selectors.map_outline import drawn_values
from cxm.kernel.charts import Axis, axis
from cxm.metrics.rules.windows import closed_window, running_window
from journeys.rules.kinds import HIGHEST_EMOTION, LOWEST_EMOTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.selectors.lane_figures import Numbers, Reading
    from analytics.selectors.map_outline import Column, NumberLane, Outline
    from analytics.selectors.names import Measure
    from cxm.kernel.svg import Element

_DRAWN = Axis(LOWEST_EMOTION, HIGHEST_EMOTION, (LOWEST_EMOTION, 0.0, HIGHEST_EMOTION))


@dataclass(frozen=True, slots=True)
class _Curve:
    """The points of a lane, one for each column; *scale* is None where there is none at all."""

    readings: list[Reading | None]
    mapped: list[Mapped | None]
    drawn: list[float | None]
    scale: Axis | None

    def beliefs(self) -> list[Belief | None]:
        return [
            Belief(drawn, point, point.gap(drawn)) if drawn is not None and point else None
            for drawn, point in zip(self.drawn, self.mapped, strict=True)
        ]

    def pictures(self, *, is_mapped: bool) -> list[Element]:
        scale = self.scale or _DRAWN
        return cell_pictures(self._points(is_mapped=is_mapped), self.drawn, (scale.low, scale.high))

    def _points(self, *, is_mapped: bool) -> list[Measured | None]:
        pairs = zip(self.readings, self.mapped, strict=True)
        return [_point(one, place if is_mapped else None) for one, place in pairs]


def measured_at(lane: NumberLane, column: Column) -> list[Sought]:
    """Give the figures that an experience lane shows at a step: one, or one for a touchpoint."""
    whole = whole_step(lane, column)
    if lane.config.by == "step":
        return [whole]
    return [replace(whole, touchpoints=frozenset({one.id})) for one in column.touchpoints]


def whole_step(lane: NumberLane, column: Column) -> Sought:
    """Give the figure of all touchpoints of a step together."""
    config = lane.config
    return Sought(config.metric_key, column.ids, config.window_days, config.compare)


def experience_lane(numbers: Numbers, outline: Outline, lane: NumberLane) -> LaneNumbers:
    """Say what was measured along the map. One query where the drawn curve is shown, else none."""
    config, columns = lane.config, outline.columns
    measure = numbers.measure(config.metric_key)
    if measure is None:
        broken = f"Broken: there is no live metric “{config.metric_key}”. Choose one for this lane."
        return LaneNumbers(lane, tuple(Cell(one, ()) for one in columns), broken=broken)
    is_mapped = config.mapping != "none" and can_map(_ends(measure))
    curve = _curve(numbers, outline, lane, measure, is_mapped=is_mapped)
    pictures = [format_html("{}", one) for one in curve.pictures(is_mapped=is_mapped)]
    parts = zip(columns, curve.readings, pictures, curve.drawn, curve.beliefs(), strict=True)
    today = numbers.viewer.today
    return LaneNumbers(
        lane=lane,
        cells=tuple(
            Cell(column, _items(numbers, lane, column, reading), picture, drawn, belief)
            for column, reading, picture, drawn, belief in parts
        ),
        title=measure.metric.title,
        window=running_window(today, config.window_days),
        closed=None if config.compare == "none" else closed_window(today, config.window_days),
        tests=numbers.tests,
        scale=curve.scale,
        unit=measure.version.unit,
        mapping=mapping_words(is_more_better=_is_more_better(measure)) if is_mapped else "",
    )


def _point(reading: Reading | None, place: Mapped | None) -> Measured | None:
    """Give the point of a figure that is told: at *place*, else at its own value."""
    if reading is None or reading.figure.value is None:
        return None
    if place is not None:
        return Measured(place.value, place.low, place.high, reading.is_hollow)
    shown = reading.figure
    return Measured(reading.figure.value, shown.ci_low, shown.ci_high, reading.is_hollow)


def _curve(
    numbers: Numbers, outline: Outline, lane: NumberLane, measure: Measure, *, is_mapped: bool
) -> _Curve:
    columns = outline.columns
    readings = [_reading(numbers, lane, column) for column in columns]
    nothing: list[None] = [None] * len(columns)
    places: Sequence[Mapped | None] = nothing
    if is_mapped:
        better = _is_more_better(measure)
        places = [mapped(one.histogram, is_more_better=better) if one else None for one in readings]
    drawn: Sequence[float | None] = nothing
    if lane.config.show_drawn:
        drawn = drawn_values(outline, lane.persona_id)
    scale = _DRAWN if is_mapped else _scale(readings, measure)
    return _Curve(readings, list(places), list(drawn), scale)


def _reading(numbers: Numbers, lane: NumberLane, column: Column) -> Reading | None:
    if not column.touchpoints:
        return None
    sought = whole_step(lane, column)
    return numbers.reading(sought, column.touchpoints, min_n=lane.config.min_n)


def _items(
    numbers: Numbers, lane: NumberLane, column: Column, whole: Reading | None
) -> tuple[Item, ...]:
    if whole is None:
        return (Item("", None, NO_TOUCHPOINT),)
    if lane.config.by == "step":
        return (Item("", whole),)
    pairs = zip(measured_at(lane, column), column.touchpoints, strict=True)
    least = lane.config.min_n
    return tuple(
        Item(one.title, numbers.reading(sought, [one], min_n=least)) for sought, one in pairs
    )


def _scale(readings: Sequence[Reading | None], measure: Measure) -> Axis | None:
    figures = [one.figure for one in readings if one and one.figure.value is not None]
    ends = [end for one in figures for end in (one.value, one.ci_low, one.ci_high)]
    return axis(ends, bounds=measure.bounds) if ends else None


def _is_more_better(measure: Measure) -> bool:
    return measure.metric.direction == "higher"


def _ends(measure: Measure) -> tuple[int, int]:
    return measure.metric.scale_min, measure.metric.scale_max
