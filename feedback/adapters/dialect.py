"""How a file of rows is written: encoding, delimiter, quotes, head rows, footer lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from feedback.adapters.encoding import WIDE, EncodingFound, find_encoding
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.head_rows import HeadRows, find_head_rows
from feedback.adapters.text import Removed, text_lines

if TYPE_CHECKING:
    from _csv import Reader

SAMPLE_LINES = 400
SAMPLE_ROWS = 200
TAIL_BYTES = 1 << 16
MOST_FOOTERS = 5
MOST_HEAD_ROWS = 3
DELIMITERS = (",", ";", "\t", "|")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_TOTAL = re.compile(r"^(grand )?(total|sum|summe|somme|suma|totale)\b", re.IGNORECASE)
_BACKSLASHED = re.compile(r'\\"(?!\s*([,;\t|\r\n]|$))')


class Dialect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that turns the bytes of a file into rows; part of a mapping's JSON.

    *second_encoding* reads lines (or letters) that *encoding* cannot. *quote* and *escape* may be
    empty. *skip_rows* lines come before the heads and *footer_rows* rows after the last answer.
    *heads* says what names a column: the first head row, the head rows joined, or (with no head
    row) its position. *sheet* is the sheet of a workbook, "" for the first one.
    """

    kind: Literal["text", "xlsx"] = "text"
    encoding: str = "utf-8"
    second_encoding: str = ""
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skip_rows: int = 0
    head_rows: int = 1
    heads: Literal["first", "joined", "positions"] = "first"
    footer_rows: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class DialectFound:
    """A dialect and what a person should know about it.

    *line_end* is the sign itself, "mixed", or "" in a workbook; *mixed_lines* and *mixed_count*
    are as in EncodingFound.
    """

    dialect: Dialect
    line_end: str = ""
    mixed_lines: tuple[int, ...] = ()
    mixed_count: int = 0


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has decided about a file; None leaves the choice to detection."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    skip_rows: int | None = None
    head_rows: int | None = None
    heads: Literal["first", "joined", "positions"] | None = None
    footer_rows: int | None = None
    sheet: str | None = None


def find_dialect(path: Path, choices: Choices | None = None) -> DialectFound:
    """Find out how the file at *path* is written; whatever *choices* names is taken as it is.

    Raises FileRefusedError: `empty_file`, `old_workbook` (.xls or a password), `not_a_table`.
    """
    choices = choices or Choices()
    with path.open("rb") as stream:
        start = stream.read(4096)
    if not start.strip():
        raise FileRefusedError("empty_file", "The file is empty. Choose a file with rows in it.")
    if start.startswith(_OLE):
        raise FileRefusedError(
            "old_workbook",
            "This is an old Excel file (.xls) or one with a password. "
            "Save it as .xlsx without a password, or as CSV.",
        )
    if start.startswith(_ZIP):
        return DialectFound(_chosen(Dialect(kind="xlsx", encoding=""), choices))
    return _find_text_dialect(path, choices)


def csv_reader(lines: Iterator[str], dialect: Dialect) -> Reader:
    """Read rows off text lines the way *dialect* says; the result has `line_num`.

    Raises FileRefusedError `bad_dialect` for signs that are not single, different characters.
    """
    try:
        return csv.reader(
            lines,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            escapechar=dialect.escape or None,
            doublequote=not dialect.escape,
        )
    except (TypeError, ValueError) as error:
        raise FileRefusedError(
            "bad_dialect",
            "Delimiter, quote and escape must be one character each, and different ones; "
            "quote and escape may be empty.",
        ) from error


def _find_text_dialect(path: Path, choices: Choices) -> DialectFound:
    found = EncodingFound(choices.encoding) if choices.encoding else find_encoding(path)
    lines = _sample(path, found)
    sample = "".join(lines)
    if sample.count("\ufffd") * 10 > len(sample) or not sample.strip():
        raise FileRefusedError(
            "not_a_table", "This is not a file of text rows. Export it as CSV, TSV or XLSX."
        )
    separator = _SEPARATOR_LINE.match(lines[0])
    body = lines[1:] if separator else lines
    first = _chosen(
        Dialect(encoding=found.encoding, second_encoding=found.second, quote=_quote(sample)),
        choices,
    )
    if choices.escape is None and first.quote and _is_backslashed(sample):
        first = msgspec.structs.replace(first, escape="\\")
    delimiter = choices.delimiter or (separator and separator[1]) or _delimiter(body, first)
    dialect = msgspec.structs.replace(first, delimiter=delimiter)
    rows = _parse(lines, dialect)
    dialect = _chosen(_with_heads(dialect, find_head_rows(rows)), choices)
    footers = _footer_rows(path, dialect, rows)
    return DialectFound(
        _chosen(msgspec.structs.replace(dialect, footer_rows=footers), choices),
        line_end=_line_end(lines),
        mixed_lines=found.mixed_lines,
        mixed_count=found.mixed_count,
    )


