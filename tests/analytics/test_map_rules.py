"""Plain rules of the numbers on maps: mapping, words, the measured curve."""

from __future__ import annotations

import pytest

from analytics.rules.beliefs import can_map, mapped
from analytics.rules.mark_wording import mark_words
from analytics.rules.measured_curve import Measured, cell_pictures
from analytics.rules.promise_wording import difference_words, tone, verdict_words
from cxm.metrics.rules.changes import WindowPair, change_marks
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.promises import PromiseWord
from tests.metrics.answers import CSAT, EMPTY, MEAN, csat, stars


@pytest.mark.parametrize(
    ("scale", "is_mapped"), [((1, 5), True), ((0, 10), False), ((1, 7), False)]
)
def test_only_five_point_scales_are_mapped(scale: tuple[int, int], *, is_mapped: bool) -> None:
    assert can_map(scale) is is_mapped


def test_a_mean_is_mapped_by_taking_three_off() -> None:
    # metrics.md, section 3: mean 4.1, interval [3.668642, 4.531358]
    found = mapped(stars(2, 1, 3, 10, 14))

    assert found is not None
    assert found.value == pytest.approx(1.1)
    assert found.low == pytest.approx(0.668642, abs=5e-5)
    assert found.high == pytest.approx(1.531358, abs=5e-5)


def test_where_low_is_good_the_axis_is_turned() -> None:
    plain = mapped(stars(2, 1, 3, 10, 14))
    turned = mapped(stars(2, 1, 3, 10, 14), is_more_better=False)

    assert plain is not None
    assert turned is not None
    assert (turned.value, turned.low, turned.high) == (-plain.value, -plain.high, -plain.low)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("answers", "drawn", "gap"),
    [
        (stars(2, 1, 3, 10, 14), 2.0, 0.468642),
        (stars(2, 1, 3, 10, 14), 1.0, 0.0),
        (stars(2, 1, 3, 10, 14), -0.331358, -1.0),
        (stars(0, 0, 0, 4, 5), -2.0, None),
        (stars(0, 0, 0, 0, 1), -2.0, None),
    ],
    ids=["above", "inside", "below", "nine answers", "one answer"],
)
def test_the_gap_is_how_far_the_drawn_lies_beyond_the_interval(
    answers: Histogram, drawn: float, gap: float | None
) -> None:
    found = mapped(answers)

    assert found is not None
    assert found.gap(drawn) == (gap if gap is None else pytest.approx(gap, abs=5e-5))


def test_nothing_is_mapped_without_answers() -> None:
    assert mapped(EMPTY) is None


@pytest.mark.parametrize(
    ("before", "after", "words", "is_good"),
    [
        (csat(480, 600), csat(390, 600), "down 15.0 points", False),
        (csat(390, 600), csat(480, 600), "up 15.0 points", True),
        (csat(5, 9), csat(9, 9), "too few answers to compare", None),
    ],
)
def test_a_change_is_told_in_points(
    before: Histogram, after: Histogram, words: str, *, is_good: bool | None
) -> None:
    [mark] = change_marks([WindowPair(before, after, CSAT)])

    told = mark_words(mark, decimals=1, unit="%", is_more_better=True)

    assert told is not None
    assert (told.words, told.is_good) == (words, is_good)


def test_without_answers_nothing_is_said_of_a_change() -> None:
    [mark] = change_marks([WindowPair(EMPTY, csat(9, 10), CSAT)])

    assert mark_words(mark, decimals=1, unit="%", is_more_better=True) is None


def test_what_cannot_be_told_says_what_could() -> None:
    pairs = [WindowPair(stars(5, 5, 5, 5, 5), stars(4, 5, 6, 5, 5), MEAN)]

    [mark] = change_marks(pairs)
    told = mark_words(mark, decimals=2, unit="of 5", is_more_better=True)

    assert told is not None
    assert told.words.startswith("no change shown; smallest visible change is 1.")
    assert told.direction == ""


@pytest.mark.parametrize(
    ("word", "words", "colour"),
    [
        (PromiseWord.TOO_FEW, "Too few answers (needs about 1,200 more)", ""),
        (PromiseWord.REACHED, "Reached", "good"),
        (PromiseWord.AT_TARGET, "At target, could be chance", ""),
        (PromiseWord.ON_THE_WAY, "On the way", "good"),
        (PromiseWord.NO_CHANGE, "No change shown (smallest visible change is 6.2 points)", ""),
        (PromiseWord.WORSE, "Worse", "bad"),
        (PromiseWord.KEPT, "Kept", "good"),
    ],
)
def test_verdicts_have_fixed_words(word: PromiseWord, words: str, colour: str) -> None:
    told = verdict_words(word, needed=1_200, visible=6.2, decimals=1, unit="%")

    assert (told, tone(word)) == (words, colour)


def test_a_verdict_says_what_it_stands_on() -> None:
    look = {"decimals": 1, "unit": "%"}

    whole = difference_words((70.0, 1_000), (83.0, 1), (9.34, 16.61), **look)  # type: ignore[arg-type]
    untested = difference_words((70.0, 5), (83.0, 6), (None, None), **look)  # type: ignore[arg-type]
    empty = difference_words((None, 0), (83.0, 6), (None, None), **look)  # type: ignore[arg-type]

    assert whole == (
        "70.0% before (1,000 answers), 83.0% since (1 answer); "
        "difference +13.0, between +9.3 and +16.6"
    )
    assert untested == "70.0% before (5 answers), 83.0% since (6 answers)"
    assert empty == "0 answers before, 6 answers since"


def test_the_measured_curve_stands_beside_the_drawn_one() -> None:
    points = [Measured(80, 70, 90, is_hollow=False), None, Measured(60, None, None, is_hollow=True)]

    first, second, third = (
        str(one) for one in cell_pictures(points, [1.0, None, 0.0], (50.0, 100.0))
    )

    assert first.count("measured-point") == 1
    assert "measured-range" in first
    assert "measured-point" not in second
    assert "measured-line is-bridge" in second  # a missing value breaks the line
    assert "measured-hole" in third
    assert "measured-hole" not in first
    assert "measured-range" not in third
    assert "drawn-point" in first
