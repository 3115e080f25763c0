"""How far a moment is away, in the words that people use."""

from __future__ import annotations

from datetime import date, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY
# From how many seconds on a span is told in which unit: nobody counts 47 hours.
_UNITS = (
    (2 * _YEAR, _YEAR, "year"),
    (2 * _MONTH, _MONTH, "month"),
    (2 * _DAY, _DAY, "day"),
    (_HOUR, _HOUR, "hour"),
    (_MINUTE, _MINUTE, "minute"),
)


def span_words(span: timedelta) -> str:
    """Tell a length of time in its largest fitting unit, rounded down: "3 hours"; never 0."""
    seconds = abs(span.total_seconds())
    for least, unit, name in _UNITS:
        if seconds >= least:
            count = int(seconds // unit)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"


def ago(at: datetime, now: datetime) -> str:
    """Tell how long ago *at* was: "3 days ago", "just now"; of the future, "in 3 days"."""
    span = now - at
    if abs(span.total_seconds()) < _MINUTE:
        return "just now"
    return f"{span_words(span)} ago" if span > timedelta(0) else f"in {span_words(span)}"


def due_words(due_at: datetime, now: datetime) -> str:
    """Tell how much time is left: "3 hours left", "2 days overdue"."""
    span = due_at - now
    return f"{span_words(span)} {'left' if span >= timedelta(0) else 'overdue'}"


def day_words(on: date, today: date) -> str:
    """Name a day: "Today", "Yesterday", "Thursday, 12 November", with the year of another one."""
    if on == today:
        return "Today"
    if on == today - timedelta(days=1):
        return "Yesterday"
    year = "" if on.year == today.year else f" {on.year}"
    return f"{on:%A}, {on.day} {on:%B}{year}"
