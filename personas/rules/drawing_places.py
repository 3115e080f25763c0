"""Where each stakeholder stands in a drawing: four layouts of the same placements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, hypot

from personas.rules.drawing_regions import (
    SIDE,
    Box,
    Point,
    Region,
    ring_cell,
    sector_cell,
)
from personas.rules.kinds import Layout

MOST_SPACING = 104.0
_SHRINK = 0.94
# Places are kept in four decimals of the drawing: seats leave this much for rounding.
_ROUNDING = 0.5
LOWEST, BOUNDARY, HIGHEST = 1.0, 3.0, 5.0
PLOT = Box(96.0, 24.0, 976.0, 904.0)
# So far from the edges of the plot stand the ends of its scales.
PLOT_MARGIN = 56.0
_TRAY_TOP = 1_036.0
_CANVAS = Box(0.0, 0.0, SIDE, SIDE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stakeholder on a map: *id* of the placement and *stakeholder* as text, and where it is.

    *x* and *y* are 0 to 1; *power*, *interest* and *attitude* are None for whom they are hidden,
    too.
    """

    id: str
    stakeholder: str
    name: str
    kind: str
    ring: int | None = None
    sector: int | None = None
    x: float = 0.5
    y: float = 0.5
    power: float | None = None
    interest: float | None = None
    attitude: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What a drawing is drawn on: its layout, rings from the centre, sectors from the top.

    *ring_colours* are "c1" to "c8" or empty, from the centre; rings beyond them have none.
    """

    layout: Layout
    rings: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    ring_colours: tuple[str, ...] = ()

    def colour_of(self, ring: int) -> str:
        """Give the colour of a ring; empty for none."""
        return self.ring_colours[ring] if ring < len(self.ring_colours) else ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A stakeholder with its point in the drawing; *is_apart* in the tray below it."""

    mark: Mark
    x: float
    y: float
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """All stakeholders with their points; each has *spacing* of room. *height* with the tray."""

    ground: Ground
    spacing: float
    placed: tuple[Placed, ...]
    height: float


