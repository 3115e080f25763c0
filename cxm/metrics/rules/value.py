"""Customer lifetime value (CLV): contractual, by survival curve, and from purchases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily
from cxm.metrics.rules.bgnbd import PurchaseHistory, PurchaseModel
from cxm.metrics.rules.likelihood import Parameters, most_likely

if TYPE_CHECKING:
    import numpy as np
    from scipy import special
else:
    np = lazily("numpy")
    special = lazily("scipy.special")

WEEKS_PER_MONTH = 4.345
LARGEST_CORRELATION = 0.3


@dataclass(frozen=True, slots=True)
class SpendHistory:
    """One customer's repeat purchases and the mean amount of each; mean 0 without repeats.

    Raises ValueError unless the mean is above 0 exactly when there are repeat purchases.
    """

    repeats: int
    mean: float

    def __post_init__(self) -> None:
        if self.repeats < 0 or self.mean < 0 or (self.repeats > 0) != (self.mean > 0):
            raise ValueError("a mean amount is above 0 exactly when there are repeat purchases")


@dataclass(frozen=True, slots=True)
class SpendModel:
    """The three positive parameters of a gamma-gamma model of spend, q above 1.

    Source: Fader, Hardie, The Gamma-Gamma Model of Monetary Value, 2013, brucehardie.com/notes/025.
    """

    p: float
    q: float
    v: float

    def expected_spend(self, history: SpendHistory) -> float:
        """Give the amount to expect of a purchase: between the customer's mean and everybody's."""
        everybody = self.p * self.v / (self.q - 1)
        trust = self.p * history.repeats / (self.p * history.repeats + self.q - 1)
        return (1 - trust) * everybody + trust * history.mean


@dataclass(frozen=True, slots=True)
class SpendFit:
    """A fitted spend model, its log-likelihood, and how spend goes with frequency (-1 to 1)."""

    model: SpendModel
    log_likelihood: float
    correlation: float

    @property
    def is_trustworthy(self) -> bool:
        """The model assumes that spend does not depend on frequency; above .3 it does."""
        return abs(self.correlation) <= LARGEST_CORRELATION


def contractual_value(
    margin: float, retention: float, discount: float, *, is_first_payment_counted: bool = True
) -> float:
    """Give the value of a contract that is renewed with the same chance for ever.

    *margin* is per period, *retention* (0 to 1) and *discount* (0.1 for 10 %) as well. The first
    payment falls now; leave it out for a customer who has paid. Raises ValueError unless
    0 <= retention <= 1 and discount is above 0. Source: Gupta, Lehmann, Customers as Assets,
    Journal of Interactive Marketing 17, 2003.
    """
    if not (0 <= retention <= 1 and discount > 0):
        raise ValueError("retention lies between 0 and 1, and the discount rate above 0")
    value = margin * (1 + discount) / (1 + discount - retention)
    return value if is_first_payment_counted else value - margin


def survival_value(margin: float, survival: Sequence[float], discount: float) -> float:
    """Give the value over as many periods as *survival* has entries.

    *survival* is S(0), S(1), ..., the chance (0 to 1) of being a customer when each payment falls
    due; *margin* and *discount* are per period, the first payment falls now.
    """
    return sum(margin * left / (1 + discount) ** age for age, left in enumerate(survival))


def purchase_value(
    model: PurchaseModel,
    history: PurchaseHistory,
    spend: float,
    *,
    months: int,
    monthly_discount: float,
) -> float:
    """Give the value of the purchases expected in the next *months*, discounted monthly.

    *model* and *history* are in weeks, a month counting 4.345; *spend* is the margin expected of
    one purchase.
    """
    expected = [
        model.expected_purchases(history, WEEKS_PER_MONTH * month) for month in range(months + 1)
    ]
    return sum(
        spend * (expected[month] - expected[month - 1]) / (1 + monthly_discount) ** month
        for month in range(1, months + 1)
    )


def fit_spend(histories: Sequence[SpendHistory]) -> SpendFit:
    """Fit a gamma-gamma model to the customers who bought again; the others are left out.

    Look at `is_trustworthy` before using the model. Raises ValueError unless both frequency and
    mean amount differ between customers, and FitError when they do not determine the model.
    """
    x = np.array([history.repeats for history in histories if history.repeats], dtype=float)
    mean = np.array([history.mean for history in histories if history.repeats])
    if len(set(x.tolist())) < 2 or len(set(mean.tolist())) < 2:  # noqa: PLR2004 - no variation
        raise ValueError("the fit needs customers who differ in purchases and in amounts")

    def log_likelihood(parameters: Parameters) -> float:
        p, q, v = parameters
        shape = p * x
        terms = (
            special.gammaln(shape + q) - special.gammaln(shape) - special.gammaln(q) + q * np.log(v)
        )
        terms += (shape - 1) * np.log(mean) + shape * np.log(x) - (shape + q) * np.log(x * mean + v)
        return float(np.sum(terms))

    fit = most_likely(log_likelihood, 3)
    correlation = float(np.corrcoef(x, mean)[0, 1])
    return SpendFit(SpendModel(*fit.parameters), fit.log_likelihood, correlation)
