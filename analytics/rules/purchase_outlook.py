"""What to expect of each customer by fitted models: chance, purchases, value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from analytics.rules.purchase_model import model_of, spend_model_of
from analytics.rules.purchase_shapes import TENTHS, FittedPurchases, FittedSpend
from analytics.rules.purchases import PurchaseRule
from cxm.metrics.rules.bgnbd import PurchaseHistory
from cxm.metrics.rules.value import WEEKS_PER_MONTH, SpendHistory, purchase_value


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one history promises, as *rule* asks: *alive* is a chance from 0 to 1.

    *alive* is None without a repeat purchase, for which the model knows nothing but 1.
    *expected* are the purchases of the horizon, *worth* what they leave when each leaves 1,
    discounted. Both are None where the numbers cannot be computed.
    """

    alive: float | None
    expected: float | None
    worth: float | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The numbers of customers by fitted models; *spend* is None where amounts have none.

    Many customers share a history: each is computed once.
    """

    fit: FittedPurchases
    spend: FittedSpend | None
    rule: PurchaseRule
    _known: dict[PurchaseHistory, Prospect] = field(default_factory=dict)

    def prospect(self, history: PurchaseHistory) -> Prospect:
        """Tell what *history* promises."""
        if history not in self._known:
            self._known[history] = self._computed(history)
        return self._known[history]

    def value(self, history: PurchaseHistory, spend: SpendHistory) -> float | None:
        """Tell what the purchases to come leave; None without a model of amounts."""
        worth = self.prospect(history).worth
        if self.spend is None or worth is None:
            return None
        amount = spend_model_of(self.spend).expected_spend(spend)
        return amount * self.rule.margin_percent / 100 * worth

    def _computed(self, history: PurchaseHistory) -> Prospect:
        model, months = model_of(self.fit), self.rule.horizon_months
        try:
            alive = model.probability_alive(history) if history.repeats else None
            expected = model.expected_purchases(history, WEEKS_PER_MONTH * months)
            discount = self.rule.discount_percent / 100
            worth = purchase_value(model, history, 1.0, months=months, monthly_discount=discount)
        except OverflowError:  # silent for so long that the odds of being gone have no number
            return Prospect(0.0, 0.0, 0.0)
        return Prospect(alive, _number(expected), _number(worth))


def tenth_of(alive: float) -> int:
    """Give the tenth of a chance: 0 up to .1, 9 from .9 on."""
    return min(int(alive * TENTHS), TENTHS - 1)


def _number(found: float) -> float | None:
    """Keep a finite number; tiny negative ones of the series are none."""
    return max(found, 0.0) if math.isfinite(found) else None
