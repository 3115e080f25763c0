"""A logistic model with ridge, fitted by Newton's method, and the standard errors it comes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazily("numpy")

MOST_STEPS = 60
ENOUGH = 1e-10
_HALVINGS = 30
_FURTHEST = 35.0


class NoFitError(ValueError):
    """Rows that no model can be fitted to; the message says why, in words for people."""


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """A fitted model: the chance is 1 / (1 + exp(-(intercept + x · weights))).

    *coefficients* hold the intercept first; *covariance* is that of them, from the curvature at
    the top. *log_likelihood* is without the ridge.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    log_likelihood: float

    @property
    def errors(self) -> NDArray[np.float64]:
        """Standard errors, in the order of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


def fit_logistic(
    x: NDArray[np.float64], y: NDArray[np.float64], *, ridge: float = 0.0
) -> LogisticFit:
    """Fit outcomes *y* (0 or 1, one a row) to the columns of *x* (n rows, k columns).

    An intercept is added and is never shrunk; each other weight w costs ridge/2 · w². Newton's
    method with halved steps, until the gain is below 1e-10. Raises NoFitError without both
    outcomes, and where it does not settle: the columns tell the outcome wholly, or are each
    other's copy, and there is no ridge. Source: Hosmer, Lemeshow, Applied Logistic Regression,
    2013, chapter 2; le Cessie, van Houwelingen, Applied Statistics 41, 1992 (ridge). As a model of
    time: Allison, Sociological Methodology 13, 1982 (one row for each person and period).
    """
    if not 0 < y.sum() < len(y):
        raise NoFitError("The rows have only one outcome.")
    design = np.column_stack([np.ones(len(x)), x])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    weights = np.zeros(design.shape[1])
    share = float(y.mean())
    weights[0] = np.log(share / (1 - share))
    worth = _worth(design, y, weights, penalty)
    for _ in range(MOST_STEPS):
        gradient, curvature = _slopes(design, y, weights, penalty)
        move = _solved(curvature, gradient)
        weights, gained = _stepped(design, y, weights, penalty, move)
        if gained - worth < ENOUGH * (1 + abs(worth)):
            break
        worth = gained
    else:
        raise NoFitError("The model does not settle.")
    if ridge == 0 and np.abs(weights).max() > _FURTHEST:
        raise NoFitError("The model does not settle.")
    _, curvature = _slopes(design, y, weights, penalty)
    return LogisticFit(
        coefficients=weights,
        covariance=_solved(curvature, np.eye(len(weights))),
        log_likelihood=_worth(design, y, weights, np.zeros_like(penalty)),
    )


def chances_of(x: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the chance (0 to 1) of each row of *x*, columns as they were fitted."""
    return logistic(coefficients[0] + x @ coefficients[1:])


def logistic(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give 1 / (1 + exp(-z)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(z / 2)), dtype=np.float64)


def _worth(
    design: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> float:
    z = design @ weights
    likelihood = y @ z - np.logaddexp(0.0, z).sum()
    return float(likelihood - 0.5 * (penalty * weights) @ weights)


def _slopes(
    design: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    chance = logistic(design @ weights)
    gradient = design.T @ (y - chance) - penalty * weights
    curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
    return gradient, curvature


def _solved(curvature: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        return np.asarray(np.linalg.solve(curvature, right), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise NoFitError("Some inputs are each other's copy.") from error


def _stepped(
    design: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
    move: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float]:
    """Go the whole way, or half of it as often as needed: never down."""
    before = _worth(design, y, weights, penalty)
    for _ in range(_HALVINGS):
        worth = _worth(design, y, weights + move, penalty)
        if worth >= before:
            return weights + move, worth
        move = move / 2
    return weights, before
