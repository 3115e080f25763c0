"""Shares of explained variance: published values, laws, and the sampling of orders."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.metrics.rules.lmg import MOST_EXACT, exact_shares, orders_of, sampled_shares
from cxm.metrics.rules.pairwise import FLOOR, correlations, mended, moments

# Correlations of the Swiss fertility data of 1888 (R, `datasets::swiss`), to six decimals, in the
# order agriculture, examination, education, catholic, infant mortality, fertility; and the LMG
# shares that `calc.relimp` of the R package relaimpo prints for it.
SWISS = np.array(
    [
        [1.0, -0.686542, -0.639523, 0.401095, -0.060859, 0.353079],
        [-0.686542, 1.0, 0.698415, -0.572742, -0.114022, -0.645883],
        [-0.639523, 0.698415, 1.0, -0.153859, -0.099322, -0.663789],
        [0.401095, -0.572742, -0.153859, 1.0, 0.175496, 0.463685],
        [-0.060859, -0.114022, -0.099322, 0.175496, 1.0, 0.416556],
        [0.353079, -0.645883, -0.663789, 0.463685, 0.416556, 1.0],
    ]
)
PUBLISHED = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]


def drawn(seed: int, inputs: int, rows: int = 60) -> np.ndarray:
    """Correlations of random columns that have something in common."""
    dice = np.random.default_rng(seed)
    columns = dice.normal(size=(rows, inputs + 1)) + dice.normal(size=(rows, 1))
    found: np.ndarray = np.atleast_2d(np.corrcoef(columns.T))
    return found


def by_orders(matrix: np.ndarray) -> list[float]:
    """The shares as their definition has them: every order, one regression each step."""
    size = len(matrix) - 1
    found = np.zeros(size)
    orders = list(permutations(range(size)))
    for order in orders:
        before = 0.0
        for place in range(size):
            chosen = list(order[: place + 1])
            slopes = np.linalg.solve(matrix[np.ix_(chosen, chosen)], matrix[chosen, -1])
            after = float(slopes @ matrix[chosen, -1])
            found[order[place]] += after - before
            before = after
    return list(found / len(orders))


def test_shares_are_those_that_relaimpo_prints() -> None:
    assert exact_shares(SWISS[None])[0] == pytest.approx(PUBLISHED, abs=2e-6)


def test_two_inputs_follow_the_formula_for_two() -> None:
    first, second, both = 0.6, 0.3, 0.5
    matrix = np.array([[1, both, first], [both, 1, second], [first, second, 1]])
    whole = (first**2 + second**2 - 2 * first * second * both) / (1 - both**2)

    found = exact_shares(matrix[None])[0]

    assert found[0] == pytest.approx((first**2 + whole - second**2) / 2)
    assert found[1] == pytest.approx((second**2 + whole - first**2) / 2)


@given(seed=st.integers(0, 10_000), inputs=st.integers(1, 9))
def test_shares_sum_to_what_a_regression_explains(seed: int, inputs: int) -> None:
    matrix = drawn(seed, inputs)
    slopes = np.linalg.lstsq(matrix[:-1, :-1], matrix[:-1, -1], rcond=None)[0]

    shares = exact_shares(matrix[None])[0]

    assert shares.sum() == pytest.approx(float(slopes @ matrix[:-1, -1]), abs=1e-9)
    assert (shares >= -1e-12).all()


@given(seed=st.integers(0, 10_000), inputs=st.integers(1, 5))
def test_shares_are_averages_over_all_orders(seed: int, inputs: int) -> None:
    matrix = drawn(seed, inputs)

    assert exact_shares(matrix[None])[0] == pytest.approx(by_orders(matrix), abs=1e-9)


def test_an_input_that_others_tell_entirely_adds_nothing_of_its_own() -> None:
    twins = np.array([[1.0, 1.0, 0.6], [1.0, 1.0, 0.6], [0.6, 0.6, 1.0]])

    assert exact_shares(twins[None])[0] == pytest.approx([0.18, 0.18])


def test_sampled_orders_come_near_and_say_how_near() -> None:
    matrix = drawn(3, 9)[None]
    orders = orders_of(9, 500, np.random.default_rng(1))

    shares, errors = sampled_shares(matrix, orders)

    exact = exact_shares(matrix)
    assert shares.sum() == pytest.approx(exact.sum())
    assert (np.abs(shares - exact) < 4 * errors).all()
    assert 0 < errors.max() < 0.01


def test_orders_come_with_their_reverse() -> None:
    orders = orders_of(5, 3, np.random.default_rng(1))

    assert orders.shape == (6, 5)
    assert (orders[0::2] == orders[1::2, ::-1]).all()


def test_too_many_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 12"):
        exact_shares(np.eye(MOST_EXACT + 2)[None])


def test_columns_without_gaps_correlate_as_usual() -> None:
    columns = np.random.default_rng(4).normal(size=(50, 4))

    found = moments(columns, np.arange(50) % 7)

    assert correlations(found.whole)[0] == pytest.approx(np.corrcoef(columns.T))


def test_each_pair_is_of_the_rows_that_have_both() -> None:
    columns = np.array([[1, 2, 9], [2, 1, np.nan], [3, 5, 1], [4, np.nan, 2], [5, 4, np.nan]])

    found = moments(columns, np.arange(5)).whole

    both = columns[[0, 1, 2, 4]]
    assert found[0, 0] == pytest.approx(np.array([[5, 4, 3], [4, 4, 2], [3, 2, 3]]))
    assert correlations(found)[0, 0, 1] == pytest.approx(np.corrcoef(both[:, 0], both[:, 1])[0, 1])


def test_drawing_a_row_twice_counts_it_twice() -> None:
    columns = np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 7.0]])
    again = columns[[0, 1, 1, 2]]

    found = moments(columns, np.arange(3)).drawn(np.array([[1, 2, 1]]))

    assert correlations(found)[0, 0, 1] == pytest.approx(np.corrcoef(again.T)[0, 1])


def test_a_pair_that_nobody_gave_correlates_with_nothing() -> None:
    columns = np.array([[1, np.nan, 1], [2, np.nan, 1], [np.nan, 3, 1], [np.nan, 1, 1.0]])

    assert correlations(moments(columns, np.arange(4)).whole)[0] == pytest.approx(np.eye(3))


def test_a_pair_that_gave_one_value_alone_correlates_with_nothing() -> None:
    dice = np.random.default_rng(2)
    for _ in range(50):
        columns = dice.integers(1, 11, size=(200, 3)).astype(float)
        columns[:90, 0] = columns[110:, 1] = np.nan
        columns[90:110, :2] = 10.0

        found = correlations(moments(columns, np.arange(200)).whole)[0]

        assert abs(found[0, 1]) < 1e-9


def test_correlations_that_do_not_fit_together_are_mended_and_others_are_left() -> None:
    apart = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    fine = drawn(1, 2)

    found = mended(np.stack([apart, fine]))

    assert np.linalg.eigvalsh(found[0]).min() > FLOOR / 10
    assert np.diag(found[0]) == pytest.approx([1, 1, 1])
    assert (found[1] == fine).all()
    assert (mended(fine[None]) == fine).all()
