"""How right a model of risk was on what it had not seen: AUC, calibration, lift, Brier."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.risk_shapes import Compared, Tenth, Trial
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.health import brier_score
from cxm.metrics.rules.intervals import wilson, z_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazily("numpy")

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """The AUC of several scores of the same people, and how these vary together.

    *aucs* run from 0 to 1, a tie counting half; *covariance* is that of them.
    """

    aucs: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def interval(self, place: int) -> tuple[float, float, float]:
        """Give the AUC of one score with its 95 % limits, inside [0, 1]."""
        return _limits(float(self.aucs[place]), float(self.covariance[place, place]), 0.0)

    def difference(self, one: int, other: int) -> tuple[float, float, float]:
        """Give by how much *one* is above *other*, with its 95 % limits."""
        spread = self.covariance
        variance = spread[one, one] + spread[other, other] - 2 * spread[one, other]
        return _limits(float(self.aucs[one] - self.aucs[other]), float(variance), -1.0)


def ranked(scores: Sequence[NDArray[np.float64]], lost: NDArray[np.bool_]) -> Ranked:
    """Compare scores (one array each, high for risky) of the same people by who was *lost*.

    Both outcomes must be there, twice each at least. Source: DeLong, DeLong, Clarke-Pearson,
    Biometrics 44, 1988; by ranks as in Sun, Xu, IEEE Signal Processing Letters 21, 2014.
    """
    gone, kept = int(lost.sum()), int((~lost).sum())
    among_lost, among_kept, aucs = [], [], []
    for score in scores:
        together = _middle_ranks(score)
        of_lost = (together[lost] - _middle_ranks(score[lost])) / kept
        of_kept = 1 - (together[~lost] - _middle_ranks(score[~lost])) / gone
        among_lost.append(of_lost)
        among_kept.append(of_kept)
        aucs.append(float(of_lost.mean()))
    covariance = np.atleast_2d(np.cov(among_lost)) / gone + np.atleast_2d(np.cov(among_kept)) / kept
    return Ranked(np.array(aucs), covariance)


def calibrated(chance: NDArray[np.float64], lost: NDArray[np.bool_]) -> tuple[Tenth, ...]:
    """Compare expected and lost by tenth of the people, from the lowest chance to the highest.

    Each tenth has the mean chance and the share lost with its Wilson interval, in percent. People
    of the same chance stay in the order they came in.
    """
    order = np.argsort(chance, kind="stable")
    found = []
    for part in np.array_split(order, TENTHS):
        n, gone = len(part), int(lost[part].sum())
        if n:
            limits = wilson(gone / n, n)
            expected = 100 * float(chance[part].mean())
            found.append(Tenth(n, gone, expected, 100 * gone / n, limits.low, limits.high))
    return tuple(found)


def judged(
    chance: NDArray[np.float64],
    lost: NDArray[np.bool_],
    plain: Mapping[str, NDArray[np.float64]],
    *,
    days: int,
) -> Trial:
    """Hold the *chance* of each person against who was *lost*, and against *plain* rules.

    Every array has one entry a person; plain rules are high for risky. *days* is how far the
    chance looks. At least two people were lost and two were not.
    """
    names = list(plain)
    table = ranked([chance, *(plain[name] for name in names)], lost)
    n, gone = len(lost), int(lost.sum())
    tenths = calibrated(chance, lost)
    top, base = tenths[-1], 100 * gone / n
    expected = float(chance.sum())
    spread = math.sqrt(float((chance * (1 - chance)).sum()))
    auc, low, high = table.interval(0)
    brier = brier_score([float(one) for one in chance], [bool(one) for one in lost])
    return Trial(
        days=days,
        n=n,
        lost=gone,
        expected=expected,
        surprise=(gone - expected) / spread if spread else 0.0,
        auc=auc,
        auc_low=low,
        auc_high=high,
        brier=brier or 0.0,
        brier_plain=gone / n * (1 - gone / n),
        lift=top.percent / base,
        lift_low=top.low / base,
        lift_high=top.high / base,
        tenths=tenths,
        plain=tuple(
            Compared(name, *table.interval(place), *table.difference(0, place))
            for place, name in enumerate(names, 1)
        ),
    )


def _limits(value: float, variance: float, floor: float) -> tuple[float, float, float]:
    margin = z_value() * math.sqrt(max(variance, 0.0))
    return value, max(floor, value - margin), min(1.0, value + margin)


def _middle_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank from 1; those that tie share the middle of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[place.ravel()], dtype=np.float64)
