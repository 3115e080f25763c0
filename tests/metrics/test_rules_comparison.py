"""Comparing two groups: goldens, type I error, scipy as an oracle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxm.metrics.rules.comparison import (
    MeanGroup,
    NetGroup,
    ShareGroup,
    compare_means,
    compare_nets,
    compare_paired,
    compare_shares,
    size_for_difference,
    size_for_margin,
)

GOLDEN = 5e-5
FIRST = MeanGroup(4.1, 1.1551981924671646, 30)
SECOND = MeanGroup(4.35, 1.0399898784925784, 20)


def net_group(above: int, middle: int, below: int) -> NetGroup:
    n = above + middle + below
    return NetGroup(above / n, below / n, n)


@pytest.mark.parametrize(
    ("first", "second", "differences", "limits", "z", "p"),
    [
        ((50, 30, 20), (60, 25, 15), (15, 14.5631), (-6.2473, 35.3735), 1.3716, 0.170193),
        ((500, 300, 200), (600, 250, 150), (15, 14.9551), (8.2958, 21.6145), 4.4015, 1.07483e-5),
        ((32, 13, 6), (20, 16, 12), (-34.3137, -32.4619), (-61.3007, -3.6230), -2.2062, 0.0273704),
        ((5, 3, 2), (2, 3, 5), (-60, -46.1538), (-105.7312, 13.4235), -1.5184, 0.128924),
        ((10, 0, 0), (7, 2, 1), (-40, -30.7692), (-79.7125, 18.1741), -1.2322, 0.217885),
    ],
)
def test_two_net_scores(  # noqa: PLR0917 - one row of the published table
    first: tuple[int, int, int],
    second: tuple[int, int, int],
    differences: tuple[float, float],
    limits: tuple[float, float],
    z: float,
    p: float,
) -> None:
    found = compare_nets(net_group(*first), net_group(*second))

    assert (found.difference, found.tested) == pytest.approx(differences, abs=GOLDEN)
    assert (found.low, found.high) == pytest.approx(limits, abs=GOLDEN)
    assert found.statistic == pytest.approx(z, abs=GOLDEN)
    assert found.p == pytest.approx(p, rel=5e-6)


@pytest.mark.parametrize("n", [1, 10, 100, 100_000])
def test_a_difference_of_net_scores_stays_inside_200_points(n: int) -> None:
    apart = compare_nets(net_group(0, 0, n), net_group(n, 0, 0))

    assert apart.difference == 200
    assert -200 <= apart.low < apart.tested < apart.high <= 200


@pytest.mark.parametrize(
    ("first", "second", "difference", "limits", "z", "p"),
    [
        ((48, 80), (56, 70), 20, (5.2431, 33.3873), 2.6413, 0.008258),
        ((80, 100), (88, 100), 8, (-2.2678, 18.1937), 1.5392, 0.123763),
        ((800, 1000), (840, 1000), 4, (0.6312, 7.3621), 2.3275, 0.019938),
        ((24, 30), (18, 30), -20, (-40.5600, 3.1719), -1.6762, 0.093706),
        ((4, 5), (1, 5), -60, (-83.1614, 0.0285), -1.8000, 0.071861),
    ],
)
def test_two_shares(  # noqa: PLR0917 - one row of the published table
    first: tuple[int, int],
    second: tuple[int, int],
    difference: float,
    limits: tuple[float, float],
    z: float,
    p: float,
) -> None:
    found = compare_shares(share_group(*first), share_group(*second))

    assert found.difference == pytest.approx(difference)
    assert (found.low, found.high) == pytest.approx(limits, abs=GOLDEN)
    assert found.statistic == pytest.approx(z, abs=GOLDEN)
    assert found.p == pytest.approx(p, abs=5e-7)


def share_group(part: int, whole: int) -> ShareGroup:
    return ShareGroup(part / whole, whole)


@pytest.mark.parametrize("share", [0, 1])
def test_groups_that_all_agree_do_not_differ(share: float) -> None:
    found = compare_shares(ShareGroup(share, 20), ShareGroup(share, 30))

    assert (found.difference, found.statistic, found.p) == (0, 0, 1)


@pytest.mark.slow
def test_type_one_error_of_the_share_test() -> None:
    errors = [
        type_one_error(sizes, true)
        for sizes in [(10, 10), (50, 50), (10, 200)]
        for true in (0.5, 0.8, 0.95)
    ]

    assert min(errors) == pytest.approx(0.001, abs=5e-4)
    assert max(errors) == pytest.approx(0.057, abs=5e-4)


def type_one_error(sizes: tuple[int, int], true: float) -> float:
    first, second = (stats.binom.pmf(range(n + 1), n, true) for n in sizes)
    return math.fsum(
        first[i] * second[j]
        for i in range(sizes[0] + 1)
        for j in range(sizes[1] + 1)
        if compare_shares(share_group(i, sizes[0]), share_group(j, sizes[1])).p <= 0.05
    )


@pytest.mark.slow
def test_type_one_error_of_the_net_test() -> None:
    for n in (10, 20):
        counts = [(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)]
        groups = [net_group(*each) for each in counts]
        flagged = np.array([[compare_nets(a, b).p <= 0.05 for b in groups] for a in groups])
        for p, d in [(0.5, 0.2), (0.9, 0.02), (0.3, 0.3)]:
            chances = stats.multinomial.pmf(counts, n, (p, 1 - p - d, d))
            assert 0.00035 <= chances @ flagged @ chances <= 0.05015


def test_two_means() -> None:
    found = compare_means(FIRST, SECOND)

    assert found is not None
    assert found.difference == pytest.approx(0.25)
    assert found.statistic == pytest.approx(0.796317, abs=5e-7)
    assert found.degrees == pytest.approx(43.728201, abs=5e-6)
    assert found.p == pytest.approx(0.430150, abs=5e-7)
    assert (found.low, found.high) == pytest.approx((-0.382826, 0.882826), abs=5e-7)


def test_means_without_spread_cannot_be_tested() -> None:
    assert compare_means(MeanGroup(4, 0, 12), MeanGroup(5, 0, 12)) is None


def test_the_same_people_twice() -> None:
    before = [100, 0, -100, 100, 0, -100, 100, 100, 0, -100]
    after = [100, 100, 0, 100, 0, 0, 100, 100, 100, -100]

    found = compare_paired(before, after)

    assert found is not None
    assert found.difference == 40
    assert (found.low, found.high) == pytest.approx((3.0591, 76.9409), abs=GOLDEN)
    assert found.statistic == pytest.approx(2.449490, abs=5e-7)
    assert found.degrees == 9
    assert found.p == pytest.approx(0.036787, abs=5e-7)


@pytest.mark.parametrize(("before", "after"), [([], []), ([0], [100]), ([0, 1], [1, 2])])
def test_without_spread_a_paired_test_is_not_made(before: list[float], after: list[float]) -> None:
    assert compare_paired(before, after) is None


def test_a_paired_test_needs_both_answers_of_everybody() -> None:
    with pytest.raises(ValueError, match="zip"):
        compare_paired([1, 2], [1])


@pytest.mark.parametrize(
    ("shares", "sizes"),
    [
        ((0.5, 0.2), (105, 235, 938)),
        ((0.4, 0.4), (137, 308, 1230)),
        ((0.7, 0.1), (76, 170, 677)),
    ],
)
def test_planning_sizes(shares: tuple[float, float], sizes: tuple[int, int, int]) -> None:
    assert tuple(size_for_margin(*shares, margin) for margin in (15, 10, 5)) == sizes


def test_answers_needed_to_tell_a_difference() -> None:
    size = size_for_difference(6100, 6100, 10)

    assert size == pytest.approx(957.56, abs=5e-3)
    assert math.ceil(size) == 958


ANSWERS = st.lists(st.integers(1, 7), min_size=3, max_size=40).filter(
    lambda each: len(set(each)) > 1
)


@settings(deadline=None, max_examples=10)
@given(ANSWERS, ANSWERS)
def test_means_agree_with_scipy(first: list[int], second: list[int]) -> None:
    groups = [stats.describe(each) for each in (first, second)]
    found = compare_means(
        *(MeanGroup(each.mean, math.sqrt(each.variance), each.nobs) for each in groups)
    )

    oracle = stats.ttest_ind(second, first, equal_var=False)
    limits = oracle.confidence_interval()
    assert found is not None
    assert (found.statistic, found.p) == pytest.approx((oracle.statistic, oracle.pvalue))
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 40), st.integers(0, 40))
def test_swapping_the_groups_turns_the_difference(first: int, second: int) -> None:
    there = compare_shares(share_group(first, 40), share_group(second, 40))
    back = compare_shares(share_group(second, 40), share_group(first, 40))

    assert there.low - 1e-9 <= there.difference <= there.high + 1e-9
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), abs=1e-9)
    assert back.p == pytest.approx(there.p)
