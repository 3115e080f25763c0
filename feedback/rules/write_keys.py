"""Write keys: what they look like, and how long an old one lives on beside its successor."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

PREFIX = "wf_"
# 24 random bytes are 32 characters that need no escaping anywhere.
RANDOM_BYTES = 24
HINT_CHARACTERS = 8


class Grace(StrEnum):
    """How long an old key still works after its successor was made."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"

    @property
    def lasts(self) -> timedelta:
        """Give the time itself."""
        return _LASTS[self]

    @property
    def label(self) -> str:
        """Say it to people."""
        return _LABELS[self]


_LASTS = {Grace.NONE: timedelta(0), Grace.DAY: timedelta(days=1), Grace.WEEK: timedelta(days=7)}
_LABELS = {
    Grace.NONE: "At once",
    Grace.DAY: "After 1 day",
    Grace.WEEK: "After 7 days",
}


def key_hint(text: str) -> str:
    """Give the first characters of a key: enough to tell it from others, too few to use it."""
    return text[:HINT_CHARACTERS]
