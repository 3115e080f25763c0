"""From days of purchases to a model of who still buys: fitted, tried on later days, or refused."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.rules.purchase_shapes import CurvePoint, FittedPurchases, FittedSpend, Holdout
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.bgnbd import PurchaseHistory, PurchaseModel, fit_purchases
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.likelihood import FitError
from cxm.metrics.rules.value import (
    LARGEST_CORRELATION,
    SpendHistory,
    SpendModel,
    fit_spend,
)

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazily("numpy")

WEEK_DAYS = 7
# Conventions of ours: below these a fit or its trial says next to nothing.
FEWEST_AGAIN = 50
FEWEST_TRIED = 30
FEWEST_SPENT = 30
# How far the trial may miss, beside what chance explains.
LARGEST_MISS = 0.25
_NORMAL_95 = 1.959963984540054
_NEAR = 1e-6
_MOST_POINTS = 60
_NEW = PurchaseHistory(0, 0, 0)
NO_SPEND = SpendHistory(0, 0.0)


class NoModelError(ValueError):
    """Raised when purchases say nothing reliable of the future; the message is for people."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The days on which somebody bought, in order, each once.

    *spend* is of all days but the first that have an amount.
    """

    days: tuple[date, ...]
    spend: SpendHistory = NO_SPEND

    def until(self, end: date) -> tuple[date, ...]:
        """Give the days until and with *end*."""
        return tuple(day for day in self.days if day <= end)


@dataclass(frozen=True, slots=True)
class SpendChoice:
    """A model of amounts, or why there is none; one of both, and perhaps the fit that failed."""

    fit: FittedSpend | None
    reason: str


def history_until(days: Sequence[date], end: date) -> PurchaseHistory:
    """Count repeat purchases, weeks to the last and weeks of age at *end*, the last day watched.

    *days* are in order, each once, at least one, none after *end*.
    """
    first, last = days[0], days[-1]
    return PurchaseHistory(
        len(days) - 1, (last - first).days / WEEK_DAYS, (end - first).days / WEEK_DAYS
    )


def fitted_until(buyers: Sequence[Buyer], end: date) -> FittedPurchases:
    """Fit a BG/NBD model to what was bought until and with *end*, in weeks.

    Raises NoModelError with too few who bought again, where the search does not settle, and
    where a is 1: purchases to come have no formula there.
    """
    known = [days for buyer in buyers if (days := buyer.until(end))]
    again = sum(len(days) > 1 for days in known)
    if again < FEWEST_AGAIN:
        raise NoModelError(
            f"{again:,} of {len(known):,} customers bought again by {day_words(end)}; "
            f"a model needs at least {FEWEST_AGAIN}."
        )
    try:
        fit = fit_purchases([history_until(days, end) for days in known])
    except FitError as error:
        raise NoModelError(
            "The search for a model did not settle: these purchases do not tell those who stay "
            "from those who leave."
        ) from error
    model = fit.model
    if abs(model.a - 1) < _NEAR:
        raise NoModelError("The fitted parameter a is 1, where purchases to come have no formula.")
    return FittedPurchases(
        model.r, model.alpha, model.a, model.b, fit.log_likelihood, customers=len(known)
    )


def model_of(fit: FittedPurchases) -> PurchaseModel:
    """Give the model with the parameters of *fit*."""
    return PurchaseModel(fit.r, fit.alpha, fit.a, fit.b)


def tried(buyers: Sequence[Buyer], end: date) -> Holdout:
    """Fit on the first half of the time until *end*, and hold the second half against it.

    The cut is the day in the middle between the first purchase and *end*. Raises NoModelError
    where the first half cannot be fitted, or the second holds too few purchases to tell.
    """
    first = min(buyer.days[0] for buyer in buyers)
    cut = first + (end - first) // 2
    try:
        fit = fitted_until(buyers, cut)
    except NoModelError as error:
        raise NoModelError(f"It cannot be tried on the second half of the time: {error}") from error
    model, ahead = model_of(fit), (end - cut).days / WEEK_DAYS
    known = [buyer for buyer in buyers if buyer.days[0] <= cut]
    many = Counter(history_until(buyer.until(cut), cut) for buyer in known)
    expected = sum(n * _ahead(model, history, ahead) for history, n in many.items())
    observed = sum(cut < day <= end for buyer in known for day in buyer.days)
    if max(observed, expected) < FEWEST_TRIED:
        raise NoModelError(
            f"It cannot be tried: {observed:,} purchases after {day_words(cut)} are too few to "
            f"tell (at least {FEWEST_TRIED})."
        )
    curve = _curve(known, model, first, end)
    return Holdout(cut.isoformat(), end.isoformat(), fit, observed, expected, curve)


def miss_of(holdout: Holdout) -> str:
    """Say how far a trial missed; empty where it is near enough.

    Too far is by more than a quarter of what was seen, and by more than chance (Poisson, 95 %).
    """
    gap = abs(holdout.expected - holdout.observed)
    chance = _NORMAL_95 * math.sqrt(holdout.expected)
    if gap <= max(LARGEST_MISS * holdout.observed, chance):
        return ""
    cut = day_words(date.fromisoformat(holdout.cut))
    return (
        f"The model failed its trial: fitted on the purchases until {cut} it expects "
        f"{holdout.expected:,.0f} repeat purchases after it, and there were {holdout.observed:,}."
    )


def fitted_spend(spends: Sequence[SpendHistory]) -> SpendChoice:
    """Fit a gamma-gamma model to the amounts of those who bought again, or say why not."""
    if len(spends) < FEWEST_SPENT:
        return SpendChoice(
            None,
            f"{len(spends):,} customers who bought again have an amount; a value needs at least "
            f"{FEWEST_SPENT}.",
        )
    try:
        fit = fit_spend(spends)
    except ValueError:
        return SpendChoice(None, "The amounts, or how often somebody bought, do not differ enough.")
    model = fit.model
    found = FittedSpend(
        model.p, model.q, model.v, fit.log_likelihood, fit.correlation, customers=len(spends)
    )
    if not fit.is_trustworthy:
        return SpendChoice(
            found,
            f"How much and how often go together (correlation {fit.correlation:.2f}); above "
            f"{LARGEST_CORRELATION:g} the model of amounts does not hold.",
        )
    if model.q <= 1:
        return SpendChoice(found, "The fitted parameter q is at most 1: amounts have no mean.")
    return SpendChoice(found, "")


def spend_model_of(fit: FittedSpend) -> SpendModel:
    """Give the model with the parameters of *fit*."""
    return SpendModel(fit.p, fit.q, fit.v)


def _curve(
    buyers: Sequence[Buyer], model: PurchaseModel, first: date, end: date
) -> tuple[CurvePoint, ...]:
    """Sum up repeat purchases day by day; expected of each from the first purchase on."""
    length = (end - first).days + 1
    begun, seen = np.zeros(length), np.zeros(length, dtype=int)
    for buyer in buyers:
        begun[(buyer.days[0] - first).days] += 1
        for day in buyer.until(end)[1:]:
            seen[(day - first).days] += 1
    of_new = [_ahead(model, _NEW, age / WEEK_DAYS) for age in range(length)]
    expected = np.convolve(begun, of_new)[:length]
    observed = np.cumsum(seen)
    weeks = -(-length // WEEK_DAYS)
    step = WEEK_DAYS * -(-weeks // _MOST_POINTS)
    places = sorted({*range(0, length, step), length - 1})
    days = (first + timedelta(days=place) for place in places)
    return tuple(
        CurvePoint(day.isoformat(), int(observed[place]), float(expected[place]))
        for place, day in zip(places, days, strict=True)
    )


def _ahead(model: PurchaseModel, history: PurchaseHistory, weeks: float) -> float:
    """Expect purchases; tiny negative numbers of the series are none."""
    try:
        expected = model.expected_purchases(history, weeks)
    except OverflowError:  # silent for so long that the odds of being gone have no number
        return 0.0
    if not math.isfinite(expected):
        raise NoModelError("The purchases to come cannot be computed with the fitted parameters.")
    return max(expected, 0.0)
