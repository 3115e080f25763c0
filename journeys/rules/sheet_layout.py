"""Where everything of a map stands on pages that lie side by side and below each other.

Columns are dealt to *slices*, which lie side by side; what the lanes hold flows through *rows* of
one height. A page is one slice in one row. Nothing is cut off: an item that spans two slices
stands in both, one that is higher than a page goes on in the next row, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import LINE as LINE_HEIGHT
from journeys.rules.kinds import LaneKind
from journeys.rules.sheet_look import (
    CURVE_HEIGHT,
    GAP,
    INSET,
    LABEL_SIZE,
    STAGE_SIZE,
    STEP_SIZE,
    TEXT_SIZE,
    TITLES_WIDTH,
    lines_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journeys.rules.sheet import MapSheet, SheetItem, SheetLane, SheetStage

PICTURE_HEIGHT = 70.0
LINE_LANE_HEIGHT = 18.0
_FEWEST_LINES = 3
_LEAST_BAND = 22.0

type Slice = tuple[int, int]
type Place = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """An item, or a part of it, over the columns from *first* to *last* of one slice.

    *y* counts from the top of the band that it stands in; *begins* says whether the item does here.
    """

    item: SheetItem
    first: int
    last: int
    y: float
    height: float
    labels: tuple[str, ...]
    lines: tuple[str, ...]
    begins: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """What of a lane lies in one row, *y* below its top; *begins* where the lane does."""

    lane: SheetLane
    row: int
    y: float
    height: float
    begins: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A map laid out: slices of columns by rows, each with what bands lie in it."""

    column: float
    slices: tuple[Slice, ...]
    stage_height: float
    step_height: float
    row_height: float
    rows: int
    bands: tuple[Band, ...]

    @property
    def used(self) -> float:
        """Give the height that the bands of the highest row take."""
        return max((band.y + band.height for band in self.bands), default=0.0)


def sliced(stages: Sequence[SheetStage], most: int) -> tuple[Slice, ...]:
    """Deal columns to slices of *most* at most; stages stay together where they fit.

    Without stages there is one slice of no columns.
    """
    slices: list[Slice] = []
    first, last = 0, -1
    for stage in stages:
        fits = stage.last - first < most
        if not fits and stage.last - stage.first < most and stage.first > first:
            slices.append((first, stage.first - 1))
            first = stage.first
        while stage.last - first >= most:
            slices.append((first, first + most - 1))
            first += most
        last = stage.last
    return (*slices, (first, last))


def laid_out(
    sheet: MapSheet, *, column: float, slices: Sequence[Slice], height: float | None
) -> Layout:
    """Lay *sheet* out in columns of the width *column* and rows of *height*; None has no end.

    *height* is that of a row with the titles of stages and steps, which every row repeats.
    """
    stage_height = max(
        (_stage_height(stage, part, column) for stage, part in _parts(sheet.stages, slices)),
        default=0.0,
    )
    step_height = max(
        (step_room(step.title, step.signs, column) for step in sheet.steps), default=0
    )
    head = stage_height + step_height + 2 * GAP
    room = float("inf") if height is None else max(height - head, 4 * _LEAST_BAND)
    flow = _Flow(column, tuple(slices), room)
    for lane in sheet.lanes:
        flow.add(lane)
    return Layout(
        column, tuple(slices), stage_height, step_height, room, flow.at[0] + 1, tuple(flow.bands)
    )


def step_room(title: str, signs: Sequence[str], column: float) -> float:
    """Say how high the title of a step is, with the line of its number and signs above it."""
    inner = column - GAP - 2 * INSET[0]
    above = len(lines_in(step_signs(0, signs), inner, LABEL_SIZE, 600)) * LABEL_SIZE
    lines = len(lines_in(title, inner, STEP_SIZE, 600)) * STEP_SIZE
    return (above + lines) * LINE_HEIGHT + 2 * INSET[1]


def step_signs(number: int, signs: Sequence[str]) -> str:
    """Write the number of a step, from 0, and what is special about it."""
    return "  ·  ".join([f"Step {number + 1}", *signs])


def lane_words(lane: SheetLane) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the lines of a lane's title, and those of what is said below it."""
    inner = TITLES_WIDTH - 2 * INSET[0]
    notes = [line for note in lane.notes for line in lines_in(note, inner, LABEL_SIZE)]
    return lines_in(lane.title, inner, TEXT_SIZE, 700), tuple(notes)


def line_words(lane: SheetLane, column: float, slices: Sequence[Slice]) -> tuple[str, ...]:
    """Give the lines of what stands on the line of a blueprint, in the narrowest slice."""
    fewest = min(last - first + 1 for first, last in slices)
    said = "  ".join(word for word in (lane.title, *lane.notes) if word)
    return lines_in(said, fewest * column + TITLES_WIDTH - 24, LABEL_SIZE, 600)


def clipped(first: int, last: int, part: Slice) -> Slice | None:
    """Give what of the columns from *first* to *last* lies in *part*, None for nothing."""
    begin, end = max(first, part[0]), min(last, part[1])
    return (begin, end) if begin <= end else None


def _parts(
    stages: Sequence[SheetStage], slices: Sequence[Slice]
) -> Iterator[tuple[SheetStage, Slice]]:
    for stage in stages:
        for part in slices:
            if found := clipped(stage.first, stage.last, part):
                yield stage, found


