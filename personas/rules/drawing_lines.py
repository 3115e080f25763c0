"""Relations as lines: which way they bend, where they end, what tells their kinds apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from personas.rules.drawing_places import Drawing
from personas.rules.drawing_regions import Point
from personas.rules.kinds import Direction

WIDTHS = {1: 1.5, 2: 3.0, 3: 5.0}
# Dashes by kind, in units of the drawing; the kind is written beside the line, too.
DASHES = {
    "trust": "",
    "information": "2 6",
    "money": "14 5",
    "service": "14 5 2 5",
    "goods": "7 5",
    "authority": "22 4",
    "conflict": "5 3 2 3 2 3",
}
# Where along a line its words may stand, the middle first, and the room that a sign of them takes.
_WORD_PLACES = (0.5, 0.38, 0.62, 0.27, 0.73, 0.18, 0.82)
_SIGN_WIDTH, _WORD_HEIGHT = 7.5, 18.0
_HEAD_LENGTH = 15.0
_APART = 44.0
# The radius of a stakeholder's figure, as a part of its room; the name stands below, so that the
# figure is raised by half of it. Lines end there.
FIGURE = 0.25

# The middle of something, and how far it reaches to each side, and up and down.
type Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Link:
    """A relation: *start* and *end* are stakeholders, as text; *is_common* holds on every map."""

    id: str
    start: str
    end: str
    kind: str
    direction: str = Direction.ONE.value
    strength: int = 2
    title: str = ""
    is_common: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A relation drawn: a curve from *start* over *bend* to *end*; *heads* are arrow tips.

    A head is three points, its tip first. *middle* is half way along the line.
    """

    link: Link
    start: Point
    bend: Point
    end: Point
    heads: tuple[tuple[Point, Point, Point], ...]
    middle: Point


def lines_of(drawing: Drawing, links: Sequence[Link]) -> list[Line]:
    """Draw those of *links* whose both ends are in the drawing; several of one pair lie apart."""
    raised = drawing.spacing * FIGURE / 2
    points = {p.mark.stakeholder: (p.x, p.y - raised) for p in drawing.placed}
    pairs: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        if link.start in points and link.end in points:
            first, second = sorted((link.start, link.end))
            pairs[first, second].append(link)
    found = []
    for (first, second), several in pairs.items():
        for index, link in enumerate(several):
            bend = (index - (len(several) - 1) / 2) * _APART
            found.append(_line(link, points, (first, second), bend, drawing.spacing * FIGURE + 4))
    return found


def words_placed(lines: Sequence[Line], said: Sequence[str], drawing: Drawing) -> list[Point]:
    """Give where the words of each line stand: along it, off figures and other words if they can.

    Where no place along the line is free, they stand in the middle.
    """
    reach = drawing.spacing * FIGURE
    taken = [(p.x, p.y - reach / 2, reach, reach) for p in drawing.placed]
    found = []
    for line, words in zip(lines, said, strict=True):
        wide, high = len(words) * _SIGN_WIDTH / 2, _WORD_HEIGHT / 2
        places = [_along(line, share) for share in _WORD_PLACES]
        free = (one for one in places if not any(_meet((*one, wide, high), t) for t in taken))
        place = next(free, line.middle)
        taken.append((*place, wide, high))
        found.append(place)
    return found


def _meet(one: Box, other: Box) -> bool:
    is_beside = abs(one[0] - other[0]) >= one[2] + other[2]
    return not is_beside and abs(one[1] - other[1]) < one[3] + other[3]


def _along(line: Line, share: float) -> Point:
    """Give the point of a line's curve at *share* of the way."""
    left = 1 - share
    start, bend, end = line.start, line.bend, line.end
    return (
        left * left * start[0] + 2 * left * share * bend[0] + share * share * end[0],
        left * left * start[1] + 2 * left * share * bend[1] + share * share * end[1],
    )


def _line(
    link: Link, points: dict[str, Point], pair: tuple[str, str], bend: float, edge: float
) -> Line:
    one, other = points[pair[0]], points[pair[1]]
    length = hypot(other[0] - one[0], other[1] - one[1]) or 1.0
    across = ((one[1] - other[1]) / length, (other[0] - one[0]) / length)
    start, end = points[link.start], points[link.end]
    control = (
        (one[0] + other[0]) / 2 + across[0] * bend * 2,
        (one[1] + other[1]) / 2 + across[1] * bend * 2,
    )
    # Lines of those who stand very near are not turned around.
    edge = min(edge, length * 0.3)
    begins, ends = _towards(start, control, edge), _towards(end, control, edge)
    heads = [_head(ends, control)]
    if link.direction == Direction.BOTH:
        heads.append(_head(begins, control))
    middle = (
        begins[0] / 4 + control[0] / 2 + ends[0] / 4,
        begins[1] / 4 + control[1] / 2 + ends[1] / 4,
    )
    return Line(link, begins, control, ends, tuple(heads), middle)


def _towards(point: Point, target: Point, by: float) -> Point:
    """Go from *point* towards *target*, so far."""
    across, down = target[0] - point[0], target[1] - point[1]
    length = hypot(across, down) or 1.0
    return point[0] + across / length * by, point[1] + down / length * by


def _head(tip: Point, behind: Point) -> tuple[Point, Point, Point]:
    across, down = behind[0] - tip[0], behind[1] - tip[1]
    length = hypot(across, down) or 1.0
    along = (across / length * _HEAD_LENGTH, down / length * _HEAD_LENGTH)
    side = (-along[1] * 0.42, along[0] * 0.42)
    base = (tip[0] + along[0], tip[1] + along[1])
    return tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])
