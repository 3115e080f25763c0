"""A file of rows as a table: heads, then one row at a time with its line number."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from cxm.kernel.formulas import undefused
from feedback.adapters.dialect import Dialect, csv_reader
from feedback.adapters.encoding import is_usable
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.head_rows import Heads, name_columns
from feedback.adapters.records import Refusal
from feedback.adapters.text import Removed, text_lines
from feedback.adapters.workbook import workbook_rows

MOST_COLUMNS = 400
MOST_ROWS = 5_000_000
SHOWN_CELLS = 50

type Row = tuple[int, list[str]]


@dataclass(slots=True)
class Table:
    """Heads and a stream of rows.

    *rows* yields (line, cells), or a Refusal for a row that cannot be read; lines count from 1
    and a row is named by the line it begins on. A row may be shorter than the heads (a workbook's
    never is), never longer. *removed* grows while rows are read.
    """

    heads: tuple[str, ...]
    rows: Iterator[Row | Refusal]
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    removed: Removed = field(default_factory=Removed)


@contextmanager
def open_table(path: Path, dialect: Dialect) -> Iterator[Table]:
    """Open the file at *path* as *dialect* says, and close it at the end.

    Rows stream with constant memory. Rows without any filled cell are passed by. A row with more
    filled cells than heads is refused as `ragged_row`, a cell over 131,072 characters as
    `cell_too_long`; both leave their neighbours alone.

    Raises FileRefusedError: `no_rows` (heads only), `too_many_columns`, `unknown_encoding`, what
    `text_lines` and `workbook_rows` raise, and, while reading, `too_many_rows`.
    """
    removed = Removed()
    source = _source(path, dialect, removed)
    with closing(source):
        head_rows = _head_rows(source, dialect)
        heads = _heads(head_rows, dialect)
        answers = source if dialect.head_rows else chain(head_rows, source)
        rows = _without_footers(_shaped(answers, len(heads.names)), dialect.footer_rows)
        first = next(rows, None)
        if first is None:
            raise FileRefusedError(
                "no_rows", "The file has heads and no rows. Choose a file with at least one row."
            )
        yield Table(heads.names, _counted(first, rows), heads.titles, heads.notes, removed)


def head_cells(path: Path, dialect: Dialect) -> list[list[str]]:
    """Give the cells of the head rows as they stand in the file; raises as `open_table` does."""
    with closing(_source(path, dialect, Removed())) as source:
        return [cells for _, cells in _head_rows(source, dialect)]


def _source(path: Path, dialect: Dialect, removed: Removed) -> Generator[Row | Refusal]:
    if dialect.kind == "xlsx":
        return workbook_rows(path, dialect.sheet, removed)
    if not is_usable(dialect.encoding):
        raise FileRefusedError(
            "unknown_encoding", f"There is no encoding “{dialect.encoding}”. Choose utf-8."
        )
    return _text_rows(path, dialect, removed)


def _text_rows(path: Path, dialect: Dialect, removed: Removed) -> Generator[Row | Refusal]:
    lines = text_lines(path, dialect.encoding, dialect.second_encoding, removed)
    with closing(lines):
        reader = csv_reader(lines, dialect)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield _too_long(line, reader.line_num)
            else:
                yield line, [undefused(cell) for cell in cells]
            line = reader.line_num + 1


def _too_long(line: int, last: int) -> Refusal:
    return Refusal(
        line,
        "cell_too_long",
        f"A cell that begins on line {line} goes on to line {last} and is longer than 131,072 "
        "characters. A quotation mark is probably not closed; these lines were not read.",
    )


def _head_rows(source: Iterator[Row | Refusal], dialect: Dialect) -> list[Row]:
    """Take preamble and head rows off *source*; a file without heads gives its first row."""
    for _ in range(dialect.skip_rows):
        next(source, None)
    rows = _rows_only(source, max(dialect.head_rows, 1))
    if not rows:
        raise FileRefusedError("no_rows", "The file has no rows. Choose a file with rows in it.")
    return rows


def _heads(rows: list[Row], dialect: Dialect) -> Heads:
    head_rows = [cells for _, cells in rows]
    width = max(map(len, head_rows))
    while width > 1 and dialect.kind == "xlsx" and not any(r[width - 1] for r in head_rows):
        width -= 1  # a workbook remembers empty columns that once held something
    if width > MOST_COLUMNS:
        raise FileRefusedError(
            "too_many_columns",
            f"The file has {width} columns; {MOST_COLUMNS} are the most. Leave out columns.",
        )
    return name_columns([r[:width] for r in head_rows], width, dialect.heads)


def _rows_only(source: Iterator[Row | Refusal], count: int) -> list[Row]:
    rows: list[Row] = []
    while len(rows) < count and (item := next(source, None)) is not None:
        if not isinstance(item, Refusal) and any(map(str.strip, item[1])):
            rows.append(item)
    return rows


def _shaped(source: Iterable[Row | Refusal], width: int) -> Iterator[Row | Refusal]:
    """Pass empty rows by, cut empty cells beyond the heads, refuse filled ones."""
    for item in source:
        if isinstance(item, Refusal):
            yield item
            continue
        line, cells = item
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                yield _ragged(line, cells, width)
                continue
            del cells[width:]
        if any(cells) and any(map(str.strip, cells)):
            yield line, cells


def _ragged(line: int, cells: list[str], width: int) -> Refusal:
    return Refusal(
        line,
        "ragged_row",
        f"Line {line} has {len(cells)} cells under {width} heads. A cell that holds the delimiter "
        "must stand in quotation marks.",
        raw=tuple(cells[: width + SHOWN_CELLS]),
    )


def _without_footers(rows: Iterator[Row | Refusal], count: int) -> Iterator[Row | Refusal]:
    if not count:
        yield from rows
        return
    held: deque[Row | Refusal] = deque()
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.popleft()


def _counted(first: Row | Refusal, rest: Iterable[Row | Refusal]) -> Iterator[Row | Refusal]:
    yield first
    for number, row in enumerate(rest, start=2):
        if number > MOST_ROWS:
            raise FileRefusedError(
                "too_many_rows",
                "The file has more than five million rows. Cut it into several files.",
            )
        yield row
