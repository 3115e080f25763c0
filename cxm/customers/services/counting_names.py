"""Which names events came with: how often, without a touchpoint how often, first and last when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.customers.models import EventName
from cxm.customers.services import event_sql as sql
from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime

type NameKey = tuple[str, str]


@dataclass(slots=True)
class NameCount:
    """What came under one kind and name: when the first and the last of it happened."""

    seen: int
    unmatched: int
    first_at: datetime
    last_at: datetime

    def add(self, other: NameCount) -> None:
        """Count *other* as well."""
        self.seen += other.seen
        self.unmatched += other.unmatched
        self.first_at = min(self.first_at, other.first_at)
        self.last_at = max(self.last_at, other.last_at)


@dataclass(slots=True)
class NameCounts:
    """Counts by kind and name."""

    counts: dict[NameKey, NameCount] = field(default_factory=dict)

    def add(self, key: NameKey, count: NameCount) -> None:
        """Count an event, or several, under *key*."""
        known = self.counts.get(key)
        if known is None:
            self.counts[key] = count
        else:
            known.add(count)

    @property
    def unmatched(self) -> int:
        """How many of all have no touchpoint."""
        return sum(count.unmatched for count in self.counts.values())

    def write(self, cursor: Any, parameters: dict[str, Any]) -> None:
        """Add the counts to those of the tenant; beyond its room for names, under the empty one.

        Of a time ahead of `now` in *parameters*, now is written.
        """
        cursor.execute(sql.KNOWN_NAMES, {**parameters, "names": [name for _, name in self.counts]})
        known = set(cursor.fetchall())
        room = 0
        if len(known) < len(self.counts):
            cursor.execute(sql.COUNT_NAMES, parameters)
            room = EventName.MOST_NAMES - cursor.fetchone()[0]
        kept = NameCounts()
        for key in sorted(self.counts):
            room -= key not in known
            is_kept = key in known or room >= 0
            kept.add(key if is_kept else (key[0], ""), self.counts[key])
        told = kept.counts.values()
        names = {
            "ids": [new_id() for _ in told],
            "kinds": [kind for kind, _ in kept.counts],
            "names": [name for _, name in kept.counts],
            "seen": [count.seen for count in told],
            "unmatched": [count.unmatched for count in told],
            "firsts": [min(count.first_at, parameters["now"]) for count in told],
            "lasts": [min(count.last_at, parameters["now"]) for count in told],
        }
        cursor.execute(sql.EVENT_NAMES, {**parameters, **names})
