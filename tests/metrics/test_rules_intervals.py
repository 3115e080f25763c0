"""Intervals of net scores, shares and means: goldens, coverage, scipy as an oracle."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxm.metrics.rules.intervals import (
    Interval,
    Method,
    adjusted_net,
    adjusted_wald,
    mean_interval,
    net_interval,
    net_score_interval,
    net_variance,
    two_sided_p,
    wald_margin,
    wilson,
    z_value,
)
from cxm.metrics.rules.student import t_quantile, t_two_sided_p

GOLDEN = 5e-5
NET_SCORES = [  # promoters, passives, detractors, Wald margin, adjusted Wald, score
    ((32, 13, 6), 19.1171, (29.2949, 67.0014), (29.1717, 67.2830)),
    ((50, 30, 20), 15.3078, (14.0511, 44.2013), (13.9551, 44.3393)),
    ((500, 300, 200), 4.8408, (25.0770, 34.7435), (25.0761, 34.7504)),
    ((8, 9, 3), 30.5999, (-7.0495, 50.5278), (-7.9017, 52.5339)),
    ((5, 3, 2), 48.4075, (-19.0506, 65.2045), (-21.6592, 67.5278)),
    ((10, 0, 0), 0, (47.5036, 100), (44.4934, 100)),
    ((0, 10, 0), 0, (-18.4650, 18.4650), (-27.7533, 27.7533)),
    ((0, 7, 3), 28.4026, (-52.4964, 6.3426), (-60.3222, 6.0793)),
    ((1, 1, 1), 92.3936, (-61.1126, 61.1126), (-69.2405, 69.2405)),
    ((1, 0, 2), 106.6869, (-84.6665, 51.3332), (-87.7016, 58.4681)),
    ((0, 0, 1), 0, (-98.4986, 48.4986), (-100, 58.6901)),
]
POPULATIONS = [(0.5, 0.2), (0.7, 0.1), (0.9, 0.02), (0.3, 0.3), (0.15, 0.55), (0.97, 0.01)]


def limits(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


def test_z_is_the_normal_quantile() -> None:
    assert z_value() == pytest.approx(1.959963984540054, abs=1e-15)


@pytest.mark.parametrize("confidence", [0, 1, 1.5])
def test_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        z_value(confidence)


@pytest.mark.parametrize(("counts", "wald", "adjusted", "score"), NET_SCORES)
def test_net_intervals(
    counts: tuple[int, int, int],
    wald: float,
    adjusted: tuple[float, float],
    score: tuple[float, float],
) -> None:
    above, _, below = counts
    n = sum(counts)

    assert wald_margin(above / n, below / n, n) == pytest.approx(wald, abs=GOLDEN)
    assert limits(adjusted_wald(above / n, below / n, n)) == pytest.approx(adjusted, abs=GOLDEN)
    assert limits(net_score_interval(above, below, n)) == pytest.approx(score, abs=GOLDEN)


def test_the_adjusted_interval_is_clamped_only_after_it_was_computed() -> None:
    net, variance, size = adjusted_net(1, 0, 10)

    assert 100 * (net + z_value() * math.sqrt(variance / size)) == pytest.approx(
        106.3426, abs=GOLDEN
    )


def test_the_effort_example_has_its_score_interval() -> None:
    found = limits(net_score_interval(300, 430, 1000))

    assert found == pytest.approx((-18.1875, -7.7318), abs=GOLDEN)


@pytest.mark.parametrize(("n", "method"), [(9, Method.SCORE), (10, Method.ADJUSTED_WALD)])
def test_below_ten_answers_the_score_interval_is_shown(n: int, method: Method) -> None:
    interval = net_interval(3, 2, n)

    by_hand = {
        Method.SCORE: net_score_interval(3, 2, n),
        Method.ADJUSTED_WALD: adjusted_wald(3 / n, 2 / n, n),
    }
    assert interval == by_hand[method]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (4, 5, (37.5535, 96.3776)),
        (8, 10, (49.0162, 94.3318)),
        (24, 30, (62.6943, 90.4949)),
        (80, 100, (71.1171, 86.6633)),
        (0, 3, (0, 56.1497)),
        (3, 3, (43.8503, 100)),
        (0, 1, (0, 79.3451)),
        (1, 1, (20.6549, 100)),
        (0, 10, (0, 27.7533)),
        (460, 1000, (42.9321, 49.0985)),
    ],
)
def test_wilson(part: int, whole: int, expected: tuple[float, float]) -> None:
    assert limits(wilson(part / whole, whole)) == pytest.approx(expected, abs=GOLDEN)


@pytest.mark.parametrize(
    ("mean", "sd", "n", "expected"),
    [
        (4.1, 1.155198, 30, (3.668642, 4.531358)),
        (4.35, 1.039990, 20, (3.863270, 4.836730)),
        (4.08, 1.912396, 1000, (3.961327, 4.198673)),
    ],
)
def test_mean_interval(mean: float, sd: float, n: int, expected: tuple[float, float]) -> None:
    assert limits(mean_interval(mean, sd, n)) == pytest.approx(expected, abs=5e-6)


def test_a_mean_of_one_answer_has_no_interval() -> None:
    assert mean_interval(4, 0, 1) is None


def test_higher_confidence_is_wider() -> None:
    assert wilson(0.5, 20, confidence=0.975).low < wilson(0.5, 20).low
    assert adjusted_wald(0.5, 0.2, 20, confidence=0.975).low < adjusted_wald(0.5, 0.2, 20).low
    assert net_score_interval(3, 1, 5, confidence=0.975).low < net_score_interval(3, 1, 5).low
    assert limits(mean_interval(4, 1, 9, confidence=0.975)) < limits(mean_interval(4, 1, 9))


@pytest.mark.parametrize(
    ("n", "table"),
    [
        (5, ((0.141, 0.640), (0.859, 0.926), (0.947, 0.965))),
        (10, ((0.262, 0.744), (0.930, 0.955), (0.947, 0.958))),
        pytest.param(20, ((0.456, 0.838), (0.944, 0.955), (0.924, 0.951)), marks=pytest.mark.slow),
        pytest.param(50, ((0.781, 0.907), (0.948, 0.957), (0.948, 0.954)), marks=pytest.mark.slow),
        pytest.param(100, ((0.852, 0.927), (0.948, 0.956), (0.950, 0.952)), marks=pytest.mark.slow),
    ],
)
def test_exact_coverage(n: int, table: tuple[tuple[float, float], ...]) -> None:
    intervals: list[Callable[[int, int], tuple[float, float]]] = [
        lambda p, d: plain_wald(p, d, n),
        lambda p, d: limits(adjusted_wald(p / n, d / n, n)),
        lambda p, d: limits(net_score_interval(p, d, n)),
    ]

    for interval, (least, mean) in zip(intervals, table, strict=True):
        found = coverage(n, interval)
        assert min(found) == pytest.approx(least, abs=5.1e-4)
        assert sum(found) / len(found) == pytest.approx(mean, abs=5.1e-4)


def plain_wald(above: int, below: int, n: int) -> tuple[float, float]:
    margin = wald_margin(above / n, below / n, n)
    return 100 * (above - below) / n - margin, 100 * (above - below) / n + margin


def coverage(n: int, interval: Callable[[int, int], tuple[float, float]]) -> list[float]:
    found = {(p, d): interval(p, d) for p in range(n + 1) for d in range(n + 1 - p)}
    log = [math.lgamma(count + 1) for count in range(n + 1)]
    totals = []
    for p, d in POPULATIONS:
        true, rest = 100 * (p - d), 1 - p - d
        totals.append(
            sum(
                math.exp(log[n] - log[i] - log[j] - log[n - i - j])
                * (p**i * d**j * rest ** (n - i - j))
                for (i, j), (low, high) in found.items()
                if low <= true <= high
            )
        )
    return totals


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_net_intervals_contain_the_score_and_mirror(above: int, middle: int, below: int) -> None:
    n = above + middle + below or 1
    interval, mirrored = net_interval(above, below, n), net_interval(below, above, n)

    assert -100 <= interval.low <= 100 * (above - below) / n <= interval.high <= 100
    assert limits(mirrored) == pytest.approx((-interval.high, -interval.low), abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_contains_the_share_and_agrees_with_scipy(part: int, rest: int) -> None:
    n = part + rest or 1
    interval = wilson(part / n, n)

    oracle = stats.binomtest(part, n).proportion_ci(method="wilson")
    assert 0 <= interval.low <= 100 * part / n <= interval.high <= 100
    assert limits(interval) == pytest.approx((100 * oracle.low, 100 * oracle.high), abs=1e-9)


def test_net_variance_is_that_of_three_scores() -> None:
    assert net_variance(0.5, 0.2) == pytest.approx(0.61)


def test_tails_agree_with_scipy() -> None:
    assert two_sided_p(-4.4015) == pytest.approx(2 * stats.norm.sf(4.4015), rel=1e-12)
    assert t_quantile(0.975, 28.5) == pytest.approx(stats.t.ppf(0.975, 28.5), rel=1e-12)
    assert t_two_sided_p(-2.4, 9) == pytest.approx(2 * stats.t.sf(2.4, 9), rel=1e-12)
