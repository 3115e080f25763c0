"""From a histogram and a definition to the figure on the page, its change and the verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from cxm.metrics.rules.comparison import (
    Comparison,
    MeanGroup,
    NetGroup,
    ShareGroup,
    compare_means,
    compare_nets,
    compare_shares,
    difference_for_sizes,
    size_for_difference,
)
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.intervals import (
    CONFIDENCE,
    FEW_ANSWERS,
    Interval,
    Method,
    adjusted_net,
    adjusted_wald,
    mean_interval,
    net_interval,
    wilson,
)
from cxm.metrics.rules.many import Q, benjamini_hochberg, is_flagged

type Statistic = Literal["net", "share", "mean", "median"]

STATISTICS = ("net", "share", "mean", "median")
SIGNIFICANCE = 0.05
FAMILY_METHOD = "Benjamini-Hochberg"
TESTS = {"net": "adjusted Wald", "share": "Newcombe, N-1 test", "mean": "Welch t"}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric computes from the answers to its question.

    *favourable* and *unfavourable* are values of the question's scale; what is in neither is
    neutral and stays in n. A share uses *favourable* only, mean and median use neither. *decimals*
    is for display; *version* changes with any other field. Raises ValueError for another statistic,
    for a value on both sides, and when a net score or a share has no favourable value.
    """

    statistic: Statistic
    favourable: frozenset[int]
    unfavourable: frozenset[int]
    decimals: int
    version: int

    def __post_init__(self) -> None:
        if self.statistic not in STATISTICS:
            raise ValueError(f"the statistic of a metric is one of: {', '.join(STATISTICS)}")
        if self.favourable & self.unfavourable:
            raise ValueError("a value is favourable or unfavourable, not both")
        if self.statistic in ("net", "share") and not self.favourable:
            raise ValueError("a net score or a share needs at least one favourable value")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its number of answers and its interval, all unrounded.

    Net scores run from -100 to 100, shares are percents, means and medians are on the scale of
    the question. *value* is None without answers: "no data" is not 0. *n_eff* is set for weighted
    figures. The limits are None where the *method* is "none".
    """

    value: float | None
    n: int
    n_eff: float | None
    ci_low: float | None
    ci_high: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A change of a figure from one group of answers to another, in the figure's unit.

    *value* is None when either group is empty. The limits and *p* are None unless *is_tested*.
    *needed* says about how many more answers each group would need to tell a difference of this
    size at 80 % power; None when it is told already, and when no number of answers can tell it.
    """

    value: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None
    method: str
    is_tested: bool
    needed: int | None


class VerdictWord(StrEnum):
    """What may be said about a change. Up and down mean the number, not whether it is good."""

    UP = "up"
    DOWN = "down"
    TOO_EARLY = "too_early"
    NO_ANSWERS = "no_answers"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said about one change, given all the others on the same screen.

    *adjusted_p* is None for a change that was not tested; *family_size* is the number of tests on
    the screen, the m of *method*.
    """

    word: VerdictWord
    adjusted_p: float | None
    family_size: int
    method: str
    needed: int | None


def estimate(
    histogram: Histogram,
    definition: Definition,
    *,
    weighted: bool = False,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Compute the figure of *definition* from *histogram*, with its two-sided interval.

    Net: adjusted Wald, or the score interval below ten answers. Share: Wilson. Mean: Student's t,
    none below two answers. Median: none. Weighted figures use weighted shares, means and spreads,
    the effective n in the interval (always adjusted Wald for a net score), and count only answers
    with a weight above 0. Raises ValueError when *weighted* answers carry no weights, and when a
    value of the definition is not a value of the histogram.
    """
    n = histogram.answers(weighted=weighted)
    if n == 0:
        return Estimate(None, 0, None, None, None, Method.NONE)
    exact = exact_value(histogram, definition, weighted=weighted)
    value = None if exact is None else float(exact)
    interval = _interval(histogram, definition, weighted=weighted, confidence=confidence)
    n_eff = histogram.n_eff if weighted else None
    if interval is None:
        return Estimate(value, n, n_eff, None, None, Method.NONE)
    return Estimate(value, n, n_eff, interval.low, interval.high, interval.method)


