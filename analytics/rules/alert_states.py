"""What becomes of an alert that rang: its states, its snooze, and when it wakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cxm.kernel.errors import DomainError

MOST_SNOOZED = timedelta(days=365)
LONGEST_REASON = 300


class AlertState(StrEnum):
    """Where an alert stands. Who closes one has taken note; who took note need not snooze."""

    OPEN = "open"
    SNOOZED = "snoozed"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Name it for people."""
        return self.value.capitalize()

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and the API."""
        return [(one.value, one.label) for one in cls]


class SnoozeError(DomainError):
    """An alert cannot be snoozed so; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


def snooze_until(today: date, *, until: date | None, days: int | None) -> date:
    """Give the day on which a snooze ends, from that day or from a number of days.

    Raises SnoozeError for neither, both, and what is not tomorrow or later within a year.
    """
    if (until is None) == (days is None):
        raise SnoozeError("until", "Give a day, or a number of days.")
    most = MOST_SNOOZED.days
    if days is not None:
        if not 1 <= days <= most:
            raise SnoozeError("days", f"Use a whole number from 1 to {most}.")
        return today + timedelta(days=days)
    assert until is not None  # noqa: S101 - one of both is there
    if not today < until <= today + MOST_SNOOZED:
        raise SnoozeError("until", "Use a day from tomorrow on, within a year.")
    return until


def snooze_reason(text: str) -> str:
    """Give the reason of a snooze in one line. Raises SnoozeError for none and a long one."""
    told = " ".join(text.replace("\0", "").split())
    if not told:
        raise SnoozeError("reason", "Say why it can wait.")
    if len(told) > LONGEST_REASON:
        raise SnoozeError("reason", f"Use at most {LONGEST_REASON} characters.")
    return told


def is_worse(value: float, *, rang: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Say whether the figure *found* lies surely further from the target than *value* did.

    *rang* is the figure of the alert: it says on which side of the target that is.
    """
    if rang["value"] < rang["target"]:
        return bool(found["high"] < value)
    return bool(found["low"] > value)
