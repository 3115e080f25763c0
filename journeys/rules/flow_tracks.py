"""Ways between steps as lines in the cells of a lane: up, along, and down to where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.rules.curves import CELL_WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

TRACK, FOOT, BEND = 22.0, 14.0, 8.0
_HALF, _APART, _HEAD = CELL_WIDTH / 2, 14.0, 4.0


@dataclass(frozen=True, slots=True)
class Way:
    """A way from column *start* to column *end*; *id* tells it from others."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WayPiece:
    """What of a way lies in one cell: *path* for its line, *head* for its arrow ("" for none)."""

    id: str
    path: str
    head: str = ""
    begins: bool = False


def tracks_of(ways: Sequence[Way]) -> list[int]:
    """Give each way a track, so that none lies on another's: short ones lowest, from 0."""
    found = [0] * len(ways)
    taken: list[list[tuple[int, int]]] = []
    for index in sorted(range(len(ways)), key=lambda i: (_reach(ways[i]), i)):
        left, right = sorted((ways[index].start, ways[index].end))
        track = next(
            (n for n, line in enumerate(taken) if all(b < left or right < a for a, b in line)),
            len(taken),
        )
        if track == len(taken):
            taken.append([])
        taken[track].append((left, right))
        found[index] = track
    return found


def height_of_ways(tracks: int) -> float:
    """Give how high a cell must be for so many tracks."""
    return FOOT + max(tracks, 1) * TRACK + BEND


def pieces_by_column(ways: Sequence[Way]) -> dict[int, list[WayPiece]]:
    """Draw ways: for each column its pieces, on a ground of CELL_WIDTH by `height_of_ways`.

    Steps lie at the foot of the lane. A way that leads back to its own step is a loop over it.
    """
    tracks = tracks_of(ways)
    height = height_of_ways(max(tracks, default=0) + 1)
    found: dict[int, list[WayPiece]] = {}
    for way, track in zip(ways, tracks, strict=True):
        y = height - FOOT - (track + 1) * TRACK + BEND
        for column, piece in _drawn(way, y, height - FOOT):
            found.setdefault(column, []).append(piece)
    return found


def _reach(way: Way) -> int:
    return abs(way.end - way.start)


def _drawn(way: Way, y: float, foot: float) -> list[tuple[int, WayPiece]]:
    if way.start == way.end:
        left, right = _HALF - _APART, _HALF + _APART
        path = f"M{left:g} {foot:g}V{y + BEND:g}Q{left:g} {y:g} {left + BEND:g} {y:g}"
        path += f"H{right - BEND:g}Q{right:g} {y:g} {right:g} {y + BEND:g}V{foot:g}"
        return [(way.start, WayPiece(way.id, path, _arrow(right, foot), begins=True))]
    ahead = way.end > way.start
    out, into = (CELL_WIDTH, 0.0) if ahead else (0.0, CELL_WIDTH)
    side = 1 if ahead else -1
    up = f"M{_HALF:g} {foot:g}V{y + BEND:g}Q{_HALF:g} {y:g} {_HALF + side * BEND:g} {y:g}H{out:g}"
    down = (
        f"M{into:g} {y:g}H{_HALF - side * BEND:g}Q{_HALF:g} {y:g} {_HALF:g} {y + BEND:g}V{foot:g}"
    )
    along = WayPiece(way.id, f"M0 {y:g}H{CELL_WIDTH:g}")
    return [
        (way.start, WayPiece(way.id, up, begins=True)),
        *((column, along) for column in range(way.start + side, way.end, side)),
        (way.end, WayPiece(way.id, down, _arrow(_HALF, foot))),
    ]


def _arrow(x: float, foot: float) -> str:
    top = foot - _HEAD * 1.5
    return f"M{x - _HEAD:g} {top:g}L{x:g} {foot:g}L{x + _HEAD:g} {top:g}Z"
