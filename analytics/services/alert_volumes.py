"""Looking whether a day brought surely fewer or more answers than usual."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.db.models import Count

from analytics.rules.alert_volumes import LOOKED_BACK, usual_on
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from analytics.selectors.alert_answers import Watched

_DAY = timedelta(days=1)
# Answers of a day come in until the next morning: it is looked at from noon on.
JUDGED_FROM_HOUR = 12


def last_judged(watched: Watched, now: datetime) -> date:
    """Give the newest day that is looked at: yesterday from noon on, the day before until then."""
    local = now.astimezone(ZoneInfo(watched.tenant.time_zone))
    return local.date() - (_DAY if local.hour >= JUDGED_FROM_HOUR else 2 * _DAY)


def day_counts(watched: Watched, first_on: date, last_on: date) -> dict[date, int]:
    """Count the answers of each day, and of the weeks before that say what is usual. One query."""
    query = watched.query(first_on - LOOKED_BACK, last_on)
    asked = read_filter(parse_qs(query), watched.names)
    counted = rows_of(watched.tenant, asked).order_by().values_list("day")
    return dict(counted.annotate(n=Count("pk")))


def unusual_days(
    watched: Watched, counts: Mapping[date, int], first_on: date, last_on: date
) -> Iterator[tuple[date, dict[str, Any]]]:
    """Give the days that ring, in order, each with its figure as it is stored."""
    day = first_on
    while day <= last_on:
        figure = _figure(watched, counts, day)
        if figure:
            yield day, figure
        day += _DAY


def _figure(watched: Watched, counts: Mapping[date, int], day: date) -> dict[str, Any] | None:
    count = counts.get(day, 0)
    usual = usual_on(day, counts, watched.condition.side)
    if usual is None or not usual.is_left_by(count):
        return None
    return {
        **watched.meaning(),
        "unit": "",
        "decimals": 0,
        "target": None,
        "value": count,
        "n": count,
        "usual": usual.mean,
        "low": usual.low,
        "high": usual.high,
        "weeks": usual.weeks,
        "from": day.isoformat(),
        "to": day.isoformat(),
        "filter": watched.query(day, day),
    }
