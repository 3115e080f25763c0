"""Confidence sequences of alerts: goldens and the price table."""

from __future__ import annotations

import random

import pytest

from cxm.metrics.rules.intervals import adjusted_wald
from cxm.metrics.rules.sequences import (
    SequenceLimits,
    guaranteed_sequence,
    is_alarm,
    mixture_scale,
    net_sequence,
    share_sequence,
)

GOLDEN = 5e-7


def as_tuple(limits: SequenceLimits) -> tuple[float, float, float, float]:
    return limits.centre, limits.half, limits.low, limits.high


def test_the_mixture_scale() -> None:
    assert mixture_scale() == pytest.approx(0.199200, abs=GOLDEN)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((50, 30, 20), (29.126214, 23.684512, 5.441701, 52.810726)),
        ((100, 60, 40), (29.556650, 16.633544, 12.923106, 46.190194)),
        ((500, 300, 200), (29.910269, 7.776255, 22.134014, 37.686524)),
        ((20, 0, 0), (86.956522, 32.875433, 54.081089, 100)),
        ((10, 0, 0), (76.923077, 65.132277, 11.790800, 100)),
        ((5, 3, 2), (23.076923, 93.266715, -70.189792, 100)),
    ],
)
def test_net_sequence(counts: tuple[int, int, int], expected: tuple[float, ...]) -> None:
    above, _, below = counts

    found = net_sequence(above, below, sum(counts))

    assert as_tuple(found) == pytest.approx(expected, abs=GOLDEN)


def test_a_net_sequence_is_clamped_at_both_ends() -> None:
    assert net_sequence(0, 10, 10).low == -100


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((80, 100), 66.519886, 91.172422),
        ((16, 20), 42.338956, 100),
        ((20, 20), 70.819620, 100),
        ((160, 200), 70.819349, 88.004181),
        ((0, 20), 0, 100 - 70.819620),
    ],
)
def test_share_sequence(counts: tuple[int, int], low: float, high: float) -> None:
    found = share_sequence(*counts)

    assert (found.low, found.high) == pytest.approx((low, high), abs=GOLDEN)


def test_the_middle_of_a_share_sequence() -> None:
    found = share_sequence(80, 100)

    assert (found.centre, found.half) == pytest.approx((78.846154, 12.326268), abs=GOLDEN)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, (30, 162.603899, -100, 100)),
        (5, (30, 42.316540, -12.316540, 72.316540)),
        (20, (30.087747, 19.220361, 10.867385, 49.308108)),
    ],
)
def test_guaranteed_sequence(times: int, expected: tuple[float, ...]) -> None:
    found = guaranteed_sequence([1, 1, 0, -1, 1, 0, 1, -1, 1, 0] * times)

    assert as_tuple(found) == pytest.approx(expected, abs=GOLDEN)


def test_a_guaranteed_sequence_needs_answers() -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        guaranteed_sequence([])


@pytest.mark.parametrize(
    ("n", "fixed", "sequence"),
    [(50, 20.8, 34.4), (100, 15.0, 23.5), (200, 10.7, 16.6), (500, 6.8, 10.7), (1000, 4.8, 7.8)],
)
def test_looking_always_costs_about_half_the_width_more(
    n: int, fixed: float, sequence: float
) -> None:
    interval = adjusted_wald(0.5, 0.2, n)

    # The table holds means over samples; this is the sample with exactly these shares.
    assert (interval.high - interval.low) / 2 == pytest.approx(fixed, abs=0.35)
    assert net_sequence(n // 2, n // 5, n).half == pytest.approx(sequence, abs=0.35)


@pytest.mark.parametrize(
    ("target", "n", "alarms"),
    [
        (52.9, 100, True),
        (52.8, 100, False),
        (5.5, 100, False),
        (5.4, 100, True),
        (90, 10, True),
        (90, 9, False),
    ],
)
def test_an_alarm_is_a_target_outside_the_limits(target: float, n: int, alarms: bool) -> None:
    assert is_alarm(net_sequence(50, 20, 100), target, n) is alarms


def test_a_smaller_error_is_wider() -> None:
    assert net_sequence(50, 20, 100, alpha=0.01).half > net_sequence(50, 20, 100).half
    assert share_sequence(50, 100, alpha=0.01).half > share_sequence(50, 100).half
    assert guaranteed_sequence([1, 0], alpha=0.01).half > guaranteed_sequence([1, 0]).half


@pytest.mark.slow
@pytest.mark.parametrize(("above", "below"), [(0.5, 0.2), (0.97, 0.01), (0.9, 0.02)])
def test_false_alarms_are_rare_however_often_one_looks(above: float, below: float) -> None:
    chance, target = random.Random(20), 100 * (above - below)  # noqa: S311 - a seeded simulation
    runs = 150

    alarms = sum(one_run_alarms(chance, above, below, target) for _ in range(runs))

    # At most 5.2 % in the published simulation; 8 % leaves room for 150 runs.
    assert alarms / runs <= 0.08


def one_run_alarms(chance: random.Random, above: float, below: float, target: float) -> bool:
    promoters = detractors = 0
    for n in range(1, 401):
        drawn = chance.random()
        promoters += drawn < above
        detractors += drawn > 1 - below
        if is_alarm(net_sequence(promoters, detractors, n), target, n):
            return True
    return False
