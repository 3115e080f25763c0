"""How recurring revenue gets from the beginning of a month to its end, by holder of contracts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class RevenueMove(StrEnum):
    """What a number of the bridge adds up."""

    OPENING = "opening"
    CHURNED = "churned"
    CONTRACTION = "contraction"
    EXPANSION = "expansion"
    NEW = "new"
    BACK = "back"
    CLOSING = "closing"

    @property
    def label(self) -> str:
        """Name it for people."""
        return _LABELS[self]

    def words(self, month: str) -> str:
        """Say what it lists; *month* as people read it."""
        return _WORDS[self].format(month=month)


_LABELS = {
    RevenueMove.OPENING: "At its start",
    RevenueMove.CHURNED: "Churned",
    RevenueMove.CONTRACTION: "Contraction",
    RevenueMove.EXPANSION: "Expansion",
    RevenueMove.NEW: "New",
    RevenueMove.BACK: "Reactivated",
    RevenueMove.CLOSING: "At its end",
}
_WORDS = {
    RevenueMove.OPENING: "Monthly revenue when {month} began",
    RevenueMove.CHURNED: "Revenue churned in {month}",
    RevenueMove.CONTRACTION: "Contraction in {month}",
    RevenueMove.EXPANSION: "Expansion in {month}",
    RevenueMove.NEW: "New revenue of {month}",
    RevenueMove.BACK: "Revenue reactivated in {month}",
    RevenueMove.CLOSING: "Monthly revenue when {month} ended",
}


@dataclass(frozen=True, slots=True)
class Paid:
    """What one holder pays a month, in one currency: at the start of a month and at its end.

    *is_known* says that they ever paid before the month.
    """

    opening: Decimal
    closing: Decimal
    is_known: bool

    def amounts(self) -> dict[RevenueMove, Decimal]:
        """Give the part of each number of the bridge that is theirs, only those that are not 0."""
        found = {RevenueMove.OPENING: self.opening, RevenueMove.CLOSING: self.closing}
        if not self.opening:
            found[RevenueMove.BACK if self.is_known else RevenueMove.NEW] = self.closing
        elif not self.closing:
            found[RevenueMove.CHURNED] = self.opening
        elif self.closing < self.opening:
            found[RevenueMove.CONTRACTION] = self.opening - self.closing
        else:
            found[RevenueMove.EXPANSION] = self.closing - self.opening
        return {move: amount for move, amount in found.items() if amount}


@dataclass(frozen=True, slots=True)
class RevenueMonth:
    """The bridge of the month of *day*, its first, in one *currency*; amounts are exact.

    opening - churned - contraction + expansion + new + back = closing. *holders* counts, by
    move, whose amounts are in it. GRR and NRR are percents of the opening, None without any,
    with limits drawn from the holders that paid at the start, or None.
    """

    day: str
    currency: str
    opening: Decimal
    churned: Decimal
    contraction: Decimal
    expansion: Decimal
    new: Decimal
    back: Decimal
    closing: Decimal
    holders: dict[str, int]
    is_over: bool
    gross: float | None = None
    gross_low: float | None = None
    gross_high: float | None = None
    net: float | None = None
    net_low: float | None = None
    net_high: float | None = None

    def amount(self, move: RevenueMove) -> Decimal:
        """Give the amount of one number of the bridge."""
        amount: Decimal = getattr(self, move.value)
        return amount

    def count(self, move: RevenueMove) -> int:
        """Count the holders behind one number of the bridge."""
        return self.holders.get(move.value, 0)

    def as_json(self) -> dict[str, Any]:
        """Give what is kept: amounts as text, so that they stay exact."""
        told = asdict(self)
        return {**told, **{move.value: str(told[move.value]) for move in RevenueMove}}


def read_revenue_month(kept: Mapping[str, Any]) -> RevenueMonth:
    """Read what `as_json` gave."""
    names = {one.name for one in fields(RevenueMonth)}
    known = {name: value for name, value in kept.items() if name in names}
    return RevenueMonth(
        **{**known, **{move.value: Decimal(kept[move.value]) for move in RevenueMove}}
    )
