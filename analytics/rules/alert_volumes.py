"""How many answers a day usually brings, and when a day brought surely fewer or more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev

from analytics.rules.alerts import DAY_CHANCE, Side
from cxm.metrics.rules.student import t_quantile

WEEKS, FEWEST_WEEKS = 12, 6
LOOKED_BACK = timedelta(weeks=WEEKS)
# Counts of independent answers have this spread on the scale of square roots.
_LEAST_SPREAD = 0.5
_SHIFT, _MIDDLE = 3 / 8, 1 / 2
# Logarithms beyond this one are of counts that no tenant has.
_LARGEST = 50.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What the same weekday brought in the *weeks* before: *mean*, and between which numbers.

    A count below *low* or above *high* rings, by the side of the rule; the other is None.
    """

    mean: float
    low: float | None
    high: float | None
    weeks: int

    def is_left_by(self, count: int) -> bool:
        """Say whether *count* lies outside."""
        is_below = self.low is not None and count < self.low
        return is_below or (self.high is not None and count > self.high)


def usual_on(day: date, counts: Mapping[date, int], side: Side) -> Usual | None:
    """Say what is usual on *day* by the same weekdays before it; None with too short a past.

    *counts* are answers by day, days without any left out; the past begins with the first of them.
    """
    first = min(counts, default=day)
    before = [day - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    past = [counts.get(one, 0) for one in before if one >= first]
    if len(past) < FEWEST_WEEKS:
        return None
    return usual_of(past, side)


def usual_of(past: Sequence[int], side: Side) -> Usual:
    """Give the limits that follow from the counts of *past*, at least two of them.

    Prediction limits of Student's t over y = sqrt(count + 3/8), by which counts have an even
    spread (Anscombe, The Transformation of Poisson, Binomial and Negative-Binomial Data,
    Biometrika 35, 1948). Where answers come in bursts, the weekdays vary more than that, and their
    roots are still skewed: the upper limit is then the wider one of those over roots and over
    log(count + 1/2), which the same paper gives for such counts.
    """
    chance = DAY_CHANCE / 2 if side is Side.EITHER else DAY_CHANCE
    roots = [math.sqrt(one + _SHIFT) for one in past]
    half = _half(roots, chance, least=_LEAST_SPREAD)
    low = high = None
    if side is not Side.ABOVE:
        low = _count(max(fmean(roots) - half, 0.0))
    if side is not Side.BELOW:
        high = _count(fmean(roots) + half)
        if stdev(roots) > _LEAST_SPREAD:
            logs = [math.log(one + _MIDDLE) for one in past]
            widest = fmean(logs) + _half(logs, chance)
            high = max(high, math.exp(min(widest, _LARGEST)) - _MIDDLE)
    return Usual(fmean(past), low, high, len(past))


def _half(values: Sequence[float], chance: float, *, least: float = 0.0) -> float:
    """Give how far the next value may lie above the mean of *values*, but for *chance*."""
    spread = max(stdev(values), least) * math.sqrt(1 + 1 / len(values))
    return t_quantile(1 - chance, len(values) - 1) * spread


def _count(root: float) -> float:
    return max(root * root - _SHIFT, 0.0)
