"""What a holder of contracts is worth over the next months: margin times discounted survival.

Brings numpy along.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analytics.rules.churn_shapes import ContractValue
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.value import survival_value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.rules.churn import ContractEnd

    type Floats = NDArray[np.float64]
else:
    np = lazily("numpy")

DAYS_A_MONTH = 365.25 / 12
FEWEST = 10
SEED = 262
DRAWS = 1_000
# Drawn at once; where there are more different holders, drawing them says no more than it costs.
_AT_ONCE, MOST_DRAWN = 100, 50_000

type Held = Counter[tuple[int, bool, float]]
"""How many held contracts so many whole days, whether these then ended (or run still), and paid
so much in them."""


def contract_value(currency: str, held: Held, rule: ContractEnd) -> ContractValue | None:
    """Give what a new holder leaves in the months of *rule*, the first payment falling now.

    Sum over t of margin * S(t) / (1 + discount)^t, S by Kaplan-Meier over the first time of each
    holder (Gupta, Lehmann, Customers as Assets, 2003); margin is what all holders paid by the
    months that they held contracts. It goes only so far as ten were watched; None where that is
    no month, and below ten holders. Limits by drawing holders anew (Efron, Tibshirani, An
    Introduction to the Bootstrap, 1993), the middle 95 % of a thousand draws with Poisson weights.
    """
    cells = sorted(held.items())
    holders = held.total()
    if holders < FEWEST:
        return None
    days = np.array([one[0] for one, _ in cells], dtype=np.float64)
    gone = np.array([one[1] for one, _ in cells], dtype=np.float64)
    paid = np.array([one[2] for one, _ in cells], dtype=np.float64)
    counts = np.array([count for _, count in cells], dtype=np.float64)
    months = _months_watched(days, counts, rule.horizon_months)
    if not months or not paid.any():
        return None
    share, discount = rule.margin_percent / 100, rule.discount_percent / 100
    sample = _Sample(days, gone, paid * share, months, discount)
    [value] = sample.values(counts[np.newaxis, :])
    low = high = None
    if len(cells) <= MOST_DRAWN:
        dice = np.random.default_rng(SEED)
        drawn = [
            sample.values(dice.poisson(counts, (_AT_ONCE, len(cells))).astype(np.float64))
            for _ in range(DRAWS // _AT_ONCE)
        ]
        low, high = (float(one) for one in np.nanpercentile(np.concatenate(drawn), [2.5, 97.5]))
    return ContractValue(
        currency=currency,
        holders=holders,
        months=months,
        margin=sample.margin(counts),
        value=float(value),
        low=low,
        high=high,
    )


def _months_watched(days: Floats, counts: Floats, wanted: int) -> int:
    """Give how many payments can be told: the last one falls due while ten are still watched."""
    for months in range(wanted, 0, -1):
        if counts[days >= DAYS_A_MONTH * (months - 1)].sum() >= FEWEST:
            return months
    return 0


class _Sample:
    """The cells of one currency, by days; what a set of weights on them is worth."""

    def __init__(
        self, days: Floats, gone: Floats, paid: Floats, months: int, discount: float
    ) -> None:
        self.days, self.gone, self.paid, self.discount = days, gone, paid, discount
        self.steps, self.starts = np.unique(days, return_index=True)
        due = DAYS_A_MONTH * np.arange(months)
        # How many steps of the curve lie before each payment, or on its day.
        self.before = np.searchsorted(self.steps, due, side="right")

    def margin(self, counts: Floats) -> float:
        """Give what is left of a month, over all months held."""
        return float((counts @ self.paid) / (counts @ self.days) * DAYS_A_MONTH)

    def values(self, counts: Floats) -> Floats:
        """Give the worth by each row of *counts*; nan where nobody was drawn."""
        at_risk = counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, self.starts]
        ended = np.add.reduceat(counts * self.gone, self.starts, axis=1)
        stay = np.where(at_risk > 0, 1 - ended / np.maximum(at_risk, 1), 1.0)
        curve = np.concatenate([np.ones((len(counts), 1)), stay.cumprod(axis=1)], axis=1)
        survival = curve[:, self.before]
        held = counts @ self.days
        worth = [survival_value(1.0, list(row), self.discount) for row in survival]
        months = np.where(held > 0, held / DAYS_A_MONTH, np.nan)
        found: Floats = (counts @ self.paid) / months * np.array(worth)
        return found
