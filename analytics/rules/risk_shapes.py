"""What a count of risk found, as it is kept and shown; nothing here computes much."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAYS = ("first_on", "cut_on", "settled_on")


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the people by chance: how many, lost, expected and lost in percent, limits."""

    n: int
    lost: int
    expected: float
    percent: float
    low: float
    high: float

    @property
    def is_inside(self) -> bool:
        """Say whether what was expected lies in the interval of what came."""
        return self.low <= self.expected <= self.high


@dataclass(frozen=True, slots=True)
class Compared:
    """A plain rule: its AUC with limits, and by how much the model is above it, with limits."""

    name: str
    auc: float
    auc_low: float
    auc_high: float
    gain: float
    gain_low: float
    gain_high: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A model of before a day, held against the *days* after it.

    *n* people, *lost* of them; *expected* losses, and by how many standard errors more came
    (*surprise*). AUC and Brier run from 0 to 1, *brier_plain* is that of the base rate for
    everybody; *lift* is the loss of the top tenth over that of all.
    """

    days: int
    n: int
    lost: int
    expected: float
    surprise: float
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    brier_plain: float
    lift: float
    lift_low: float
    lift_high: float
    tenths: tuple[Tenth, ...]
    plain: tuple[Compared, ...]

    @property
    def base_percent(self) -> float:
        """Losses in percent of all."""
        return 100 * self.lost / self.n

    @property
    def inside(self) -> int:
        """How many tenths were as expected."""
        return sum(one.is_inside for one in self.tenths)

    @property
    def best_plain(self) -> Compared:
        """The plain rule that was right most often."""
        return max(self.plain, key=lambda one: one.auc)


@dataclass(frozen=True, slots=True)
class Weight:
    """What went in: an input, how many percent of rows have it, its usual value, its weight.

    *odds* is the factor on the odds of leaving for one standard deviation more, with limits.
    """

    key: str
    present: float
    usual: float
    odds: float
    odds_low: float
    odds_high: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An input that was not used, and why, in words."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class RiskResult:
    """What one count found.

    *reason* says why no risk is told, empty where it is. *rows* are people times periods that
    were learned from, with *lost_rows* losses, in *periods* of 30 days from *first_on*;
    *cut_on* is the day of the trial, *settled_on* the day until which losses are known for sure.
    *people* are those there now; *is_sampled* says that not all of them were learned from.
    """

    reason: str
    people: int
    rows: int
    lost_rows: int
    periods: int
    first_on: date | None
    cut_on: date
    settled_on: date
    ridge: float
    trials: tuple[Trial, ...] = ()
    weights: tuple[Weight, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    is_sampled: bool = False

    @property
    def is_offered(self) -> bool:
        """Say whether risks are told."""
        return not self.reason

    @property
    def trial(self) -> Trial | None:
        """The trial that decides: the one that looks furthest."""
        return self.trials[-1] if self.trials else None

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        days = {name: getattr(self, name) for name in _DAYS}
        return asdict(self) | {name: on.isoformat() if on else "" for name, on in days.items()}


def read_risk_result(stored: Mapping[str, Any]) -> RiskResult:
    """Read what `RiskResult.as_json` gave."""
    return RiskResult(
        **{
            **stored,
            **{name: date.fromisoformat(stored[name]) if stored[name] else None for name in _DAYS},
            "trials": tuple(_trial(one) for one in stored["trials"]),
            "weights": tuple(Weight(**one) for one in stored["weights"]),
            "left_out": tuple(LeftOut(**one) for one in stored["left_out"]),
        }
    )


def _trial(stored: Mapping[str, Any]) -> Trial:
    tenths = tuple(Tenth(**one) for one in stored["tenths"])
    plain = tuple(Compared(**one) for one in stored["plain"])
    return Trial(**{**stored, "tenths": tenths, "plain": plain})
