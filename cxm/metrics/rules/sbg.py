"""Retention of an ageing base: the shifted beta-geometric model (sBG)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import mul

from cxm.metrics.rules.likelihood import Parameters, most_likely

_FEWEST_PERIODS = 2  # as many as parameters


@dataclass(frozen=True, slots=True)
class RetentionModel:
    """The two positive parameters of an sBG model.

    Each customer churns with a chance of its own, beta distributed with *a* and *b*. Source:
    Fader, Hardie, How to Project Customer Retention, Journal of Interactive Marketing 21, 2007.
    """

    a: float
    b: float

    def retention(self, periods: int) -> list[float]:
        """Give r_1 to r_periods, the retention rate (0 to 1) of each period; it rises with age."""
        return [(self.b + t - 1) / (self.a + self.b + t - 1) for t in range(1, periods + 1)]

    def survival(self, periods: int) -> list[float]:
        """Give S(0) = 1 to S(periods), the share of the cohort (0 to 1) that is left."""
        return list(accumulate(self.retention(periods), mul, initial=1.0))


@dataclass(frozen=True, slots=True)
class RetentionFit:
    """A fitted sBG model and its log-likelihood."""

    model: RetentionModel
    log_likelihood: float


def fit_retention(survivors: Sequence[int]) -> RetentionFit:
    """Fit an sBG model to the number of customers left after 0, 1, 2, ... periods.

    Raises ValueError below three numbers (two parameters need two periods) and for numbers that
    rise, are negative or never fall; FitError when they do not determine the model, as when the
    rate is the same in every period.
    """
    losses = [early - late for early, late in pairwise(survivors)]
    if len(losses) < _FEWEST_PERIODS or min(*losses, survivors[-1]) < 0 or not any(losses):
        raise ValueError(
            "the fit needs three or more numbers of customers left, falling, from 0 up"
        )

    def log_likelihood(parameters: Parameters) -> float:
        a, b = parameters.tolist()
        survival = RetentionModel(a, b).survival(len(losses))
        churns = (
            lost * math.log(survival[age] * a / (a + b + age)) for age, lost in enumerate(losses)
        )
        return sum(churns) + survivors[-1] * math.log(survival[-1])

    fit = most_likely(log_likelihood, 2)
    return RetentionFit(RetentionModel(*fit.parameters), fit.log_likelihood)
