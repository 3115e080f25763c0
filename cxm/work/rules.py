"""How fast a job goes, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MINUTE, HOUR = 60, 3600
SURE_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Pace:
    """Units a second, and seconds left; None where nothing can be said yet."""

    per_second: float | None
    seconds_left: float | None


def job_pace(done: int, total: int | None, *, started_at: datetime | None, now: datetime) -> Pace:
    """Work out the pace from the mean since *started_at*.

    Nothing is said in the first two seconds, nor before something is done.
    """
    seconds = (now - started_at).total_seconds() if started_at else 0.0
    if not done or seconds < SURE_AFTER_SECONDS:
        return Pace(None, None)
    per_second = done / seconds
    return Pace(per_second, None if total is None else max(0, total - done) / per_second)


def left_words(seconds: float | None) -> str:
    """Say how long something takes still, rounded to what people can use; empty for None."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return "less than a minute left"
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return "about a minute left" if minutes == 1 else f"about {minutes} minutes left"
    hours = round(seconds / HOUR)
    return "about an hour left" if hours == 1 else f"about {hours} hours left"


def rate_words(per_second: float | None, unit: str) -> str:
    """Say how many units a second; under one a second, how many a minute; empty for None."""
    if per_second is None:
        return ""
    if per_second < 1:
        return f"{per_second * MINUTE:,.0f} {unit} a minute"
    return f"{per_second:,.0f} {unit} a second"


_STATES = {
    "queued": "Waiting",
    "running": "Running",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Stopped",
}


def state_words(state: str, *, message: str = "", is_stopping: bool = False) -> str:
    """Say how far a job is, with its own *message* behind: "Failed: this file is empty"."""
    words = "Stopping" if is_stopping else _STATES[state]
    return f"{words}: {message}" if message and message.rstrip(".") != words else words