def _stage_height(stage: SheetStage, part: Slice, column: float) -> float:
    inner = (part[1] - part[0] + 1) * column - GAP - 2 * INSET[0]
    lines = len(lines_in(stage.title, inner, STAGE_SIZE, 700))
    return lines * STAGE_SIZE * LINE_HEIGHT + 2 * INSET[1]


@dataclass(slots=True)
class _Flow:
    """Lets lanes flow through rows; *at* is where the next one begins."""

    column: float
    slices: tuple[Slice, ...]
    room: float
    at: Place = (0, 0.0)
    bands: list[Band] = field(default_factory=list)

    def add(self, lane: SheetLane) -> None:
        """Put *lane* below what is there."""
        needs = self._least(lane)
        row, y = self.at
        if y + needs > self.room and y > 0:
            row, y = row + 1, 0.0
        placed, end = self._laid(lane, (row, y))
        if y > 0 and placed and not lane.curves and min(at for at, _ in placed) > row:
            # Nothing of it has room here: its title would stand alone.
            row, y = row + 1, 0.0
            placed, end = self._laid(lane, (row, y))
        self.at = self._band(lane, (row, y), max(end, (row, y + needs)), placed)

    def _laid(self, lane: SheetLane, begin: Place) -> tuple[list[tuple[int, Piece]], Place]:
        """Stack the items of a lane from *begin*; give them with their rows, and where they end."""
        row, y = begin
        under = y + (CURVE_HEIGHT if lane.curves else 0.0) + GAP
        ends: list[Place] = [(row, under)] * (self.slices[-1][1] + 1)
        placed: list[tuple[int, Piece]] = []
        for piece in self._pieces(lane):
            span = range(piece.first, piece.last + 1)
            parts, end = self._poured(piece, max(ends[column] for column in span))
            placed += parts
            for column in span:
                ends[column] = end
        return placed, max([*ends, (row, under)])

    def _least(self, lane: SheetLane) -> float:
        if lane.kind is LaneKind.LINE:
            lines = line_words(lane, self.column, self.slices)
            return max(len(lines) * LABEL_SIZE * LINE_HEIGHT + 2 * GAP, LINE_LANE_HEIGHT)
        title, notes = lane_words(lane)
        words = (len(title) * TEXT_SIZE + len(notes) * LABEL_SIZE) * LINE_HEIGHT + 2 * INSET[1]
        curve = CURVE_HEIGHT if lane.curves else 0.0
        return max(words, curve + GAP, _LEAST_BAND)

    def _pieces(self, lane: SheetLane) -> Iterator[Piece]:
        """Give the items of a lane for each slice that they lie in, as high as they are."""
        for item in lane.items:
            for part in self.slices:
                found = clipped(item.first, item.last, part)
                if found:
                    inner = (found[1] - found[0] + 1) * self.column - GAP - 2 * INSET[0]
                    labels = lines_in(item.label, inner, LABEL_SIZE, 600)
                    lines = lines_in(item.text, inner, TEXT_SIZE)
                    piece = Piece(item, *found, 0.0, 0.0, labels, lines)
                    yield replace(piece, height=_height(piece))

    def _poured(self, piece: Piece, start: Place) -> tuple[list[tuple[int, Piece]], Place]:
        """Give the parts of *piece* with their rows, and where what is below it begins."""
        row, y = start
        parts: list[tuple[int, Piece]] = []
        fits_below = piece.height <= self.room - GAP
        if y + piece.height > self.room and (fits_below or not self._takes(piece, y)):
            row, y = row + 1, GAP
        while y + piece.height > self.room and (most := self._takes(piece, y)):
            head = replace(piece, lines=piece.lines[:most], y=y)
            parts.append((row, replace(head, height=_height(head))))
            piece = replace(piece, lines=piece.lines[most:], labels=(), begins=False)
            piece = replace(piece, height=_height(piece))
            row, y = row + 1, GAP
        parts.append((row, replace(piece, y=y)))
        return parts, (row, y + piece.height + GAP)

    def _takes(self, piece: Piece, y: float) -> int:
        """Say how many lines of a piece have room below *y*; 0 where it is not worth it."""
        fixed = _height(replace(piece, lines=()))
        most = int((self.room - y - fixed) / (TEXT_SIZE * LINE_HEIGHT))
        return most if _FEWEST_LINES <= most < len(piece.lines) else 0

    def _band(
        self, lane: SheetLane, begin: Place, end: Place, placed: Sequence[tuple[int, Piece]]
    ) -> Place:
        """Note what of the lane lies in each of its rows, and give where the next lane begins.

        In each of the rows its title has room.
        """
        foot = 0.0
        for row in range(begin[0], end[0] + 1):
            top = begin[1] if row == begin[0] else 0.0
            inside = [piece for at, piece in placed if at == row]
            foot = max([top + self._least(lane), *(p.y + p.height + GAP for p in inside)])
            foot = max(foot, end[1]) if row == end[0] else foot
            moved = tuple(replace(piece, y=piece.y - top) for piece in inside)
            self.bands.append(Band(lane, row, top, foot - top, row == begin[0], moved))
        return end[0], foot


def _height(piece: Piece) -> float:
    labels = len(piece.labels) * LABEL_SIZE
    words = (labels + len(piece.lines) * TEXT_SIZE) * LINE_HEIGHT
    picture = PICTURE_HEIGHT + GAP if piece.item.picture and piece.begins else 0.0
    return words + picture + 2 * INSET[1]
