"""What customers did after they met a touchpoint: they left, went on to another, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.rules.churn import Inactivity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.rules.churn import ChurnRule

WATCHED_DAYS = 30
"""So long after the last contact it is watched what follows, but for rules about silence."""
LOOKED_BACK_DAYS = 90
"""Contacts of so many days are read, which ended so early that each was watched as long."""
FEWEST = 10
"""Fewer customers at a touchpoint tell nothing of it."""
FEWEST_NEXT = 5
"""A next touchpoint of fewer customers is not named."""
MOST_NEXT = 3

type Line = tuple[str, str, str, int]
"""Key of a touchpoint, what became of customers there, key of the next one, how many."""
ALL, LEFT, ENDED, WENT_ON, STAYED = "all", "left", "ended", "on", "stayed"
FATES = {
    LEFT: "Left after {place}",
    WENT_ON: "Went on from {place}",
    STAYED: "Met nothing else after {place}",
    ALL: "Customers of {place}",
}


@dataclass(frozen=True, slots=True)
class Next:
    """So many customers, *n*, met the touchpoint of *title* next."""

    title: str
    n: int


@dataclass(frozen=True, slots=True)
class Onward:
    """What became of the *n* customers of one touchpoint, each counted once, by their last contact.

    *left* of them were no customers any more within the days that were watched, *ended* of these
    by that very contact. Of the others, *stayed* met nothing else, and the rest met another
    touchpoint next: the most frequent are named.
    """

    key: str
    title: str
    n: int
    left: int
    stayed: int
    next: tuple[Next, ...]
    ended: int = 0

    @property
    def is_the_end(self) -> bool:
        """Tell whether most of those who left did so by the contact itself."""
        return 2 * self.ended > self.left

    @property
    def went_on(self) -> int:
        """Count those who met another touchpoint next."""
        return self.n - self.left - self.stayed


@dataclass(frozen=True, slots=True)
class OnwardTable:
    """What followed within *watched* days on the touchpoints of LOOKED_BACK_DAYS before them."""

    watched: int
    places: tuple[Onward, ...]


def watched_days(rule: ChurnRule) -> int:
    """Give how long it is watched what follows: as long as a rule about silence needs to see it."""
    return max(WATCHED_DAYS, rule.days) if isinstance(rule, Inactivity) else WATCHED_DAYS


def onward_of(lines: Iterable[Line], titles: Mapping[str, str]) -> tuple[Onward, ...]:
    """Lay out counted *lines*, those first that the most customers left; *titles* by key.

    Touchpoints with fewer than FEWEST customers are left out; those at which people leave, as the
    rule has it, come last: that they left there is no news.
    """
    by_place: dict[str, list[tuple[str, str, int]]] = {}
    for key, fate, following, n in lines:
        by_place.setdefault(key, []).append((fate, following, n))
    found = [_onward(key, told, titles) for key, told in by_place.items()]
    told = [one for one in found if one.n >= FEWEST]
    return tuple(
        sorted(
            told, key=lambda one: (one.is_the_end, -one.left / one.n, -one.n, one.title, one.key)
        )
    )


def read_onward(kept: Mapping[str, Any] | None) -> OnwardTable | None:
    """Read what was kept as JSON; None for a count that is older than this."""
    if kept is None:
        return None
    places = (
        Onward(**{**one, "next": tuple(Next(**each) for each in one["next"])})
        for one in kept["places"]
    )
    return OnwardTable(kept["watched"], tuple(places))


def _onward(key: str, told: list[tuple[str, str, int]], titles: Mapping[str, str]) -> Onward:
    following = [
        Next(titles.get(place, place), n)
        for fate, place, n in told
        if fate == WENT_ON and n >= FEWEST_NEXT
    ]
    following.sort(key=lambda one: (-one.n, one.title))
    return Onward(
        key=key,
        title=titles.get(key, key),
        n=sum(n for _, _, n in told),
        left=sum(n for fate, _, n in told if fate in {LEFT, ENDED}),
        stayed=sum(n for fate, _, n in told if fate == STAYED),
        next=tuple(following[:MOST_NEXT]),
        ended=sum(n for fate, _, n in told if fate == ENDED),
    )
