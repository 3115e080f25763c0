"""The risk that a customer leaves: learned until a day, tried after it, refused where useless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.risk_inputs import Encoding, encoding_of, plain_scores
from analytics.rules.risk_model import LogisticFit, chances_of, fit_logistic
from analytics.rules.risk_shapes import Weight
from analytics.rules.risk_trial import judged
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.intervals import z_value

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from analytics.rules.risk_inputs import Table
    from analytics.rules.risk_shapes import Trial
else:
    np = lazily("numpy")

PERIOD_DAYS = 30
HORIZONS = (30, 60, 90)
JUDGED_DAYS = HORIZONS[-1]
RIDGE = 1.0
FEWEST_LOSSES = 50
FEWEST_JUDGED = 20
MOST_REASONS = 4
LEAST_POINTS = 0.5
FAR_OFF = 0.25
# Of ten tenths four or more are outside their 95 % intervals in 1 of 1,000 cases by chance.
FEWEST_INSIDE = 7


@dataclass(frozen=True, slots=True)
class History:
    """People on days in the past, and what became of them: a row for each person and day.

    *lost_after* is in days, NaN where no loss is known; *seen_days* says for how many days after
    their day a row may be followed: what came later must not be learned from.
    """

    table: Table
    lost_after: NDArray[np.float64]
    seen_days: NDArray[np.float64]

    def in_period(self, place: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Say which rows were there and followed through period *place* (0 first), and lost in it.

        The second array has an entry for each row that the first one chooses.
        """
        start, end = place * PERIOD_DAYS, (place + 1) * PERIOD_DAYS
        there = (self.seen_days >= end) & ~(self.lost_after <= start)
        return there, self.lost_after[there] <= end


@dataclass(frozen=True, slots=True)
class Learned:
    """A hazard for each period ahead: how inputs are read, and the weights of each period."""

    encoding: Encoding
    fits: tuple[LogisticFit, ...]

    def chances(self, table: Table) -> NDArray[np.float64]:
        """Give the chance to be lost within 30, 60 and 90 days: a row a person.

        From what is known on the day, each period has a hazard of its own for those who are still
        there; a column a period.
        """
        matrix = self.encoding.matrix(table)
        kept = np.ones(len(table.values))
        found = []
        for fit in self.fits:
            kept = kept * (1 - chances_of(matrix, fit.coefficients))
            found.append(1 - kept)
        return np.column_stack(found)

    def weights(self) -> tuple[Weight, ...]:
        """Tell what went in: odds in the first period for one standard deviation more.

        With limits of 95 %.
        """
        first = self.fits[0]
        found, errors = [], first.errors
        reach = z_value()
        for column, place in zip(self.encoding.columns, self._places(), strict=True):
            slope, error = float(first.coefficients[place]), float(errors[place])
            limits = [float(np.exp(slope + sign * reach * error)) for sign in (0, -1, 1)]
            found.append(Weight(column.input.key, 100 * column.present, column.usual, *limits))
        return tuple(found)

    def points(self, table: Table) -> NDArray[np.float64]:
        """Give how many points of the furthest chance each input makes: a row a person.

        That is the chance as it is, less the chance were this one input usual (the median) and
        known, all else as it is. A column an input, in the order of the encoding.
        """
        now = self.chances(table)[:, -1]
        found = []
        keys = [one.key for one in table.inputs]
        for column in self.encoding.columns:
            place = keys.index(column.input.key)
            usual = table.values.copy()
            usual[:, place] = column.usual
            found.append(100 * (now - self.chances(type(table)(table.inputs, usual))[:, -1]))
        return np.column_stack(found)

    def _places(self) -> list[int]:
        places, place = [], 1
        for column in self.encoding.columns:
            places.append(place)
            place += 2 if column.has_gap else 1
        return places


def learned(history: History, *, ridge: float = RIDGE) -> Learned:
    """Fit the hazard of each period that some row was followed through; at least the first.

    Raises NoFitError.
    """
    there, lost = history.in_period(0)
    encoding = encoding_of(history.table.only(there), lost)
    matrix = encoding.matrix(history.table)
    fits = []
    for place in range(len(HORIZONS)):
        there, lost = history.in_period(place)
        if there.any() or not place:
            fits.append(fit_logistic(matrix[there], lost.astype(np.float64), ridge=ridge))
    return Learned(encoding, tuple(fits))


def tried(model: Learned, table: Table, lost_after: NDArray[np.float64]) -> tuple[Trial, ...]:
    """Hold *model* against people it has not seen: *lost_after* is in days, NaN for not lost.

    One trial for each horizon in which two were lost and two were not.
    """
    chances, plain = model.chances(table), plain_scores(table)
    found = []
    for chance, days in zip(chances.T, HORIZONS, strict=False):
        lost = lost_after <= days
        if min(int(lost.sum()), int((~lost).sum())) > 1:
            found.append(judged(chance, lost, plain, days=days))
    return tuple(found)


def too_few(lost_rows: int, judged_losses: int, cut_on: date) -> str:
    """Say why nothing can be learned, or nothing judged; empty where there is enough of both."""
    if lost_rows < FEWEST_LOSSES:
        return (
            f"Too few losses to learn from: {lost_rows:,} before {day_words(cut_on)}, at least "
            f"{FEWEST_LOSSES} are needed."
        )
    if judged_losses < FEWEST_JUDGED:
        return (
            f"Too few losses to judge by: {judged_losses:,} in the {JUDGED_DAYS} days after "
            f"{day_words(cut_on)}, at least {FEWEST_JUDGED} are needed."
        )
    return ""


def refused(trial: Trial) -> str:
    """Say why a model that was tried is not offered; empty where it is.

    It has to be better than a coin, and than each plain rule, by more than chance explains (95 %
    intervals of DeLong); its losses must not be off by more than a quarter and more than chance
    explains, nor in four or more of the tenths.
    """
    if trial.auc_low <= 0.5:  # noqa: PLR2004 - a coin
        return (
            f"It is not better than a coin: AUC {_three(trial.auc)} "
            f"[{_three(trial.auc_low)}, {_three(trial.auc_high)}] on {trial.n:,} customers it had "
            "not seen."
        )
    for one in sorted(trial.plain, key=lambda one: one.gain_low):
        if one.gain_low <= 0:
            verdict = "may be chance" if one.gain_high >= 0 else "is more than chance"
            what = "not better" if one.gain_high >= 0 else "worse"
            return (
                f"It is {what} than a plain rule: “{one.name}” has an AUC of "
                f"{_three(one.auc)}, the model {_three(trial.auc)}; the difference of "
                f"{_signed(one.gain)} [{_signed(one.gain_low)}, {_signed(one.gain_high)}] "
                f"{verdict}."
            )
    is_far = abs(trial.lost - trial.expected) > FAR_OFF * trial.expected
    if is_far and abs(trial.surprise) > z_value():
        return (
            f"It was far off: {trial.expected:,.0f} of {trial.n:,} customers were expected to "
            f"leave within {trial.days} days, {trial.lost:,} did."
        )
    if trial.inside < FEWEST_INSIDE:
        return (
            f"Its chances are off: what was expected lies in the interval of what came in only "
            f"{trial.inside} of {len(trial.tenths)} tenths of the customers."
        )
    return ""


def _three(value: float) -> str:
    return f"{value:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}"
