"""Shares of what a linear model explains, averaged over the orders in which inputs may enter."""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    import numpy as np
else:
    np = lazily("numpy")

MOST_EXACT = 12
"""With more inputs, orders are sampled."""
_NOTHING = 1e-12


def exact_shares(matrices: Floats) -> Floats:
    """Give the LMG shares (draws, k) of correlation matrices (draws, k + 1, k + 1).

    The outcome is the last row and column. A share is the part of the outcome's variance (0 to 1)
    that an input adds, averaged over all orders of the inputs; the shares of a matrix sum to its
    R². Takes 2^k subsets: raises ValueError above MOST_EXACT inputs. Source: Lindeman, Merenda,
    Gold, Introduction to Bivariate and Multivariate Analysis, 1980; Grömping, Relative Importance
    for Linear Regression in R, Journal of Statistical Software 17, 2006.
    """
    count = matrices.shape[1] - 1
    if count > MOST_EXACT:
        raise ValueError(f"exact shares are for at most {MOST_EXACT} inputs")
    found: Floats = _weights(count) @ subsets(matrices)
    return found.T


def subsets(matrices: Floats) -> Floats:
    """Give R² of every subset of the inputs: (2^k, draws); bit i of a place says that i is in.

    An input that the ones before it tell entirely adds nothing.
    """
    found = np.zeros((1 << (matrices.shape[1] - 1), len(matrices)))
    _sweep(matrices, 0, 0, found)
    return found


def sampled_shares(matrices: Floats, orders: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Give LMG shares (draws, k) from some *orders* (m, k), with their standard errors (draws, k).

    The errors are those of the sampling of orders alone. Orders that come in pairs, each with its
    reverse right after it, count as one. Matrices must be positive definite.
    """
    draws, width, _ = matrices.shape
    added = np.empty((len(orders), draws, width - 1))
    for place, order in enumerate(orders):
        turned = np.append(order, width - 1)
        # The last row of the factor holds what each input adds after those before it.
        factor = np.linalg.cholesky(matrices[:, turned][:, :, turned])
        added[place][:, order] = factor[:, -1, :-1] ** 2
    halves = (added[0::2] + added[1::2]) / 2
    error = halves.std(axis=0, ddof=1) / np.sqrt(len(halves))
    return halves.mean(axis=0), error


def orders_of(count: int, pairs: int, dice: np.random.Generator) -> NDArray[np.int64]:
    """Draw *pairs* orders of *count* inputs, each followed by its reverse: (2 pairs, count)."""
    found = [dice.permutation(count) for _ in range(pairs)]
    return np.array([one for order in found for one in (order, order[::-1])])


def _sweep(matrices: Floats, first: int, subset: int, found: Floats) -> None:
    """Enter each input from *first* on, in turn, and go down with what is left of the others."""
    for place in range(matrices.shape[1] - 1):
        pivot = matrices[:, place, place]
        is_new = pivot > _NOTHING
        line = matrices[:, place, place + 1 :]
        scaled = line * np.where(is_new, 1 / np.where(is_new, pivot, 1.0), 0.0)[:, None]
        rest = matrices[:, place + 1 :, place + 1 :] - line[:, :, None] * scaled[:, None, :]
        entered = subset | 1 << (first + place)
        found[entered] = 1.0 - rest[:, -1, -1]
        _sweep(rest, first + place + 1, entered, found)


def _weights(count: int) -> Floats:
    """Give what each subset's R² counts in each input's share: (k, 2^k)."""
    whole = factorial(count)
    by_size = [factorial(size) * factorial(count - size - 1) / whole for size in range(count)]
    sizes = np.array([subset.bit_count() for subset in range(1 << count)])
    with_it = np.array([0.0, *by_size])[sizes]
    without = -np.array([*by_size, 0.0])[sizes]
    places = np.arange(1 << count)
    return np.stack([np.where(places >> one & 1, with_it, without) for one in range(count)])
