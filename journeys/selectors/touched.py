"""Which lanes of a map look different after some operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.records import Deed
from journeys.models import Card
from journeys.rules.fields import OWN
from journeys.rules.kinds import LaneKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.kernel.operations.records import Operation
    from journeys.models import JourneyMap
    from journeys.selectors.grid_rows import LaneRow

# Which kinds of lanes show what steps have.
SHOWN_BY = {
    "contact": {LaneKind.TOUCHPOINT, LaneKind.CHANNEL},
    "role": {LaneKind.ACTOR},
    "nested": {LaneKind.NESTED},
    "flow": {LaneKind.FLOW},
}
# What is about all columns, all lanes, or the colours of curves.
_EVERYWHERE = frozenset({"stage", "step", "cast"})
_OUT_OF_SIGHT = frozenset({"description", "presenter_note", "owner", OWN})


@dataclass(slots=True)
class Touched:
    """Lanes by lineage and by kind; or all, where columns or the order of lanes changed."""

    is_all: bool = False
    lanes: set[UUID] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.is_all or bool(self.lanes or self.kinds)

    def holds(self, lane: LaneRow) -> bool:
        """Whether *lane* looks different."""
        return lane.lineage in self.lanes or lane.kind in self.kinds


def lanes_touched(row: JourneyMap, operations: Iterable[Operation]) -> Touched:
    """Give the lanes that *operations* changed the look of. One query, for cards."""
    touched = Touched()
    cards: set[UUID] = set()
    for done in operations:
        if done.kind == "card":
            cards.add(done.lineage)
            touched.lanes |= _parents(done)
        elif done.kind in _EVERYWHERE:
            touched.is_all |= done.field not in _OUT_OF_SIGHT
        elif done.kind == "lane":
            is_own = done.deed is Deed.SET and done.field != "is_hidden"
            touched.is_all |= not is_own
            touched.lanes.add(done.lineage)
        else:
            touched.kinds |= SHOWN_BY.get(done.kind, set())
    if cards and not touched.is_all:
        rows = Card.objects.for_tenant(row.tenant_id).filter(map=row, lineage__in=cards)
        touched.lanes |= set(rows.values_list("lane", flat=True))
    return touched


def _parents(done: Operation) -> set[UUID]:
    """Give the lanes that a card was moved from and to, or made in."""
    told: list[Any] = [done.before, done.after]
    places = [one for one in told if isinstance(one, dict) and done.deed in _PLACING]
    return {UUID(str(one["parent"])) for one in places if one.get("parent")}


_PLACING = frozenset({Deed.CREATE, Deed.MOVE})
