"""Writes XLSX and CSV files in which every cell is a text or a number, and none is a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cxm.kernel.formulas import FORMULA_STARTS
from cxm.kernel.lazily import lazily
from cxm.kernel.svg import NO_XML

if TYPE_CHECKING:
    import openpyxl
    from openpyxl import cell as cells
    from openpyxl import styles, utils
    from openpyxl.cell import Cell as BookCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet
else:
    openpyxl = lazily("openpyxl")
    cells = lazily("openpyxl.cell")
    styles = lazily("openpyxl.styles")
    utils = lazily("openpyxl.utils")

LONGEST_CELL = 32_767
_NARROWEST, _WIDEST = 8, 60
# Archives say when their files were made; here that would differ each time.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
# How the format itself writes a sign by its number: a text that looks so must not be taken for it.
_SIGN_BY_NUMBER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

type Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its title (31 signs at most), the words of its first row, and the rows below."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(tables: Sequence[Table]) -> bytes:
    """Write *tables* as an XLSX file, each as a sheet whose first row stays in sight.

    Texts are written as texts whatever they begin with; those that a program could take for a
    formula, when the sheet is saved as another kind of file, are marked as text as well. Signs
    that XLSX cannot hold are left out, and texts are cut at 32,767 signs.
    """
    book = openpyxl.Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.title)
        sheet.freeze_panes = "A2"
        for place, width in enumerate(_widths(table), start=1):
            sheet.column_dimensions[utils.get_column_letter(place)].width = width
        sheet.append([_head(sheet, words) for words in table.heads])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def csv_archive(tables: Sequence[Table]) -> bytes:
    """Write *tables* as CSV files in a zip, each by its title in small letters.

    UTF-8 with a mark at the start, by which programs know it. An apostrophe stands before a text
    that a program would take for a formula, and before one that begins with an apostrophe itself.
    The same tables give the same bytes.
    """
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for table in tables:
            text = StringIO()
            lines = csv.writer(text)
            lines.writerow([_defused(head) for head in table.heads])
            lines.writerows([_defused(value) for value in row] for row in table.rows)
            part = ZipInfo(f"{table.title.lower()}.csv", _NO_TIME)
            part.compress_type = ZIP_DEFLATED
            archive.writestr(part, text.getvalue().encode("utf-8-sig", "replace"))
    return written.getvalue()


def _defused(value: Cell) -> Cell:
    is_guarded = isinstance(value, str) and value.startswith((*FORMULA_STARTS, "'"))
    return f"'{value}" if is_guarded else value


def _widths(table: Table) -> list[int]:
    columns = zip(table.heads, *table.rows, strict=True)
    longest = (max(len(str(value or "")) for value in column) for column in columns)
    return [min(max(width + 2, _NARROWEST), _WIDEST) for width in longest]


def _head(sheet: WriteOnlyWorksheet, words: str) -> BookCell:
    cell = _cell(sheet, words)
    cell.font = styles.Font(bold=True)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Cell) -> BookCell:
    if not isinstance(value, str):
        return cells.WriteOnlyCell(sheet, value)
    text = NO_XML.sub("", value)[:LONGEST_CELL]
    if not text:
        return cells.WriteOnlyCell(sheet)
    cell = cells.WriteOnlyCell(sheet, _SIGN_BY_NUMBER.sub("_x005F_", text))
    # The library takes "=" for a formula and "#N/A" for an error.
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA_STARTS)
    return cell
