"""A map as lists in order, and two maps laid side by side."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.kernel.operations.state import as_id
from journeys.rules.kinds import LaneKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cxm.kernel.operations.state import Element

# A list of siblings: their kind, what they lie in (None is the map), and of cards the first step.
type ListKey = tuple[str, UUID | None, UUID | None]

# What of an element that is only a link says which one it is, where two maps were drawn apart.
_LINKED_BY = {
    "contact": ("touchpoint",),
    "nested": ("journey",),
    "role": ("stakeholder", "role"),
    "cast": ("persona",),
}


@dataclass(slots=True)
class Side:
    """One map: what is *there* by id, without the map itself, and its *lists* in order.

    *places* gives the number of each element in its list. What was deleted, or lies in something
    that was, is not there.
    """

    root: Element
    there: dict[UUID, Element] = field(default_factory=dict)
    lists: dict[ListKey, list[UUID]] = field(default_factory=dict)
    places: dict[UUID, int] = field(default_factory=dict)

    def list_of(self, element: Element) -> ListKey:
        """Give the list that *element* stands in."""
        inside = None if element.parent == self.root.id else element.parent
        step = as_id(element.values["step_from"]) if element.kind == "card" else None
        return (element.kind, inside, step)

    def before(self, pk: UUID) -> UUID | None:
        """Give the sibling that *pk* follows; None at the beginning."""
        place = self.places[pk]
        return self.lists[self.list_of(self.there[pk])][place - 1] if place else None

    def siblings(self, kind: str, inside: UUID | None = None) -> Sequence[UUID]:
        """List what of *kind* lies in *inside*, in order; None is the map. Not for cards."""
        return self.lists.get((kind, inside, None), ())


def side_of(state: Mapping[UUID, Element]) -> Side:
    """Read a map from its state. Elements with the same order string stand by their ids."""
    side = Side(next(e for e in state.values() if e.kind == "map"))
    gone = {e.id for e in state.values() if e.is_deleted}
    for element in sorted(state.values(), key=lambda e: (e.ord, e.id)):
        if element.parent is None or _is_gone(element, state, gone):
            continue
        side.there[element.id] = element
        siblings = side.lists.setdefault(side.list_of(element), [])
        side.places[element.id] = len(siblings)
        siblings.append(element.id)
    return side


def _is_gone(element: Element, state: Mapping[UUID, Element], gone: set[UUID]) -> bool:
    while element.id not in gone:
        if element.parent is None:
            return False
        above = state.get(element.parent)
        if above is None:
            return True
        element = above
    return True


@dataclass(slots=True)
class Pair:
    """Two maps side by side; *twins* gives the id on the left of what has another on the right."""

    left: Side
    right: Side
    twins: dict[UUID, UUID] = field(default_factory=dict)
    _back: dict[UUID, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        alone = [e for pk, e in self.left.there.items() if pk not in self.right.there]
        known = {linked_as(self.left, e): e.id for e in alone}
        for pk, element in self.right.there.items():
            key = None if pk in self.left.there else linked_as(self.right, element)
            twin = known.get(key) if key else None
            if twin:
                self.twins[pk], self._back[twin] = twin, pk

    def on_left(self, pk: UUID) -> Element | None:
        """Give what stands on the left for the element *pk* of the right."""
        return self.left.there.get(self.twins.get(pk, pk))

    def on_right(self, pk: UUID) -> Element | None:
        """Give what stands on the right for the element *pk* of the left."""
        return self.right.there.get(self._back.get(pk, pk))

    def names(self, pk: UUID | None) -> tuple[UUID, ...]:
        """Give the ids that one element goes by, its own first; none for none."""
        if pk is None:
            return ()
        twin = self.twins.get(pk) or self._back.get(pk)
        return (pk, twin) if twin else (pk,)


def linked_as(side: Side, element: Element) -> tuple[object, ...] | None:
    """Say what tells a link from others of its kind; None of elements with a name of their own.

    A value of emotion is one: of its lane, step and persona.
    """
    if element.kind == "card":
        lane = side.there.get(element.parent) if element.parent else None
        if lane is None or lane.values["kind"] != LaneKind.EMOTION:
            return None
        told = (element.values["step_from"], element.values["persona"])
        return ("card", element.parent, *told)
    names = _LINKED_BY.get(element.kind)
    if names is None:
        return None
    inside = None if element.parent == side.root.id else element.parent
    return (element.kind, inside, *(element.values[name] for name in names))


def merged(left: Iterable[UUID], right: Sequence[UUID], gone: set[UUID]) -> list[UUID]:
    """Put one list of siblings into the other: as on the *right*, with what is *gone* since.

    What is gone follows the nearest one before it on the left that is on the right as well.
    """
    there, after = set(right), None
    following: dict[UUID | None, list[UUID]] = {}
    for pk in left:
        if pk in gone:
            following.setdefault(after, []).append(pk)
        elif pk in there:
            after = pk
    found = list(following.get(None, ()))
    for pk in right:
        found += [pk, *following.get(pk, ())]
    return found


def staying(order: Sequence[int]) -> set[int]:
    """Give the places in *order* of a longest rising row of it; of several always the same one.

    Patience sorting: M. L. Fredman, On computing the length of longest increasing subsequences,
    Discrete Mathematics 11 (1975), 29-35. O(n log n). All numbers differ.
    """
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(order):
        length = bisect_left(tails, number)
        before.append(ends[length - 1] if length else None)
        if length == len(tails):
            tails.append(number)
            ends.append(place)
        else:
            tails[length], ends[length] = number, place
    found: set[int] = set()
    place_of: int | None = ends[-1] if ends else None
    while place_of is not None:
        found.add(place_of)
        place_of = before[place_of]
    return found
