"""The months that a count of churn looks at, in the days of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.metrics.rules.days import day_start, local_date

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

MOST_MONTHS = 25


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its *first* day: the moments from *start_at*, before *end_at*."""

    first: date
    start_at: datetime
    end_at: datetime
    is_over: bool


def months_until(now: datetime, zone: ZoneInfo, *, since: datetime | None) -> list[Month]:
    """List the months from that of *since* to the running one, at most MOST_MONTHS, the newest.

    The running month ends just after *now*. Nothing without *since*.
    """
    if since is None:
        return []
    found: list[Month] = []
    first, oldest = local_date(now, zone).replace(day=1), local_date(since, zone).replace(day=1)
    end_at, is_over = just_after(now), False
    while first >= oldest and len(found) < MOST_MONTHS:
        start_at = day_start(first, zone)
        found.append(Month(first, start_at, end_at, is_over))
        end_at, is_over = start_at, True
        first = month_before(first)
    return found[::-1]


def just_after(moment: datetime) -> datetime:
    """Give the end of a time that holds *moment* as its last one."""
    return moment + timedelta(microseconds=1)


def month_before(first: date) -> date:
    """Give the first day of the month before that of *first*."""
    year, month = divmod(12 * first.year + first.month - 2, 12)
    return first.replace(year=year, month=month + 1, day=1)


def month_after(first: date) -> date:
    """Give the first day of the month after that of *first*."""
    year, month = divmod(12 * first.year + first.month, 12)
    return first.replace(year=year, month=month + 1, day=1)


def months_between(first: date, second: date) -> int:
    """Count the months from the month of *first* to that of *second*."""
    return 12 * (second.year - first.year) + second.month - first.month
