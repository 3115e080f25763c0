"""Columns are counted exactly and their types guessed without harm."""

from __future__ import annotations

import pytest

from feedback.adapters.profile import MOST_DISTINCT, TableProfile, guess_kind, profile_table
from feedback.adapters.records import Refusal
from feedback.adapters.table import Row, Table


def _profile(heads: list[str], rows: list[list[str]]) -> TableProfile:
    return profile_table(Table(tuple(heads), iter([(n, row) for n, row in enumerate(rows, 2)])))


def test_counts_samples_and_range_of_a_column() -> None:
    rows = [["5"], [" 5 "], ["3,5"], [""], ["-2"], ["NA"], *[["1"]] * 15]

    [column] = _profile(["score"], rows).columns

    assert (column.kind, column.filled, column.empty) == ("number", 20, 1)
    assert (column.low, column.high) == (-2, 5)
    assert column.samples == (("1", 15), ("5", 2), ("3,5", 1), ("-2", 1), ("NA", 1))


def test_a_range_is_given_for_numbers_only() -> None:
    [column] = _profile(["city"], [["7"], *[["Bern"]] * 9]).columns

    assert (column.kind, column.low, column.high) == ("text", None, None)


def test_numbers_that_overflow_do_not_spoil_the_range() -> None:
    [column] = _profile(["n"], [["1e400"], *[[str(n)] for n in range(9)]]).columns

    assert (column.low, column.high) == (0, 8)


def test_counts_go_on_over_several_batches() -> None:
    [column] = _profile(["x"], [[str(n % 2)] for n in range(12_001)]).columns

    assert (column.filled, column.counts) == (12_001, {"0": 6_001, "1": 6_000})


def test_distinct_values_are_capped_and_rows_are_not() -> None:
    [column] = _profile(["x"], [[f"v{n}"] for n in range(6_000)] * 2).columns

    assert (column.filled, column.is_capped, len(column.counts)) == (12_000, True, MOST_DISTINCT)
    assert column.counts["v0"] == 2


def test_short_rows_count_as_empty_and_refusals_apart() -> None:
    rows: list[Row | Refusal] = [(2, ["1"]), Refusal(3, "ragged_row", "Line 3"), (4, ["1", "2"])]

    profile = profile_table(Table(("a", "b", "c"), iter(rows)))

    assert (profile.row_count, profile.refused) == (2, 1)
    assert [(column.filled, column.empty) for column in profile.columns] == [(2, 0), (1, 1), (0, 2)]
    assert profile.sample == (("1", "", ""), ("1", "2", ""))


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("x", [], "empty"),
        ("x", ["", ""], "empty"),
        ("x", ["1", "2", "10"], "integer"),
        ("x", ["1.0", "2.0"], "integer"),
        ("x", ["1.5", "2"], "number"),
        ("x", ["1,5", "2,25"], "number"),
        ("x", ["2026-01-02", "2026-01-03"], "date"),
        ("x", ["2026-01-02 03:04", "2026-01-03"], "datetime"),
        ("x", ["1/2/2026 3:04 PM"], "datetime"),
        ("x", ["ana@example.org", "b.c@example.com"], "email"),
        ("phone", ["030 123456", "+49 30 123456"], "phone"),
        ("x", ["+4930123456", "+4930123457"], "phone"),
        ("zip", ["01067", "10115"], "id"),
        ("customer_id", ["1", "2", "3"], "id"),
        ("x", ["9007199254740993", "1"], "id"),
        ("x", ["R_2YPOQ602ER1jkf1", "R_3YPOQ602ER1jkf2"], "id"),
        ("x", ["fine", "not so fine"], "text"),
    ],
)
def test_types_are_guessed(name: str, cells: list[str], kind: str) -> None:
    assert guess_kind(name, cells) == kind
