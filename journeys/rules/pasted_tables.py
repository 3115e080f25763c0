"""Text as spreadsheets copy it, read into rows of cells; nothing is left out without a count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MOST_COLUMNS, MOST_ROWS = 200, 2_000
# A cell begins with a quote and ends with one that the next cell follows, or else it is plain.
_CELL = re.compile(r'(?:"((?:[^"]|"")*+)"(?=[\t\r\n]|\Z)|([^\t\r\n]*))(\t|\r\n|\r|\n|\Z)')
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class PastedTable:
    """Rows of cells, all of the same length, and how many rows and columns were left out."""

    rows: tuple[tuple[str, ...], ...]
    rows_left: int = 0
    columns_left: int = 0


@dataclass(frozen=True, slots=True)
class Heads:
    """Whether the first row names steps, and whether the first column names lanes."""

    has_steps: bool = False
    has_lanes: bool = False


def read_table(text: str) -> PastedTable:
    """Read tab-separated text; a quoted cell may hold tabs, line breaks and doubled quotes.

    Cells are without spaces around them. Rows and columns that are empty to the end are not told
    of. What is beyond 2,000 rows or 200 columns is left out and counted.
    """
    rows: list[list[str]] = [[]]
    for found in _CELL.finditer(text):
        quoted, plain, end = found.groups()
        words = plain if quoted is None else quoted.replace('""', '"')
        rows[-1].append("\n".join(words.splitlines()).strip())
        if not end:
            break
        if end != "\t":
            rows.append([])
    while rows and not any(rows[-1]):
        rows.pop()
    wide = max((_filled(row) for row in rows), default=0)
    kept = [_padded(row, min(wide, MOST_COLUMNS)) for row in rows[:MOST_ROWS]]
    left = max(len(rows) - MOST_ROWS, 0), max(wide - MOST_COLUMNS, 0)
    return PastedTable(tuple(kept), *left)


def transposed(table: PastedTable) -> PastedTable:
    """Give a table with its rows as columns; what was left out is counted as what it was."""
    turned = tuple(zip(*table.rows, strict=True))
    return PastedTable(turned, table.rows_left, table.columns_left)


def guessed_heads(table: PastedTable, steps: Collection[str], lanes: Collection[str]) -> Heads:
    """Guess what a table has titles of: *steps* and *lanes* are those of the map.

    An empty corner with titles on both sides is a table with both. Else half of the first row, or
    column, must be called as steps, or lanes, are.
    """
    rows = table.rows
    is_wide = len(rows) > 1 and len(rows[0]) > 1
    if is_wide and not rows[0][0] and all(rows[0][1:]) and all(row[0] for row in rows[1:]):
        return Heads(has_steps=True, has_lanes=True)
    has_steps = len(rows) > 1 and _are_named(rows[0], steps)
    first = [row[0] for row in rows]
    has_lanes = bool(rows) and len(rows[0]) > 1 and _are_named(first, lanes)
    return Heads(has_steps, has_lanes)


def title_key(title: str) -> str:
    """Give what two titles have in common that are the same for people."""
    return " ".join(title.split()).casefold()


def _are_named(cells: Sequence[str], titles: Collection[str]) -> bool:
    known = {title_key(title) for title in titles}
    told = [title_key(cell) for cell in cells if cell]
    return bool(told) and sum(cell in known for cell in told) >= len(told) * _HALF


def _filled(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _padded(row: Sequence[str], length: int) -> tuple[str, ...]:
    return (*row[:length], *[""] * (length - len(row)))
