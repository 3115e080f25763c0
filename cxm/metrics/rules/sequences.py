"""Confidence sequences: limits that stay valid however often an alert looks at them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.intervals import FEW_ANSWERS, adjusted_net

ALPHA = 0.05
DESIGN_SIZE = 200  # the number of answers at which the sequence is narrowest for its price
_LARGEST_BET = 0.5


@dataclass(frozen=True, slots=True)
class SequenceLimits:
    """Where a mean can still lie: *centre* and *half* as computed, *low* and *high* clamped.

    Net scores are points, shares percents.
    """

    centre: float
    half: float
    low: float
    high: float


def mixture_scale(alpha: float = ALPHA, design_size: int = DESIGN_SIZE) -> float:
    """Give rho, which makes the sequence narrow near *design_size* answers.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, arXiv 2103.06476.
    """
    twice = -2 * math.log(alpha)
    return math.sqrt((twice + math.log(twice + 1)) / design_size)


def net_sequence(
    favourable: int, unfavourable: int, n: int, *, alpha: float = ALPHA
) -> SequenceLimits:
    """Give the limits of a net score, in points, after *n* answers of an epoch.

    Takes counts since the epoch began, n at least 1. With m alert streams, pass alpha / m.
    Source: as `mixture_scale`, on the adjusted counts of `adjusted_net`; without the adjustment
    it alarms falsely while all answers agree.
    """
    net, variance, size = adjusted_net(favourable / n, unfavourable / n, n)
    half = math.sqrt(variance) * _width(size, alpha)
    return _limits(100 * net, 100 * half, lowest=-100.0)


def share_sequence(favourable: int, rated: int, *, alpha: float = ALPHA) -> SequenceLimits:
    """Give the limits of a share, in percent, after *rated* answers of an epoch.

    Takes counts since the epoch began. Source: as `net_sequence`, with two answers added to
    either side.
    """
    size = rated + 4
    share = (favourable + 2) / size
    half = math.sqrt(share * (1 - share)) * _width(size, alpha)
    return _limits(100 * share, 100 * half, lowest=0.0)


def mean_sequence(
    histogram: Histogram, lowest: int, highest: int, *, alpha: float = ALPHA
) -> SequenceLimits:
    """Give the limits of a mean on a scale from *lowest* to *highest*, clamped to it.

    Counts the answers since the epoch began. As `share_sequence`, of which this is the general
    case, with two answers added at either end of the scale: without them the limits would close
    around the first answers that agree.
    """
    pairs = [(value, n) for value, n in zip(histogram.values, histogram.counts, strict=True) if n]
    pairs += [(lowest, 2), (highest, 2)]
    size = sum(n for _, n in pairs)
    mean = sum(value * n for value, n in pairs) / size
    variance = sum((value - mean) ** 2 * n for value, n in pairs) / size
    half = math.sqrt(variance) * _width(size, alpha)
    return SequenceLimits(mean, half, max(lowest, mean - half), min(highest, mean + half))


def guaranteed_sequence(scores: Iterable[int], *, alpha: float = ALPHA) -> SequenceLimits:
    """Give limits of a net score that hold at every n for any population; they are wider.

    *scores* are 1, 0 or -1 in order of receipt, at least one. Raises ValueError without any.
    Source: the empirical Bernstein sequence of Waudby-Smith, Ramdas, arXiv 2010.09686.
    """
    reach = math.log(2 / alpha)
    mean, variance, squares, total = 0.5, 0.25, 0.25, 0.5
    bets = weighted = penalty = 0.0
    for t, score in enumerate(scores, start=1):
        y = (score + 1) / 2
        bet = min(math.sqrt(2 * reach / (variance * t * math.log(t + 1))), _LARGEST_BET)
        bets += bet
        weighted += bet * y
        penalty += (y - mean) ** 2 * (-math.log1p(-bet) - bet)
        total += y
        mean = total / (t + 1)
        squares += (y - mean) ** 2
        variance = squares / (t + 1)
    if not bets:
        raise ValueError("a sequence needs at least one answer")
    half = (reach + penalty) / bets
    return _limits(100 * (2 * weighted / bets - 1), 200 * half, lowest=-100.0)


def is_alarm(limits: SequenceLimits, target: float, n: int) -> bool:
    """Say whether *target* lies outside the limits after *n* answers; never below ten answers.

    The target is a fixed number chosen before the epoch began, in the unit of the limits.
    """
    return n >= FEW_ANSWERS and not limits.low <= target <= limits.high


def _width(size: float, alpha: float) -> float:
    squared = mixture_scale(alpha) ** 2
    grown = size * squared + 1
    return math.sqrt(2 * grown / (size**2 * squared) * math.log(math.sqrt(grown) / alpha))


def _limits(centre: float, half: float, *, lowest: float) -> SequenceLimits:
    return SequenceLimits(centre, half, max(lowest, centre - half), min(100.0, centre + half))
