"""Workbooks: every text stays a text, and nothing in them is worked out."""

from __future__ import annotations

import csv
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.made_files import made_file
from cxm.kernel.workbooks import LONGEST_CELL, Table, csv_archive, workbook


def _sheet(*tables: Table) -> Any:
    return openpyxl.load_workbook(BytesIO(workbook(tables))).worksheets[0]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "#N/A", "TRUE", "12", "1e5"],
)
def test_a_text_stays_a_text(text: str) -> None:
    cell = _sheet(Table("Words", ["Said"], [[text]]))["A2"]

    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(
    ("text", "is_marked"), [("=1", True), ("-1", True), ("plain", False), ("a=1", False)]
)
def test_what_looks_like_a_formula_is_marked_as_text(text: str, *, is_marked: bool) -> None:
    cell = _sheet(Table("Words", ["Said"], [[text]]))["A2"]

    assert bool(cell.quotePrefix) is is_marked


def test_numbers_are_numbers_and_nothing_is_nothing() -> None:
    sheet = _sheet(Table("Numbers", ["a", "b", "c"], [[3, 1.5, None]]))

    assert [cell.value for cell in sheet[2]] == [3, 1.5, None]
    assert [cell.data_type for cell in sheet[2]] == ["n", "n", "n"]


def test_a_sheet_has_bold_heads_that_stay_in_sight() -> None:
    book = openpyxl.load_workbook(
        BytesIO(workbook([Table("One", ["Head"], [["x"]]), Table("Two", ["="], [])]))
    )

    assert book.sheetnames == ["One", "Two"]
    assert (book["One"]["A1"].font.bold, book["One"].freeze_panes) == (True, "A2")
    assert book["Two"]["A1"].data_type == "s"


def test_signs_that_a_workbook_cannot_hold_are_left_out() -> None:
    sheet = _sheet(
        Table("Words", ["Said"], [["a\x00b\x1bc\ufffe\uffff"], ["x" * (LONGEST_CELL + 9)]])
    )

    assert sheet["A2"].value == "abc"
    assert len(sheet["A3"].value) == LONGEST_CELL


def test_a_text_that_looks_like_a_sign_by_number_is_kept_from_being_one() -> None:
    written = _sheet(Table("Words", ["Said"], [["_x0041_ and _x"]]))["A2"].value

    assert written == "_x005F_x0041_ and _x"


@pytest.mark.slow
@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_becomes_a_formula(text: str) -> None:
    cell = _sheet(Table("Words", ["Said"], [[text]]))["A2"]

    assert cell.data_type in {"s", "n"}
    assert cell.value is None or isinstance(cell.value, str)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Busy Bea", "Busy Bea.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("Who <delivers>, rings", "Who delivers, rings.pdf"),
        ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x.pdf"),
        ("Größe 尺", "Größe 尺.pdf"),
        ("\u202egpj.exe", "gpj.exe.pdf"),
        (" . ", "file.pdf"),
        ("x" * 300, f"{'x' * 100}.pdf"),
    ],
    ids=["plain", "folders", "signs", "header", "letters", "turned", "nothing", "long"],
)
def test_a_file_is_named_after_its_title(title: str, name: str) -> None:
    assert made_file(title, "pdf", b"").name == name


@pytest.mark.parametrize("text", ["=1+1", "-1", "@A1", "'=1", "'", "plain", 'a\nb,"c"', ""])
def test_a_text_in_a_csv_file_is_no_formula_and_can_be_read_back(text: str) -> None:
    archive = ZipFile(BytesIO(csv_archive([Table("Words", ["Said", "Number"], [[text, -1.5]])])))

    content = archive.read("words.csv").decode("utf-8-sig")
    [heads, [cell, number]] = csv.reader(content.splitlines(keepends=True))

    assert (heads, number) == (["Said", "Number"], "-1.5")
    assert not cell.startswith(("=", "+", "-", "@"))
    assert cell.removeprefix("'") == text


def test_the_same_tables_give_the_same_archive() -> None:
    tables = [Table("One", ["A"], [["x"]]), Table("Two", ["B"], [])]

    assert csv_archive(tables) == csv_archive(tables)
    assert ZipFile(BytesIO(csv_archive(tables))).namelist() == ["one.csv", "two.csv"]
