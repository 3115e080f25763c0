"""Rows stream out of a text file, and what is wrong with one leaves the others alone."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from feedback.adapters.dialect import Dialect, find_dialect
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.records import Refusal
from feedback.adapters.table import Row, open_table
from tests.feedback.survey_files import written


def _items(path: Path, dialect: Dialect | None = None) -> list[Row | Refusal]:
    with open_table(path, dialect or find_dialect(path).dialect) as table:
        return list(table.rows)


def test_a_row_is_named_by_the_line_it_begins_on(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n1,"two\nlines"\n\n3,4\n')

    assert _items(path) == [(2, ["1", "two\nlines"]), (5, ["3", "4"])]


def test_a_row_with_too_many_cells_is_refused_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n3,4,5\n6,7,,\n8\n")

    rows = _items(path)

    assert [rows[0], rows[2], rows[3]] == [(2, ["1", "2"]), (4, ["6", "7"]), (5, ["8"])]
    assert isinstance(rows[1], Refusal)
    assert (rows[1].line, rows[1].code, rows[1].raw) == (3, "ragged_row", ("3", "4", "5"))


def test_rows_of_empty_cells_are_passed_by(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n,\n1,2\n , \n")

    assert _items(path) == [(3, ["1", "2"])]


def test_harmful_characters_are_removed_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1\x00,x\u202ey\u200f\x1b\n2,tab\tstays\n")

    with open_table(path, Dialect()) as table:
        rows = list(table.rows)

    assert rows == [(2, ["1", "xy"]), (3, ["2", "tab\tstays"])]
    assert table.removed.characters == 4


def test_bytes_that_nothing_can_read_are_marked_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,caf\xe9\n2,\xe2\x82\xac\n")

    with open_table(path, Dialect(encoding="utf-8")) as table:
        rows = list(table.rows)

    assert rows == [(2, ["1", "caf\ufffd"]), (3, ["2", "€"])]
    assert table.removed.unreadable == 1


def test_formula_like_text_stays_text(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n1,"=HYPERLINK(""x"")"\n2,@SUM(A1)\n3,+1\n')

    assert [row[1][1] for row in _items(path) if not isinstance(row, Refusal)] == [
        '=HYPERLINK("x")',
        "@SUM(A1)",
        "+1",
    ]


def test_long_ids_keep_every_digit(tmp_path: Path) -> None:
    path = written(tmp_path, "id,nps\n9007199254740993,9\n00012345678901234567,8\n")

    rows = _items(path)

    assert rows == [(2, ["9007199254740993", "9"]), (3, ["00012345678901234567", "8"])]


def test_a_quote_that_is_never_closed_costs_its_own_lines_only(tmp_path: Path) -> None:
    swallowed = "4,filler\n" * 20_000
    path = written(tmp_path, f'a,b\n1,2\n3,"open\n{swallowed}5,6\n7,8\n')

    items = _items(path, Dialect())

    refusals = [item for item in items if isinstance(item, Refusal)]
    assert [(refusal.line, refusal.code) for refusal in refusals] == [(3, "cell_too_long")]
    assert items[0] == (2, ["1", "2"])
    assert items[-1] == (20_005, ["7", "8"])


@pytest.mark.parametrize(
    ("content", "dialect", "code"),
    [
        ("a,b\n", Dialect(), "no_rows"),
        ("a,b\n,\n", Dialect(), "no_rows"),
        ("\n\n", Dialect(), "no_rows"),
        (",".join(f"c{n}" for n in range(401)) + "\n1\n", Dialect(), "too_many_columns"),
        ("a,b\n1,2\n", Dialect(encoding="klingon"), "unknown_encoding"),
        ("a,b\n1,2\n", Dialect(encoding="utf-16"), "not_readable"),
        ("a,b\n1,2\n", Dialect(delimiter=""), "bad_dialect"),
        ("a,b\n1,2\n", Dialect(quote="''"), "bad_dialect"),
        ("a,b\n1," + "x" * 4_000_001, Dialect(), "line_too_long"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(
    tmp_path: Path, content: str, dialect: Dialect, code: str
) -> None:
    with pytest.raises(FileRefusedError) as refused:
        _items(written(tmp_path, content), dialect)

    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="is empty"):
        _items(written(tmp_path, ""))


def test_choosing_no_heads_names_columns_by_their_place(tmp_path: Path) -> None:
    path = written(tmp_path, "1,2\n3,4\n")

    with open_table(path, Dialect(head_rows=0, heads="positions")) as table:
        rows = list(table.rows)

    assert table.heads == ("column_1", "column_2")
    assert rows == [(1, ["1", "2"]), (2, ["3", "4"])]


def test_too_many_rows_end_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.adapters.table.MOST_ROWS", 2)
    path = written(tmp_path, "a\n1\n2\n3\n")

    with pytest.raises(FileRefusedError) as refused:
        _items(path)

    assert refused.value.code == "too_many_rows"


@pytest.mark.slow
def test_a_large_file_streams_with_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    row = "12345,10,2026-01-02 03:04:05,Everything was fine and é\n"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("id,nps,at,why\n")
        stream.writelines(row for _ in range(20_000_000 // len(row)))
    dialect = find_dialect(path).dialect
    tracemalloc.start()

    try:
        with open_table(path, dialect) as table:
            count = sum(1 for _ in table.rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 20_000_000 // len(row)
    assert peak < 2_000_000
