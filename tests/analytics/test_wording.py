"""Changes in words: never more than their test allows."""

from __future__ import annotations

import pytest

from analytics.rules.wording import Change, change_of
from cxm.metrics.rules.statistic import Difference, Verdict, VerdictWord

SINCE = "the 13 weeks before"


def said(
    value: float | None,
    word: VerdictWord,
    *,
    needed: int | None = None,
    is_more_better: bool = True,
) -> Change:
    difference = Difference(value, None, None, None, "none", is_tested=False, needed=needed)
    verdict = Verdict(word, None, 1, "Benjamini-Hochberg", needed)
    return change_of(difference, verdict, since=SINCE, decimals=0, is_more_better=is_more_better)


@pytest.mark.parametrize(
    ("value", "word", "words", "is_good"),
    [
        (4.2, VerdictWord.UP, "up 4 since the 13 weeks before", True),
        (-4.5, VerdictWord.DOWN, "down 5 since the 13 weeks before", False),
        (0.2, VerdictWord.UP, "up less than 1 since the 13 weeks before", True),
    ],
)
def test_a_certain_change_is_said(
    value: float, word: VerdictWord, words: str, is_good: bool
) -> None:
    change = said(value, word)

    assert (change.words, change.is_good, change.direction) == (words, is_good, word.value)


def test_more_is_not_better_for_every_metric() -> None:
    assert said(4.2, VerdictWord.UP, is_more_better=False).is_good is False


@pytest.mark.parametrize(
    ("value", "needed", "words"),
    [
        (3.0, 958, "too early to say; about 958 more answers would tell"),
        (3.0, 22_977, "too early to say; about 23,000 more answers would tell"),
        (3.0, 1, "too early to say; about 1 more answer would tell"),
        (3.0, 669_000, "no difference that can be told from chance since the 13 weeks before"),
        (3.0, None, "no difference that can be told from chance since the 13 weeks before"),
        (0.0, None, "the same as in the 13 weeks before"),
    ],
)
def test_an_uncertain_change_has_no_direction(value: float, needed: int | None, words: str) -> None:
    change = said(value, VerdictWord.TOO_EARLY, needed=needed)

    assert (change.words, change.direction, change.is_good) == (words, "", None)


def test_without_answers_before_there_is_nothing_to_compare_with() -> None:
    change = said(None, VerdictWord.NO_ANSWERS)

    assert (change.words, change.value) == (
        "no answers in the 13 weeks before to compare with",
        None,
    )
