"""Net Promoter Score: classes and the score itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.nps import (
    DETRACTORS,
    PASSIVES,
    PROMOTERS,
    NpsCounts,
    net_class,
    net_promoter_score,
    nps_counts,
)
from cxm.metrics.rules.rounding import round_half_away

PUBLISHED = Histogram((1, 0, 1, 0, 0, 2, 2, 5, 8, 14, 18))


def test_the_classes_cover_the_scale_once() -> None:
    assert sorted([*PROMOTERS, *PASSIVES, *DETRACTORS]) == list(range(11))


@pytest.mark.parametrize(
    ("counts", "score"),
    [
        ((32, 13, 6), 50.9804),
        ((50, 30, 20), 30),
        ((500, 300, 200), 30),
        ((8, 9, 3), 25),
        ((5, 3, 2), 30),
        ((10, 0, 0), 100),
        ((0, 10, 0), 0),
        ((0, 7, 3), -30),
        ((1, 1, 1), 0),
        ((1, 0, 2), -33.3333),
        ((0, 0, 1), -100),
    ],
)
def test_the_score(counts: tuple[int, int, int], score: float) -> None:
    assert net_promoter_score(NpsCounts(*counts)) == pytest.approx(score, abs=5e-5)


def test_without_answers_there_is_no_score() -> None:
    assert net_promoter_score(NpsCounts(0, 0, 0)) is None


def test_answers_fall_into_their_classes() -> None:
    assert nps_counts(PUBLISHED) == NpsCounts(32, 13, 6)


def test_another_scale_is_not_nps() -> None:
    with pytest.raises(ValueError, match="0 to 10"):
        nps_counts(Histogram.of([5], first=1))


def test_the_example_of_delighted_in_whole_numbers() -> None:
    # delighted.com/docs/api/getting-metrics
    counts = nps_counts(PUBLISHED)
    shares = [PUBLISHED.share(each) or 0.0 for each in (PROMOTERS, PASSIVES, DETRACTORS)]

    assert round_half_away(net_promoter_score(counts) or 0.0) == 51
    assert [int(round_half_away(share)) for share in shares] == [63, 25, 12]


@pytest.mark.parametrize(("value", "expected"), [(10, 1), (9, 1), (8, 0), (7, 0), (6, -1), (0, -1)])
def test_one_answer_counts_plus_or_minus_one(value: int, expected: int) -> None:
    assert net_class(value, PROMOTERS, DETRACTORS) == expected


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_swapping_the_sides_turns_the_sign(above: int, middle: int, below: int) -> None:
    score = net_promoter_score(NpsCounts(above, middle, below))
    swapped = net_promoter_score(NpsCounts(below, middle, above))

    assert (score is None) == (above + middle + below == 0)
    assert swapped == (None if score is None else -score)
