"""What a model of risk looks at, how it is put on one scale, and what may not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from analytics.rules.risk_shapes import LeftOut
from analytics.rules.risk_trial import ranked
from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazily("numpy")

FEWEST_PRESENT = 0.02
LEAK = 0.99
PLAN = "plan:"
MOST_PLANS = 4
FEWEST_OF_PLAN = 0.02


class LeakError(ValueError):
    """A fact that was learned after the day from which the future is to be told."""


class Scale(StrEnum):
    """How the values of an input are told, and put on one scale."""

    COUNT = "count"
    DAYS = "days"
    MONEY = "money"
    PERCENT = "percent"
    IS = "is"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing known of a person on a day."""

    key: str
    title: str
    scale: Scale


INPUTS = (
    Input("contacts_30", "contacts in 30 days", Scale.COUNT),
    Input("contacts_90", "contacts in the 60 days before", Scale.COUNT),
    Input("uses_30", "other activity in 30 days", Scale.COUNT),
    Input("uses_90", "other activity in the 60 days before", Scale.COUNT),
    Input("days_silent", "days silent", Scale.DAYS),
    Input("low_ratings_90", "low ratings in 90 days", Scale.COUNT),
    Input("last_rating", "last rating, from worst to best", Scale.PERCENT),
    Input("days_since_rating", "days since the last rating", Scale.DAYS),
    Input("tenure", "days as a customer", Scale.DAYS),
    Input("amount", "amount a month", Scale.MONEY),
    Input("price_change", "change of the amount in 180 days", Scale.PERCENT),
    Input("days_to_end", "days to the end of the contract", Scale.DAYS),
)
# Plain rules that a model has to beat, and the inputs they read; -1 where low is risky.
PLAIN_RULES = (("last rating", "last_rating", -1.0), ("days silent", "days_silent", 1.0))
_BY_KEY = {one.key: one for one in INPUTS}


def input_of(key: str) -> Input:
    """Give the input called *key*; one of a plan names the plan."""
    if key.startswith(PLAN):
        return Input(key, f"plan “{key.removeprefix(PLAN)}”", Scale.IS)
    return _BY_KEY.get(key) or Input(key, key.replace("_", " "), Scale.PLAIN)


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of people: *values* has a row each and a column an input, NaN for unknown."""

    inputs: tuple[Input, ...]
    values: NDArray[np.float64]

    def column(self, key: str) -> NDArray[np.float64]:
        """Give one input of all people; raises KeyError for an unknown one."""
        places = {one.key: place for place, one in enumerate(self.inputs)}
        return self.values[:, places[key]]

    def only(self, chosen: NDArray[np.bool_]) -> Table:
        """Give the *chosen* people, in their order."""
        return Table(self.inputs, self.values[chosen])


@dataclass(frozen=True, slots=True)
class Column:
    """An input as the model reads it: its mean and spread on the scale it is put on.

    *usual* is the median of the raw values, *present* the share (0 to 1) that have one; *has_gap*
    adds a column that says the value is missing.
    """

    input: Input
    mean: float
    spread: float
    usual: float
    present: float
    has_gap: bool

    def scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put raw *values* on the scale of the model: 0 is the mean, and a missing one."""
        z = (on_scale(values, self.input.scale) - self.mean) / self.spread
        return np.where(np.isnan(z), 0.0, z)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The columns of a model, in order; each gap stands right after its column."""

    columns: tuple[Column, ...]
    left_out: tuple[LeftOut, ...]

    def matrix(self, table: Table) -> NDArray[np.float64]:
        """Give the columns of the model for the people of *table*."""
        found: list[NDArray[np.float64]] = []
        for column in self.columns:
            raw = table.column(column.input.key)
            found.append(column.scaled(raw))
            if column.has_gap:
                found.append(np.isnan(raw).astype(np.float64))
        return np.column_stack(found) if found else np.empty((len(table.values), 0))


def encoding_of(table: Table, lost: NDArray[np.bool_]) -> Encoding:
    """Choose the columns from the people that are learned from, and who of them was *lost*.

    An input that nearly nobody has, that is the same for all, or that parts the lost from the
    others all by itself is left out: the last tells the loss, and does not warn of it.
    """
    columns: list[Column] = []
    left_out: list[LeftOut] = []
    for one in table.inputs:
        raw = table.column(one.key)
        reason = _unfit(raw, lost)
        if reason:
            left_out.append(LeftOut(one.key, reason))
            continue
        known = raw[~np.isnan(raw)]
        put = on_scale(known, one.scale)
        share = len(known) / len(raw)
        has_gap = share < 1 - FEWEST_PRESENT
        mean, spread = float(put.mean()), float(put.std())
        columns.append(Column(one, mean, spread, float(np.median(known)), share, has_gap))
    return Encoding(tuple(columns), tuple(left_out))


def refuse_later(known_at: Sequence[datetime | None], cut: datetime) -> None:
    """Refuse to tell the future of *cut* from facts of which one was known later.

    *known_at* is when the newest fact about each person was known. Raises LeakError.
    """
    late = sum(1 for at in known_at if at is not None and at > cut)
    if late:
        message = f"{late:,} people have facts that were not known on {cut:%Y-%m-%d %H:%M}."
        raise LeakError(message)


def on_scale(values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Put counts, days and money on a logarithmic scale, and leave the rest; NaN stays."""
    if scale in {Scale.COUNT, Scale.DAYS, Scale.MONEY}:
        return np.log1p(np.maximum(values, 0.0))
    return values


def plain_scores(table: Table) -> dict[str, NDArray[np.float64]]:
    """Give what the plain rules say of each person, high for risky.

    Whoever lacks the value stands in the middle of those who have one; a rule that nobody has
    a value for says the same of all.
    """
    found = {}
    for name, key, sign in PLAIN_RULES:
        raw = table.column(key) * sign
        known = raw[~np.isnan(raw)]
        middle = float(np.median(known)) if len(known) else 0.0
        found[name] = np.where(np.isnan(raw), middle, raw)
    return found


def _unfit(raw: NDArray[np.float64], lost: NDArray[np.bool_]) -> str:
    is_known = ~np.isnan(raw)
    known = raw[is_known]
    if len(known) < max(FEWEST_PRESENT * len(raw), 1):
        return f"known of {len(known):,} of {len(raw):,} only"
    if known.min() == known.max():
        return "the same for everybody"
    alone = _alone(raw, lost)
    if alone >= LEAK:
        return (
            f"tells the loss itself: it parts the lost from the others with an AUC of {alone:.3f}"
        )
    return ""


def _alone(raw: NDArray[np.float64], lost: NDArray[np.bool_]) -> float:
    """Give the AUC of one input alone, whichever way; missing ones as far as they help."""
    if min(lost.sum(), (~lost).sum()) < 2:  # noqa: PLR2004 - no spread of one
        return 0.5
    is_gap = np.isnan(raw)
    low, high = np.nanmin(raw) - 1, np.nanmax(raw) + 1
    ways = [np.where(is_gap, low, raw), np.where(is_gap, high, raw)]
    return max(max(float(auc), 1 - float(auc)) for auc in ranked(ways, lost).aucs)
