"""Reads sheets that people bring: XLSX workbooks and CSV files, small enough for a page."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from defusedxml import DefusedXmlException

from cxm.kernel.archives import UNREADABLE_ZIP
from cxm.kernel.formulas import FORMULA_STARTS
from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import openpyxl
else:
    openpyxl = lazily("openpyxl")

MOST_UNPACKED = 50_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 400
MOST_SHEETS = 20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# What a file that is no UTF-8 is read as, when nobody says otherwise.
WESTERN = "cp1252"
ENCODINGS = ("utf-8", "utf-16", WESTERN, "latin-1")
_SAMPLE_LINES = 50
_UNREADABLE: tuple[type[Exception], ...] = (
    *UNREADABLE_ZIP,
    DefusedXmlException,
    # What parsers of XML raise, whichever of them reads.
    SyntaxError,
    KeyError,
    TypeError,
    AttributeError,
)


class SheetsRefusedError(Exception):
    """A file is no workbook, or one that is not opened; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text file of rows was read, or is to be: empty is to be found out."""

    encoding: str = ""
    delimiter: str = ""


@dataclass(slots=True)
class Sheets:
    """Rows of text by sheet, the first row holding the heads; *reading* is of files of text."""

    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    reading: Reading | None = None


def is_workbook(content: bytes) -> bool:
    """Whether *content* is an XLSX file, by what is in it."""
    return "[Content_Types].xml" in _names(content)


def is_zip_of_rows(content: bytes) -> bool:
    """Whether *content* is a zip of CSV files."""
    return any(name.casefold().endswith(".csv") for name in _names(content))


def read_workbook(content: bytes) -> Sheets:
    """Read all sheets of an XLSX file; of formulas the value that was saved last.

    Raises SheetsRefusedError for macros, for what unpacks to more than 50 MB, for more than
    20,000 rows or 400 columns, and for what cannot be read.
    """
    names = _names(content)
    if any("vbaproject" in name.casefold() for name in names):
        message = "This workbook has macros: save it as .xlsx, without them."
        raise SheetsRefusedError(message)
    _refuse_bomb(content)
    found = Sheets()
    try:
        book: Any = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets[:MOST_SHEETS]:
            sheet.reset_dimensions()
            found.rows[sheet.title] = _limited(
                [_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)
            )
    except SheetsRefusedError:
        raise
    except _UNREADABLE as error:
        message = "This workbook cannot be read: save it anew as .xlsx, and try again."
        raise SheetsRefusedError(message) from error
    return found


def read_rows(content: bytes, title: str, reading: Reading | None = None) -> Sheets:
    """Read a text file of rows as the sheet *title*, as *reading* says or as it looks.

    Raises SheetsRefusedError.
    """
    wanted = reading or Reading()
    encoding = wanted.encoding or _encoding(content)
    try:
        text = content.decode(encoding, "strict").removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        message = f"This file is not written in {encoding}: choose another encoding."
        raise SheetsRefusedError(message) from error
    delimiter = wanted.delimiter or _delimiter(text)
    try:
        lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        rows = _limited([_unmarked(cell) for cell in line] for line in lines)
    except csv.Error as error:
        message = f"These rows cannot be read: {error}. Choose another delimiter."
        raise SheetsRefusedError(message) from error
    return Sheets({title: rows}, Reading(encoding, delimiter))


def read_zip_of_rows(content: bytes, reading: Reading | None = None) -> Sheets:
    """Read the CSV files of a zip, each as the sheet of its name. Raises SheetsRefusedError."""
    _refuse_bomb(content)
    found = Sheets()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist()[: 2 * MOST_SHEETS]:
                if name.casefold().endswith(".csv"):
                    title = name.rpartition("/")[2][:-4].capitalize()
                    told = read_rows(archive.read(name), title, reading)
                    found.rows |= told.rows
                    found.reading = told.reading
    except UNREADABLE_ZIP as error:
        message = f"This zip cannot be read: {error}."
        raise SheetsRefusedError(message) from error
    return found


def _names(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.namelist()
    except UNREADABLE_ZIP:
        return []


def _refuse_bomb(content: bytes) -> None:
    """Count what the file really unpacks to: what its directory says may be untrue."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as packed:
                    while chunk := packed.read(1 << 20):
                        left -= len(chunk)
                        if left < 0:
                            message = f"Unpacked this is larger than {MOST_UNPACKED:,} bytes."
                            raise SheetsRefusedError(message)
    except UNREADABLE_ZIP as error:
        message = f"This file cannot be unpacked: {error}."
        raise SheetsRefusedError(message) from error


def _limited(rows: Iterable[list[str]]) -> list[list[str]]:
    """Give rows up to the last one that holds something."""
    found: list[list[str]] = []
    last = 0
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            message = f"A sheet has up to {MOST_ROWS:,} rows and {MOST_COLUMNS} columns: split it."
            raise SheetsRefusedError(message)
        found.append(row)
        last = number if any(row) else last
    return found[:last]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value)


def _unmarked(cell: str) -> str:
    """Take away the mark that keeps a spreadsheet program from taking text for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in (*FORMULA_STARTS, "'") else cell


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return WESTERN
    return "utf-8"


def _delimiter(text: str) -> str:
    """Find the delimiter that cuts the first lines into the same number of cells, the most."""
    lines = list(_first_lines(text))

    def worth(delimiter: str) -> tuple[bool, int]:
        counts = [line.count(delimiter) for line in lines]
        return bool(counts) and min(counts) > 0, max(counts, default=0)

    return max(DELIMITERS, key=worth)


def _first_lines(text: str) -> Iterator[str]:
    """Give lines without what stands in quotes, as a delimiter in those cuts nothing."""
    parts = text[:100_000].split('"')
    bare = "".join(parts[::2])
    yield from [line for line in bare.splitlines() if line.strip()][:_SAMPLE_LINES]
