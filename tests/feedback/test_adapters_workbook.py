"""Workbooks are read as text, and hostile ones are refused before they are unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from feedback.adapters.dialect import Dialect, find_dialect
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.records import Refusal
from feedback.adapters.table import open_table
from feedback.adapters.workbook import cell_text, refuse_zip_bomb, sheet_names
from tests.feedback.survey_files import rows_of

XLSX = Dialect(kind="xlsx", encoding="")
SHEET = "xl/worksheets/sheet1.xml"


def _workbook(folder: Path, rows: Iterable[Iterable[object]], title: str = "Answers") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    path = folder / "answers.xlsx"
    book.save(path)
    return path


def _with_part(path: Path, name: str, content: bytes) -> Path:
    """Copy the workbook at *path* with the part *name* replaced or added."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return changed


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_cells_are_read_as_a_csv_export_would_hold_them(tmp_path: Path) -> None:
    path = _workbook(
        tmp_path,
        [
            ["id", "nps", "at", "share", "yes", "text"],
            [
                12345678901234,
                9,
                datetime.fromisoformat("2026-01-02 03:04:05"),
                0.1,
                True,
                "=not run"[1:],
            ],
            ["00123", None, datetime.fromisoformat("2026-01-02"), 1e-7, False, "été"],
        ],
    )

    heads, rows = rows_of(path, find_dialect(path).dialect)

    assert heads == ("id", "nps", "at", "share", "yes", "text")
    assert rows == [
        ["12345678901234", "9", "2026-01-02 03:04:05", "0.1", "TRUE", "not run"],
        ["00123", "", "2026-01-02", "0.0000001", "FALSE", "été"],
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (5.0, "5"),
        (1e22, "10000000000000000000000"),
        (9007199254740993, "9007199254740993"),
        (7.5, "7.5"),
        (date(2026, 3, 1), "2026-03-01"),
        (time(8, 30), "08:30:00"),
    ],
)
def test_values_keep_all_their_digits(value: float | date | time | None, text: str) -> None:
    assert cell_text(value) == text


def test_the_sheet_can_be_chosen(tmp_path: Path) -> None:
    path = _workbook(tmp_path, [["a"], [1]], title="First")
    book = openpyxl.load_workbook(path)
    second = book.create_sheet("Second")
    second.append(["b"])
    second.append([2])
    book.save(path)

    assert sheet_names(path) == ["First", "Second"]
    assert rows_of(path, Dialect(kind="xlsx", sheet="Second")) == (("b",), [["2"]])
    with pytest.raises(FileRefusedError, match="First, Second"):
        rows_of(path, Dialect(kind="xlsx", sheet="Third"))


def test_a_formula_without_a_saved_value_is_refused_alone(tmp_path: Path) -> None:
    path = _workbook(tmp_path, [["a", "b"], [1, 2], [3, "=A2+1"], [5, 6]])

    with open_table(path, XLSX) as table:
        items = list(table.rows)

    refusal = items[1]
    assert isinstance(refusal, Refusal)
    assert (refusal.line, refusal.code, refusal.raw) == (3, "formula_without_value", ("3", ""))
    assert [items[0], items[2]] == [(2, ["1", "2"]), (4, ["5", "6"])]


def test_a_formula_with_a_saved_value_is_read_as_the_value(tmp_path: Path) -> None:
    path = _workbook(tmp_path, [["a", "b"], [1, "=A2+1"]])
    sheet = _part(path, SHEET).replace(b"<f>A2+1</f><v></v>", b"<f>A2+1</f><v>2</v>")
    sheet = sheet.replace(b"<f>A2+1</f><v />", b"<f>A2+1</f><v>2</v>")

    rows = rows_of(_with_part(path, SHEET, sheet), XLSX)[1]

    assert rows == [["1", "2"]]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param(SHEET, b" " * 50_000_000, "200 times", id="swollen part"),
        pytest.param("xl/SharedStrings.xml", b"ab" * 60_000_000, "times its size", id="texts"),
    ],
)
@pytest.mark.slow
def test_zip_bombs_are_refused_before_they_are_unpacked(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    bomb = _with_part(_workbook(tmp_path, [["a"], [1]]), name, content)

    with pytest.raises(FileRefusedError, match=reason) as refused:
        find_and_open(bomb)

    assert refused.value.code == "zip_bomb"


def test_an_archive_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}.xml", b"")

    with pytest.raises(FileRefusedError, match="2001 parts"):
        refuse_zip_bomb(path)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    path = _workbook(tmp_path, [["a"], [1]])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    sheet = bomb + _part(path, SHEET).replace(b"<?xml version='1.0' encoding='UTF-8'?>", b"")

    with pytest.raises(FileRefusedError) as refused:
        find_and_open(_with_part(path, SHEET, sheet))

    assert refused.value.code == "unsafe_xml"


@pytest.mark.parametrize("content", [b"PK\x03\x04 and then nothing", b"PK\x03\x04" + bytes(200)])
def test_broken_workbooks_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)

    with pytest.raises(FileRefusedError) as refused:
        find_and_open(path)

    assert refused.value.code == "not_a_workbook"


def test_a_workbook_with_heads_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        find_and_open(_workbook(tmp_path, [["a", "b"]]))

    assert refused.value.code == "no_rows"


def find_and_open(path: Path) -> list[object]:
    with open_table(path, find_dialect(path).dialect) as table:
        return list(table.rows)


def test_workbooks_are_read_by_the_hardened_parser_only() -> None:
    assert openpyxl.DEFUSEDXML
    assert not openpyxl.LXML
