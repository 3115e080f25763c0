"""The moments of a map that a slider stops at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from cxm.kernel.operations.records import Actor

MOST = 200
# Who pauses longer begins another sitting, as in the history.
PAUSE = timedelta(minutes=30)
# Behind the last day that can be written there is no next one, and none ends before the first.
_FIRST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stop:
    """A map as somebody left it: after operation *seq*, *at* that moment."""

    seq: int
    at: datetime
    actor: Actor


def chosen_stops(
    stops: Sequence[Stop],
    decided: Collection[int],
    day_of: Callable[[datetime], date],
    most: int = MOST,
) -> list[Stop]:
    """Choose at most about *most* of *stops*, in order, so that each says something.

    All, where they are few; else how each sitting ended; else how each day ended (*day_of* says
    which day it was); else some of these at even distances. Those in *decided*, the first and the
    last are always among them.
    """
    if len(stops) <= most:
        return list(stops)
    kept = _ends(stops, decided, lambda one, after: not _sits_on(one, after))
    if len(kept) > most:
        kept = _ends(stops, decided, lambda one, after: day_of(one.at) != day_of(after.at))
    if len(kept) > most:
        every = -(-len(kept) // most)
        last = len(kept) - 1
        kept = [
            one
            for place, one in enumerate(kept)
            if place % every == 0 or place == last or one.seq in decided
        ]
    return kept


def moment_asked(text: str) -> int | date | None:
    """Read a moment as people write it: the number of an operation, or a day; None for nothing.

    Raises ValueError.
    """
    told = text.strip()
    if not told:
        return None
    if _NUMBER.fullmatch(told):
        return int(told)
    found = date.fromisoformat(told)
    if not _FIRST <= found < LATEST:
        raise ValueError(told)
    return found


def place_of(stops: Sequence[Stop], seq: int) -> int:
    """Give the place of the last stop up to operation *seq*, from 0."""
    return max((n for n, one in enumerate(stops) if one.seq <= seq), default=0)


def _sits_on(one: Stop, after: Stop) -> bool:
    return one.actor == after.actor and after.at - one.at <= PAUSE


def _ends(
    stops: Sequence[Stop], decided: Collection[int], ends: Callable[[Stop, Stop], bool]
) -> list[Stop]:
    """Keep the first, the last, those decided, and each that *ends* something before the next."""
    last = len(stops) - 1
    return [
        one
        for place, one in enumerate(stops)
        if place in {0, last} or one.seq in decided or ends(one, stops[place + 1])
    ]
