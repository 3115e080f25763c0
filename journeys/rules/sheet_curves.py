"""The values of lanes as curves, bars or points in a box: never beyond it, broken where missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import Align, Dot, Figure, Role, Stroke, Tile, Words, straight
from journeys.rules.curves import CurveForm, Stretch, cut, stretches
from journeys.rules.kinds import LaneKind
from journeys.rules.sheet import Display, SheetCurve, SheetLane
from journeys.rules.sheet_look import (
    DASHES,
    INK,
    LABEL_SIZE,
    LINE,
    SHAPES,
    curve_colour,
    emotion_colour,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.rules.sheet import SheetStep
    from journeys.rules.sheet_layout import Slice

# Above the highest and below the lowest value there is room for what is written beside them.
_MARGIN = 16.0
_DOTTED = (1.0, 3.0)
_RADIUS = 3.6
_NUMBER_WIDTH, _BAR = 30.0, 12.0
# Where the middle of a number stands, seen from its point.
_ABOVE, _BELOW, _BESIDE = (0.0, -10.0), (0.0, 10.0), (16.0, 0.0)

type Point = tuple[float, float]
type Box = tuple[float, float, float, float]


def curve_figure(
    lane: SheetLane,
    part: Slice,
    box: Box,
    *,
    steps: Sequence[SheetStep],
    over: tuple[float, float] = (0.0, 0.0),
    size: float | None = LABEL_SIZE,
) -> Figure:
    """Draw the curves of *lane* over the columns of *part*, which fill *box* (x, y, width, height).

    Lines go on beyond its left and right edge by *over*, in points, towards their next values.
    Values are written beside their points in *size*; None leaves them out.
    """
    x, y, width, height = box
    column = width / (part[1] - part[0] + 1)
    ground = _Ground(x - part[0] * column, column, y, height, lane.lowest, lane.highest)
    edges = (x - over[0], x + width + over[1])
    marks: list[Tile | Stroke | Dot] = list(_grid(lane, ground, edges))
    for place, curve in enumerate(lane.curves):
        if lane.display is Display.LINE:
            marks += _line(curve, ground, edges, CurveForm(lane.form))
        marks += _points(lane, curve, ground, part, place)
    if size is not None:
        for column in range(part[0], part[1] + 1):
            marks += _numbers(lane, ground, column, size)
    said = summary(lane, part, steps)
    return Figure(edges[0], y, edges[1] - edges[0], height, said, tuple(marks))


def summary(lane: SheetLane, part: Slice, steps: Sequence[SheetStep]) -> str:
    """Say the values of *part* in words: "Feels. Busy parent: +1.2 at “I pay”"."""
    told = []
    for curve in lane.curves:
        values = [
            f"{number_words(lane, value)} at “{steps[column].title}”"
            for column in range(part[0], part[1] + 1)
            if (value := curve.values[column]) is not None
        ]
        told.append(f"{curve.name or 'All'}: {', '.join(values) or 'no values here'}")
    return f"{lane.title or lane.kind.words}. {'; '.join(told)}"


def number_words(lane: SheetLane, value: float) -> str:
    """Write a value as people read it; emotions with their sign."""
    if lane.kind is not LaneKind.EMOTION:
        return f"{value:g}"
    return f"{value:+.1f}".removesuffix(".0").replace("-", "−") if value else "0"


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where columns and values lie: column 0 begins at *zero*."""

    zero: float
    column: float
    top: float
    height: float
    lowest: float
    highest: float

    def x(self, column: int) -> float:
        return self.zero + (column + 0.5) * self.column

    def y(self, value: float) -> float:
        reach = self.highest - self.lowest
        share = (min(max(value, self.lowest), self.highest) - self.lowest) / reach if reach else 0.5
        return self.top + self.height - _MARGIN - share * (self.height - 2 * _MARGIN)


