"""Changes in words, careful never to say more than their test allows."""

from __future__ import annotations

from dataclasses import dataclass

from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away
from cxm.metrics.rules.statistic import Difference, Verdict, VerdictWord

MOST_NEEDED = 100_000
"""Nobody waits for more answers than this."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two periods, put into words.

    *direction* is "up", "down", or "" when nothing can be said; *is_good* is None then too.
    *value* is the unrounded difference, None when one side has no answers or is hidden.
    """

    words: str
    direction: str
    is_good: bool | None
    value: float | None
    adjusted_p: float | None = None


def change_of(
    difference: Difference,
    verdict: Verdict,
    *,
    since: str,
    decimals: int,
    is_more_better: bool,
) -> Change:
    """Put a judged difference into words; *since* names the earlier period."""
    if difference.value is None or verdict.word is VerdictWord.NO_ANSWERS:
        return Change(f"no answers in {since} to compare with", "", None, None)
    if verdict.word is VerdictWord.TOO_EARLY:
        words = _undecided(difference.value, verdict.needed, since)
        return Change(words, "", None, difference.value, verdict.adjusted_p)
    direction = "up" if verdict.word is VerdictWord.UP else "down"
    words = f"{direction} {_amount(difference.value, decimals)} since {since}"
    is_good = (direction == "up") == is_more_better
    return Change(words, direction, is_good, difference.value, verdict.adjusted_p)


def _undecided(value: float, needed: int | None, since: str) -> str:
    if value == 0:
        return f"the same as in {since}"
    if needed is None or needed > MOST_NEEDED:
        return f"no difference that can be told from chance since {since}"
    about = _three_digits(needed)
    answers = "answer" if about == 1 else "answers"
    return f"too early to say; about {about:,} more {answers} would tell"


def _three_digits(n: int) -> int:
    """Round a number up to three digits: more would claim to know too much."""
    step: int = 10 ** max(0, len(str(n)) - 3)
    return -(-n // step) * step


def _amount(value: float, decimals: int) -> str:
    rounded = round_half_away(abs(value), decimals)
    if rounded:
        return written(rounded)
    return f"less than {written(round_half_away(10**-decimals, decimals))}"
