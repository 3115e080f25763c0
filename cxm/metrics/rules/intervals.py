"""Confidence intervals of net scores, shares and means."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from cxm.metrics.rules.student import t_quantile

CONFIDENCE = 0.95
FEW_ANSWERS = 10
_HALVINGS = 60  # an interval of length 2 shrinks below the spacing of doubles


class Method(StrEnum):
    """Names of the intervals, as shown beside a figure."""

    ADJUSTED_WALD = "adjusted Wald"
    SCORE = "score"
    WILSON = "Wilson"
    STUDENT_T = "t"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits in the unit of the figure, and the method that gave them."""

    low: float
    high: float
    method: Method


def z_value(confidence: float = CONFIDENCE) -> float:
    """Give the normal quantile of a two-sided interval: 1.959964 for 0.95.

    Raises ValueError unless *confidence* lies strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError("confidence lies between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def two_sided_p(z: float) -> float:
    """Give the probability that a standard normal value lies further from 0 than *z*."""
    return math.erfc(abs(z) / math.sqrt(2))


def net_variance(favourable: float, unfavourable: float) -> float:
    """Give the variance p + d - (p - d)^2 of one answer scored +1, 0 or -1.

    Both arguments are shares from 0 to 1.
    """
    return favourable + unfavourable - (favourable - unfavourable) ** 2


def wald_margin(favourable: float, unfavourable: float, n: float) -> float:
    """Give the plain 95 % Wald margin of a net score, in points.

    Shares run from 0 to 1. For comparison with other tools only: it is 0 when all answers agree.
    """
    return 100 * z_value() * math.sqrt(net_variance(favourable, unfavourable) / n)


def adjusted_net(favourable: float, unfavourable: float, n: float) -> tuple[float, float, float]:
    """Adjust a net score by three answers, 3/4 each to the two sides.

    Takes shares from 0 to 1 and n, which may be an effective n. Returns the adjusted net share,
    the variance of one answer and the adjusted n. Source: Rocks, Interval Estimation for the Net
    Promoter Score, The American Statistician, 2016 (arXiv 1601.07235).
    """
    size = n + 3
    above = (favourable * n + 0.75) / size
    below = (unfavourable * n + 0.75) / size
    return above - below, net_variance(above, below), size


def adjusted_wald(
    favourable: float, unfavourable: float, n: float, *, confidence: float = CONFIDENCE
) -> Interval:
    """Give the adjusted Wald interval of a net score, in points, inside [-100, 100].

    Takes shares from 0 to 1 and n, which may be an effective n. The interval is not centred on
    the score. Source: as `adjusted_net`.
    """
    net, variance, size = adjusted_net(favourable, unfavourable, n)
    half = z_value(confidence) * math.sqrt(variance / size)
    low, high = max(-1.0, net - half), min(1.0, net + half)
    return Interval(100 * low, 100 * high, Method.ADJUSTED_WALD)


def net_score_interval(
    favourable: int, unfavourable: int, n: int, *, confidence: float = CONFIDENCE
) -> Interval:
    """Give the score interval of a net score, in points: the nets that a score test accepts.

    Takes counts, n at least 1. A limit is -100 or 100 when the score itself is.
    """
    z = z_value(confidence)
    net = (favourable - unfavourable) / n

    def is_accepted(candidate: float) -> bool:
        below = _constrained_share(favourable, unfavourable, n, candidate)
        variance = 2 * below + candidate - candidate * candidate
        return (net - candidate) ** 2 * n <= z * z * variance

    low = -1.0 if net <= -1 else _edge(net, -1.0, is_accepted)
    high = 1.0 if net >= 1 else _edge(net, 1.0, is_accepted)
    return Interval(100 * low, 100 * high, Method.SCORE)


def net_interval(
    favourable: int, unfavourable: int, n: int, *, confidence: float = CONFIDENCE
) -> Interval:
    """Give the interval to show for a net score: score below ten answers, else adjusted Wald.

    Takes counts, n at least 1; limits are points.
    """
    if n < FEW_ANSWERS:
        return net_score_interval(favourable, unfavourable, n, confidence=confidence)
    return adjusted_wald(favourable / n, unfavourable / n, n, confidence=confidence)


def wilson(share: float, n: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the Wilson interval of a share, in percent, inside [0, 100].

    *share* runs from 0 to 1; n is above 0 and may be an effective n. Source: Wilson, Probable
    Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927.
    """
    z = z_value(confidence)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # The share always lies inside; at 0 and 1 it is a limit, which floats miss by a hair.
    low, high = min(max(0.0, centre - half), share), max(min(1.0, centre + half), share)
    return Interval(100 * low, 100 * high, Method.WILSON)


def mean_interval(
    mean: float, sd: float, n: float, *, confidence: float = CONFIDENCE
) -> Interval | None:
    """Give the t interval of a mean, on the scale of the question; None below two answers.

    *sd* is the sample standard deviation; n may be an effective n, and then must be above 1.
    """
    if n <= 1:
        return None
    half = t_quantile((1 + confidence) / 2, n - 1) * sd / math.sqrt(n)
    return Interval(mean - half, mean + half, Method.STUDENT_T)


def _constrained_share(favourable: int, unfavourable: int, n: int, net: float) -> float:
    """Give the likeliest unfavourable share among populations whose net share is *net*."""
    neutral = n - favourable - unfavourable
    a = 2 * n
    b = 2 * net * (unfavourable + neutral) - (favourable + unfavourable) * (1 - net)
    c = -unfavourable * net * (1 - net)
    # The root is real up to rounding; a negative residue would stop the square root.
    root = (-b + math.sqrt(max(0.0, b * b - 4 * a * c))) / (2 * a)
    return min(max(root, 0.0, -net), (1 - net) / 2)


def _edge(inside: float, outside: float, is_accepted: Callable[[float], bool]) -> float:
    """Find by bisection where acceptance ends between an accepted and a refused value."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if is_accepted(middle):
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2
