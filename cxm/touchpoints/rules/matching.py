"""Which touchpoint rule an event meets first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.touchpoints.rules.conditions import Condition

ANY_ENDING = "*"
# Clients send ids as names at times: the memory of which rules fit a name stays small.
MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class MatchRule:
    """What a rule asks of an event, and the touchpoint and channel that it gives.

    An empty *source*, *kind* or *name* asks nothing; a *name* that ends in `*` is a beginning.
    The rule is for events in [valid_from, valid_to), None being open. *channel_id* is the
    rule's own channel, or else the touchpoint's.
    """

    id: UUID
    touchpoint_id: UUID
    channel_id: UUID | None
    priority: int = 100
    source: str = ""
    kind: str = ""
    name: str = ""
    conditions: tuple[Condition, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def order(self) -> tuple[int, UUID]:
        """The place among all rules: lower priority first, then the older one."""
        return self.priority, self.id

    def fits_name(self, name: str) -> bool:
        """Whether events called *name* are asked for."""
        if self.name.endswith(ANY_ENDING):
            return name.startswith(self.name[:-1])
        return self.name in ("", name)

    def takes(
        self, *, source: str, kind: str, name: str, props: Mapping[str, Any], at: datetime
    ) -> bool:
        """Whether an event meets everything that the rule asks; *at* is aware."""
        return (
            self.source in ("", source)
            and self.kind in ("", kind)
            and self.fits_name(name)
            and (self.valid_from is None or self.valid_from <= at)
            and (self.valid_to is None or at < self.valid_to)
            and all(condition.holds(props) for condition in self.conditions)
        )


class RuleSet:
    """The enabled rules of a tenant, in the order in which they are tried."""

    def __init__(self, rules: Iterable[MatchRule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.order))
        self._exact: dict[str, list[MatchRule]] = defaultdict(list)
        self._beginnings: dict[str, list[MatchRule]] = defaultdict(list)
        for rule in self.rules:
            if rule.name and not rule.name.endswith(ANY_ENDING):
                self._exact[rule.name].append(rule)
            else:
                self._beginnings[rule.name[:-1]].append(rule)
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})
        self._remembered: dict[str, list[MatchRule]] = {}

    def first_match(
        self, *, source: str, kind: str, name: str, props: Mapping[str, Any], at: datetime
    ) -> MatchRule | None:
        """Give the first rule that takes an event, or None; *at* is aware. Never raises."""
        for rule in self._by_name(name):
            if rule.takes(source=source, kind=kind, name=name, props=props, at=at):
                return rule
        return None

    def _by_name(self, name: str) -> list[MatchRule]:
        """List the rules whose name fits, in the order of trying."""
        found = self._remembered.get(name)
        if found is None:
            fitting = [self._exact.get(name, [])]
            fitting += [
                self._beginnings.get(name[:length], [])
                for length in self._lengths
                if length <= len(name)
            ]
            found = list(merge(*fitting, key=lambda rule: rule.order))
            if len(self._remembered) < MOST_REMEMBERED:
                self._remembered[name] = found
        return found
