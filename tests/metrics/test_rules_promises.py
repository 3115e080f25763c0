"""Verdicts on promises: the fixed words, and what each needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.promises import (
    Promise,
    PromiseWord,
    Wish,
    fixed_verdict,
    interim_verdict,
)
from cxm.metrics.rules.sequences import mean_sequence, share_sequence
from tests.metrics.answers import CSAT, EMPTY, MEAN, MEDIAN, NPS, csat, nps, stars

PERCENT = (0.0, 100.0)


def up(value: float, **more: object) -> Promise:
    return Promise(Wish.UP, value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("promise", "before", "since", "word"),
    [
        (up(82), csat(700, 1000), csat(830, 1000), PromiseWord.REACHED),
        (up(82), csat(700, 1000), csat(820, 1000), PromiseWord.REACHED),
        (up(80), csat(80, 100), csat(81, 100), PromiseWord.AT_TARGET),
        (up(90), csat(700, 1000), csat(830, 1000), PromiseWord.ON_THE_WAY),
        (up(90), csat(80, 100), csat(81, 100), PromiseWord.NO_CHANGE),
        (up(90), csat(830, 1000), csat(700, 1000), PromiseWord.WORSE),
        (up(60), csat(830, 1000), csat(700, 1000), PromiseWord.WORSE),
        (up(82, min_n=30), csat(20, 29), csat(830, 1000), PromiseWord.TOO_FEW),
        (up(82), csat(700, 1000), EMPTY_CSAT := csat(0, 0), PromiseWord.TOO_FEW),
        (up(82), EMPTY_CSAT, csat(700, 1000), PromiseWord.TOO_FEW),
        (Promise(Wish.DOWN, 20), csat(300, 1000), csat(200, 1000), PromiseWord.REACHED),
        (Promise(Wish.DOWN, 20), csat(300, 1000), csat(250, 1000), PromiseWord.ON_THE_WAY),
        (Promise(Wish.DOWN, 20), csat(200, 1000), csat(300, 1000), PromiseWord.WORSE),
        (Promise(Wish.HOLD, 80, 5), csat(1600, 2000), csat(1610, 2000), PromiseWord.KEPT),
        (Promise(Wish.HOLD, 80, 5), csat(80, 100), csat(81, 100), PromiseWord.NO_CHANGE),
        (Promise(Wish.HOLD, 80, 5), csat(800, 1000), csat(700, 1000), PromiseWord.WORSE),
        (Promise(Wish.HOLD, 80, 5), csat(700, 1000), csat(800, 1000), PromiseWord.BETTER),
        (
            Promise(Wish.HOLD, 3, 0.1, is_more_better=False),
            stars(0, 500, 500),
            stars(0, 300, 700),
            PromiseWord.WORSE,
        ),
    ],
)
def test_the_verdict_at_due_reads_the_table(
    promise: Promise, before: Histogram, since: Histogram, word: PromiseWord
) -> None:
    definition = MEAN if promise.value == 3 else CSAT

    found = fixed_verdict(promise, before, since, definition)

    assert found.word is word
    assert not found.is_interim


def test_too_few_answers_say_how_many_more() -> None:
    found = fixed_verdict(up(82, min_n=30), csat(15, 18), csat(100, 120), CSAT)

    assert (found.word, found.needed) == (PromiseWord.TOO_FEW, 12)
    assert found.difference == pytest.approx(0)


def test_no_change_prints_the_smallest_that_could_be_told() -> None:
    found = fixed_verdict(up(90), csat(80, 100), csat(81, 100), CSAT)

    assert found.visible == pytest.approx(15.9, abs=0.2)  # 2.8 standard errors at 80 %


def test_several_promises_of_a_map_are_judged_more_strictly() -> None:
    before, since = csat(800, 1000), csat(836, 1000)

    alone = fixed_verdict(up(82), before, since, CSAT)
    among = fixed_verdict(up(82), before, since, CSAT, tests=5)

    assert (alone.word, among.word) == (PromiseWord.REACHED, PromiseWord.AT_TARGET)
    assert among.confidence == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("before", "since", "definition", "bounds", "target"),
    [
        (csat(400, 1000), csat(800, 1000), CSAT, PERCENT, 70),
        (nps(300, 300, 400), nps(700, 200, 100), NPS, (-100.0, 100.0), 40),
        (stars(200, 200, 200, 200, 200), stars(0, 0, 100, 300, 600), MEAN, (1.0, 5.0), 4),
    ],
    ids=["share", "net", "mean"],
)
def test_an_interim_verdict_is_more_careful_than_the_last(
    before: Histogram,
    since: Histogram,
    definition: object,
    bounds: tuple[float, float],
    target: float,
) -> None:
    early = interim_verdict(up(target), before, since, definition, bounds)  # type: ignore[arg-type]
    last = fixed_verdict(up(target), before, since, definition)  # type: ignore[arg-type]

    assert early.word is last.word is PromiseWord.REACHED
    assert early.is_interim
    assert early.low is not None
    assert last.low is not None
    assert early.low < last.low


def test_an_interim_look_at_little_says_what_could_be_told() -> None:
    found = interim_verdict(up(90), csat(80, 100), csat(81, 100), CSAT, PERCENT)

    assert found.word is PromiseWord.NO_CHANGE
    assert found.visible is not None
    assert found.visible > 15.9  # the fixed test of as many answers


@pytest.mark.parametrize("since", [stars(10, 10, 10), EMPTY], ids=["answers", "none"])
def test_a_median_has_no_verdict(since: Histogram) -> None:
    found = interim_verdict(up(3), stars(10, 10, 10), since, MEDIAN, (1.0, 5.0))

    assert (found.word, found.low) == (PromiseWord.TOO_FEW, None)


@pytest.mark.parametrize(("wish", "margin"), [(Wish.HOLD, None), (Wish.UP, 2.0)])
def test_a_margin_belongs_to_a_figure_that_holds(wish: Wish, margin: float | None) -> None:
    with pytest.raises(ValueError, match="margin"):
        Promise(wish, 1, margin)


@given(st.integers(1, 400), st.integers(0, 400))
def test_the_sequence_of_a_mean_on_0_and_1_is_that_of_a_share(n: int, favourable: int) -> None:
    favourable = min(n, favourable)
    answers = Histogram((n - favourable, favourable, *(0,) * 9))

    mean, share = mean_sequence(answers, 0, 1), share_sequence(favourable, n)

    assert 100 * mean.low == pytest.approx(share.low)
    assert 100 * mean.high == pytest.approx(share.high)
