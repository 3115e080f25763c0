"""Changes from one closed window to the next, judged together for all places of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.many import Q
from cxm.metrics.rules.statistic import (
    Definition,
    Difference,
    Verdict,
    VerdictWord,
    compare,
    verdicts,
    visible_change,
)

_MARKED = frozenset({VerdictWord.UP, VerdictWord.DOWN})


@dataclass(frozen=True, slots=True)
class WindowPair:
    """The answers of two closed windows of one place, and what is computed from them."""

    before: Histogram
    after: Histogram
    definition: Definition


@dataclass(frozen=True, slots=True)
class ChangeMark:
    """What may be said of one change.

    *visible* is the smallest change that as many answers show at 80 % power beside all the other
    tests, in the unit of the figure; None where nothing is tested.
    """

    difference: Difference
    verdict: Verdict
    visible: float | None

    @property
    def is_marked(self) -> bool:
        """Whether the change is told: it is too large to be put down to chance."""
        return self.verdict.word in _MARKED


def change_marks(pairs: Sequence[WindowPair]) -> list[ChangeMark]:
    """Judge the changes of *pairs* as one family, in the given order.

    When nothing changes anywhere, at most 5 % of the families hold a mark at all: that is what
    the method of Benjamini and Hochberg promises where every mark would be false. So all places
    of a screen must come in one call, each once, and only when their windows have closed.
    """
    differences = [compare(pair.before, pair.after, pair.definition) for pair in pairs]
    tests = sum(difference.is_tested for difference in differences)
    confidence = 1 - Q / max(1, tests)
    return [
        ChangeMark(
            difference,
            verdict,
            visible_change(pair.before, pair.after, pair.definition, confidence=confidence)
            if difference.is_tested
            else None,
        )
        for pair, difference, verdict in zip(pairs, differences, verdicts(differences), strict=True)
    ]
