"""Business days, weeks and quarters in a tenant's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY = 0


@dataclass(frozen=True, slots=True)
class ResolvedInstant:
    """A moment in UTC; *is_assumed* when the original gave no offset and a zone was assumed."""

    at: datetime
    is_assumed: bool


def day_words(on: date) -> str:
    """Write a day as people do: 1 Oct 2026."""
    return f"{on.day} {on:%b %Y}"


def day_start(on: date, zone: ZoneInfo) -> datetime:
    """Give the first instant of a local date, in UTC.

    That is local midnight, the earlier one where a clock change repeats it. Where the clocks jump
    over midnight it is the jump; a date that the zone skipped starts where the next one does.
    """
    midnight = datetime.combine(on, time.min, tzinfo=zone)
    late = midnight.astimezone(UTC)
    early = midnight.replace(fold=1).astimezone(UTC)
    # Only for a midnight that does not exist is the reading with the later offset the earlier one.
    if early >= late:
        return late
    return _jump(early, late, zone)


def day_bounds(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the half-open period [start, end) of a local date, in UTC.

    It lasts 23 to 25 hours, and no time at all for a date that the zone skipped. In PostgreSQL
    the same rule is `(ts AT TIME ZONE zone)::date`.
    """
    return day_start(on, zone), day_start(on + timedelta(days=1), zone)


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """Give the business day of an instant. Raises ValueError when *at* has no offset."""
    if at.utcoffset() is None:
        raise ValueError("a time needs an offset to belong to a day")
    return at.astimezone(zone).date()


def resolve_instant(stamp: datetime, source_zone: ZoneInfo) -> ResolvedInstant:
    """Turn a received timestamp into UTC, reading one without offset in its source's zone.

    A local time that occurs twice is taken as the earlier one.
    """
    is_assumed = stamp.utcoffset() is None
    aware = stamp.replace(tzinfo=source_zone) if is_assumed else stamp
    return ResolvedInstant(aware.astimezone(UTC), is_assumed)


def iso_week(on: date) -> str:
    """Name the ISO week of a date, as 2026-W53."""
    year, week, _ = on.isocalendar()
    return f"{year:04}-W{week:02}"


def week_start(on: date, first_weekday: int = MONDAY) -> date:
    """Give the first day of the week that holds *on*; weekdays count from Monday as 0."""
    return on - timedelta(days=(on.weekday() - first_weekday) % 7)


def quarter_start(on: date) -> date:
    """Give the first day of the calendar quarter that holds *on*; alert epochs begin there."""
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)


def _jump(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant in (early, late] at which the offset of *zone* changes."""
    after = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late
