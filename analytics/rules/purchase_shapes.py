"""What a count of repeat purchases found, as it is kept and shown; nothing here computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TENTHS = 10


@dataclass(frozen=True, slots=True)
class FittedPurchases:
    """A fitted BG/NBD model, in weeks: its parameters, and how well they explain *customers*."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int


@dataclass(frozen=True, slots=True)
class FittedSpend:
    """A fitted gamma-gamma model of the amounts of *customers* who bought again.

    *correlation* (-1 to 1) is that of how often with how much.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    correlation: float
    customers: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Repeat purchases from the first day until and with *day* (ISO), seen and expected."""

    day: str
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class Holdout:
    """A fit on the days until *cut* (ISO, inclusive), tried on those after it until *end*.

    *observed* and *expected* are the repeat purchases after the cut, of the customers of before
    it; *curve* is cumulative over both times.
    """

    cut: str
    end: str
    fit: FittedPurchases
    observed: int
    expected: float
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class PurchaseResult:
    """What one count found.

    *buyers* bought at least once, *again* of them on a second day, *purchases* are their days in
    all. *reason* says in plain words why nothing is told of the future, *value_reason* why no
    value is; both are empty where all is well. *tenths* counts those who bought again by the
    chance that they still buy, from 0 to 10 % up. *currency* is that of the amounts.
    """

    buyers: int
    again: int
    purchases: int
    without_amount: int
    currency: str
    reason: str
    value_reason: str
    fit: FittedPurchases | None = None
    spend: FittedSpend | None = None
    holdout: Holdout | None = None
    tenths: tuple[int, ...] = ()
    expected: float | None = None
    value: float | None = None

    @property
    def once(self) -> int:
        """How many bought on one day only."""
        return self.buyers - self.again

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        return asdict(self)


def read_purchase_result(stored: Mapping[str, Any]) -> PurchaseResult:
    """Read what `PurchaseResult.as_json` gave."""
    fit, spend, holdout = stored["fit"], stored["spend"], stored["holdout"]
    if holdout:
        curve = tuple(CurvePoint(**one) for one in holdout["curve"])
        holdout = {**holdout, "fit": FittedPurchases(**holdout["fit"]), "curve": curve}
    return PurchaseResult(
        **{
            **stored,
            "fit": FittedPurchases(**fit) if fit else None,
            "spend": FittedSpend(**spend) if spend else None,
            "holdout": Holdout(**holdout) if holdout else None,
            "tenths": tuple(stored["tenths"]),
        }
    )
