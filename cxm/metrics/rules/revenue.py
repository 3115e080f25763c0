"""Revenue retention of the customers active at the start of a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily
from cxm.metrics.rules.intervals import CONFIDENCE

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazily("numpy")

REPLICATES = 2000


@dataclass(frozen=True, slots=True)
class RevenueMovement:
    """Recurring revenue at the start and what became of it, of one customer or of many.

    All amounts are of customers active at the start, in one currency at the rate of the start,
    none negative; new and reactivated revenue is left out. Raises ValueError for a negative
    amount, and when more was lost than there was.
    """

    start: float
    churned: float = 0.0
    contraction: float = 0.0
    expansion: float = 0.0

    def __post_init__(self) -> None:
        if min(self.start, self.churned, self.contraction, self.expansion) < 0:
            raise ValueError("amounts of revenue are not negative")
        if self.churned + self.contraction > self.start:
            raise ValueError("no more revenue can be lost than there was at the start")


@dataclass(frozen=True, slots=True)
class RevenueInterval:
    """Bootstrap limits, in percent, of gross and of net revenue retention."""

    gross_low: float
    gross_high: float
    net_low: float
    net_high: float


def gross_revenue_retention(revenue: RevenueMovement) -> float | None:
    """Give GRR, the percent of the starting revenue kept before expansion; None without any.

    Never above 100. Sources: pitchkit.net and honestcsm.com.
    """
    if revenue.start == 0:
        return None
    return 100 * (revenue.start - revenue.churned - revenue.contraction) / revenue.start


def net_revenue_retention(revenue: RevenueMovement) -> float | None:
    """Give NRR, the percent of the starting revenue kept with expansion; None without any."""
    if revenue.start == 0:
        return None
    kept = revenue.start - revenue.churned - revenue.contraction + revenue.expansion
    return 100 * kept / revenue.start


def gross_revenue_churn(revenue: RevenueMovement) -> float | None:
    """Give 100 less GRR; None without revenue at the start."""
    retention = gross_revenue_retention(revenue)
    return None if retention is None else 100 - retention


def bootstrap_revenue(
    customers: Sequence[RevenueMovement],
    *,
    seed: int,
    replicates: int = REPLICATES,
    confidence: float = CONFIDENCE,
) -> RevenueInterval | None:
    """Give percentile limits of GRR and NRR by drawing customers with replacement.

    The same seed gives the same limits. None when fewer than two customers had revenue at the
    start.
    """
    paying = [each for each in customers if each.start > 0]
    if len(paying) < 2:  # noqa: PLR2004 - one customer does not vary
        return None
    # Customers who are alike are drawn together: many pay the same and go on paying it.
    alike = Counter(paying)
    start = np.array([each.start for each in alike])
    gross = np.array([each.start - each.churned - each.contraction for each in alike])
    net = gross + np.array([each.expansion for each in alike])
    shares = np.array(list(alike.values())) / len(paying)
    random = np.random.default_rng(seed)
    rates = np.empty((2, replicates))
    for replicate in range(replicates):
        drawn = random.multinomial(len(paying), shares)
        total = start @ drawn
        rates[:, replicate] = 100 * (gross @ drawn) / total, 100 * (net @ drawn) / total
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    (gross_low, gross_high), (net_low, net_high) = np.quantile(rates, tails, axis=1).T.tolist()
    return RevenueInterval(gross_low, gross_high, net_low, net_high)
