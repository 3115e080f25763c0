"""Drivers tried on people whose truth is known: planted weights, and outcomes by lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.driver_model import modelled
from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    import numpy as np
else:
    np = lazily("numpy")

SEED = 8_400
_PEOPLE, _COMMON, _MISSING = 400, 0.4, 0.25
# Two inputs weigh nothing; of the others one goes with a lower outcome.
_WEIGHTS = (0.5, 0.4, 0.3, 0.2, -0.3, 0.0, 0.0)
_NOISE = 1.0
_ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class DriverProof:
    """What came out, as parts of 1.

    *weights_held* of the intervals hold the planted weight, *shares_held* the planted share of the
    inputs that weigh something; *null_beyond* of the runs with an outcome by lot have any driver
    that is told to be beyond chance.
    """

    weights_held: float
    shares_held: float
    null_beyond: float
    runs: int
    people: int
    seed: int


def prove_drivers(*, runs: int, seed: int = SEED, draws: int = 500) -> DriverProof:
    """Draw *runs* times people with gaps in their ratings, and look at what is told of them."""
    dice = np.random.default_rng(seed)
    weights = np.array(_WEIGHTS)
    true_slopes, true_shares = planted_truth(weights)
    has_weight = weights != 0
    slopes, shares, beyond = [], [], []
    for _ in range(runs):
        whole = _ratings(dice)
        outcome = whole @ weights + _NOISE * dice.standard_normal(_PEOPLE)
        ratings = np.where(dice.random(whole.shape) < _MISSING, np.nan, whole)
        own = int(dice.integers(2**31))
        model = modelled(ratings, outcome, seed=own, draws=draws)
        slopes.append(_holds(model.drawn_slopes, true_slopes))
        shares.append(_holds(model.drawn_shares, true_shares)[has_weight])
        by_lot = modelled(ratings, dice.permutation(outcome), seed=own, draws=draws)
        beyond.append(bool((by_lot.shares > by_lot.chance).any()))
    return DriverProof(
        weights_held=float(np.mean(slopes)),
        shares_held=float(np.mean(shares)),
        null_beyond=float(np.mean(beyond)),
        runs=runs,
        people=_PEOPLE,
        seed=seed,
    )


def planted_truth(weights: Floats) -> tuple[Floats, Floats]:
    """Give the standardised weights and the shares that the planted model has in truth.

    All inputs vary by 1 and every two correlate alike, so that what a subset of the inputs tells
    of the outcome needs no matrix: see `_explained`.
    """
    count = len(weights)
    with_outcome = (1 - _COMMON) * weights + _COMMON * weights.sum()
    variance = float(weights @ with_outcome) + _NOISE**2
    known = [
        _explained(with_outcome[[bool(subset >> place & 1) for place in range(count)]]) / variance
        for subset in range(1 << count)
    ]
    shares = np.zeros(count)
    for place in range(count):
        by_size: list[list[float]] = [[] for _ in range(count)]
        for subset in range(1 << count):
            if not subset >> place & 1:
                gain = known[subset | 1 << place] - known[subset]
                by_size[subset.bit_count()].append(gain)
        shares[place] = np.mean([np.mean(gains) for gains in by_size])
    return weights / np.sqrt(variance), shares


def _explained(covariances: Floats) -> float:
    """Give the variance that inputs tell which all correlate by _COMMON with one another."""
    size = len(covariances)
    spread = 1 - _COMMON
    shrunk = _COMMON * covariances.sum() ** 2 / (spread + size * _COMMON)
    return float(((covariances**2).sum() - shrunk) / spread)


def _ratings(dice: np.random.Generator) -> Floats:
    shared = np.sqrt(_COMMON) * dice.standard_normal((_PEOPLE, 1))
    own = np.sqrt(1 - _COMMON) * dice.standard_normal((_PEOPLE, len(_WEIGHTS)))
    found: Floats = shared + own
    return found


def _holds(drawn: Floats, truth: Floats) -> NDArray[np.bool_]:
    low, high = np.percentile(drawn, _ENDS, axis=0)
    found: NDArray[np.bool_] = (low <= truth) & (truth <= high)
    return found