def drawing_of(ground: Ground, marks: Sequence[Mark]) -> Drawing:
    """Give each of *marks* its point, in the same order.

    Who has no ring (no sector, no numbers) where the layout needs one stands in the tray.
    """
    spacing = room_for(ground, marks)
    points = {mark.id: _point(ground, mark, spacing) for mark in marks if _is_in(ground, mark)}
    if ground.layout is Layout.POWER_INTEREST:
        points = _side_by_side(marks, points, spacing)
    apart = [mark for mark in marks if mark.id not in points]
    per_row = int(SIDE // spacing)
    for index, mark in enumerate(apart):
        row, column = divmod(index, per_row)
        points[mark.id] = ((column + 0.5) * spacing, _TRAY_TOP + (row + 0.5) * spacing)
    placed = tuple(
        Placed(mark, *points[mark.id], is_apart=not _is_in(ground, mark)) for mark in marks
    )
    tray = _TRAY_TOP + ceil(len(apart) / per_row) * spacing if apart else SIDE
    return Drawing(ground, spacing, placed, tray)


def tidied(ground: Ground, marks: Sequence[Mark]) -> dict[str, Point]:
    """Give each of *marks* in the drawing a place (x and y, 0 to 1) where none overlaps another.

    Each goes to the nearest free seat of its ring or sector; who sits on a seat stays there, so
    that tidying again changes nothing. The tray, and the grid, whose places are numbers, are left
    as they are.
    """
    if ground.layout is Layout.POWER_INTEREST:
        return {}
    inside = [mark for mark in marks if _is_in(ground, mark)]
    spacing = room_for(ground, marks) + _ROUNDING
    seats = {cell: cell.seats(spacing) for mark in inside for cell in _cells(ground, mark)}
    taken: dict[str, Point] = {}
    for mark in sorted(inside, key=lambda mark: _needs_seat_early(ground, mark, seats)):
        used = set(taken.values())
        free = [s for cell in _cells(ground, mark) for s in seats[cell] if s not in used]
        at = (mark.x * SIDE, mark.y * SIDE)
        taken[mark.id] = min(free, key=lambda seat: (_distance(seat, at), seat))
    return {mark_id: (round(x / SIDE, 4), round(y / SIDE, 4)) for mark_id, (x, y) in taken.items()}


def free_place(ground: Ground, marks: Sequence[Mark], new: Mark) -> Point:
    """Give a place (x and y, 0 to 1) for *new* beside the others, in its ring and sector."""
    if ground.layout is Layout.POWER_INTEREST or not _is_in(ground, new):
        return new.x, new.y
    everybody = [*marks, new]
    spacing = room_for(ground, everybody) + _ROUNDING
    others = [(p.x, p.y) for p in drawing_of(ground, marks).placed if not p.is_apart]
    seats = [seat for cell in _cells(ground, new) for seat in cell.seats(spacing)]
    count = len(seats)
    middle = sum(seat[0] for seat in seats) / count, sum(seat[1] for seat in seats) / count
    x, y = max(
        seats,
        key=lambda seat: (
            min([spacing, *(_distance(seat, other) for other in others)]),
            -_distance(seat, middle),
        ),
    )
    return round(x / SIDE, 4), round(y / SIDE, 4)


def room_for(ground: Ground, marks: Iterable[Mark]) -> float:
    """Give the room of one stakeholder: as much as lets all have a seat where they belong.

    It depends on how many stand in which ring and sector, not on where in it.
    """
    inside = [mark for mark in marks if _is_in(ground, mark)]
    needs = Counter(tuple(_cells(ground, mark)) for mark in inside)
    spacing = MOST_SPACING
    while not _fits(needs, spacing + _ROUNDING):
        spacing *= _SHRINK
    return spacing


def at_numbers(power: float, interest: float) -> Point:
    """Give the point of the grid for power (upwards) and interest (to the right), 1 to 5."""
    span = HIGHEST - LOWEST
    left, right = PLOT.left + PLOT_MARGIN, PLOT.right - PLOT_MARGIN
    top, bottom = PLOT.top + PLOT_MARGIN, PLOT.bottom - PLOT_MARGIN
    return (
        left + (interest - LOWEST) / span * (right - left),
        bottom - (power - LOWEST) / span * (bottom - top),
    )


def quadrant(power: float, interest: float) -> str:
    """Name the quadrant of the grid; the boundary 3.0 belongs to the upper side of both."""
    if power >= BOUNDARY:
        return "Manage closely" if interest >= BOUNDARY else "Keep satisfied"
    return "Keep informed" if interest >= BOUNDARY else "Watch"


def _is_in(ground: Ground, mark: Mark) -> bool:
    match ground.layout:
        case Layout.RINGS:
            return mark.ring is not None and mark.ring < len(ground.rings)
        case Layout.SECTORS:
            return mark.sector is not None and mark.sector < len(ground.sectors)
        case Layout.NETWORK:
            return True
        case _:
            return mark.power is not None and mark.interest is not None


def _cells(ground: Ground, mark: Mark) -> list[Region]:
    """List the regions that *mark* may stand in: one, or all sectors of a ring without one."""
    count = len(ground.sectors)
    match ground.layout:
        case Layout.RINGS:
            ring = ring_cell(mark.ring or 0, len(ground.rings))
            if not count:
                return [ring]
            if mark.sector is not None and mark.sector < count:
                return [sector_cell(mark.sector, count, ring)]
            return [sector_cell(sector, count, ring) for sector in range(count)]
        case Layout.SECTORS:
            return [sector_cell(mark.sector or 0, count)]
        case _:
            return [_CANVAS]


def _point(ground: Ground, mark: Mark, spacing: float) -> Point:
    if ground.layout is Layout.POWER_INTEREST:
        return at_numbers(mark.power or LOWEST, mark.interest or LOWEST)
    at = (mark.x * SIDE, mark.y * SIDE)
    cells = _cells(ground, mark)
    nearest = (cell.clamped(at, spacing / 2) for cell in cells)
    return min(nearest, key=lambda point: _distance(point, at))


def _fits(needs: Counter[tuple[Region, ...]], spacing: float) -> bool:
    """Whether every cell has seats for its own, and each ring for those of no sector, too."""
    wanted: Counter[Region] = Counter()
    for cells, count in needs.items():
        if len(cells) == 1:
            wanted[cells[0]] += count
    seats = {cell: len(cell.seats(spacing)) for cells in needs for cell in cells}
    if any(seats[cell] < count for cell, count in wanted.items()):
        return False
    return all(
        sum(seats[cell] - wanted[cell] for cell in cells) >= count
        for cells, count in needs.items()
        if len(cells) > 1
    )


def _needs_seat_early(
    ground: Ground, mark: Mark, seats: dict[Region, list[Point]]
) -> tuple[int, bool]:
    """Order those who choose a seat: who has fewer regions first, then who sits on one."""
    cells = _cells(ground, mark)
    at = (mark.x * SIDE, mark.y * SIDE)
    sits = any(_distance(seat, at) < _ROUNDING / 2 for cell in cells for seat in seats[cell])
    return len(cells), not sits


def _side_by_side(
    marks: Sequence[Mark], points: dict[str, Point], spacing: float
) -> dict[str, Point]:
    """Part those with the same numbers, without leaving their quadrant."""
    near, found = spacing * 0.62, dict[str, Point]()
    for mark in marks:
        if mark.id not in points:
            continue
        at = points[mark.id]
        side = quadrant(mark.power or LOWEST, mark.interest or LOWEST)
        taken = list(found.values())
        tries = [p for p in _around(at, near) if _stays(p, side)]
        free = (p for p in tries if all(_distance(p, other) >= near for other in taken))
        found[mark.id] = next(free, at)
    return found


def _around(at: Point, step: float) -> list[Point]:
    reach = range(-4, 5)
    tries = [(at[0] + i * step, at[1] + j * step) for i in reach for j in reach]
    return sorted(tries, key=lambda point: _distance(point, at))


def _stays(point: Point, side: str) -> bool:
    """Whether a point of the plot lies in the quadrant called *side*."""
    middle = at_numbers(BOUNDARY, BOUNDARY)
    margin = PLOT_MARGIN / 2
    inside = Box(PLOT.left, PLOT.top, PLOT.right, PLOT.bottom).clamped(point, margin) == point
    is_strong, is_keen = point[1] <= middle[1], point[0] >= middle[0]
    power, interest = (HIGHEST if is_strong else LOWEST), (HIGHEST if is_keen else LOWEST)
    return inside and quadrant(power, interest) == side


def _distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])
