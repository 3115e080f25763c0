"""Ways around: where something lies in itself."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable


def circle[T: Hashable](new: Iterable[tuple[T, T]], known: Iterable[tuple[T, T]]) -> list[T]:
    """Give a shortest way around through the first of the *new* pairs that is on one, or nothing.

    A pair is something and what it lies in; *known* pairs make no circle among themselves. The way
    begins and ends with the first of the pair.
    """
    tried = list(new)
    above: dict[T, list[T]] = {}
    for one, holder in [*tried, *known]:
        above.setdefault(one, []).append(holder)
    return next(filter(None, (_way_back(one, above) for one in dict(tried))), [])


def _way_back[T: Hashable](start: T, above: dict[T, list[T]]) -> list[T]:
    """Go up from *start* level by level, until it is met again."""
    came_from: dict[T, T] = {}
    waiting = deque([start])
    while waiting:
        one = waiting.popleft()
        for holder in above.get(one, ()):
            if holder == start:
                return _told(one, start, came_from)
            if holder not in came_from:
                came_from[holder] = one
                waiting.append(holder)
    return []


def _told[T: Hashable](last: T, start: T, came_from: dict[T, T]) -> list[T]:
    way = [start, last] if last != start else [start]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return [*reversed(way)] if len(way) > 1 else [start, start]
