"""The histogram: counts, weights, moments, pooling."""

from __future__ import annotations

import math
import statistics
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.histogram import Histogram, is_countable

PUBLISHED = Histogram((1, 0, 1, 0, 0, 2, 2, 5, 8, 14, 18))
EMPTY = Histogram((0,) * 11)
ANSWERS = st.lists(st.integers(0, 10), max_size=60)
WEIGHTS = st.decimals(min_value=0, max_value=50, places=2)
WEIGHTED = st.lists(st.tuples(st.integers(0, 10), WEIGHTS), max_size=40)


def weighted(pairs: list[tuple[int, Decimal]]) -> Histogram:
    return Histogram.of([value for value, _ in pairs], weights=[weight for _, weight in pairs])


def test_the_published_answers_have_the_published_moments() -> None:
    assert PUBLISHED.n == 51
    assert PUBLISHED.mean() == pytest.approx(8.411765, abs=5e-7)
    assert PUBLISHED.sd() == pytest.approx(2.041338, abs=5e-7)
    assert PUBLISHED.median() == 9


@pytest.mark.parametrize(
    ("counts", "n", "moments", "share"),
    [
        ((2, 1, 3, 10, 14), 30, (4.1, 1.155198, 4), 80),
        ((1, 0, 2, 5, 12), 20, (4.35, 1.039990, 5), 85),
        ((80, 210, 140, 110, 160, 180, 120), 1000, (4.08, 1.912396, 4), 27),
    ],
)
def test_shorter_scales_begin_at_one(
    counts: tuple[int, ...], n: int, moments: tuple[float, float, float], share: float
) -> None:
    histogram = Histogram(counts + (0,) * (11 - len(counts)), first=1)

    found = (histogram.mean(), histogram.sd(), histogram.median())
    assert histogram.n == n
    assert found == pytest.approx(moments, abs=5e-7)
    assert histogram.share({4, 5}) == share


def test_without_answers_every_figure_is_none() -> None:
    assert EMPTY.n == 0
    assert EMPTY.mean() is None
    assert EMPTY.sd() is None
    assert EMPTY.median() is None
    assert EMPTY.share({9, 10}) is None
    assert EMPTY.n_eff is None
    assert EMPTY.answers(weighted=True) == 0
    assert EMPTY.mean(weighted=True) is None


def test_one_answer_has_a_mean_and_no_spread() -> None:
    assert Histogram.of([7]).mean() == 7
    assert Histogram.of([7]).sd() is None


def test_values_follow_first_and_step() -> None:
    histogram = Histogram.of([-50, 0, 50, 50], first=-100, step=25)

    assert histogram.values == tuple(range(-100, 151, 25))
    assert histogram.count({50, -50}) == 3
    assert histogram.mean() == 12.5
    assert histogram.median() == 25


def test_a_share_is_exact_before_it_is_rounded() -> None:
    third = Histogram.of([10, 9, 6])

    assert third.mean_of({9: 100, 10: 100, 6: -100}) == Fraction(100, 3)


def test_equal_weights_leave_the_number_of_answers() -> None:
    histogram = weighted([(10, Decimal("0.5"))] * 25 + [(0, Decimal("0.5"))] * 15)

    assert histogram.n_eff == histogram.n == 40


def test_unequal_weights_shrink_the_number_of_answers() -> None:
    histogram = weighted([(10, Decimal(1)), (9, Decimal(1)), (6, Decimal(2)), (8, Decimal(4))])

    assert histogram.n_eff == pytest.approx(64 / 22)


def test_an_answer_without_weight_takes_no_part_in_weighted_figures() -> None:
    histogram = weighted([(10, Decimal(2)), (9, Decimal(1)), (0, Decimal(0))])

    assert histogram.n == 3
    assert histogram.answers(weighted=True) == 2
    assert histogram.share({0}, weighted=True) == 0
    assert histogram.n_eff == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("pairs", "median"),
    [
        ([(1, 1), (2, 1), (3, 1)], 2),
        ([(1, 1), (2, 1), (3, 5)], 3),
        ([(1, 2), (2, 1), (7, 1)], 1.5),
        ([(1, 1), (4, 1)], 2.5),
        ([(1, 0), (4, 1)], 4),
        ([(4, 0)], None),
    ],
)
def test_the_weighted_median_is_where_half_the_weight_is(
    pairs: list[tuple[int, int]], median: float | None
) -> None:
    histogram = weighted([(value, Decimal(weight)) for value, weight in pairs])

    assert histogram.median(weighted=True) == median


def test_weighted_figures_need_weights() -> None:
    with pytest.raises(ValueError, match="carry no weights"):
        PUBLISHED.mean(weighted=True)


def test_answers_on_two_scales_are_not_pooled() -> None:
    with pytest.raises(ValueError, match="different scales"):
        Histogram.of([3], first=1) + Histogram.of([3])


