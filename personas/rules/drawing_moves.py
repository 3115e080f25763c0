"""Moving a stakeholder in a drawing: what its placement is after a drop or a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import hypot

from personas.rules.drawing_places import (
    HIGHEST,
    LOWEST,
    PLOT,
    PLOT_MARGIN,
    Ground,
    Mark,
    drawing_of,
)
from personas.rules.drawing_regions import (
    RADIUS,
    SIDE,
    Point,
    from_polar,
    ring_radius,
    to_polar,
)
from personas.rules.kinds import Layout

# At a border, a step goes on to where the neighbour begins: at most so many times its length.
_LONGEST_STEP = 16

type Place = dict[str, float | int | None]


def dropped(ground: Ground, point: Point) -> Place:
    """Give the fields of who is dropped at *point* of the drawing; outside, the nearest inside.

    Rings: ring, sector where there are any, x and y; sectors: sector, x and y; network: x and y;
    grid: power and interest.
    """
    if ground.layout is Layout.POWER_INTEREST:
        return _numbers(point)
    if ground.layout is Layout.NETWORK:
        return _shares(point)
    radius, turn = to_polar(point)
    radius = min(radius, RADIUS)
    place = _shares(from_polar(radius, turn))
    if ground.sectors:
        place["sector"] = int(turn * len(ground.sectors)) % len(ground.sectors)
    if ground.layout is Layout.RINGS:
        count = len(ground.rings)
        inside = (ring for ring in range(count) if radius <= ring_radius(ring, count))
        place["ring"] = next(inside, count - 1)
    return place


def stepped(
    ground: Ground, marks: Sequence[Mark], mark_id: str, across: float, down: float
) -> Place:
    """Give the fields of a stakeholder after a step of shares of the drawing (0.01 is 1 %).

    It starts from where it is drawn; at the border of a ring or sector it goes on to the next.
    Raises StopIteration for an id that is not among *marks*.
    """
    drawn = next(p for p in drawing_of(ground, marks).placed if p.mark.id == mark_id)
    if ground.layout is Layout.POWER_INTEREST and not drawn.is_apart:
        return _stepped_numbers(drawn.mark, across, down)
    step = (across * SIDE, down * SIDE)
    places = [
        dropped(ground, (drawn.x + step[0] * times, drawn.y + step[1] * times))
        for times in range(1, _LONGEST_STEP + 1)
    ]
    others = [mark for mark in marks if mark.id != mark_id]
    for place in places:
        moved = replace(drawn.mark, **place)  # type: ignore[arg-type]  # the fields of a mark
        now = next(p for p in drawing_of(ground, [*others, moved]).placed if p.mark.id == mark_id)
        gone = ((now.x - drawn.x) * step[0] + (now.y - drawn.y) * step[1]) / (hypot(*step) or 1)
        if gone > hypot(*step) / 2:
            return place
    return places[0]


def _shares(point: Point) -> Place:
    x, y = (round(min(max(value / SIDE, 0.0), 1.0), 4) for value in point)
    return {"x": x, "y": y}


def _width() -> float:
    return PLOT.right - PLOT.left - 2 * PLOT_MARGIN


def _numbers(point: Point) -> Place:
    span = HIGHEST - LOWEST
    right = (point[0] - PLOT.left - PLOT_MARGIN) / _width()
    up = (PLOT.bottom - PLOT_MARGIN - point[1]) / _width()
    return {"power": _degree(LOWEST + up * span), "interest": _degree(LOWEST + right * span)}


def _stepped_numbers(mark: Mark, across: float, down: float) -> Place:
    span = HIGHEST - LOWEST
    return {
        "power": _degree((mark.power or LOWEST) - down * span),
        "interest": _degree((mark.interest or LOWEST) + across * span),
    }


def _degree(value: float) -> float:
    return round(min(max(value, LOWEST), HIGHEST), 2)
