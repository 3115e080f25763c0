"""The measured curve of a lane beside the drawn one, cut into one picture for each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxm.kernel.svg import Element, element
from journeys.rules.curves import CELL_HEIGHT, CELL_WIDTH, CellCurve, cell_curves, height_of

_MIDDLE = CELL_WIDTH / 2


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured point with its interval (None where there is none), hollow when it is unsure."""

    value: float
    low: float | None
    high: float | None
    is_hollow: bool


def cell_pictures(
    points: Sequence[Measured | None],
    drawn: Sequence[float | None],
    bounds: tuple[float, float],
) -> list[Element]:
    """Draw one picture a cell: the points on an axis with *bounds*, *drawn* on its own (-2 to 2).

    A cell without a point breaks the line. Hidden from screen readers: the numbers stand in words
    beside it.
    """
    lowest, highest = bounds
    values = [None if point is None else point.value for point in points]
    measured = cell_curves(values, lowest=lowest, highest=highest)
    believed = cell_curves(drawn)
    return [
        _picture(point, line, belief, bounds)
        for point, line, belief in zip(points, measured, believed, strict=True)
    ]


def _picture(
    point: Measured | None, line: CellCurve, belief: CellCurve, bounds: tuple[float, float]
) -> Element:
    parts = [
        _path(belief.path, "drawn-line"),
        _path(belief.bridge, "drawn-line is-bridge"),
        _path(line.path, "measured-line"),
        _path(line.bridge, "measured-line is-bridge"),
    ]
    if belief.y is not None:
        parts.append(_dot(belief.y, "drawn-point"))
    if point is not None and line.y is not None:
        parts += [_whisker(point, bounds), _dot(line.y, "measured-point")]
        parts += [_dot(line.y, "measured-hole")] if point.is_hollow else []
    return element(
        "svg",
        *(part for part in parts if part),
        viewBox=f"0 0 {CELL_WIDTH:g} {CELL_HEIGHT:g}",
        preserveAspectRatio="none",
        class_="measured-picture",
        aria_hidden="true",
    )


def _path(line: str, name: str) -> Element | None:
    return element("path", d=line, class_=name) if line else None


def _whisker(point: Measured, bounds: tuple[float, float]) -> Element | None:
    if point.low is None or point.high is None:
        return None
    lowest, highest = bounds
    top, foot = (
        height_of(min(max(end, lowest), highest), lowest=lowest, highest=highest)
        for end in (point.high, point.low)
    )
    return element("line", x1=_MIDDLE, x2=_MIDDLE, y1=top, y2=foot, class_="measured-range")


def _dot(y: float, name: str) -> Element:
    """Draw a point as the round end of a line of no length: it stays round in any cell."""
    return element("path", d=f"M{_MIDDLE:g} {y:.2f}h0.01", class_=name)
