"""Histograms and definitions that several tests of the metric rules share."""

from __future__ import annotations

from decimal import Decimal

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.nps import DETRACTORS, PROMOTERS
from cxm.metrics.rules.statistic import Definition

NPS = Definition("net", PROMOTERS, DETRACTORS, 0, 1)
CSAT = Definition("share", frozenset({4, 5}), frozenset({1, 2}), 0, 1)
MEAN = Definition("mean", frozenset(), frozenset(), 1, 1)
MEDIAN = Definition("median", frozenset(), frozenset(), 1, 1)
EMPTY = Histogram((0,) * 11)


def nps(promoters: int, passives: int, detractors: int) -> Histogram:
    return Histogram((detractors, 0, 0, 0, 0, 0, 0, 0, passives, 0, promoters))


def csat(favourable: int, rated: int) -> Histogram:
    return stars(rated - favourable, 0, 0, 0, favourable)


def stars(*counts: int) -> Histogram:
    return Histogram(counts + (0,) * (11 - len(counts)), first=1)


def weighted(*groups: tuple[str, int, int, int]) -> Histogram:
    """Each group is a weight and the number of promoters, passives and detractors with it."""
    pairs = [
        (value, Decimal(weight))
        for weight, *counts in groups
        for value, count in zip((10, 8, 0), counts, strict=True)
        for _ in range(count)
    ]
    return Histogram.of([value for value, _ in pairs], weights=[weight for _, weight in pairs])


PUBLISHED_WEIGHTS = weighted(("0.5", 25, 10, 5), ("2.0", 2, 3, 5), ("1.0", 12, 10, 8))
