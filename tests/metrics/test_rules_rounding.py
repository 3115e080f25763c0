"""Rounding at display: the goldens of the metric definitions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.rounding import largest_remainder, round_half_away


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (12.5, 0, "13"),
        (-12.5, 0, "-13"),
        (0.5, 0, "1"),
        (-0.5, 0, "-1"),
        (2.5, 0, "3"),
        (-0.4, 0, "0"),
        (-0.0, 0, "0"),
        (-0.04, 1, "0.0"),
        (100 * (1 - 2) / 3, 0, "-33"),
        (100 * 1 / 8, 0, "13"),
        (-100 * 1 / 8, 0, "-13"),
        (1.005, 2, "1.01"),
        (Decimal("-2.345"), 2, "-2.35"),
        (7, 1, "7.0"),
        (1e300, 0, "1" + 300 * "0"),
    ],
)
def test_a_half_goes_away_from_zero(value: Decimal | float, decimals: int, shown: str) -> None:
    assert str(round_half_away(value, decimals)) == shown


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_only_finite_numbers_are_rounded(value: Decimal | float) -> None:
    with pytest.raises(ValueError, match="finite"):
        round_half_away(value)


@pytest.mark.parametrize(
    ("parts", "shares"),
    [
        ((32, 13, 6), (63, 25, 12)),
        ((1, 1, 1), (34, 33, 33)),
        ((1, 1, 4), (17, 17, 66)),
        ((2, 2, 3), (29, 28, 43)),
        ((0, 0, 5), (0, 0, 100)),
        ((0, 0, 0), None),
        ((), None),
    ],
)
def test_largest_remainder_adds_up(parts: tuple[int, ...], shares: tuple[int, ...] | None) -> None:
    assert largest_remainder(parts) == shares


def test_largest_remainder_takes_sums_of_weights() -> None:
    assert largest_remainder((Decimal("0.1"), Decimal("0.1"), Decimal("0.1"))) == (34, 33, 33)


def test_largest_remainder_refuses_negative_parts() -> None:
    with pytest.raises(ValueError, match="not negative"):
        largest_remainder((3, -1))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=11).filter(any))
def test_largest_remainder_stays_within_one_of_the_exact_share(parts: list[int]) -> None:
    shares = largest_remainder(parts)

    assert shares is not None
    assert sum(shares) == 100
    for part, share in zip(parts, shares, strict=True):
        assert abs(share - Fraction(100 * part, sum(parts))) < 1
