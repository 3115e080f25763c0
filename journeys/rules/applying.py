"""Doing differences to a map, all of them or some."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.order import LONGEST, between, spread
from cxm.kernel.operations.state import Element, State
from journeys.rules.changes import Place, Sort, flat
from journeys.rules.pairing import side_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from journeys.rules.changes import Change
    from journeys.rules.pairing import ListKey


def applied(state: Mapping[UUID, Element], changes: Iterable[Change]) -> State:
    """Give the map that *changes* make of the map *state*, which stays as it is.

    With all changes between two maps it is the other one, but for how siblings' order is written.
    Of some of them each is done as far as it can be: what is to follow a sibling that is not there
    comes last, and what is not there is not changed. Whether the map holds what maps must hold is
    not looked at.
    """
    leaves = [change for change in flat(changes) if change.kind in _KINDS]
    work = _Work(state)
    for change in leaves:
        if change.sort is Sort.REMOVED:
            work.remove(change)
    arriving = [c for c in leaves if c.sort in (Sort.ADDED, Sort.MOVED) and work.can_arrive(c)]
    work.let_rest({pk for c in arriving if c.sort is Sort.ADDED for pk in c.ids})
    for change in arriving:
        work.take_out(change)
    for change in _each_after_its_sibling(arriving):
        work.put_in(change)
    for change in leaves:
        if change.sort is Sort.CHANGED:
            work.set(change)
    return State(work.state.values())


_KINDS = frozenset(
    {"map", "stage", "step", "lane", "card", "flow", "contact", "nested", "role", "cast"}
)
# What is put into others comes after them.
_OUTER_FIRST = {"stage": 0, "lane": 0, "cast": 0, "step": 1}


def _each_after_its_sibling(arriving: Iterable[Change]) -> list[Change]:
    """Order *arriving* changes so that each finds what it lies in, and what it follows."""
    waiting = sorted(arriving, key=lambda c: _OUTER_FIRST.get(c.kind, 2))
    by_id = {pk: change for change in waiting for pk in change.ids}
    found: list[Change] = []
    done: set[UUID] = set()
    for change in waiting:
        chain: list[Change] = []
        one: Change | None = change
        while one is not None and one.lineage not in done:
            done.add(one.lineage)
            chain.append(one)
            follows = one.now.after if one.now else ()
            one = next((by_id[pk] for pk in follows if pk in by_id), None)
        found += reversed(chain)
    return found


class _Work:
    """A map while changes are done to it."""

    def __init__(self, state: Mapping[UUID, Element]) -> None:
        self.state = dict(state)
        self._side = side_of(state)
        self._own: set[UUID] = set()

    def remove(self, change: Change) -> None:
        """Take an element away; what lies in it goes with it."""
        pk = self._id_of(change)
        if pk is not None:
            self._mine(pk).is_deleted = True
            self._leave_list(pk)

    def let_rest(self, coming_back: set[UUID]) -> None:
        """Let what went with elements that are *coming back* stay away, unless it comes itself."""
        for pk, element in list(self.state.items()):
            if pk not in self._side.there and not element.is_deleted:
                above = element.parent
                while above is not None and above not in coming_back:
                    above = self.state[above].parent if above in self.state else None
                if above is not None:
                    self._mine(pk).is_deleted = True

    def can_arrive(self, change: Change) -> bool:
        """Whether there is something to be moved; what is to be added always can."""
        return change.now is not None and (
            change.sort is Sort.ADDED or self._id_of(change) is not None
        )

    def take_out(self, change: Change) -> None:
        """Let an element leave its list, or make it, so that it can be put into another."""
        pk = self._id_of(change)
        if pk is None:
            pk = change.lineage
            self.state[pk] = Element(pk, change.kind, {})
            self._own.add(pk)
        else:
            self._leave_list(pk)
        if change.sort is Sort.ADDED:
            element = self._mine(pk)
            element.values, element.is_deleted = deepcopy(_object(change.after)), False

    def put_in(self, change: Change) -> None:
        """Put an element where it belongs."""
        pk, place = self._id_of(change), change.now
        assert pk is not None and place is not None  # noqa: S101, PT018 - taken out before
        element = self._mine(pk)
        element.parent = place.inside or self._side.root.id
        if change.kind == "card":
            element.values["step_from"] = str(place.step_from)
            element.values["step_to"] = str(place.step_to)
        key = self._side.list_of(element)
        siblings = self._side.lists.setdefault(key, [])
        at = self._behind(siblings, place)
        siblings.insert(at, pk)
        self._order(key, at)

    def set(self, change: Change) -> None:
        """Set a field, or one setting in it."""
        pk = self._side.root.id if change.kind == "map" else self._id_of(change)
        if pk is None:
            return
        values = self._mine(pk).values
        name, *rest = change.path
        if not rest:
            values[name] = deepcopy(change.after)
        else:
            values[name] = _with(values.get(name), rest, change.after)

    def _id_of(self, change: Change) -> UUID | None:
        seen = (pk for pk in change.ids if pk in self._side.there)
        return next(seen, None) or next((pk for pk in change.ids if pk in self.state), None)

    def _mine(self, pk: UUID) -> Element:
        """Give the element to be changed: a copy, since the map began from stays as it is."""
        if pk not in self._own:
            old = self.state[pk]
            self.state[pk] = replace(old, values=dict(old.values), revs=dict(old.revs))
            self._own.add(pk)
        return self.state[pk]

    def _leave_list(self, pk: UUID) -> None:
        siblings = self._side.lists.get(self._side.list_of(self.state[pk]), [])
        if pk in siblings:
            siblings.remove(pk)

    @staticmethod
    def _behind(siblings: list[UUID], place: Place) -> int:
        if not place.after:
            return 0
        found = (siblings.index(pk) + 1 for pk in place.after if pk in siblings)
        return next(found, len(siblings))

    def _order(self, key: ListKey, at: int) -> None:
        """Give the sibling at *at* an order string, or all of them where there is no room."""
        siblings = self._side.lists[key]
        low = self.state[siblings[at - 1]].ord if at else ""
        high = self.state[siblings[at + 1]].ord if at + 1 < len(siblings) else ""
        is_room = not high or low < high
        made = between(low, high) if is_room else ""
        if is_room and len(made) <= LONGEST:
            self._mine(siblings[at]).ord = made
            return
        for pk, order in zip(siblings, spread(len(siblings)), strict=True):
            self._mine(pk).ord = order


def _with(value: JSON, path: list[str], new: JSON) -> dict[str, JSON]:
    """Give a copy of settings with another value at *path*; None takes the setting away."""
    found: dict[str, JSON] = dict(value) if isinstance(value, dict) else {}
    name, *rest = path
    if rest:
        found[name] = _with(found.get(name), rest, new)
    elif new is None:
        found.pop(name, None)
    else:
        found[name] = deepcopy(new)
    return found


def _object(value: JSON) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
