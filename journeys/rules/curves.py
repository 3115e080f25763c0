"""Lines through values along the steps of a map: never beyond a value, broken where one is missing.

Everything here is geometry. A value that is missing is None; the line is broken there and a dotted
bridge leads over the gap. Between neighbours the line is a monotone cubic: F. N. Fritsch and
R. E. Carlson, "Monotone Piecewise Cubic Interpolation", SIAM Journal on Numerical Analysis 17
(1980), pages 238-246.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from journeys.rules.kinds import HIGHEST_EMOTION, LOWEST_EMOTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A cell is drawn on a ground of this size; the highest value lies MARGIN below its upper edge.
CELL_WIDTH, CELL_HEIGHT, MARGIN = 160.0, 96.0, 16.0
# Beyond this circle of slopes, in units of the secant, a cubic leaves the range of its ends.
_CIRCLE = 3.0

type Point = tuple[float, float]


class CurveForm(StrEnum):
    """How neighbours are joined."""

    MONOTONE = "monotone"
    STRAIGHT = "straight"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A cubic Bézier between two values: its start, two control points, and its end."""

    points: tuple[Point, Point, Point, Point]
    is_bridge: bool = False


@dataclass(frozen=True, slots=True)
class CellCurve:
    """What of a curve lies in one cell, on a ground of CELL_WIDTH by CELL_HEIGHT.

    *path* and *bridge* are what the `d` of an SVG path holds, "" for nothing; *area* is what lies
    between the line and *base*; *y* is the place of the cell's own value, None where it has none.
    """

    path: str = ""
    bridge: str = ""
    area: str = ""
    y: float | None = None


def height_of(
    value: float, *, lowest: float = LOWEST_EMOTION, highest: float = HIGHEST_EMOTION
) -> float:
    """Give the y of *value* in a cell: MARGIN for *highest*, CELL_HEIGHT - MARGIN for *lowest*."""
    share = 0.5 if highest == lowest else (value - lowest) / (highest - lowest)
    return CELL_HEIGHT - MARGIN - share * (CELL_HEIGHT - 2 * MARGIN)


def slopes(points: Sequence[Point]) -> list[float]:
    """Give the slope of the monotone cubic at each point; x grows from point to point.

    A point that is higher or lower than both neighbours, or level with one, has slope 0.
    """
    secants = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    if not secants:
        return [0.0] * len(points)
    inner = [0.0 if a * b <= 0 else (a + b) / 2 for a, b in pairwise(secants)]
    found = [secants[0], *inner, secants[-1]]
    for index, secant in enumerate(secants):
        if secant == 0:
            found[index] = found[index + 1] = 0.0
            continue
        begin, end = found[index] / secant, found[index + 1] / secant
        length = hypot(begin, end)
        if length > _CIRCLE:
            found[index] = _CIRCLE * begin / length * secant
            found[index + 1] = _CIRCLE * end / length * secant
    return found


def stretches(
    points: Sequence[tuple[float, float | None]], form: CurveForm = CurveForm.MONOTONE
) -> list[Stretch]:
    """Join the points that have a y, from left to right; over those that have none by a bridge.

    Bridges are straight, and what is on one side of a gap does not bend the line on the other.
    """
    runs = _runs(points)
    found: list[Stretch] = []
    for number, run in enumerate(runs):
        if number:
            found.append(_straight(runs[number - 1][-1], run[0], is_bridge=True))
        found += _joined(run, form)
    return found


def cut(stretch: Stretch, x: float) -> tuple[Stretch, Stretch]:
    """Cut a stretch in two at *x*, which lies between its ends; the line stays the same.

    The x of a stretch grows evenly along it, so that the place in it is known (de Casteljau).
    """
    p0, p1, p2, p3 = stretch.points
    share = 0.5 if p3[0] == p0[0] else (x - p0[0]) / (p3[0] - p0[0])
    a, b, c = (_between(*ends, share) for ends in ((p0, p1), (p1, p2), (p2, p3)))
    d, e = _between(a, b, share), _between(b, c, share)
    middle = _between(d, e, share)
    return (
        Stretch((p0, a, d, middle), stretch.is_bridge),
        Stretch((middle, e, c, p3), stretch.is_bridge),
    )


