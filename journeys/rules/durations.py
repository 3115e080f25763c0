"""Durations as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 86_400, 604_800
_UNITS = ((_WEEK, "week"), (_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"), (1, "second"))
_FIXED = {"minutes": (_MINUTE, "minute"), "hours": (_HOUR, "hour"), "days": (_DAY, "day")}


def duration_words(duration: timedelta, unit: str = "auto") -> str:
    """Say a duration in its two largest units, “1 day 4 hours”, or in *unit* to one decimal.

    *unit* is auto, minutes, hours or days.
    """
    seconds = duration.total_seconds()
    if unit in _FIXED:
        size, word = _FIXED[unit]
        return _counted(round(seconds / size, 1), word)
    words: list[str] = []
    left = round(seconds)
    for size, word in _UNITS:
        count, rest = divmod(left, size)
        if count:
            words.append(_counted(count, word))
            left = rest
        if len(words) == 2 or (words and not count):  # noqa: PLR2004 - two units say enough
            break
    return " ".join(words) or "no time"


def _counted(count: float, word: str) -> str:
    return f"{count:g} {word}" if count == 1 else f"{count:g} {word}s"
