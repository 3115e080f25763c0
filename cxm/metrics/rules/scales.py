"""What a question's scale means, and when answers on two scales may be pooled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import add

from cxm.metrics.rules.histogram import POSITIONS, Histogram


class Direction(StrEnum):
    """Which end of a scale is the good one; a property of the question, not of the metric."""

    HIGH_IS_GOOD = "high_is_good"
    LOW_IS_GOOD = "low_is_good"


@dataclass(frozen=True, slots=True)
class Scale:
    """The whole numbers from *lowest* to *highest*, both inclusive, and their good end."""

    lowest: int
    highest: int
    direction: Direction = Direction.HIGH_IS_GOOD

    @property
    def values(self) -> tuple[int, ...]:
        """Every value of the scale, ascending."""
        return tuple(range(self.lowest, self.highest + 1))

    def best(self, many: int) -> frozenset[int]:
        """Give the *many* values at the good end."""
        is_high = self.direction is Direction.HIGH_IS_GOOD
        return frozenset(self.values[-many:] if is_high else self.values[:many])


@dataclass(frozen=True, slots=True)
class MappedAnswers:
    """Answers of several scales as -1, 0 and 1, and the number of scales they come from."""

    histogram: Histogram
    scales: int


def pooled(parts: Sequence[tuple[Scale, Histogram]]) -> Histogram:
    """Add up answers given on one and the same scale.

    Raises ValueError when there are none or when scale or direction differ: a 5 that means "easy"
    is never added to a 5 that means "hard".
    """
    if len({scale for scale, _ in parts}) != 1:
        raise ValueError("only answers on one scale, in one direction, are pooled")
    return reduce(add, (histogram for _, histogram in parts))


def pooled_by_class(
    parts: Sequence[tuple[Histogram, Collection[int], Collection[int]]],
) -> MappedAnswers:
    """Add up answers of different scales after mapping each to unfavourable, neutral, favourable.

    Each part is a histogram with its favourable and its unfavourable values; all others are
    neutral. The result has the values -1, 0 and 1. Weights are left out. Scales count as
    different when their values or their classes differ. Raises ValueError when there are no
    parts, or when a value is both favourable and unfavourable.
    """
    mapped = [_by_class(*part) for part in parts]
    if not mapped:
        raise ValueError("there is nothing to pool")
    scales = {
        (histogram.first, histogram.step, frozenset(favourable), frozenset(unfavourable))
        for histogram, favourable, unfavourable in parts
    }
    return MappedAnswers(reduce(add, mapped), len(scales))


def _by_class(
    histogram: Histogram, favourable: Collection[int], unfavourable: Collection[int]
) -> Histogram:
    if set(favourable) & set(unfavourable):
        raise ValueError("a value is favourable or unfavourable, not both")
    above, below = histogram.count(favourable), histogram.count(unfavourable)
    rest = (0,) * (POSITIONS - 3)
    return Histogram((below, histogram.n - above - below, above, *rest), first=-1)
