"""Changes of figures between two periods, judged together with all others of the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.periods import compared_words
from analytics.rules.wording import Change, change_of
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.statistic import FAMILY_METHOD, compare, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.selectors.figures import Question
    from cxm.metrics.rules.histogram import Histogram


@dataclass(frozen=True, slots=True)
class Family:
    """The tests of one screen that were judged together: how many, and by what method."""

    size: int
    method: str = FAMILY_METHOD


@dataclass(frozen=True, slots=True)
class Pair:
    """A group's answers before and after; *is_hidden* when either may not be shown."""

    question: Question
    before: Histogram | None
    after: Histogram | None
    is_hidden: bool = False


def judged(pairs: Sequence[Pair]) -> tuple[list[Change | None], Family]:
    """Put the change of every pair into words, in the given order; None for hidden ones.

    The tests of all pairs form one family (spec: metrics, section 5).
    """
    shown = [pair for pair in pairs if not pair.is_hidden]
    differences = [
        compare(
            pair.question.counted(pair.before),
            pair.question.counted(pair.after),
            definition_of(pair.question.measure.version),
            weighted=pair.question.filter.is_weighted,
        )
        for pair in shown
    ]
    found = verdicts(differences)
    words = iter(
        change_of(
            difference,
            verdict,
            since=compared_words(pair.question.filter.period, pair.question.filter.compare),
            decimals=pair.question.measure.version.decimals,
            is_more_better=pair.question.measure.is_more_better,
        )
        for pair, difference, verdict in zip(shown, differences, found, strict=True)
    )
    changes = [None if pair.is_hidden else next(words) for pair in pairs]
    return changes, Family(sum(one.p is not None for one in differences))
