"""Reading sheets that people bring: what is found out, what is refused."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from cxm.kernel.sheets import (
    MOST_COLUMNS,
    Reading,
    SheetsRefusedError,
    is_workbook,
    read_rows,
    read_workbook,
    read_zip_of_rows,
)
from cxm.kernel.workbooks import Table, csv_archive, workbook

ODD = ["=1+1", "'=1+1", "'quoted", "-2", "a\nb", 'with "quotes"', "a;b|c\td", "ü", "  x"]


def packed(**files: str) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize("text", ODD)
def test_what_was_written_is_read_again(text: str) -> None:
    table = Table("Cards", ["Key", "Text"], [["a", text]])

    found = [read_workbook(workbook([table])), read_zip_of_rows(csv_archive([table]))]

    assert [one.rows for one in found] == [{"Cards": [["Key", "Text"], ["a", text]]}] * 2


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        pytest.param(b"a;b\nc;d\n", "utf-8", ";", id="semicolons"),
        pytest.param(b'"x,y";b\n"z,";d\n', "utf-8", ";", id="commas in quotes only"),
        pytest.param("ä\tb\n".encode("utf-16"), "utf-16", "\t", id="utf-16"),
        pytest.param("ä|b\n".encode("cp1252"), "cp1252", "|", id="western"),
        pytest.param("\ufeffa,b\n".encode(), "utf-8", ",", id="a mark at the start"),
    ],
)
def test_encoding_and_delimiter_are_found_out(
    content: bytes, encoding: str, delimiter: str
) -> None:
    found = read_rows(content, "Map")

    assert found.reading == Reading(encoding, delimiter)
    assert len(found.rows["Map"][0]) == 2


def test_formulas_are_what_they_were_when_saved_and_numbers_plain() -> None:
    book = Workbook()
    book.active.append([1.5, 3, True, "=1+1", None])  # type: ignore[union-attr]  # it has a sheet
    saved = BytesIO()
    book.save(saved)

    found = read_workbook(saved.getvalue())

    assert found.rows == {"Sheet": [["1.5", "3", "yes", ""]]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(
            packed(**{"[Content_Types].xml": "", "xl/vbaProject.bin": ""}), "macros", id="macros"
        ),
        pytest.param(packed(**{"[Content_Types].xml": "no"}), "cannot be read", id="no workbook"),
        pytest.param(b"PK\x03\x04", "cannot be unpacked", id="half a zip"),
    ],
)
def test_what_is_no_usable_workbook_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(SheetsRefusedError, match=words):
        read_workbook(content)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxm.kernel.sheets.MOST_UNPACKED", 1_000)

    with pytest.raises(SheetsRefusedError, match="larger than"):
        read_zip_of_rows(packed(**{"cards.csv": "a" * 2_000}))


def test_a_sheet_of_too_many_columns_is_refused() -> None:
    with pytest.raises(SheetsRefusedError, match="columns"):
        read_rows(b"," * MOST_COLUMNS, "Map")


def test_a_workbook_is_known_by_what_is_in_it() -> None:
    assert is_workbook(workbook([Table("A", ["b"], [])]))
    assert not is_workbook(packed(**{"cards.csv": ""}))
    assert not is_workbook(b"cxmap: 1")
