"""How many answers a day usually brings, and when a day brought surely fewer or more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev

from analytics.rules.alerts import Side
from cxm.metrics.rules.student import t_quantile

WEEKS, FEWEST_WEEKS = 12, 6
LOOKED_BACK = timedelta(weeks=WEEKS)
# One look a day: a rule rings once a year by chance.
CHANCE = 1 / 365
# Counts of independent answers have this spread on the scale of square roots.
_LEAST_SPREAD = 0.5
_SHIFT = 3 / 8


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

    *counts* are answers by day, days without any left out; the past begins with the first of
    them. Prediction limits of Student's t over y = sqrt(count + 3/8), by which counts have an
    even spread (Anscombe, The Transformation of Poisson, Binomial and Negative-Binomial Data,
    Biometrika 35, 1948); where answers come in bursts, the weekdays themselves vary more, and the
    limits with them.
    """
    first = min(counts, default=day)
    before = [day - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    past = [counts.get(one, 0) for one in before if one >= first]
    if len(past) < FEWEST_WEEKS:
        return None
    return usual_of(past, side)


def usual_of(past: Sequence[int], side: Side) -> Usual:
    """Give the limits that follow from the counts of *past*, at least two of them."""
    roots = [math.sqrt(one + _SHIFT) for one in past]
    chance = CHANCE / 2 if side is Side.EITHER else CHANCE
    spread = max(stdev(roots), _LEAST_SPREAD) * math.sqrt(1 + 1 / len(past))
    half = t_quantile(1 - chance, len(past) - 1) * spread
    low = _count(max(fmean(roots) - half, 0.0)) if side is not Side.ABOVE else None
    high = _count(fmean(roots) + half) if side is not Side.BELOW else None
    return Usual(fmean(past), low, high, len(past))


def _count(root: float) -> float:
    return max(root * root - _SHIFT, 0.0)
