"""Tests of a difference between two groups, and how many answers such a test needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from cxm.metrics.rules.intervals import (
    CONFIDENCE,
    adjusted_net,
    net_variance,
    two_sided_p,
    wilson,
    z_value,
)
from cxm.metrics.rules.student import t_quantile, t_two_sided_p

POWER = 0.8


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second group less the first, in the unit of the figure.

    *tested* is the difference the interval and the test are about; it differs from *difference*,
    the one to show, where the groups are adjusted. *statistic* is Z, or t with *degrees*.
    """

    difference: float
    tested: float
    low: float
    high: float
    statistic: float
    p: float
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class NetGroup:
    """A group of answers: shares from 0 to 1 of both sides, and n or effective n."""

    favourable: float
    unfavourable: float
    n: float


@dataclass(frozen=True, slots=True)
class ShareGroup:
    """A group of answers: the favourable share from 0 to 1, and n or effective n."""

    share: float
    n: float


@dataclass(frozen=True, slots=True)
class MeanGroup:
    """A group of answers: mean, sample standard deviation, and n or effective n above 1."""

    mean: float
    sd: float
    n: float


def compare_nets(
    first: NetGroup, second: NetGroup, *, confidence: float = CONFIDENCE
) -> Comparison:
    """Compare two net scores of different people, in points, limits inside [-200, 200].

    Each group is adjusted as for its interval. Source: measuringu.com/nps-significance-test.
    """
    net_1, variance_1, size_1 = adjusted_net(first.favourable, first.unfavourable, first.n)
    net_2, variance_2, size_2 = adjusted_net(second.favourable, second.unfavourable, second.n)
    error = math.sqrt(variance_1 / size_1 + variance_2 / size_2)
    tested = 100 * (net_2 - net_1)
    margin = 100 * z_value(confidence) * error
    raw = second.favourable - second.unfavourable - (first.favourable - first.unfavourable)
    z = (net_2 - net_1) / error
    low, high = max(-200.0, tested - margin), min(200.0, tested + margin)
    return Comparison(100 * raw, tested, low, high, z, two_sided_p(z))


def compare_shares(
    first: ShareGroup, second: ShareGroup, *, confidence: float = CONFIDENCE
) -> Comparison:
    """Compare two shares of different people, in points.

    The interval is Newcombe's hybrid score interval, the p-value that of the "N-1" test; near the
    limit the two may disagree, and then the p-value decides. p is 1 when all answers of both
    groups agree. Sources: Newcombe, Statistics in Medicine 17, 1998, method 10; Campbell,
    Statistics in Medicine 26, 2007.
    """
    one = wilson(first.share, first.n, confidence=confidence)
    two = wilson(second.share, second.n, confidence=confidence)
    share_1, share_2 = 100 * first.share, 100 * second.share
    difference = share_2 - share_1
    low = difference - math.hypot(share_2 - two.low, one.high - share_1)
    high = difference + math.hypot(two.high - share_2, share_1 - one.low)
    everyone = first.n + second.n
    together = (first.share * first.n + second.share * second.n) / everyone
    # Weighted shares that are all 1 may add up to a hair more than 1.
    spread = max(0.0, together * (1 - together)) * (1 / first.n + 1 / second.n)
    gap = second.share - first.share
    z = gap * math.sqrt((everyone - 1) / everyone / spread) if spread else 0.0
    return Comparison(difference, difference, low, high, z, two_sided_p(z))


def compare_means(
    first: MeanGroup, second: MeanGroup, *, confidence: float = CONFIDENCE
) -> Comparison | None:
    """Compare two means of different people by Welch's t test, on the scale of the question.

    Returns None when the answers agree within each group: then there is no spread to test against.
    """
    error_1, error_2 = first.sd**2 / first.n, second.sd**2 / second.n
    error = math.sqrt(error_1 + error_2)
    if error == 0:
        return None
    degrees = (error_1 + error_2) ** 2 / (error_1**2 / (first.n - 1) + error_2**2 / (second.n - 1))
    return _t_comparison(second.mean - first.mean, error, degrees, confidence)


def compare_paired(before: Sequence[float], after: Sequence[float]) -> Comparison | None:
    """Compare two answers of the same people by a one-sample t test on the differences.

    The two sequences name the same people in the same order; people with one answer are left out
    by the caller. For a net score pass 100, 0 and -100. Returns None below two people, and when
    all differences are equal. Raises ValueError when the lengths differ.
    """
    differences = [late - early for early, late in zip(before, after, strict=True)]
    n = len(differences)
    if n < 2 or min(differences) == max(differences):  # noqa: PLR2004 - one person has no spread
        return None
    error = stdev(differences) / math.sqrt(n)
    return _t_comparison(fmean(differences), error, n - 1, CONFIDENCE)


def size_for_margin(favourable: float, unfavourable: float, margin: float) -> int:
    """Give the number of answers at which a net score has the *margin*, in points, above 0.

    Shares from 0 to 1 describe the expected answers.
    """
    return math.ceil(z_value() ** 2 * net_variance(favourable, unfavourable) / (margin / 100) ** 2)


def size_for_difference(variance_1: float, variance_2: float, difference: float) -> float:
    """Give the answers per group that tell *difference* apart from 0 at 80 % power, unrounded.

    Variances are those of one answer, in the squared unit of *difference*, which is not 0.
    """
    reach = z_value(CONFIDENCE) + NormalDist().inv_cdf(POWER)
    return reach**2 * (variance_1 + variance_2) / difference**2


def difference_for_sizes(
    variance_1: float, n_1: float, variance_2: float, n_2: float, *, confidence: float = CONFIDENCE
) -> float:
    """Give the smallest difference that two groups of these sizes show at 80 % power.

    The reverse of `size_for_difference`: variances are those of one answer, the result is in
    their unit, unsquared.
    """
    reach = z_value(confidence) + NormalDist().inv_cdf(POWER)
    return reach * math.sqrt(variance_1 / n_1 + variance_2 / n_2)


def _t_comparison(difference: float, error: float, degrees: float, confidence: float) -> Comparison:
    margin = t_quantile((1 + confidence) / 2, degrees) * error
    t = difference / error
    return Comparison(
        difference,
        difference,
        difference - margin,
        difference + margin,
        t,
        t_two_sided_p(t, degrees),
        degrees,
    )
