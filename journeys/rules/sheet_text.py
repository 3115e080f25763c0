"""Texts below each other that flow through columns, and over pages where they are many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import LINE as LINE_HEIGHT
from cxm.kernel.drawing.marks import Role, Tile
from journeys.rules.sheet_look import lines_in, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_PADDING = (7.0, 4.0)


@dataclass(frozen=True, slots=True)
class Block:
    """A text with its look, *space* below what stands above it.

    One that *keeps* stays with what follows it: a heading. *fill* puts it on a ground.
    """

    text: str
    size: float
    colour: str
    weight: int = 400
    role: Role = Role.TEXT
    space: float = 0.0
    indent: float = 0.0
    fill: str = ""
    keeps: bool = False

    def scaled(self, factor: float) -> Block:
        """Give the block *factor* times as large."""
        return replace(self, size=self.size * factor)

    def tile(self, x: float, y: float, width: float) -> Tile:
        """Write the block at *x* and *y*, as high as it needs in *width*."""
        return self.tiled(self.lines(width), x, y, width)

    def lines(self, width: float) -> tuple[str, ...]:
        """Break the block for a column of *width*."""
        inner = width - self.indent - 2 * self._inset[0]
        return lines_in(self.text, inner, self.size, self.weight)

    def tiled(self, lines: tuple[str, ...], x: float, y: float, width: float) -> Tile:
        """Write some *lines* of the block."""
        is_whole = lines == self.lines(width)
        words = words_of(
            lines,
            self.size,
            self.colour,
            weight=self.weight,
            role=self.role,
            text=self.text if is_whole else "",
        )
        height = words.height + 2 * self._inset[1]
        box = (x + self.indent, y, width - self.indent, height)
        return Tile(*box, words, self.fill, radius=4 if self.fill else 0, inset=self._inset)

    @property
    def _inset(self) -> tuple[float, float]:
        return _PADDING if self.fill else (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Column:
    """A box that text flows through."""

    x: float
    y: float
    width: float
    height: float


def flowed(
    blocks: Sequence[Block], first: Sequence[Column], further: Sequence[Column]
) -> list[list[Tile]]:
    """Let *blocks* flow through the columns of a page, *first*, then of pages like *further*.

    All columns are of one width. A block is cut between its lines only where a whole column has
    no room for it. The first page is there in any case, be it empty.
    """
    flow = _Flow([list(first)], list(further))
    for place, block in enumerate(blocks):
        after = blocks[place + 1] if block.keeps and place + 1 < len(blocks) else None
        flow.add(block, after)
    return flow.pages


class _Flow:
    """Fills columns one after another; *pages* is what stands on each page so far."""

    def __init__(self, columns: list[list[Column]], further: list[Column]) -> None:
        self.pages: list[list[Tile]] = [[]]
        self._left = columns[0]
        self._further = further
        self._y = 0.0

    def add(self, block: Block, after: Block | None) -> None:
        """Write *block* where there is room, with the beginning of *after* below it."""
        width = self._further[0].width
        lines = block.lines(width)
        if not lines:
            return
        with_it = after.tile(0, 0, width).height if after else 0.0
        whole = block.tiled(lines, 0, 0, width).height
        room = self._further[0].height
        if whole + with_it > room:
            with_it = 0.0
        space = block.space if self._y else 0.0
        if not self._has(space + whole + with_it) and (self._y or whole <= room):
            self._next(whole + with_it)
        while lines:
            lines = lines[self._write(block, lines) :]

    def _write(self, block: Block, lines: tuple[str, ...]) -> int:
        """Write as many of *lines* as there is room for, one at least; say how many."""
        if not self._left:
            self._next(0.0)
        column = self._left[0]
        space = block.space if self._y else 0.0
        around = block.tiled((), 0, 0, column.width).height
        room = column.height - self._y - space - around
        most = max(int(room / (block.size * LINE_HEIGHT) + 1e-6), 1)
        tile = block.tiled(lines[:most], column.x, column.y + self._y + space, column.width)
        self.pages[-1].append(tile)
        self._y += space + tile.height
        if most < len(lines):
            self._next(0.0)
        return most

    def _has(self, height: float) -> bool:
        return bool(self._left) and self._y + height <= self._left[0].height + 1e-6

    def _next(self, height: float) -> None:
        """Go to the next column, and on to a further page if none is left of *height*."""
        self._y = 0.0
        self._left = [column for column in self._left[1:] if column.height >= height]
        if not self._left:
            self.pages.append([])
            self._left = list(self._further)
