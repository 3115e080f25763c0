"""No set of answers below the threshold is shown, nor can be worked out by subtraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.rules.disclosure import disclose, hidden_points

K = 5


@pytest.mark.parametrize(
    ("cells", "hidden", "is_shown"),
    [
        ({"A": 60, "B": 30, "C": 7, "D": 3}, {"C", "D"}, True),
        ({"A": 60, "B": 30, "C": 4, "D": 3}, {"C", "D"}, True),
        ({"A": 60, "B": 30, "C": 2, "D": 1}, {"B", "C", "D"}, True),
        ({"A": 50, "B": 0, "C": 3}, {"A", "C"}, True),
        ({"A": 4, "B": 4, "C": 4}, {"A", "B", "C"}, True),
        ({"A": 10, "B": 20}, set(), True),
    ],
    ids=["two", "sum 7", "sum 3", "empty one", "all", "none"],
)
def test_one_period_hides_what_the_spec_says(
    cells: Mapping[str, int], hidden: set[str], is_shown: bool
) -> None:
    # Source: metrics.md, section 12, the table of cells and totals.
    shown = disclose({key: [n] for key, n in cells.items()})

    assert set(shown.hidden) == hidden
    assert list(shown.is_offered) == [is_shown]


def test_a_total_below_the_threshold_is_not_shown() -> None:
    # Source: metrics.md, section 12: A3 B0 hides the total.
    assert disclose({"A": [3], "B": [0]}).is_offered == (False,)


def test_a_longer_period_with_a_few_answers_more_is_not_shown() -> None:
    shown = disclose({"A": [50, 53, 60]})

    assert shown.is_offered == (True, False, True)


def test_a_cell_that_grows_by_a_few_answers_is_hidden_with_a_companion() -> None:
    shown = disclose({"A": [50, 52], "B": [20, 30], "C": [70, 90]})

    assert shown.hidden == {"A", "B"}


def test_cells_must_know_the_same_periods() -> None:
    with pytest.raises(ValueError, match="every period"):
        disclose({"A": [1], "B": [1, 2]})


nested = st.lists(st.integers(0, 12), min_size=3, max_size=3).map(lambda n: list(accumulate(n)))
tables = st.dictionaries(st.sampled_from("ABCDEFG"), nested, min_size=1)


@given(tables)
def test_no_two_things_shown_differ_by_a_few_answers(table: dict[str, list[int]]) -> None:
    shown = disclose(table)

    sets = _sets_that_can_be_derived(table, shown.hidden, shown.is_offered)
    differences = [abs(one - other) for one, other in combinations(sets, 2)]
    assert not [n for n in differences if 0 < n < K]


def _sets_that_can_be_derived(
    table: Mapping[str, Sequence[int]], hidden: frozenset[str], is_offered: Sequence[bool]
) -> list[int]:
    """Sizes of nested sets: all answers, and all hidden ones, in each offered period, and none."""
    sizes = [0]
    for place, is_shown in enumerate(is_offered):
        if is_shown:
            sizes.append(sum(counts[place] for counts in table.values()))
    return sizes


@given(tables)
def test_hidden_cells_protect_each_other_in_every_step(table: dict[str, list[int]]) -> None:
    shown = disclose(table)

    places = [place for place, is_shown in enumerate(shown.is_offered) if is_shown]
    for early, late in zip([None, *places], places, strict=False):
        steps = {
            key: counts[late] - (0 if early is None else counts[early])
            for key, counts in table.items()
        }
        visible = [n for key, n in steps.items() if key not in shown.hidden]
        behind = [steps[key] for key in shown.hidden if steps[key]]
        assert not [n for n in visible if 0 < n < K]
        assert not behind or sum(behind) >= K
        assert len(behind) != 1 or behind[0] >= K


def test_weeks_are_hidden_within_their_period() -> None:
    weeks = {"w1": 20, "w2": 3, "w3": 9, "w0": 4, "old": 30}
    bands = {"w1": 0, "w2": 0, "w3": 0, "w0": 1, "old": 1}

    hidden = hidden_points(weeks, (True, True), bands)

    assert hidden == {"w2", "w3", "w0", "old"}


def test_weeks_of_a_period_that_is_not_offered_count_with_the_next_one() -> None:
    weeks = {"w1": 3, "w0": 40, "old": 50}

    assert hidden_points(weeks, (False, True), {"w1": 0, "w0": 1, "old": 1}) == {"w1", "w0"}
    assert hidden_points(weeks, (False, False), {"w1": 0, "w0": 1, "old": 1}) == set(weeks)
