"""From a map as it is to one as a file has it: the fewest operations that lead there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.planning import longest_rise
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import is_there

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element, State

LOCKED = "is_locked"


@dataclass(slots=True)
class Placed:
    """An element as it shall be: the fields that are spoken of, and what it lies in.

    Those of one *parent*, kind and *group* are in the order in which they are listed.
    """

    id: UUID
    kind: str
    values: dict[str, JSON]
    parent: UUID
    group: Hashable = None


def kept_unseen(state: State, wanted: Sequence[Placed], seen: Collection[str]) -> list[Placed]:
    """List the journeys inside steps that stay though a file is silent about them.

    These are those that are not among *seen*, by id: who wrote the file did not find them, so it
    could not speak of them. They go with their step, where that is not *wanted*.
    """
    steps = {one.id for one in wanted if one.kind == "step"}
    told = {one.id for one in wanted}
    return [
        Placed(one.id, one.kind, {}, one.parent, group="unseen")
        for one in state.values()
        if one.kind == "nested"
        and one.parent in steps
        and one.id not in told
        and str(one.values["journey"]) not in seen
        and is_there(state, one.id)
    ]


@dataclass(slots=True)
class Route:
    """The operations that lead to a map that is wanted; *last* come alone, after the *first*."""

    first: list[Asked] = field(default_factory=list)
    last: list[Asked] = field(default_factory=list)


def route(
    state: State, document: UUID, head: dict[str, JSON], wanted: Sequence[Placed], *, batch: UUID
) -> Route:
    """Give the operations that make *state* hold what is *wanted*, and nothing else.

    *wanted* lists what others lie in before these. What is there is known by its id; what was
    deleted comes back. *head* are fields of the *document* itself. Nothing is asked for where
    nothing differs. Lanes are locked last, as nothing is laid into them after that.
    """
    return _Planner(state, document, batch, wanted).plan(head)


class _Planner:
    """One route in the making."""

    def __init__(self, state: State, document: UUID, batch: UUID, wanted: Sequence[Placed]) -> None:
        self.state, self.document, self.batch = state, document, batch
        self.wanted = {one.id: one for one in wanted}
        self.route = Route()
        self.rows: dict[tuple[Hashable, ...], list[Placed]] = {}
        for one in wanted:
            self.rows.setdefault((one.parent, one.kind, one.group), []).append(one)

    def plan(self, head: dict[str, JSON]) -> Route:
        """Put the route together."""
        first, last = self._deleted()
        lifted = self._lifted()
        asked = self.route.first
        asked += [*self._sets(self.document, head), *first]
        asked += [self._asked(Deed.RESTORE, one) for one in lifted]
        staying = {key: self._staying(row) for key, row in self.rows.items()}
        before: dict[tuple[Hashable, ...], UUID] = {}
        for one in self.wanted.values():
            key = (one.parent, one.kind, one.group)
            self._put(one, before.get(key), staying[key])
            before[key] = one.id
        asked += [*last, *(self._asked(Deed.DELETE, one) for one in reversed(lifted))]
        return self.route

    def _deleted(self) -> tuple[list[Asked], list[Asked]]:
        """Delete what is not wanted; last that from which something moves away."""
        kept = {self.document, *self.wanted}
        gone = [
            e.id
            for e in self.state.values()
            if not e.is_deleted and e.id not in kept and e.parent in kept
        ]
        left = {e.parent for pk in self.wanted if (e := self.state.get(pk))}
        first = [self._asked(Deed.DELETE, pk) for pk in gone if pk not in left]
        return first, [self._asked(Deed.DELETE, pk) for pk in gone if pk in left]

    def _lifted(self) -> list[UUID]:
        """List what must be back for a moment, so that something in it can leave it."""
        found: dict[UUID, None] = {}
        for pk in self.wanted:
            element = self.state.get(pk)
            parent = self.state.get(element.parent) if element and element.parent else None
            if parent and parent.id not in self.wanted and not is_there(self.state, parent.id):
                found[parent.id] = None
        return list(found)

    def _staying(self, row: Sequence[Placed]) -> set[UUID]:
        """Tell who of a row need not move for all to be in order: as many as can be."""
        there = [e for one in row if (e := self.state.get(one.id)) and e.parent == one.parent]
        order = {e.id: n for n, e in enumerate(sorted(there, key=lambda e: (e.ord, e.id)))}
        return {there[n].id for n in longest_rise([order[e.id] for e in there])}

    def _put(self, one: Placed, before: UUID | None, staying: set[UUID]) -> None:
        """Make, bring back, move and set one element; *before* is the one it follows."""
        place: dict[str, JSON] = {"parent": str(one.parent)}
        if before is not None or staying:
            place["after"] = str(before) if before else None
        element = self.state.get(one.id)
        asked = self.route.first
        if element is None:
            self._create(one, place)
            return
        if element.is_deleted:
            asked.append(self._asked(Deed.RESTORE, one.id))
        if one.id not in staying:
            asked.append(self._asked(Deed.MOVE, one.id, value=place))
        for done in self._sets(one.id, one.values):
            is_lock = done.field == LOCKED and done.value is True
            (self.route.last if is_lock else asked).append(done)

    def _create(self, one: Placed, place: dict[str, JSON]) -> None:
        values = dict(one.values)
        if values.get(LOCKED):
            values[LOCKED] = False
            self.route.last.append(self._asked(Deed.SET, one.id, field=LOCKED, value=True))
        told = {"values": values, **place}
        self.route.first.append(self._asked(Deed.CREATE, one.id, kind=one.kind, value=told))

    def _sets(self, pk: UUID, values: dict[str, JSON]) -> Iterator[Asked]:
        element: Element = self.state[pk]
        for name, value in values.items():
            if element.values.get(name) != value:
                yield self._asked(Deed.SET, pk, field=name, value=value)

    def _asked(self, op: Deed, lineage: UUID, **more: Any) -> Asked:
        return Asked(id=new_id(), batch=self.batch, op=op, lineage=lineage, **more)
