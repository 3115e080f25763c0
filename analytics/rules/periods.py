"""Named periods of a tenant's calendar, and what each is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cxm.metrics.rules.days import quarter_start, week_start

DEFAULT_PERIOD = "13w"
CUSTOM = "custom"
ALL = "all"
_WEEK = timedelta(days=7)
_DAYS = {"7d": 7, "28d": 28, "90d": 90, "365d": 365}
_WEEKS = {"13w": 13, "52w": 52}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}

PERIOD_LABELS = {
    "7d": "Last 7 days",
    "28d": "Last 28 days",
    "90d": "Last 90 days",
    "365d": "Last 365 days",
    "13w": "Last 13 weeks",
    "52w": "Last 52 weeks",
    "month": "This month",
    "last-month": "Last month",
    "quarter": "This quarter",
    "last-quarter": "Last quarter",
    "year": "This year",
    "last-year": "Last year",
    ALL: "All time",
}


class Compare(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"
    NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from *start_on* (inclusive) to *end_on* (exclusive) of the tenant's zone, None for open.

    *name* is a key of PERIOD_LABELS, or CUSTOM.
    """

    name: str
    start_on: date | None
    end_on: date | None

    @property
    def last_on(self) -> date | None:
        """The last day, inclusive."""
        return None if self.end_on is None else self.end_on - timedelta(days=1)

    def clipped(self, start_on: date, end_on: date) -> tuple[date, date]:
        """Give the part of [start_on, end_on) that lies in this period."""
        first = start_on if self.start_on is None else max(start_on, self.start_on)
        return first, end_on if self.end_on is None else min(end_on, self.end_on)


def named_period(name: str, today: date) -> Period:
    """Give the period called *name* as it stands on *today*.

    Days end with today. Weeks are whole ISO weeks, the running one included; months, quarters
    and years are whole ones of the calendar. Raises KeyError for an unknown name.
    """
    if name == ALL:
        return Period(ALL, None, None)
    if name in _DAYS:
        tomorrow = today + timedelta(days=1)
        return Period(name, tomorrow - timedelta(days=_DAYS[name]), tomorrow)
    if name in _WEEKS:
        end = week_start(today) + _WEEK
        return Period(name, end - _WEEKS[name] * _WEEK, end)
    months = _MONTHS[name.removeprefix("last-")]
    start = _calendar_start(months, today)
    if name.startswith("last-"):
        start = _months_later(start, -months)
    return Period(name, start, _months_later(start, months))


def custom_period(first_on: date | None, last_on: date | None) -> Period:
    """Give the days from *first_on* to *last_on*, both inclusive; None leaves an end open."""
    return Period(CUSTOM, first_on, None if last_on is None else last_on + timedelta(days=1))


def compared_period(period: Period, compare: Compare) -> Period | None:
    """Give the period that *period* is compared with; None for nothing.

    PREVIOUS is the one just before: the calendar's for months, quarters and years, else one of
    the same length. YEAR is 52 weeks earlier for weeks, so that weekdays match, else the same
    dates of the year before. A period with an open end is compared with nothing.
    """
    if compare is Compare.NOTHING or period.start_on is None or period.end_on is None:
        return None
    try:
        if compare is Compare.YEAR:
            return _year_before(period, period.start_on, period.end_on)
        return _just_before(period, period.start_on, period.end_on)
    except (OverflowError, ValueError):  # before the first year of the calendar
        return None


def compared_words(period: Period, compare: Compare) -> str:
    """Name what `compared_period` gives, so that "since" can stand before it."""
    if compare is Compare.YEAR:
        return "the same time a year before"
    if period.name in _WEEKS:
        return f"the {_WEEKS[period.name]} weeks before"
    unit = period.name.removeprefix("last-")
    if unit in _MONTHS:
        return f"the {unit} before"
    if period.start_on is None or period.end_on is None:
        return ""
    days = (period.end_on - period.start_on).days
    return "the day before" if days == 1 else f"the {days} days before"


def _just_before(period: Period, start: date, end: date) -> Period:
    unit = period.name.removeprefix("last-")
    if unit in _MONTHS:
        return Period(CUSTOM, _months_later(start, -_MONTHS[unit]), start)
    return Period(CUSTOM, start - (end - start), start)


def _year_before(period: Period, start: date, end: date) -> Period:
    if period.name in _WEEKS:
        return Period(CUSTOM, start - 52 * _WEEK, end - 52 * _WEEK)
    return Period(CUSTOM, _months_later(start, -12), _months_later(end, -12))


def _calendar_start(months: int, today: date) -> date:
    if months == _MONTHS["quarter"]:
        return quarter_start(today)
    return today.replace(day=1) if months == 1 else date(today.year, 1, 1)


def _months_later(on: date, months: int) -> date:
    """Move a date by months; the 29th of February becomes the 1st of March where there is none."""
    years, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    try:
        return date(years, month + 1, on.day)
    except ValueError:
        return date(years, month + 2, 1)
