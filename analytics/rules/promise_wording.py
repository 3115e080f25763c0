"""Verdicts on promises in their fixed words."""

from __future__ import annotations

from cxm.kernel.numbers import written
from cxm.metrics.rules.promises import MET, PromiseWord
from cxm.metrics.rules.rounding import round_half_away

type Side = tuple[float | None, int]

_WORDS = {
    PromiseWord.TOO_FEW: "Too few answers",
    PromiseWord.REACHED: "Reached",
    PromiseWord.AT_TARGET: "At target, could be chance",
    PromiseWord.ON_THE_WAY: "On the way",
    PromiseWord.NO_CHANGE: "No change shown",
    PromiseWord.WORSE: "Worse",
    PromiseWord.KEPT: "Kept",
    PromiseWord.BETTER: "Better, not held",
}
_GOOD = MET | {PromiseWord.ON_THE_WAY}


def verdict_words(
    word: PromiseWord, *, needed: int | None, visible: float | None, decimals: int, unit: str
) -> str:
    """Say a verdict: its fixed words, and what more answers or a larger change would tell."""
    said = _WORDS[word]
    if word is PromiseWord.TOO_FEW and needed:
        return f"{said} (needs about {needed:,} more)"
    if word is PromiseWord.NO_CHANGE and visible is not None:
        return f"{said} (smallest visible change is {_amount(visible, decimals, unit)})"
    return said


def tone(word: PromiseWord) -> str:
    """Give how a verdict is coloured: "good", "bad", or "" for neither."""
    if word in _GOOD:
        return "good"
    return "bad" if word is PromiseWord.WORSE else ""


def difference_words(
    before: Side, since: Side, ends: tuple[float | None, float | None], *, decimals: int, unit: str
) -> str:
    """Say what a verdict stands on: the figure before and since, and their difference.

    A side is the figure and its number of answers, *ends* the interval of the difference.
    """
    if before[0] is None or since[0] is None:
        return f"{_answers(before[1])} before, {_answers(since[1])} since"
    sides = (
        f"{_number(before[0], decimals)}{unit} before ({_answers(before[1])}), "
        f"{_number(since[0], decimals)}{unit} since ({_answers(since[1])})"
    )
    low, high = ends
    if low is None or high is None:
        return sides
    change, *limits = (
        _number(one, decimals, is_signed=True) for one in (since[0] - before[0], low, high)
    )
    return f"{sides}; difference {change}, between {limits[0]} and {limits[1]}"


def _amount(value: float, decimals: int, unit: str) -> str:
    number = _number(value, decimals)
    return f"{number} points" if unit == "%" else number


def _number(value: float, decimals: int, *, is_signed: bool = False) -> str:
    return written(round_half_away(value, decimals), is_signed=is_signed)


def _answers(n: int) -> str:
    return "1 answer" if n == 1 else f"{n:,} answers"
