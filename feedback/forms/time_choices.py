"""How a column of times is written: between the wizard's fields and the mapping."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from msgspec import structs

if TYPE_CHECKING:
    from feedback.adapters.mapping import TimeSource

WEEK = 7
_ORDERS = ("dmy", "mdy", "ymd", "ask")


class TimeChoice(Protocol):
    """What a person says of a column of times.

    *time_as* is "free", "dmy", "mdy", "ymd", "ask", "excel", "unix", "unix_ms", "steps" or "own"
    (signs that only a mapping file can hold).
    """

    time_as: str
    start: str
    first: int
    step: str


def time_read(source: TimeSource) -> dict[str, object]:
    """Give the fields of a TimeChoice that say what *source* says."""
    if source.start is not None:
        step = "month" if source.step_months else "week" if source.step_days == WEEK else "day"
        return {
            "time_as": "steps",
            "start": source.start.isoformat(),
            "first": source.first,
            "step": step,
        }
    if source.format in {"", "excel", "unix", "unix_ms"}:
        return {"time_as": source.format or source.date_order or "free"}
    return {"time_as": "own"}


def time_written(choice: TimeChoice, before: TimeSource, zone: str) -> TimeSource:
    """Read the column of *before* as *choice* says; what the wizard does not ask stays."""
    kept = structs.replace(before, zone=zone, at="")
    if choice.time_as == "own":
        return kept
    plain = structs.replace(
        kept, format="", date_order="", start=None, first=1, step_days=0, step_months=0
    )
    if choice.time_as == "steps":
        return _steps(plain, choice)
    if choice.time_as in _ORDERS:
        return structs.replace(plain, date_order=choice.time_as)
    return structs.replace(plain, format="" if choice.time_as == "free" else choice.time_as)


def _steps(source: TimeSource, choice: TimeChoice) -> TimeSource:
    days = {"day": 1, "week": WEEK}.get(choice.step, 0)
    return structs.replace(
        source,
        start=_day(choice.start),
        first=choice.first,
        step_days=days,
        step_months=0 if days else 1,
    )


def _day(text: str) -> date | None:
    """Read a day; what is none is left for a person to give."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
