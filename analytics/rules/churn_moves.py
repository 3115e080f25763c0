"""What a number of the churn page counts: those there, lost, won, back, gone."""

from __future__ import annotations

from enum import StrEnum


class Move(StrEnum):
    """Whom a number counts; all but the last three are of a month."""

    START = "start"
    LOST = "lost"
    WON = "won"
    BACK = "back"
    END = "end"
    THERE = "there"
    GONE = "gone"
    LEFT = "left"

    @property
    def is_of_month(self) -> bool:
        """Whether it needs a month."""
        return self not in {Move.THERE, Move.GONE, Move.LEFT}

    def words(self, month: str) -> str:
        """Say whom it lists; *month* as people read it."""
        return _WORDS[self].format(month=month)


_WORDS = {
    Move.START: "Customers when {month} began",
    Move.LOST: "Customers lost in {month}",
    Move.WON: "New customers of {month}",
    Move.BACK: "Customers who came back in {month}",
    Move.END: "Customers when {month} ended",
    Move.THERE: "Customers now",
    Move.GONE: "Customers who are gone",
    Move.LEFT: "Customers who left",
}
