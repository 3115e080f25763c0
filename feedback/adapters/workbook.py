"""Rows of an XLSX workbook as text, read one at a time and guarded against hostile files."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, cast
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from cxm.kernel.archives import UNREADABLE_ZIP
from cxm.kernel.lazily import lazily
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.records import Refusal
from feedback.adapters.text import Removed, without_unsafe

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = lazily("openpyxl")

MOST_BYTES = 600_000_000
MOST_SHARED_BYTES = 100_000_000
MOST_ENTRIES = 2_000
MOST_RATIO = 200
RATIO_FROM_BYTES = 1_000_000
_CHUNK = 1 << 20
_FORMULA_MARKS = (b"<f>", b"<f ", b":f>", b":f ")
# A damaged workbook raises whatever the reader tripped over.
_UNREADABLE: tuple[type[Exception], ...] = (
    *UNREADABLE_ZIP,
    DefusedXmlException,
    ParseError,
    LookupError,
    TypeError,
    AttributeError,
)


type Cell = str | int | float | bool | datetime | date | time | timedelta | None


class _Sheet(Protocol):
    """What is used of openpyxl's read-only sheet, whose published types are those of another."""

    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, values_only: Literal[True]) -> Iterator[tuple[Cell, ...]]: ...


def workbook_rows(
    path: Path, sheet: str, removed: Removed
) -> Generator[tuple[int, list[str]] | Refusal]:
    """Stream the rows of one *sheet* ("" is the first) as (row number, cells).

    Numbers come without exponent and without ".0", dates as ISO 8601, booleans as TRUE or FALSE.
    Of a formula the value is read that the spreadsheet program saved; a row with a formula that
    was saved without one is refused as `formula_without_value`.

    Raises FileRefusedError: `zip_bomb` (before anything is unpacked), `unsafe_xml`,
    `not_a_workbook`, `unknown_sheet`.
    """
    refuse_zip_bomb(path)
    has_formulas = _has_formulas(path)
    with path.open("rb") as stream, path.open("rb") as again:
        values = _sheet(_open(stream, data_only=True), sheet)
        formulas = _sheet(_open(again, data_only=False), sheet) if has_formulas else None
        try:
            yield from _rows(values, formulas, removed)
        except _UNREADABLE as error:
            raise _unreadable(error) from error


def sheet_names(path: Path) -> list[str]:
    """List the sheets of a workbook in their order; raises as `workbook_rows`."""
    refuse_zip_bomb(path)
    with path.open("rb") as stream:
        return [sheet.title for sheet in _open(stream, data_only=True).worksheets]


def refuse_zip_bomb(path: Path) -> None:
    """Raise FileRefusedError when unpacking the file would take more than any real workbook.

    Looks at the directory of the archive only; Python's zipfile never unpacks more of an entry
    than the directory says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except UNREADABLE_ZIP as error:
        raise _unreadable(error) from error
    shared = sum(e.file_size for e in entries if e.filename.lower().endswith("sharedstrings.xml"))
    reasons = (
        (len(entries) > MOST_ENTRIES, f"it holds {len(entries)} parts"),
        (sum(e.file_size for e in entries) > MOST_BYTES, "it unpacks to more than 600 MB"),
        (any(map(_is_swollen, entries)), "a part of it unpacks to over 200 times its size"),
        (shared > MOST_SHARED_BYTES, "its texts unpack to more than 100 MB"),
    )
    for is_true, reason in reasons:
        if is_true:
            raise FileRefusedError(
                "zip_bomb",
                f"This workbook was not opened, because {reason}. Save the sheet as CSV.",
            )


def cell_text(value: Cell) -> str:
    """Write one cell's value as the text a CSV export would hold, without loss."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _plain_number(value: float) -> str:
    if value.is_integer():
        return str(int(Decimal(repr(value))))
    return format(Decimal(repr(value)), "f")


def _is_swollen(entry: zipfile.ZipInfo) -> bool:
    if entry.file_size <= RATIO_FROM_BYTES:
        return False
    return entry.file_size > MOST_RATIO * max(entry.compress_size, 1)


def _has_formulas(path: Path) -> bool:
    """Look for formula elements in the sheets' bytes, which is far quicker than parsing twice."""
    with zipfile.ZipFile(path) as archive:
        sheets = [n for n in archive.namelist() if n.lower().startswith("xl/worksheets/")]
        return any(_mentions_formula(archive, name) for name in sheets)


def _mentions_formula(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                if any(mark in tail + chunk for mark in _FORMULA_MARKS):
                    return True
                tail = chunk[-4:]
    except UNREADABLE_ZIP as error:
        raise _unreadable(error) from error
    return False


def _open(stream: BinaryIO, *, data_only: bool) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(stream, read_only=True, data_only=data_only, keep_links=False)
    except _UNREADABLE as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> FileRefusedError:
    # openpyxl wraps what its XML reader raised in a ValueError.
    if DefusedXmlException in {*type(error).__mro__, *type(error.__cause__).__mro__}:
        return FileRefusedError(
            "unsafe_xml", "This workbook defines XML entities and was not read. Save it again."
        )
    return FileRefusedError(
        "not_a_workbook",
        "This file cannot be read as an Excel workbook. Save it as .xlsx or CSV again.",
    )


def _sheet(book: openpyxl.Workbook, name: str) -> _Sheet:
    sheets = {sheet.title: cast("_Sheet", sheet) for sheet in book.worksheets}
    if not sheets or (name and name not in sheets):
        raise FileRefusedError(
            "unknown_sheet",
            f"There is no sheet “{name}”. The workbook has: {', '.join(sheets) or 'no sheets'}.",
        )
    sheet = sheets[name] if name else next(iter(sheets.values()))
    sheet.reset_dimensions()  # some programs write a wrong size, which would hide rows
    return sheet


def _rows(
    sheet: _Sheet, formulas: _Sheet | None, removed: Removed
) -> Iterator[tuple[int, list[str]] | Refusal]:
    sources = formulas.iter_rows(values_only=True) if formulas else None
    rows = sheet.iter_rows(values_only=True)
    for number, values in enumerate(rows, start=1):
        source = next(sources) if sources else None
        cells = [without_unsafe(cell_text(value), removed) for value in values]
        if source and (place := _missing_value(values, source)):
            yield Refusal(
                number,
                "formula_without_value",
                f"Row {number} has a formula in column {place} that was saved without its result. "
                "Open the file in a spreadsheet program, let it calculate and save it again.",
                raw=tuple(cells),
            )
        else:
            yield number, cells


def _missing_value(values: tuple[Cell, ...], source: tuple[Cell, ...]) -> int:
    """Give the column (from 1) of the first formula without a saved value, or 0."""
    for place, (value, formula) in enumerate(zip(values, source, strict=True), start=1):
        if value is None and formula is not None:
            return place
    return 0
