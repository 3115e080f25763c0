"""Contractual churn: Kaplan-Meier survival curves and the log-rank test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily
from cxm.metrics.rules.intervals import CONFIDENCE, z_value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
    from scipy import special
else:
    np = lazily("numpy")
    special = lazily("scipy.special")

type Numbers = NDArray[np.float64]


class _Moments:
    """Times in order, and how many customers stand at or before each."""

    __slots__ = ("_sums", "times")

    def __init__(self, times: Numbers, sizes: Numbers) -> None:
        order = np.argsort(times, kind="stable")
        self.times = times[order]
        self._sums = np.concatenate([[0.0], np.cumsum(sizes[order])])

    @property
    def total(self) -> float:
        return float(self._sums[-1])

    def before(self, times: Numbers) -> Numbers:
        found: Numbers = self._sums[np.searchsorted(self.times, times, side="left")]
        return found

    def until(self, times: Numbers) -> Numbers:
        found: Numbers = self._sums[np.searchsorted(self.times, times, side="right")]
        return found


class Lifetimes:
    """Customers observed from *entries* to *exits*, in one unit of time.

    *events* is true where the exit was churn, false where observation ended (censored). Without
    *entries* everybody is observed from the beginning. *counts* says how many customers each of
    them stands for; without it one. A customer is at risk at a time u when entry < u <= exit, so
    one who is censored at u still is. Raises ValueError when the lengths differ, a time is not
    finite, an exit does not come after its entry, or a count is below 1.
    """

    __slots__ = ("_entries", "_exits", "_ran")

    def __init__(
        self,
        exits: ArrayLike,
        events: ArrayLike,
        entries: ArrayLike | None = None,
        counts: ArrayLike | None = None,
    ) -> None:
        ends = np.asarray(exits, dtype=np.float64)
        is_churn = np.asarray(events, dtype=bool)
        starts = None if entries is None else np.asarray(entries, dtype=np.float64)
        sizes = np.ones(ends.shape) if counts is None else np.asarray(counts, dtype=np.float64)
        shapes = {
            ends.shape,
            is_churn.shape,
            sizes.shape,
            *([starts.shape] if starts is not None else []),
        }
        if len(shapes) > 1:
            raise ValueError("every customer needs one exit, one event mark and one entry")
        if not np.isfinite(ends).all() or (starts is not None and not (starts < ends).all()):
            raise ValueError("times are finite, and an exit comes after its entry")
        if not (sizes >= 1).all():
            raise ValueError("every line stands for one customer or more")
        self._exits = _Moments(ends, sizes)
        self._ran = _Moments(ends[is_churn], sizes[is_churn])
        self._entries = None if starts is None else _Moments(starts, sizes)

    @property
    def churns(self) -> Numbers:
        """The times of churn, ascending."""
        return self._ran.times

    def at_risk(self, times: Numbers) -> Numbers:
        """Count who is at risk at each of *times*."""
        joined = self._exits.total if self._entries is None else self._entries.before(times)
        return np.asarray(joined - self._exits.before(times), dtype=np.float64)

    def churned(self, times: Numbers) -> Numbers:
        """Count who churned at each of *times*."""
        return self._ran.until(times) - self._ran.before(times)


@dataclass(frozen=True, slots=True)
class SurvivalStep:
    """The curve from *time*, at which *events* of the *at_risk* churned, to the next step.

    *survival* and its limits run from 0 to 1. *error* is Greenwood's standard error of it, None
    where it is 0.
    """

    time: float
    at_risk: int
    events: int
    survival: float
    low: float
    high: float
    error: float | None = None

    def log_limits(self, *, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
        """Give the limits that R prints, symmetric about the logarithm; None at 0.

        They may leave the scale, and then end at 1; those of the step itself are log-log.
        """
        if self.error is None:
            return None
        width = z_value(confidence) * self.error / self.survival
        return self.survival * math.exp(-width), min(1.0, self.survival * math.exp(width))


@dataclass(frozen=True, slots=True)
class LogRank:
    """A log-rank test: observed less expected churns of the first group, and their variance."""

    excess: float
    variance: float
    chi_squared: float
    p: float


@dataclass(frozen=True, slots=True)
class LogRankMany:
    """A log-rank test of several groups at once."""

    chi_squared: float
    degrees: int
    p: float


def kaplan_meier(lives: Lifetimes, *, confidence: float = CONFIDENCE) -> tuple[SurvivalStep, ...]:
    """Estimate the survival curve: one step for each time of churn, ascending; none without churn.

    Limits are log-log Greenwood; where the curve is at 0 they are 0. Sources: Kaplan, Meier,
    Nonparametric Estimation from Incomplete Observations, JASA 53, 1958; Greenwood's variance.
    """
    times = np.unique(lives.churns)
    at_risk, events = lives.at_risk(times), lives.churned(times)
    survival = np.cumprod(1 - events / at_risk)
    is_open = survival > 0
    left = np.where(is_open, at_risk - events, 1.0)
    greenwood = np.sqrt(np.cumsum(events / (at_risk * left)))
    log_survival = np.log(survival, where=is_open, out=np.full_like(survival, -1.0))
    width = z_value(confidence) * greenwood / log_survival
    low = np.where(is_open, np.exp(log_survival * np.exp(-width)), 0.0)
    high = np.where(is_open, np.exp(log_survival * np.exp(width)), 0.0)
    error = np.where(is_open, survival * greenwood, np.nan)
    columns = (times, at_risk, events, survival, low, high, error)
    return tuple(
        SurvivalStep(
            time, int(risk), int(churned), kept, least, most, None if math.isnan(wrong) else wrong
        )
        for time, risk, churned, kept, least, most, wrong in zip(
            *(each.tolist() for each in columns), strict=True
        )
    )


def survival_at(curve: Sequence[SurvivalStep], time: float) -> SurvivalStep | None:
    """Give the step of the curve that holds at *time*; None before the first one (survival 1)."""
    return max((step for step in curve if step.time <= time), key=_time, default=None)


def median_survival(curve: Sequence[SurvivalStep]) -> float | None:
    """Give the first time at which survival is at most one half; None when it never is."""
    # Products of fractions such as 3/4 * 2/3 may miss one half by a hair.
    return min((step.time for step in curve if step.survival <= 0.5 + 1e-12), default=None)


def restricted_mean(curve: Sequence[SurvivalStep], horizon: float) -> float:
    """Give the mean time up to *horizon* that a customer stays: the area under the curve.

    It needs no guess about what comes after the last observation. Source: Royston, Parmar,
    Restricted Mean Survival Time, BMC Medical Research Methodology 13, 2013.
    """
    area, since, survival = 0.0, 0.0, 1.0
    for step in curve:
        if step.time >= horizon:
            break
        area += survival * (step.time - since)
        since, survival = step.time, step.survival
    return area + survival * (horizon - since)


def log_rank(first: Lifetimes, second: Lifetimes) -> LogRank | None:
    """Test whether two groups churn alike, with one degree of freedom.

    None when there is nothing to test: no churn while both groups were at risk. Source: Mantel,
    Cancer Chemotherapy Reports 50, 1966.
    """
    times = np.unique(np.concatenate([first.churns, second.churns]))
    risk_1, risk_2 = first.at_risk(times), second.at_risk(times)
    churned_1 = first.churned(times)
    churned = churned_1 + second.churned(times)
    risk = risk_1 + risk_2
    excess = float(np.sum(churned_1 - churned * risk_1 / risk))
    several = np.maximum(risk - 1, 1)  # alone at risk, the product of shares is 0 anyway
    terms = churned * (risk_1 / risk) * (risk_2 / risk) * (risk - churned) / several
    variance = float(np.sum(terms))
    if variance == 0:
        return None
    chi_squared = excess**2 / variance
    return LogRank(excess, variance, chi_squared, math.erfc(math.sqrt(chi_squared / 2)))


def log_rank_many(groups: Sequence[Lifetimes]) -> LogRankMany | None:
    """Test whether all *groups* churn alike, with one degree of freedom less than groups.

    None when there is nothing to test: fewer than two groups, or no churn while several were at
    risk. Two groups give what `log_rank` gives. Source: Peto, Peto, JRSS A 135, 1972.
    """
    degrees = len(groups) - 1
    if degrees < 1:
        return None
    times = np.unique(np.concatenate([group.churns for group in groups]))
    risks = np.vstack([group.at_risk(times) for group in groups])
    churns = np.vstack([group.churned(times) for group in groups])
    risk, churned = risks.sum(axis=0), churns.sum(axis=0)
    shares = risks / risk
    excess = (churns - churned * shares).sum(axis=1)[:degrees]
    weights = churned * (risk - churned) / np.maximum(risk - 1, 1)
    own = np.diag((weights * shares).sum(axis=1))
    variance = (own - (weights * shares) @ shares.T)[:degrees, :degrees]
    if not variance.any():
        return None
    chi_squared = float(excess @ np.linalg.pinv(variance) @ excess)
    return LogRankMany(chi_squared, degrees, float(special.gammaincc(degrees / 2, chi_squared / 2)))


def _time(step: SurvivalStep) -> float:
    return step.time
