"""Whether a promise was kept: the figure before a change against the figure since."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.intervals import FEW_ANSWERS
from cxm.metrics.rules.many import Q
from cxm.metrics.rules.sequences import SequenceLimits, mean_sequence, net_sequence, share_sequence
from cxm.metrics.rules.statistic import Definition, Estimate, compare, estimate, visible_change


class Wish(StrEnum):
    """Which way a figure is to go."""

    UP = "up"
    DOWN = "down"
    HOLD = "hold"


class PromiseWord(StrEnum):
    """What may be said of a promise."""

    TOO_FEW = "too_few"
    REACHED = "reached"
    AT_TARGET = "at_target"
    ON_THE_WAY = "on_the_way"
    NO_CHANGE = "no_change"
    WORSE = "worse"
    KEPT = "kept"
    BETTER = "better"


MET = frozenset({PromiseWord.REACHED, PromiseWord.KEPT})


@dataclass(frozen=True, slots=True)
class Promise:
    """A value that a figure is to reach, or to hold within *margin* (set for hold only).

    *min_n* is how many answers either side needs, *is_more_better* whether a higher figure is
    welcome. Raises ValueError when the margin does not fit the wish.
    """

    wish: Wish
    value: float
    margin: float | None = None
    min_n: int = FEW_ANSWERS
    is_more_better: bool = True

    def __post_init__(self) -> None:
        if (self.wish is Wish.HOLD) != (self.margin is not None):
            raise ValueError("a margin belongs to a figure that is to hold, and only to one")

    def is_at(self, value: float) -> bool:
        """Say whether *value* is at the target or past it, for a figure that is to move."""
        return value >= self.value if self.wish is Wish.UP else value <= self.value


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict and what it stands on; differences are the figure since less the figure before.

    The limits are None where a side has too few answers or the figure has no interval: then
    *word* is TOO_FEW, *needed* about how many more answers are missing. *visible* is the smallest
    change that could be told from chance, for NO_CHANGE. *confidence* is that of the limits,
    corrected for all promises of the map. *is_interim* when it was not given on the day it was due.
    """

    word: PromiseWord
    before: Estimate
    since: Estimate
    difference: float | None
    low: float | None
    high: float | None
    needed: int | None
    visible: float | None
    confidence: float
    is_interim: bool


def fixed_verdict(
    promise: Promise, before: Histogram, since: Histogram, definition: Definition, *, tests: int = 1
) -> Assessment:
    """Judge a promise on the one day that was named beforehand.

    The interval of the difference is that of the two-sample test, at 1 - 0.05 / *tests*, the
    number of promises of the map (Bonferroni): they fall due on different days, so that none can
    wait for the p-values of the others. Without any change "reached" is said in 2.5 % of cases.
    """
    confidence = 1 - Q / tests
    found = compare(before, since, definition, confidence=confidence)
    return _judged(
        promise,
        (before, since),
        definition,
        (found.ci_low, found.ci_high),
        visible_change(before, since, definition, confidence=confidence),
        confidence=confidence,
        is_interim=False,
    )


def interim_verdict(
    promise: Promise,
    before: Histogram,
    since: Histogram,
    definition: Definition,
    bounds: tuple[float, float],
    *,
    tests: int = 1,
) -> Assessment:
    """Judge a promise before it is due, as often as anybody looks.

    *since* counts every answer since the change, *bounds* are the ends of the scale of a mean.
    The interval before the change is taken at half the error, and the other half goes to a
    sequence of limits since, which holds at every look: so does their difference. A median has
    no interval, and its promise no verdict but too few answers.
    """
    error = Q / tests
    limits = _sequence(since, definition, bounds, error / 2) if since.n else None
    past = estimate(before, definition, confidence=1 - error / 2)
    ends: tuple[float | None, float | None] = (None, None)
    visible = None
    if limits and past.ci_low is not None and past.ci_high is not None:
        ends = limits.low - past.ci_high, limits.high - past.ci_low
        # Nobody plans for a look: what would be told now is half of what is left open.
        visible = (ends[1] - ends[0]) / 2
    return _judged(
        promise,
        (before, since),
        definition,
        ends,
        visible,
        confidence=1 - error,
        is_interim=True,
    )


def _sequence(
    since: Histogram, definition: Definition, bounds: tuple[float, float], alpha: float
) -> SequenceLimits | None:
    match definition.statistic:
        case "net":
            above, below = since.count(definition.favourable), since.count(definition.unfavourable)
            return net_sequence(above, below, since.n, alpha=alpha)
        case "share":
            return share_sequence(since.count(definition.favourable), since.n, alpha=alpha)
        case "mean":
            return mean_sequence(since, *(round(end) for end in bounds), alpha=alpha)
        case _:  # the median
            return None


def _judged(
    promise: Promise,
    sides: tuple[Histogram, Histogram],
    definition: Definition,
    ends: tuple[float | None, float | None],
    visible: float | None,
    *,
    confidence: float,
    is_interim: bool,
) -> Assessment:
    before, since = (estimate(side, definition) for side in sides)
    missing = max(promise.min_n, FEW_ANSWERS) - min(before.n, since.n)
    low, high = ends
    word = PromiseWord.TOO_FEW
    difference = None
    if before.value is not None and since.value is not None:
        difference = since.value - before.value
        if missing <= 0 and low is not None and high is not None:
            word = _word(promise, since.value, low, high)
    return Assessment(
        word=word,
        before=before,
        since=since,
        difference=difference,
        low=low,
        high=high,
        needed=missing if missing > 0 else None,
        visible=visible if word is PromiseWord.NO_CHANGE else None,
        confidence=confidence,
        is_interim=is_interim,
    )


def _word(promise: Promise, value: float, low: float, high: float) -> PromiseWord:
    """Read the table of verdicts: the target, and which side of 0 the interval lies on."""
    is_shown = low > 0 or high < 0
    if promise.wish is Wish.HOLD:
        margin = promise.margin or 0.0
        if -margin <= low and high <= margin:
            return PromiseWord.KEPT
        is_better = (low > 0) == promise.is_more_better
    else:
        is_better = (low > 0) == (promise.wish is Wish.UP)
    if is_shown and not is_better:
        return PromiseWord.WORSE
    if promise.wish is Wish.HOLD:
        return PromiseWord.BETTER if is_shown else PromiseWord.NO_CHANGE
    if promise.is_at(value):
        return PromiseWord.REACHED if is_shown else PromiseWord.AT_TARGET
    return PromiseWord.ON_THE_WAY if is_shown else PromiseWord.NO_CHANGE