def _chosen(dialect: Dialect, choices: Choices) -> Dialect:
    decided = {k: v for k, v in msgspec.structs.asdict(choices).items() if v is not None}
    return msgspec.structs.replace(dialect, **decided)


def _with_heads(dialect: Dialect, found: HeadRows) -> Dialect:
    return msgspec.structs.replace(
        dialect, skip_rows=found.skip_rows, head_rows=found.head_rows, heads=found.heads
    )


def _sample(path: Path, found: EncodingFound) -> list[str]:
    with closing(text_lines(path, found.encoding, found.second, Removed())) as lines:
        return list(islice(lines, SAMPLE_LINES))


def _line_end(lines: Sequence[str]) -> str:
    ends = {line[len(line.rstrip("\r\n")) :] for line in lines} - {""}
    ends = {"\r\n" if end.startswith("\r\n") else end for end in ends}
    return ends.pop() if len(ends) == 1 else ("mixed" if ends else "")


def _quote(sample: str) -> str:
    if '"' in sample:
        return '"'
    opens = len(re.findall(r"(?:^|[,;\t|])'", sample, re.MULTILINE))
    closes = len(re.findall(r"'(?:$|[,;\t|\r])", sample, re.MULTILINE))
    return "'" if opens and opens == closes else '"'


def _is_backslashed(sample: str) -> bool:
    return bool(_BACKSLASHED.search(sample)) and '""' not in sample


def _parse(lines: Sequence[str], dialect: Dialect) -> list[list[str]]:
    """Parse sample lines; a cell that swallows the rest of the sample ends the rows."""
    rows = []
    try:
        for row in islice(csv_reader(iter(lines), dialect), SAMPLE_ROWS):
            rows.append(row)  # noqa: PERF402 what came before an error is kept
    except csv.Error:
        return rows
    return rows


def _delimiter(lines: Sequence[str], dialect: Dialect) -> str:
    """Choose the delimiter whose rows most agree with each other and with the first one."""
    return max(DELIMITERS, key=lambda sign: _agreement(lines, dialect, sign))


def _agreement(lines: Sequence[str], dialect: Dialect, sign: str) -> tuple[float, int]:
    rows = [r for r in _parse(lines, msgspec.structs.replace(dialect, delimiter=sign)) if r]
    widths = Counter(map(len, rows))
    if not widths:
        return 0.0, 0
    width, count = widths.most_common(1)[0]
    if width == 1:
        return 0.0, 1
    return count / len(rows) + (len(rows[0]) == width), width


def _footer_rows(path: Path, dialect: Dialect, rows: Sequence[Sequence[str]]) -> int:
    """Count trailing rows that are no answers: a total, or a note in one cell of many."""
    wide = max(Counter(len(row) for row in rows if row).items(), key=lambda item: item[1])[0]
    if wide == 1 or dialect.encoding.startswith(WIDE):
        return 0
    count = 0
    for line in reversed(_last_lines(path, dialect)):
        if dialect.quote and line.count(dialect.quote) % 2:
            break  # the end of a cell over several lines
        row = next(iter(_parse([line], dialect)), [])
        if not _is_footer(row, wide) or count == MOST_FOOTERS:
            break
        count += 1
    return count if count < MOST_FOOTERS else 0


def _last_lines(path: Path, dialect: Dialect) -> list[str]:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(size - TAIL_BYTES, 0))
        tail = stream.read().decode(dialect.encoding, errors="replace")
    lines = [line for line in tail.splitlines() if line.strip()]
    return lines[dialect.skip_rows + dialect.head_rows :] if size <= TAIL_BYTES else lines[1:]


def _is_footer(row: Sequence[str], wide: int) -> bool:
    filled = [cell for cell in row if cell.strip()]
    if not filled or (len(filled) > 1 and not _TOTAL.match(row[0].strip())):
        return False
    return bool(_TOTAL.match(row[0].strip())) or (len(row) == 1 and wide > 2)  # noqa: PLR2004 two cells are a pair, not a table
