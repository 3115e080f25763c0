"""Where a map believes something else than customers answer: drawn beside measured."""

from __future__ import annotations

from dataclasses import dataclass

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.intervals import FEW_ANSWERS
from cxm.metrics.rules.statistic import Definition, estimate

_MEAN = Definition("mean", frozenset(), frozenset(), 2, 1)
_FIVE_POINTS = (1, 5)
_MIDDLE = 3


@dataclass(frozen=True, slots=True)
class Mapped:
    """The mean of a five-point scale on the axis of drawn feelings, from -2 to +2.

    The limits are None below two answers.
    """

    value: float
    low: float | None
    high: float | None
    n: int

    def gap(self, drawn: float) -> float | None:
        """Say by how much a *drawn* value lies beyond the interval; 0.0 inside.

        Above 0 the map believes better than customers answer. None below ten answers, when
        nothing is ranked.
        """
        if self.low is None or self.high is None or self.n < FEW_ANSWERS:
            return None
        return max(0.0, drawn - self.high) + min(0.0, drawn - self.low)


def can_map(scale: tuple[int, int]) -> bool:
    """Say whether answers on a scale (its two ends) can be mapped: those from 1 to 5."""
    return scale == _FIVE_POINTS


def mapping_words(*, is_more_better: bool = True) -> str:
    """Say how answers are mapped, as it is printed on the axis."""
    return "mean of 1 to 5, less 3" if is_more_better else "3 less the mean of 1 to 5"


def mapped(histogram: Histogram, *, is_more_better: bool = True) -> Mapped | None:
    """Map answers from 1 to 5 by "score less 3", or "3 less the score" where low is good.

    None without answers.
    """
    found = estimate(histogram, _MEAN)
    if found.value is None:
        return None
    ends = [None if end is None else end - _MIDDLE for end in (found.ci_low, found.ci_high)]
    value = found.value - _MIDDLE
    if is_more_better:
        return Mapped(value, ends[0], ends[1], found.n)
    low, high = (None if end is None else -end for end in reversed(ends))
    return Mapped(-value, low, high, found.n)
