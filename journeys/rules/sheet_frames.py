"""A map on sheets of paper that are glued together, and on one large sheet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import (
    Align,
    Mark,
    Page,
    Role,
    Stroke,
    Tile,
    magnified,
    smallest_text,
    straight,
)
from cxm.kernel.typesetting.widths import width_of
from journeys.rules.sheet_drawing import Window, window_marks
from journeys.rules.sheet_layout import Layout, laid_out, sliced
from journeys.rules.sheet_look import (
    FOOT_SIZE,
    GAP,
    INK,
    LINE,
    QUIET,
    THREAD,
    TITLE_SIZE,
    TITLES_WIDTH,
    line_of_text,
    lines_in,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.rules.sheet import MapSheet

_MM = 72 / 25.4
MARGIN, HEAD, FOOT = 24.0, 34.0, 22.0
COLUMNS = (84.0, 96.0, 108.0, 120.0, 136.0, 152.0, 168.0)
WIDEST = 240.0
POSTER_COLUMN = 132.0
LARGE = 1_000
LEAST_READABLE = 6.0
LARGEST = 14_000.0
_KEY = (120.0, 22.0)
_GLUE = (2.0, 2.0)


class Paper(StrEnum):
    """Sizes of paper, ISO 216."""

    A0 = "a0"
    A1 = "a1"
    A2 = "a2"
    A3 = "a3"
    A4 = "a4"

    @property
    def size(self) -> tuple[float, float]:
        """Give the longer and the shorter side in points."""
        longer, shorter = _MILLIMETRES[self]
        return longer * _MM, shorter * _MM


_MILLIMETRES = {
    Paper.A0: (1_189, 841),
    Paper.A1: (841, 594),
    Paper.A2: (594, 420),
    Paper.A3: (420, 297),
    Paper.A4: (297, 210),
}


@dataclass(frozen=True, slots=True)
class Poster:
    """A map on one page, *smallest* is the size of its smallest text, in points."""

    page: Page
    smallest: float

    @property
    def is_readable(self) -> bool:
        """Whether all of it can be read without a glass."""
        return self.smallest >= LEAST_READABLE


def tiled_layout(sheet: MapSheet, paper: Paper) -> Layout:
    """Lay *sheet* out for pages of *paper* in landscape.

    How many steps stand on a page comes from their text: of the widths that columns may have, the
    one that needs the fewest pages, and among those the widest.
    """
    height = paper.size[1] - 2 * MARGIN - HEAD - FOOT
    width = paper.size[0] - 2 * MARGIN - TITLES_WIDTH
    # Trying a width takes as long as placing the map: of large ones fewer are tried.
    columns = COLUMNS if sheet.pieces <= LARGE else COLUMNS[1::2]
    found = [_at_width(sheet, column, width, height) for column in columns]
    # Where titles would take most of a page, columns are too narrow.
    fit = [one for one in found if one.stage_height + one.step_height <= height / 2] or found[-1:]
    best = min(fit, key=lambda one: (len(one.slices) * one.rows, -one.column))
    most = max(1, *(last - first + 1 for first, last in best.slices))
    filling = min(width / (most + _gutters(len(best.slices))), WIDEST)
    return laid_out(sheet, column=filling, slices=best.slices, height=height)


def tiled_pages(sheet: MapSheet, paper: Paper) -> list[Page]:
    """Place *sheet* on pages of *paper*, those of the first columns first, from top to bottom."""
    layout = tiled_layout(sheet, paper)
    places = [(part, row) for part in range(len(layout.slices)) for row in range(layout.rows)]
    return [_tiled_page(sheet, layout, paper, number, place) for number, place in enumerate(places)]


def poster(sheet: MapSheet, paper: Paper | None = None) -> Poster:
    """Place *sheet* on one page, as large as it needs, or scaled to *paper*, whichever way round.

    Beyond 14,000 points no reader opens a page: what needs more is scaled to that.
    """
    page = whole(sheet)
    if paper is None:
        return _poster(magnified(page, min(LARGEST / page.width, LARGEST / page.height, 1.0)))
    long, short = paper.size
    width, height = max(
        (paper.size, (short, long)), key=lambda one: min(one[0] / page.width, one[1] / page.height)
    )
    page = magnified(page, min(width / page.width, height / page.height))
    return _poster(Page(width, height, page.marks, page.title))


def _poster(page: Page) -> Poster:
    return Poster(page, smallest_text(page) or TITLE_SIZE)


def whole(sheet: MapSheet) -> Page:
    """Place *sheet* on one page as large as it needs, however large."""
    slices = ((0, len(sheet.steps) - 1),)
    layout = laid_out(sheet, column=POSTER_COLUMN, slices=slices, height=None)
    width = max(2 * MARGIN + TITLES_WIDTH + len(sheet.steps) * layout.column, 480.0)
    top = MARGIN + sum(tile.height for tile in _poster_title(sheet, width)) + 10
    window = Window(sheet, layout, 0, 0, MARGIN, top)
    height = window.body + layout.used + GAP + FOOT + MARGIN
    marks = [
        *_poster_title(sheet, width),
        *_draft(sheet, width, height),
        *window_marks(window),
        *_footer(sheet, width, height, ""),
    ]
    return Page(width, height, tuple(marks), sheet.heading)


def _at_width(sheet: MapSheet, column: float, width: float, height: float) -> Layout:
    """Lay *sheet* out with as many columns side by side as have room in *width*."""
    most = int(width / column)
    if most < len(sheet.steps):
        most = max(int(width / column - _gutters(len(sheet.steps))), 1)
    return laid_out(sheet, column=column, slices=sliced(sheet.stages, most), height=height)


def _gutters(slices: int) -> float:
    """Say how many columns the room takes in which curves go on and pages are glued."""
    return min(slices - 1, 2) / 2


def _tiled_page(
    sheet: MapSheet, layout: Layout, paper: Paper, number: int, place: tuple[int, int]
) -> Page:
    width, height = paper.size
    part, row = place
    half = layout.column / 2
    gutters = (half if part else 0.0, half if part < len(layout.slices) - 1 else 0.0)
    window = Window(sheet, layout, part, row, MARGIN, MARGIN + HEAD, gutters)
    count = len(layout.slices) * layout.rows
    marks = [
        *_head(sheet, layout, width, number),
        *_draft(sheet, width, height),
        *window_marks(window),
        *_cut_marks(width, height),
        *_glue(window, layout, number, height),
        *_footer(sheet, width, height, f"Page {number + 1} of {count}"),
    ]
    return Page(width, height, tuple(marks), f"{sheet.heading}, page {number + 1} of {count}")


def _head(sheet: MapSheet, layout: Layout, width: float, number: int) -> Iterator[Mark]:
    """Write which map this is, and draw where its page lies among the others."""
    room = width - 2 * MARGIN - _KEY[0] - 12
    role = Role.DECORATION if number else Role.TITLE
    size = TITLE_SIZE
    lines = lines_in(sheet.heading, room, size, 700)
    while len(lines) * size * 1.3 > HEAD - 4 and size > 8:  # noqa: PLR2004 - still easy to read
        size -= 1
        lines = lines_in(sheet.heading, room, size, 700)
    words = words_of(lines, size, INK, weight=700, role=role)
    yield Tile(MARGIN, MARGIN, room, words.height, words)
    yield from _key_plan(layout, width, number)


def _key_plan(layout: Layout, width: float, number: int) -> Iterator[Mark]:
    """Draw all pages as a small grid, with the one that this is filled."""
    columns = max(layout.slices[-1][1] + 1, 1)
    left, right, top, foot = width - MARGIN - _KEY[0], width - MARGIN, MARGIN, MARGIN + _KEY[1]
    high = _KEY[1] / layout.rows
    part, row = divmod(number, layout.rows)
    first, last = layout.slices[part]
    x, wide = left + _KEY[0] * first / columns, _KEY[0] * (last - first + 1) / columns
    yield Tile(x, top + row * high, wide, high, fill=THREAD)
    edges = [left + _KEY[0] * begin / columns for begin, _ in layout.slices]
    curves = [straight((edge, top), (edge, foot)) for edge in (*edges, right)]
    levels = [top + place * high for place in range(layout.rows + 1)]
    curves += [straight((left, level), (right, level)) for level in levels]
    yield Stroke(tuple(curves), QUIET, 0.5)


def _cut_marks(width: float, height: float) -> Iterator[Mark]:
    """Draw where each corner is cut."""
    near, far = MARGIN - 12, MARGIN - 4
    curves = []
    for x, inwards in ((MARGIN - 4, 1), (width - MARGIN + 4, -1)):
        for y, down in ((far, 1), (height - MARGIN + 4, -1)):
            outer_x, outer_y = x - inwards * (far - near), y - down * (far - near)
            curves += [straight((outer_x, y), (x, y)), straight((x, outer_y), (x, y))]
    yield Stroke(tuple(curves), QUIET, 0.5)


def _glue(window: Window, layout: Layout, number: int, height: float) -> Iterator[Mark]:
    """Draw the edges at which pages are laid over each other, and say which page comes there."""
    foot = height - MARGIN - FOOT
    rows = layout.rows
    for gutter, x, other in (
        (window.gutters[0], window.begin, number - rows),
        (window.gutters[1], window.begin + window.width, number + rows),
    ):
        if not gutter:
            continue
        yield Stroke((straight((x, window.top - 4), (x, foot)),), QUIET, 0.5, _GLUE)
        left = x - gutter if other < number else x
        words = words_of(
            lines_in(f"Glue to page {other + 1}", gutter - 4, FOOT_SIZE), FOOT_SIZE, QUIET,
            align=Align.MIDDLE, role=Role.DECORATION,
        )  # fmt: skip
        yield Tile(left + 2, window.top, gutter - 4, words.height, words)


def _draft(sheet: MapSheet, width: float, height: float) -> Iterator[Mark]:
    """Write over the ground of a draft that it is one; readable through all that lies on it."""
    if not sheet.is_draft:
        return
    size = min(width / 6, height / 3)
    lines = ("DRAFT",)
    words = words_of(lines, size, "#eef0ee", weight=700, align=Align.MIDDLE, role=Role.DECORATION)
    yield Tile(0, (height - words.height) / 2, width, words.height, words)


def _footer(sheet: MapSheet, width: float, height: float, number: str) -> Iterator[Mark]:
    y = height - MARGIN - FOOT_SIZE * 1.3
    inner = width - 2 * MARGIN
    yield Stroke((straight((MARGIN, y - 4), (width - MARGIN, y - 4)),), LINE, 0.5)
    standing = width_of(sheet.standing, FOOT_SIZE) + 16
    name = max(inner - standing - 80, 60.0)
    yield line_of_text(sheet.heading, (MARGIN, y, name), FOOT_SIZE)
    lines = lines_in(sheet.standing, inner - name - 88, FOOT_SIZE)
    yield Tile(
        MARGIN + name + 8, y, inner - name - 88, FOOT_SIZE, words_of(lines, FOOT_SIZE, QUIET)
    )
    if number:
        words = words_of((number,), FOOT_SIZE, QUIET, align=Align.END)
        yield Tile(width - MARGIN - 76, y, 76, words.height, words)


def _poster_title(sheet: MapSheet, width: float) -> list[Tile]:
    """Write what the map is called, whose goal it tells, and which persona has which line."""
    inner = width - 2 * MARGIN
    told = [
        (sheet.title, 26.0, INK, 700, Role.TITLE),
        (f"{sheet.journey}  ·  {sheet.standing}", 11.0, QUIET, 400, Role.TEXT),
        (sheet.goal, 11.0, INK, 400, Role.TEXT),
        (", ".join(persona.name for persona in sheet.personas), 10.0, THREAD, 600, Role.TEXT),
    ]
    found = []
    y = MARGIN
    for text, size, colour, weight, role in told:
        make = partial(words_of, size=size, colour=colour, weight=weight, role=role)
        words = make(lines_in(text, inner, size, weight))
        if words.lines:
            found.append(Tile(MARGIN, y, inner, words.height, words))
            y += words.height
    return found
