"""When a report is due: every day, week or month at an hour of the workspace's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_HOUR = 23
LATEST_DAY = 28
_DAY = timedelta(days=1)


class Pace(StrEnum):
    """How often a report is sent."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """Name it for people."""
        return {"daily": "Every day", "weekly": "Every week", "monthly": "Every month"}[self.value]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and forms."""
        return [(one.value, one.label) for one in cls]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """*hour* is 0 to 23; *day* is 0 to 6 from Monday for weeks, 1 to 28 for months, else 0."""

    pace: Pace
    hour: int
    day: int = 0

    @property
    def words(self) -> str:
        """Say when: "every Monday at 07:00"."""
        at = f"at {self.hour:02}:00"
        match self.pace:
            case Pace.DAILY:
                return f"every day {at}"
            case Pace.WEEKLY:
                return f"every {WEEKDAYS[self.day]} {at}"
            case _:
                return f"every month on day {self.day} {at}"

    def falls_on(self, on: date) -> bool:
        """Say whether a report is sent on a day."""
        match self.pace:
            case Pace.DAILY:
                return True
            case Pace.WEEKLY:
                return on.weekday() == self.day
            case _:
                return on.day == self.day


def next_due(rhythm: Rhythm, *, after: datetime, zone: ZoneInfo) -> datetime:
    """Give the first moment of *rhythm* that is later than *after*, in UTC.

    The hour is that of the clock on the wall in *zone*. An hour that the clocks skip in spring
    counts as if they had not gone forward yet, so it comes an hour later on the wall; of one that
    comes twice in autumn the first counts. (PEP 495, fold 0.)
    """
    on = after.astimezone(zone).date()
    while True:
        if rhythm.falls_on(on):
            due = datetime.combine(on, time(rhythm.hour), zone).astimezone(UTC)
            if due > after:
                return due
        on += _DAY


def fault_of(pace: str, hour: int, day: int) -> tuple[str, str] | None:
    """Name the field that makes no rhythm, and say what to do; None where all is well."""
    if pace not in set(Pace):
        return "pace", f"Use one of: {', '.join(Pace)}."
    if not 0 <= hour <= LAST_HOUR:
        return "hour", f"Use a whole hour from 0 to {LAST_HOUR}."
    if pace == Pace.WEEKLY and not 0 <= day < len(WEEKDAYS):
        return "day", "Use a day of the week from 0, Monday, to 6, Sunday."
    if pace == Pace.MONTHLY and not 1 <= day <= LATEST_DAY:
        return "day", f"Use a day of the month from 1 to {LATEST_DAY}: every month has those."
    return None
