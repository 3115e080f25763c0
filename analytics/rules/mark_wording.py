"""What is said of a change from one closed window to the next, on a map."""

from __future__ import annotations

from analytics.rules.wording import Change
from cxm.kernel.numbers import written
from cxm.metrics.rules.changes import ChangeMark
from cxm.metrics.rules.rounding import round_half_away
from cxm.metrics.rules.statistic import VerdictWord

NOT_CLOSED = "no window has closed since the map was published"


def mark_words(
    mark: ChangeMark, *, decimals: int, unit: str, is_more_better: bool
) -> Change | None:
    """Put a judged change into words: which way and how far, or what could have been seen.

    None where one of the windows has no answers. *unit* is that of the figure; a change of
    percents is told in points.
    """
    value = mark.difference.value
    match mark.verdict.word:
        case VerdictWord.UP | VerdictWord.DOWN if value is not None:
            direction = mark.verdict.word.value
            words = f"{direction} {_amount(value, decimals, unit)}"
            is_good = (direction == "up") == is_more_better
            return Change(words, direction, is_good, value, mark.verdict.adjusted_p)
        case VerdictWord.NO_ANSWERS:
            return None
    if mark.visible is None:
        return Change("too few answers to compare", "", None, value)
    smallest = _amount(mark.visible, decimals, unit)
    words = f"no change shown; smallest visible change is {smallest}"
    return Change(words, "", None, value, mark.verdict.adjusted_p)


def _amount(value: float, decimals: int, unit: str) -> str:
    number = written(round_half_away(abs(value), decimals))
    return f"{number} points" if unit == "%" else number