def _grid(
    lane: SheetLane, ground: _Ground, edges: tuple[float, float]
) -> list[Tile | Stroke | Dot]:
    """Draw the highest, the middle and the lowest value as lines, which dashes tell apart."""
    middle = (lane.lowest + lane.highest) / 2
    found: list[Tile | Stroke | Dot] = []
    for value in (lane.highest, middle, lane.lowest):
        y = ground.y(value)
        dash = () if value == middle else (1.0, 2.0)
        found.append(Stroke((straight((edges[0], y), (edges[1], y)),), LINE, 0.5, dash))
    return found


def _line(
    curve: SheetCurve, ground: _Ground, edges: tuple[float, float], form: CurveForm
) -> list[Tile | Stroke | Dot]:
    points = [
        (ground.x(column), None if value is None else ground.y(value))
        for column, value in enumerate(curve.values)
    ]
    kept = [part for one in stretches(points, form) if (part := _between(one, *edges)) is not None]
    colour = curve_colour(curve.colour)
    solid = tuple(one.points for one in kept if not one.is_bridge)
    bridges = tuple(one.points for one in kept if one.is_bridge)
    return [
        Stroke(solid, colour, 2.0, DASHES[(curve.dash - 1) % len(DASHES)]),
        Stroke(bridges, colour, 1.2, _DOTTED),
    ]


def _between(stretch: Stretch, left: float, right: float) -> Stretch | None:
    """Cut off what of a stretch lies beyond *left* or *right*; None where nothing is left."""
    begin, end = stretch.points[0][0], stretch.points[3][0]
    if end <= left or begin >= right:
        return None
    if begin < left < end:
        stretch = cut(stretch, left)[1]
    if stretch.points[0][0] < right < end:
        stretch = cut(stretch, right)[0]
    return stretch


def _points(
    lane: SheetLane, curve: SheetCurve, ground: _Ground, part: Slice, place: int
) -> list[Tile | Stroke | Dot]:
    colour = curve_colour(curve.colour)
    shape = SHAPES[(curve.dash - 1) % len(SHAPES)]
    found: list[Tile | Stroke | Dot] = []
    for column in range(part[0], part[1] + 1):
        value = curve.values[column]
        if value is None:
            continue
        x, y = ground.x(column), ground.y(value)
        if lane.display is Display.BARS:
            x += _shift(lane, place)
            foot = ground.y(lane.lowest)
            found.append(Tile(x - _BAR / 2, y, _BAR, max(foot - y, 1.0), fill=colour))
        else:
            found.append(Dot(x, y, _RADIUS, colour, shape))
    return found


def _shift(lane: SheetLane, place: int) -> float:
    """Say how far from the middle a bar stands: those of several personas are side by side."""
    return (place - (len(lane.curves) - 1) / 2) * (_BAR + 1)


def _numbers(lane: SheetLane, ground: _Ground, column: int, size: float) -> list[Tile]:
    """Write the values of a column: the highest above, the lowest below, those between beside."""
    there = [
        (value, place)
        for place, curve in enumerate(lane.curves)
        if (value := curve.values[column]) is not None
    ]
    if lane.display is Display.BARS:
        bars = [(ground.x(column) + _shift(lane, n), value) for value, n in there]
        return [_number(lane, value, (x, ground.y(value)), _ABOVE, size) for x, value in bars]
    values = sorted({value for value, _ in there}, reverse=True)
    found = []
    for place, value in enumerate(values):
        is_last = place == len(values) - 1
        where = _ABOVE if place == 0 else _BELOW if is_last else _BESIDE
        found.append(_number(lane, value, (ground.x(column), ground.y(value)), where, size))
    return found


def _number(lane: SheetLane, value: float, at: Point, where: Point, size: float) -> Tile:
    colour = emotion_colour(value) if lane.kind is LaneKind.EMOTION else INK
    lines = (number_words(lane, value),)
    words = Words(lines, size, colour, 600, Align.MIDDLE, Role.DECORATION)
    x, y = at[0] + where[0] - _NUMBER_WIDTH / 2, at[1] + where[1] - words.height / 2
    return Tile(x, y, _NUMBER_WIDTH, words.height, words)