def cell_curves(
    values: Sequence[float | None],
    *,
    form: CurveForm = CurveForm.MONOTONE,
    lowest: float = LOWEST_EMOTION,
    highest: float = HIGHEST_EMOTION,
) -> list[CellCurve]:
    """Draw the values of neighbouring cells: for each cell its piece, which joins the next's.

    Values lie in the middle of their cells. Of a cell beyond the first or the last value
    nothing is drawn.
    """
    ys = [
        None if value is None else height_of(value, lowest=lowest, highest=highest)
        for value in values
    ]
    middles = [(index + 0.5) * CELL_WIDTH for index in range(len(ys))]
    lines: list[list[Stretch]] = [[] for _ in ys]
    for stretch in stretches(list(zip(middles, ys, strict=True)), form):
        for index, piece in _by_cell(stretch):
            lines[index].append(piece)
    return [_drawn(index, pieces, ys[index]) for index, pieces in enumerate(lines)]


def path_of(pieces: Sequence[Stretch], *, left: float = 0.0) -> str:
    """Write stretches as the `d` of an SVG path, with *left* as its zero; "" for none."""
    words: list[str] = []
    at: Point | None = None
    for piece in pieces:
        p0, p1, p2, p3 = ((x - left, y) for x, y in piece.points)
        if p0 != at:
            words.append(f"M{_number(p0)}")
        words.append(f"C{_number(p1)} {_number(p2)} {_number(p3)}")
        at = p3
    return "".join(words)


def _drawn(index: int, pieces: Sequence[Stretch], y: float | None) -> CellCurve:
    left = index * CELL_WIDTH
    line = [piece for piece in pieces if not piece.is_bridge]
    bridge = [piece for piece in pieces if piece.is_bridge]
    area = ""
    if line:
        begin, end = line[0].points[0][0] - left, line[-1].points[3][0] - left
        foot = f"L{end:g} {CELL_HEIGHT:g}L{begin:g} {CELL_HEIGHT:g}Z"
        area = path_of(line, left=left) + foot
    return CellCurve(path_of(line, left=left), path_of(bridge, left=left), area, y)


def _by_cell(stretch: Stretch) -> Iterator[tuple[int, Stretch]]:
    """Cut a stretch at the edges of the cells it passes; give each piece with its cell."""
    rest = stretch
    first = int(rest.points[0][0] // CELL_WIDTH)
    last = int(rest.points[3][0] // CELL_WIDTH)
    # Level with an edge a stretch is nothing in the cell behind it: the jumps of a line in steps.
    for index in range(first, last):
        edge = (index + 1) * CELL_WIDTH
        if rest.points[0][0] >= edge:
            continue
        piece, rest = cut(rest, edge)
        yield index, piece
    yield last, rest


def _runs(points: Sequence[tuple[float, float | None]]) -> list[list[Point]]:
    """Split points where one has no y."""
    runs: list[list[Point]] = [[]]
    for x, y in points:
        if y is not None:
            runs[-1].append((x, y))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _joined(run: Sequence[Point], form: CurveForm) -> list[Stretch]:
    if form is CurveForm.STRAIGHT:
        return [_straight(a, b) for a, b in pairwise(run)]
    if form is CurveForm.STEPS:
        return [stretch for a, b in pairwise(run) for stretch in _stepped(a, b)]
    bends = slopes(run)
    return [_bent(a, b, *bends[i : i + 2]) for i, (a, b) in enumerate(pairwise(run))]


def _straight(a: Point, b: Point, *, is_bridge: bool = False) -> Stretch:
    return Stretch((a, _between(a, b, 1 / 3), _between(a, b, 2 / 3), b), is_bridge)


def _stepped(a: Point, b: Point) -> list[Stretch]:
    """Go level to half the way, jump there, and go on level."""
    half = (a[0] + b[0]) / 2
    corners = (a, (half, a[1]), (half, b[1]), b)
    return [_straight(p, q) for p, q in pairwise(corners)]


def _bent(a: Point, b: Point, begin: float, end: float) -> Stretch:
    third = (b[0] - a[0]) / 3
    return Stretch((a, (a[0] + third, a[1] + begin * third), (b[0] - third, b[1] - end * third), b))


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _number(point: Point) -> str:
    return f"{round(point[0], 2):g} {round(point[1], 2):g}"
