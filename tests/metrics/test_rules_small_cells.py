"""Hiding small groups: one row, two-way tables, differencing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.small_cells import (
    COMMENTS_K,
    SCORES_K,
    Suppression,
    check_threshold,
    is_testable,
    is_too_small,
    suppress,
)
from cxm.metrics.rules.two_way import MARGIN, Bounds, exposed, hidden_bounds, suppress_table

TABLE = ((20, 50, 10), (8, 19, 22), (17, 32, 3))


@pytest.mark.parametrize(
    ("cells", "hidden", "is_total_hidden"),
    [
        ({"A": 60, "B": 30, "C": 7, "D": 3}, "CD", False),
        ({"A": 60, "B": 30, "C": 4, "D": 3}, "CD", False),
        ({"A": 60, "B": 30, "C": 2, "D": 1}, "BCD", False),
        ({"A": 50, "B": 0, "C": 3}, "AC", False),
        ({"A": 4, "B": 4, "C": 4}, "ABC", False),
        ({"A": 3, "B": 0}, "A", True),
        ({"A": 10, "B": 20}, "", False),
        ({"B": 9, "A": 9, "C": 1}, "AC", False),
        ({"A": 1, "B": 2}, "AB", True),
        ({}, "", False),
    ],
)
def test_cells_are_hidden_with_company(
    cells: dict[str, int], hidden: str, is_total_hidden: bool
) -> None:
    assert suppress(cells) == Suppression(frozenset(hidden), is_total_hidden)


def test_without_a_shown_total_only_small_cells_are_hidden() -> None:
    found = suppress({"A": 60, "B": 3}, is_total_shown=False)

    assert found == Suppression(frozenset("B"), is_total_hidden=True)


@pytest.mark.parametrize(("n", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_a_small_cell_is_hidden_and_an_empty_one_is_not(n: int, hidden: bool) -> None:
    assert is_too_small(n) is hidden


def test_comments_need_more_answers_than_scores() -> None:
    assert (SCORES_K, COMMENTS_K) == (5, 10)
    assert is_too_small(9, COMMENTS_K)


def test_a_threshold_below_three_is_refused() -> None:
    assert check_threshold(3) == 3
    with pytest.raises(ValueError, match="at least 3"):
        is_too_small(1, 2)


@pytest.mark.parametrize(("n", "tested"), [(9, False), (10, True)])
def test_a_test_needs_ten_answers(n: int, tested: bool) -> None:
    assert is_testable(n) is tested


@pytest.mark.parametrize(
    ("hidden", "corner"),
    [
        ({(2, 2)}, (3, 3)),
        ({(2, 2), (2, 0)}, (3, 3)),
        ({(2, 2), (2, 0), (0, 2), (0, 0)}, (0, 13)),
        ({(2, 2), (2, 0), (1, 0), (1, 2)}, (0, 20)),
    ],
)
def test_margins_give_bounds(hidden: set[tuple[int, int]], corner: tuple[float, float]) -> None:
    assert hidden_bounds(TABLE, hidden)[2, 2] == Bounds(*corner)


def test_two_hidden_cells_of_one_row_are_both_recovered() -> None:
    hidden = {(2, 2), (2, 0)}

    assert hidden_bounds(TABLE, hidden)[2, 0] == Bounds(17, 17)
    assert exposed(TABLE, hidden) == [(2, 0), (2, 2)]


def test_a_total_is_recovered_from_shown_cells() -> None:
    assert hidden_bounds(TABLE, {(1, MARGIN)}) == {(1, MARGIN): Bounds(49, 49)}


def test_hidden_totals_leave_a_cell_without_a_limit() -> None:
    hidden = {(0, 0), (0, MARGIN), (MARGIN, 0), (MARGIN, MARGIN)}

    assert hidden_bounds(((3,),), hidden)[0, 0] == Bounds(0, math.inf)


def test_a_rectangle_is_hidden_around_a_small_cell() -> None:
    hidden = suppress_table(TABLE)

    assert hidden == {(2, 2), (2, 0), (1, 0), (1, 2)}
    assert exposed(TABLE, hidden) == []


def test_a_table_without_small_cells_is_shown_whole() -> None:
    assert suppress_table(((30, 30), (30, 50))) == frozenset()


@pytest.mark.slow
def test_the_totals_of_a_lonely_small_cell_are_hidden() -> None:
    hidden = suppress_table(((3, 0), (0, 50)))

    assert hidden >= {(0, 0), (0, MARGIN), (MARGIN, 0)}
    assert exposed(((3, 0), (0, 50)), hidden) == []


@pytest.mark.slow
def test_a_cell_that_joins_two_rectangles_gets_more_company() -> None:
    # Every line with a hidden cell is covered, yet the 3 is what two rows hide beyond two columns.
    table = ((4, 4, 60, 70), (4, 4, 3, 80), (90, 90, 4, 4), (95, 99, 4, 4))
    small = {
        (row, column) for row in range(4) for column in range(4) if is_too_small(table[row][column])
    }
    assert exposed(table, small) == [(1, 2)]

    hidden = suppress_table(table)

    assert hidden > small
    assert exposed(table, hidden) == []


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
def test_nothing_small_is_ever_exposed(table: list[list[int]]) -> None:
    hidden = suppress_table(table)

    assert exposed(table, hidden) == []
    small = {
        (row, column)
        for row, counts in enumerate(table)
        for column, n in enumerate(counts)
        if is_too_small(n)
    }
    assert small <= hidden


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 15)))
def test_a_shown_total_never_gives_a_hidden_cell_away(cells: dict[str, int]) -> None:
    found = suppress(cells)

    inside = [cells[key] for key in found.hidden]
    assert all(key in found.hidden for key, n in cells.items() if is_too_small(n))
    if inside and not found.is_total_hidden:
        assert len(inside) >= 2
        assert sum(inside) >= SCORES_K
