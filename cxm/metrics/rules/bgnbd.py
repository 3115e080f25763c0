"""Non-contractual churn: the BG/NBD model of repeat purchases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily
from cxm.metrics.rules.likelihood import Parameters, most_likely

if TYPE_CHECKING:
    import numpy as np
    from scipy import special
else:
    np = lazily("numpy")
    special = lazily("scipy.special")


@dataclass(frozen=True, slots=True)
class PurchaseHistory:
    """One customer since the first purchase: repeat purchases, time of the last, age.

    All times in one unit, that of the model. Raises ValueError unless 0 <= last <= age, with
    last above 0 exactly when there are repeat purchases.
    """

    repeats: int
    last: float
    age: float

    def __post_init__(self) -> None:
        if not 0 <= self.last <= self.age or self.repeats < 0:
            raise ValueError("a last repeat purchase lies between the first purchase and now")
        if (self.last > 0) != (self.repeats > 0):
            raise ValueError("the last repeat purchase has a time exactly when there was one")


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """The four positive parameters of a BG/NBD model, in the unit of time it was fitted in.

    Purchases follow a rate that is gamma distributed (*r*, *alpha*); after each one a customer
    leaves with a chance that is beta distributed (*a*, *b*). Source: Fader, Hardie, Lee,
    "Counting Your Customers" the Easy Way, Marketing Science 24, 2005.
    """

    r: float
    alpha: float
    a: float
    b: float

    def probability_alive(self, history: PurchaseHistory) -> float:
        """Give the chance (0 to 1) that the customer still buys.

        It is 1 by construction without a repeat purchase; show "no repeat purchase yet" instead.
        """
        return 1 / (1 + self._odds_gone(history))

    def expected_purchases(self, history: PurchaseHistory, ahead: float) -> float:
        """Give the purchases to expect from this customer in the next *ahead* units of time.

        A history of (0, 0, 0) stands for a new customer. Raises ZeroDivisionError at a = 1, where
        the formula has no value.
        """
        after = self.a + self.b + history.repeats - 1
        until = self.alpha + history.age
        shape = self.r + history.repeats
        series = float(
            special.hyp2f1(shape, self.b + history.repeats, after, ahead / (until + ahead))
        )
        kept = 1 - math.pow(until / (until + ahead), shape) * series
        return after / (self.a - 1) * kept / (1 + self._odds_gone(history))

    def _odds_gone(self, history: PurchaseHistory) -> float:
        if history.repeats == 0:
            return 0.0
        waited = (self.alpha + history.age) / (self.alpha + history.last)
        left = self.a / (self.b + history.repeats - 1)
        return left * math.pow(waited, self.r + history.repeats)


@dataclass(frozen=True, slots=True)
class PurchaseFit:
    """A fitted BG/NBD model and its log-likelihood."""

    model: PurchaseModel
    log_likelihood: float


def fit_purchases(histories: Sequence[PurchaseHistory]) -> PurchaseFit:
    """Fit a BG/NBD model by maximum likelihood, all histories in one unit of time.

    Raises ValueError when no customer bought again, and FitError when the histories do not
    determine the model.
    """
    if not any(history.repeats for history in histories):
        raise ValueError("the fit needs customers who bought again")
    rows, many = np.unique(
        [(history.repeats, history.last, history.age) for history in histories],
        axis=0,
        return_counts=True,
    )
    x, last, age = rows.T
    has_repeats = x > 0
    one_less = np.where(has_repeats, x - 1, 0)

    def log_likelihood(parameters: Parameters) -> float:
        r, alpha, a, b = parameters
        shape = r + x
        purchases = special.gammaln(shape) - special.gammaln(r) + r * np.log(alpha)
        stays = (
            special.gammaln(a + b)
            + special.gammaln(b + x)
            - special.gammaln(b)
            - special.gammaln(a + b + x)
        )
        alive = -shape * np.log(alpha + age)
        gone = np.log(a / (b + one_less)) - shape * np.log(alpha + last)
        either = np.where(has_repeats, np.logaddexp(alive, gone), alive)
        return float(np.sum(many * (purchases + stays + either)))

    fit = most_likely(log_likelihood, 4)
    return PurchaseFit(PurchaseModel(*fit.parameters), fit.log_likelihood)
