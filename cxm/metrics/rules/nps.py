"""Net Promoter Score: promoters less detractors, on the scale 0 to 10."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cxm.metrics.rules.histogram import Histogram

PROMOTERS = frozenset({9, 10})
PASSIVES = frozenset({7, 8})
DETRACTORS = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class NpsCounts:
    """How many answers came from promoters (9, 10), passives (7, 8) and detractors (0 to 6)."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        """Number of answers."""
        return self.promoters + self.passives + self.detractors


def nps_counts(histogram: Histogram) -> NpsCounts:
    """Count the three classes in *histogram*, whose values must be 0 to 10.

    Raises ValueError for another scale.
    """
    if (histogram.first, histogram.step) != (0, 1):
        raise ValueError("NPS is asked on the scale 0 to 10")
    return NpsCounts(
        histogram.count(PROMOTERS), histogram.count(PASSIVES), histogram.count(DETRACTORS)
    )


def net_promoter_score(counts: NpsCounts) -> float | None:
    """Give the score from -100 to 100, unrounded; None without answers.

    Source: measuringu.com/nps-confidence-intervals.
    """
    if counts.n == 0:
        return None
    return 100 * (counts.promoters - counts.detractors) / counts.n


def net_class(value: int, favourable: Collection[int], unfavourable: Collection[int]) -> int:
    """Score one answer: 1 when favourable, -1 when unfavourable, else 0."""
    return (value in favourable) - (value in unfavourable)