def test_weighted_and_unweighted_answers_are_pooled_only_without_weights() -> None:
    heavy, plain = weighted([(10, Decimal(3))]), Histogram.of([2])

    assert (heavy.without_weights() + plain).counts == (0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1)
    with pytest.raises(ValueError, match="carry no weights"):
        heavy + plain


def test_a_day_without_answers_can_be_added_to_weighted_days() -> None:
    heavy = weighted([(10, Decimal(3)), (4, Decimal("0.5"))])

    assert heavy + EMPTY == heavy == EMPTY + heavy


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"counts": (1,)}, "11 whole numbers"),
        ({"counts": (-1,) + (0,) * 10}, "none negative"),
        ({"step": 0}, "at least 1"),
        ({"weights": (Decimal(1),) * 11}, "together or not at all"),
        ({"weights": (Decimal(1),)}, "11 finite sums"),
        ({"weights": (Decimal(-1),) + (Decimal(0),) * 10}, "11 finite sums"),
        ({"weights": (Decimal("NaN"),) + (Decimal(0),) * 10}, "11 finite sums"),
        ({"weights": (Decimal(0), Decimal(1)) + (Decimal(0),) * 9}, "where no answer"),
        ({"weight_count": 3}, "in counts"),
        ({"weight_count": 0}, "different answers"),
        ({"weight_squares": Decimal(0)}, "different answers"),
        ({"weight_squares": Decimal("Infinity")}, "different answers"),
    ],
)
def test_impossible_histograms_are_refused(fields: dict[str, Any], message: str) -> None:
    ones = {"counts": (2,) + (0,) * 10, "weights": (Decimal(2),) + (Decimal(0),) * 10}
    whole = {**ones, "weight_count": 2, "weight_squares": Decimal(2), **fields}
    if "together" in message:
        del whole["weight_count"]

    with pytest.raises(ValueError, match=message):
        Histogram(**whole)


@pytest.mark.parametrize(("value", "first", "step"), [(11, 0, 1), (-1, 0, 1), (15, 0, 10)])
def test_a_value_off_the_scale_is_refused(value: int, first: int, step: int) -> None:
    with pytest.raises(ValueError, match="not a value of this scale"):
        Histogram.of([value], first=first, step=step)


def test_a_set_of_values_must_lie_on_the_scale() -> None:
    with pytest.raises(ValueError, match="11 is not a value"):
        PUBLISHED.share({10, 11})
    with pytest.raises(ValueError, match="11 is not a value"):
        PUBLISHED.count({10, 11})


@pytest.mark.parametrize("weight", ["-1", "NaN", "Infinity"])
def test_a_weight_is_finite_and_not_negative(weight: str) -> None:
    with pytest.raises(ValueError, match="finite number"):
        Histogram.of([1], weights=[Decimal(weight)])


def test_each_answer_has_one_weight() -> None:
    with pytest.raises(ValueError, match="zip"):
        Histogram.of([1, 2], weights=[Decimal(1)])


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        (0, True),
        (10, True),
        (4.0, True),
        (Decimal("4.00"), True),
        (11, False),
        (-1, False),
        (7.5, False),
        (Decimal("7.5"), False),
        (None, False),
        ("7", False),
        (True, False),
        (float("nan"), False),
        (Decimal("NaN"), False),
        (math.inf, False),
    ],
)
def test_only_whole_numbers_on_the_scale_count(value: object, counts: bool) -> None:
    assert is_countable(value, lowest=0, highest=10) is counts


@settings(deadline=None, max_examples=50)
@given(ANSWERS, ANSWERS)
def test_adding_histograms_is_counting_all_answers(first: list[int], second: list[int]) -> None:
    together = Histogram.of(first) + Histogram.of(second)

    assert together == Histogram.of(first + second) == Histogram.of(second) + Histogram.of(first)


@settings(deadline=None, max_examples=15)
@given(WEIGHTED, WEIGHTED)
def test_adding_weighted_histograms_is_counting_all_answers(
    first: list[tuple[int, Decimal]], second: list[tuple[int, Decimal]]
) -> None:
    assert weighted(first) + weighted(second) == weighted(first + second)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_moments_agree_with_the_raw_answers(answers: list[int]) -> None:
    histogram = Histogram.of(answers)

    assert histogram.mean() == pytest.approx(statistics.fmean(answers))
    assert histogram.sd() == pytest.approx(statistics.stdev(answers))
    assert histogram.median() == statistics.median(answers)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 10), min_size=2, max_size=30), st.integers(1, 900))
def test_equal_weights_change_no_figure(answers: list[int], cents: int) -> None:
    weight = Decimal(cents) / 100
    histogram = Histogram.of(answers, weights=[weight] * len(answers))

    assert histogram.mean(weighted=True) == pytest.approx(histogram.mean())
    assert histogram.sd(weighted=True) == pytest.approx(histogram.sd())
    assert histogram.median(weighted=True) == histogram.median()
    assert histogram.share({9, 10}, weighted=True) == pytest.approx(histogram.share({9, 10}))
