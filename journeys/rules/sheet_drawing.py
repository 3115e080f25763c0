"""Draws what of a map lies in one slice and one row: the titles above, the lanes, their curves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import Align, Mark, Photo, Role, Stroke, Tile, straight
from cxm.kernel.typesetting.widths import width_of
from journeys.rules.kinds import LaneKind
from journeys.rules.sheet_curves import curve_figure, number_words
from journeys.rules.sheet_layout import PICTURE_HEIGHT, clipped, lane_words, line_words, step_signs
from journeys.rules.sheet_look import (
    CURVE_HEIGHT,
    GAP,
    INK,
    INSET,
    LABEL_SIZE,
    LINE,
    PAPER,
    QUIET,
    STAGE_SIZE,
    STEP_SIZE,
    SUNKEN,
    TEXT_SIZE,
    THREAD,
    TITLES_WIDTH,
    edge_of,
    fill_of,
    lines_in,
    words_of,
)
from personas.rules.print_colours import print_colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.rules.sheet import MapSheet, SheetLane
    from journeys.rules.sheet_layout import Band, Layout, Piece, Slice


@dataclass(frozen=True, slots=True)
class Window:
    """One slice and row of a layout, drawn from *left* and *top*; titles of lanes stand at *left*.

    *gutters* are the rooms left and right of the columns, in which curves go on.
    """

    sheet: MapSheet
    layout: Layout
    slice: int
    row: int
    left: float
    top: float
    gutters: tuple[float, float] = (0.0, 0.0)

    @property
    def part(self) -> Slice:
        """Give the first and the last column."""
        return self.layout.slices[self.slice]

    @property
    def begin(self) -> float:
        """Give where the first column begins."""
        return self.left + TITLES_WIDTH + self.gutters[0]

    @property
    def width(self) -> float:
        """Give the width of the columns."""
        return (self.part[1] - self.part[0] + 1) * self.layout.column

    @property
    def body(self) -> float:
        """Give where the lanes begin, below the titles of stages and steps."""
        return self.top + self.layout.stage_height + self.layout.step_height + 2 * GAP

    def x(self, column: int) -> float:
        """Give where *column* begins."""
        return self.begin + (column - self.part[0]) * self.layout.column


def window_marks(window: Window) -> Iterator[Mark]:
    """Give all marks of *window*, in the order in which they are read."""
    yield from _stages(window)
    yield from _steps(window)
    for band in window.layout.bands:
        if band.row == window.row:
            yield from _band(window, band)


def _stages(window: Window) -> Iterator[Mark]:
    layout, part = window.layout, window.part
    for stage in window.sheet.stages:
        found = clipped(stage.first, stage.last, part)
        if found is None:
            continue
        width = (found[1] - found[0] + 1) * layout.column - GAP
        strong, soft = print_colours(stage.colour or "c1")
        # Said once: where a stage goes on, its title is there for the eye alone.
        role = Role.HEADING if found[0] == stage.first and not window.row else Role.DECORATION
        lines = lines_in(stage.title, width - 2 * INSET[0], STAGE_SIZE, 700)
        words = words_of(lines, STAGE_SIZE, INK, weight=700, role=role)
        x = window.x(found[0])
        yield Tile(x, window.top, width, layout.stage_height, words, soft, radius=3, inset=INSET)
        yield Tile(x, window.top + layout.stage_height - 2, width, 2, fill=strong)


def _steps(window: Window) -> Iterator[Mark]:
    layout, part = window.layout, window.part
    top = window.top + layout.stage_height + GAP
    width = layout.column - GAP
    inner = width - 2 * INSET[0]
    for column in range(part[0], part[1] + 1):
        step = window.sheet.steps[column]
        x = window.x(column)
        yield Tile(x, top, width, layout.step_height, fill=PAPER, edge=LINE, radius=3)
        role = Role.DECORATION if window.row else Role.TEXT
        signs = lines_in(step_signs(column, step.signs), inner, LABEL_SIZE, 600)
        above = words_of(signs, LABEL_SIZE, THREAD if step.signs else QUIET, weight=600, role=role)
        yield Tile(x + INSET[0], top + INSET[1], inner, above.height, above)
        role = Role.DECORATION if window.row else Role.SUBHEADING
        lines = lines_in(step.title, inner, STEP_SIZE, 600)
        title = words_of(lines, STEP_SIZE, INK, weight=600, role=role)
        yield Tile(x + INSET[0], top + INSET[1] + above.height, inner, title.height, title)


def _band(window: Window, band: Band) -> Iterator[Mark]:
    y = window.body + band.y
    right = window.begin + window.width + window.gutters[1]
    yield Stroke((straight((window.left, y), (right, y)),), LINE, 0.6)
    if band.lane.kind is LaneKind.LINE:
        yield from _line_lane(window, band, y)
        return
    yield from _title(window, band, y)
    if band.lane.curves and band.begins and window.width:
        yield from _scale(window, band.lane, y)
        over = tuple(min(room, window.layout.column / 2) for room in window.gutters)
        box = (window.begin, y, window.width, CURVE_HEIGHT)
        steps = window.sheet.steps
        yield curve_figure(band.lane, window.part, box, steps=steps, over=(over[0], over[1]))
    if band.lane.said and not band.pieces:
        words = words_of((band.lane.said,), LABEL_SIZE, QUIET)
        yield Tile(window.begin + INSET[0], y + INSET[1], window.width, words.height, words)
    for piece in band.pieces:
        if window.part[0] <= piece.first <= window.part[1]:
            yield from _piece(window, band.lane, piece, y + piece.y)


def _line_lane(window: Window, band: Band, y: float) -> Iterator[Mark]:
    """Draw a line of a blueprint, or a heading, with its words on it."""
    middle = y + band.height / 2
    end = window.begin + window.width + window.gutters[1]
    yield Stroke((straight((window.left, middle), (end, middle)),), QUIET, 1.0, (4.0, 2.0))
    lines = line_words(band.lane, window.layout.column, window.layout.slices)
    words = words_of(lines, LABEL_SIZE, QUIET, weight=600, role=_lane_role(window, band))
    width = max((width_of(line, LABEL_SIZE, 600) for line in lines), default=0.0) + 10
    box = (window.left + 8, middle - words.height / 2, width, words.height)
    yield Tile(*box, words, PAPER, inset=(4, 0))


def _title(window: Window, band: Band, y: float) -> Iterator[Mark]:
    title, notes = lane_words(band.lane)
    inner = TITLES_WIDTH - 2 * INSET[0]
    height = max(band.height - 1, 1)
    yield Tile(window.left, y + 0.5, TITLES_WIDTH - GAP, height, fill=SUNKEN)
    words = words_of(title, TEXT_SIZE, INK, weight=700, role=_lane_role(window, band))
    top = y + INSET[1]
    yield Tile(window.left + INSET[0], top, inner, words.height, words)
    below = words_of(notes, LABEL_SIZE, QUIET, role=_text_role(window, band))
    yield Tile(window.left + INSET[0], top + words.height, inner, below.height, below)


def _scale(window: Window, lane: SheetLane, y: float) -> Iterator[Mark]:
    """Write the highest and the lowest value at the right edge of the titles."""
    for value, at in ((lane.highest, 10.0), (lane.lowest, CURVE_HEIGHT - 22.0)):
        words = words_of(
            (number_words(lane, value),), LABEL_SIZE, QUIET, align=Align.END, role=Role.DECORATION
        )
        yield Tile(window.left, y + at, TITLES_WIDTH - GAP - 3, words.height, words)


def _piece(window: Window, lane: SheetLane, piece: Piece, y: float) -> Iterator[Mark]:
    """Draw an item; dashes say that it began on the page before."""
    item = piece.item
    x = window.x(piece.first)
    width = (piece.last - piece.first + 1) * window.layout.column - GAP
    inner = width - 2 * INSET[0]
    words, labels = words_of(piece.lines), words_of(piece.labels, LABEL_SIZE, QUIET, weight=600)
    box = Tile(
        x,
        y,
        width,
        piece.height,
        fill=fill_of(lane.kind, item.colour, is_pain=item.is_pain),
        edge=edge_of(item.colour),
        radius=3,
        inset=INSET,
        dash=() if piece.begins else (3.0, 2.0),
    )
    has_picture = bool(item.picture) and piece.begins
    if not piece.labels and not has_picture:
        yield replace(box, words=words)
        return
    yield box
    yield Tile(x + INSET[0], y + INSET[1], inner, labels.height, labels)
    down = y + INSET[1] + labels.height
    if has_picture:
        yield Photo(x + INSET[0], down, inner, PICTURE_HEIGHT, item.picture, item.alt)
        down += PICTURE_HEIGHT + GAP
    yield Tile(x + INSET[0], down, inner, words.height, words)


def _lane_role(window: Window, band: Band) -> Role:
    return Role.HEADING if band.begins and not window.slice else Role.DECORATION


def _text_role(window: Window, band: Band) -> Role:
    return Role.TEXT if band.begins and not window.slice else Role.DECORATION
