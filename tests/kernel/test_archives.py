"""Zips whose entries are damaged: whoever reads them says so in words."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from cxm.kernel.sheets import SheetsRefusedError, read_workbook, read_zip_of_rows
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.workbook import sheet_names
from journeys.rules.cxmap_files import read_files

if TYPE_CHECKING:
    from pathlib import Path

PACKINGS = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def damaged(name: str, packing: int) -> bytes:
    """Give a zip with one entry, the packed bytes of which say nothing."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        archive.writestr(name, b"key: value\n" * 2_000)
    content = bytearray(packed.getvalue())
    begin = content.find(name.encode()) + len(name)
    content[begin : begin + 12] = b"\xff" * 12
    return bytes(content)


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_damaged_zip_of_maps_is_told_as_a_fault(packing: int) -> None:
    found = read_files(damaged("1-current.yaml", packing))

    assert ["This zip cannot be read" in one.document.faults[0].message for one in found] == [True]


@pytest.mark.parametrize("packing", PACKINGS)
def test_damaged_sheets_are_refused(packing: int) -> None:
    with pytest.raises(SheetsRefusedError, match="cannot be unpacked"):
        read_zip_of_rows(damaged("cards.csv", packing))
    with pytest.raises(SheetsRefusedError, match="cannot be unpacked"):
        read_workbook(damaged("[Content_Types].xml", packing))


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_damaged_workbook_of_answers_is_refused(packing: int, tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    path.write_bytes(damaged("xl/worksheets/sheet1.xml", packing))

    with pytest.raises(FileRefusedError, match="cannot be read as an Excel workbook"):
        sheet_names(path)
