"""Windows of days: the one that runs, and the closed ones whose change is judged just once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

# Windows are counted from this Monday, the same for everybody: of a whole number of weeks, they
# close on Sundays.
_ORIGIN = date(1970, 1, 5)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The days from *start_on* (inclusive) to *end_on* (exclusive)."""

    start_on: date
    end_on: date

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.end_on - self.start_on).days

    @property
    def last_on(self) -> date:
        """The last day, inclusive."""
        return self.end_on - timedelta(days=1)

    @property
    def before(self) -> Window:
        """The window of the same length that ends where this one begins."""
        return Window(self.start_on - timedelta(days=self.days), self.start_on)


def running_window(today: date, days: int) -> Window:
    """Give the last *days* days, *today* included."""
    return window_until(today + timedelta(days=1), days)


def window_until(end_on: date, days: int) -> Window:
    """Give the *days* days before *end_on*."""
    return Window(end_on - timedelta(days=days), end_on)


def closed_window(today: date, days: int) -> Window:
    """Give the latest of the windows laid end to end that is over on *today*.

    It stays the same for *days* days. A change that is looked for in a window that moves on every
    day is looked for anew every day, and then found too often where nothing changes.
    """
    is_over = (today - _ORIGIN).days // days
    return window_until(_ORIGIN + timedelta(days=is_over * days), days)