def share_estimate(part: int, whole: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """Give *part* of *whole* as a percent with its Wilson interval; value None when whole is 0.

    Raises ValueError unless 0 <= part <= whole.
    """
    if not 0 <= part <= whole:
        raise ValueError("a part is at most its whole, and neither is negative")
    if whole == 0:
        return Estimate(None, 0, None, None, None, Method.NONE)
    interval = wilson(part / whole, whole, confidence=confidence)
    share = 100 * part / whole
    return Estimate(share, whole, None, interval.low, interval.high, interval.method)


def compare(
    before: Histogram,
    after: Histogram,
    definition: Definition,
    *,
    weighted: bool = False,
    confidence: float = CONFIDENCE,
) -> Difference:
    """Compute how the figure differs in *after* from *before*, two groups of different people.

    Net scores are tested by adjusted Wald, shares by the N-1 test beside Newcombe's interval,
    means by Welch's t; *confidence* is that of the interval. Nothing is tested with fewer than ten
    answers on either side, for a median, or for means when answers agree within both groups.
    Raises ValueError as `estimate` does.
    """
    old = exact_value(before, definition, weighted=weighted)
    new = exact_value(after, definition, weighted=weighted)
    if old is None or new is None:
        return Difference(None, None, None, None, Method.NONE, is_tested=False, needed=None)
    value = float(new - old)
    test = _test(before, after, definition, weighted=weighted, confidence=confidence)
    if test is None:
        needed = _needed(before, after, definition, value, weighted=weighted)
        return Difference(value, None, None, None, Method.NONE, is_tested=False, needed=needed)
    needed = None
    if not is_flagged(test.p, SIGNIFICANCE):
        needed = _needed(before, after, definition, value, weighted=weighted)
    method = TESTS[definition.statistic]
    return Difference(value, test.low, test.high, test.p, method, is_tested=True, needed=needed)


def visible_change(
    before: Histogram, after: Histogram, definition: Definition, *, confidence: float = CONFIDENCE
) -> float | None:
    """Give the smallest change that as many answers, as varied, show at 80 % power.

    In the unit of the figure, above 0. With m tests on the screen pass 1 - 0.05 / m: a change that
    stands alone among them must pass that. None for what `compare` does not test.
    """
    if min(before.n, after.n) < FEW_ANSWERS:
        return None
    old, new = (answer_variance(side, definition, weighted=False) for side in (before, after))
    if old is None or new is None or not old + new:
        return None
    return difference_for_sizes(old, before.n, new, after.n, confidence=confidence)


def verdicts(differences: Sequence[Difference], q: float = Q) -> list[Verdict]:
    """Judge the differences of one screen together, in the given order.

    Those that were tested form one Benjamini-Hochberg family; the others do not count in it. Up
    and down are said only of a difference whose adjusted p-value is at most *q*.
    """
    tested = [difference.p for difference in differences if difference.p is not None]
    adjusted = iter(benjamini_hochberg(tested))
    return [
        _verdict(
            difference,
            adjusted_p=next(adjusted) if difference.p is not None else None,
            family_size=len(tested),
            q=q,
        )
        for difference in differences
    ]


def exact_value(
    histogram: Histogram, definition: Definition, *, weighted: bool = False
) -> Fraction | None:
    """Give the figure as a fraction, so that a half at display is a half and no float near it.

    None without answers. Raises ValueError as `estimate` does.
    """
    match definition.statistic:
        case "net":
            scores = dict.fromkeys(definition.favourable, 100)
            scores |= dict.fromkeys(definition.unfavourable, -100)
            return histogram.mean_of(scores, weighted=weighted)
        case "share":
            return histogram.mean_of(dict.fromkeys(definition.favourable, 100), weighted=weighted)
        case "mean":
            return histogram.mean_of(
                {value: value for value in histogram.values}, weighted=weighted
            )
        case _:  # the median
            middle = histogram.median(weighted=weighted)
            return None if middle is None else Fraction(middle)


def _interval(
    histogram: Histogram, definition: Definition, *, weighted: bool, confidence: float
) -> Interval | None:
    match definition.statistic:
        case "net" if weighted:
            net = _net_group(histogram, definition, weighted=True)
            return adjusted_wald(net.favourable, net.unfavourable, net.n, confidence=confidence)
        case "net":
            above = histogram.count(definition.favourable)
            below = histogram.count(definition.unfavourable)
            return net_interval(above, below, histogram.n, confidence=confidence)
        case "share":
            group = _share_group(histogram, definition, weighted=weighted)
            return wilson(group.share, group.n, confidence=confidence)
        case "mean":
            mean = _mean_group(histogram, weighted=weighted)
            if mean is None:
                return None
            return mean_interval(mean.mean, mean.sd, mean.n, confidence=confidence)
        case _:  # the median
            return None


def _test(
    before: Histogram,
    after: Histogram,
    definition: Definition,
    *,
    weighted: bool,
    confidence: float,
) -> Comparison | None:
    if min(side.answers(weighted=weighted) for side in (before, after)) < FEW_ANSWERS:
        return None
    match definition.statistic:
        case "net":
            old, new = (_net_group(side, definition, weighted=weighted) for side in (before, after))
            return compare_nets(old, new, confidence=confidence)
        case "share":
            low, top = (
                _share_group(side, definition, weighted=weighted) for side in (before, after)
            )
            return compare_shares(low, top, confidence=confidence)
        case "mean":
            first, second = (_mean_group(side, weighted=weighted) for side in (before, after))
            if first is None or second is None:
                return None
            return compare_means(first, second, confidence=confidence)
        case _:  # the median
            return None


def _needed(
    before: Histogram,
    after: Histogram,
    definition: Definition,
    difference: float,
    *,
    weighted: bool,
) -> int | None:
    sides = (before, after)
    variances = [answer_variance(side, definition, weighted=weighted) for side in sides]
    if difference == 0 or None in variances or not any(variances):
        return None
    size = size_for_difference(variances[0] or 0.0, variances[1] or 0.0, difference)
    missing: list[float] = []
    for side in sides:
        n, effective = side.answers(weighted=weighted), _size(side, weighted=weighted)
        missing += [FEW_ANSWERS - n, (size - effective) * n / effective]
    return math.ceil(max(missing))


def answer_variance(
    histogram: Histogram, definition: Definition, *, weighted: bool = False
) -> float | None:
    """Give the variance of one answer in the unit of the figure; None when it is unknown.

    Net scores and shares are taken adjusted, so that a few answers that agree do not pass for a
    population that does.
    """
    match definition.statistic:
        case "net":
            net = _net_group(histogram, definition, weighted=weighted)
            return 100**2 * adjusted_net(net.favourable, net.unfavourable, net.n)[1]
        case "share":
            group = _share_group(histogram, definition, weighted=weighted)
            share = (group.share * group.n + 2) / (group.n + 4)
            return 100**2 * share * (1 - share)
        case "mean":
            mean = _mean_group(histogram, weighted=weighted)
            return None if mean is None else mean.sd**2
        case _:  # the median
            return None


def _net_group(histogram: Histogram, definition: Definition, *, weighted: bool) -> NetGroup:
    above = histogram.share(definition.favourable, weighted=weighted) or 0.0
    below = histogram.share(definition.unfavourable, weighted=weighted) or 0.0
    return NetGroup(above / 100, below / 100, _size(histogram, weighted=weighted))


def _share_group(histogram: Histogram, definition: Definition, *, weighted: bool) -> ShareGroup:
    share = histogram.share(definition.favourable, weighted=weighted) or 0.0
    return ShareGroup(share / 100, _size(histogram, weighted=weighted))


def _mean_group(histogram: Histogram, *, weighted: bool) -> MeanGroup | None:
    mean, sd = histogram.mean(weighted=weighted), histogram.sd(weighted=weighted)
    size = _size(histogram, weighted=weighted)
    # One weight that dwarfs all others leaves an effective n of 1, to the last digit of a float.
    return None if mean is None or sd is None or size <= 1 else MeanGroup(mean, sd, size)


def _size(histogram: Histogram, *, weighted: bool) -> float:
    n_eff = histogram.n_eff if weighted else None
    return histogram.n if n_eff is None else n_eff


def _verdict(
    difference: Difference, *, adjusted_p: float | None, family_size: int, q: float
) -> Verdict:
    word = VerdictWord.TOO_EARLY
    if difference.value is None:
        word = VerdictWord.NO_ANSWERS
    elif adjusted_p is not None and is_flagged(adjusted_p, q) and difference.value:
        word = VerdictWord.UP if difference.value > 0 else VerdictWord.DOWN
    return Verdict(word, adjusted_p, family_size, FAMILY_METHOD, difference.needed)
