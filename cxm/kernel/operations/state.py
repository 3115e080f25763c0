"""A document as plain values: what its operations make of nothing, one after the other."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.shapes import LIFE, PLACE

if TYPE_CHECKING:
    from collections.abc import Collection, ItemsView, Iterable, Iterator, Sequence, ValuesView

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.shapes import JSON

CREATED = "created"
# The field of a document that says since when it is archived.
ARCHIVED = "archived_at"


@dataclass(slots=True)
class Element:
    """One element: its *values* by field, where it lies, and which operation set what.

    *revs* maps a field to the number of the operation that last set it; what is not in it was
    set by the one that is `created`. Place and life of one that is in a State change by `apply`.
    """

    id: UUID
    kind: str
    values: dict[str, JSON]
    parent: UUID | None = None
    ord: str = ""
    is_deleted: bool = False
    revs: dict[str, int] = field(default_factory=dict)

    def rev(self, name: str) -> int:
        """Give the number of the operation that last set the field, place or life *name*."""
        return self.revs.get(name, self.revs.get(CREATED, 0))

    def place(self) -> JSON:
        """Give where it lies, as operations write it down."""
        return placed(self.parent, self.ord)


class State(Mapping[UUID, Element]):
    """The elements of a document by id, with an index of what lies in what.

    The index costs one step an element to make, and next to nothing to keep.
    """

    def __init__(self, elements: Iterable[Element] = ()) -> None:
        self._elements: dict[UUID, Element] = {}
        # What lies in an element, by kind, in order; without deleted ones.
        self._alive: dict[tuple[UUID | None, str], list[Element]] = {}
        self._add_all(elements)

    def __getitem__(self, lineage: UUID) -> Element:
        return self._elements[lineage]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._elements)

    def __len__(self) -> int:
        return len(self._elements)

    def get(  # type: ignore[override]  # nobody gives a default of another type
        self, lineage: UUID, default: Element | None = None
    ) -> Element | None:
        """Give the element with this id, deleted or not; None where there is none."""
        return self._elements.get(lineage, default)

    def values(self) -> ValuesView[Element]:
        """Give all elements, deleted ones, too."""
        return self._elements.values()

    def items(self) -> ItemsView[UUID, Element]:
        """Give all elements with their ids."""
        return self._elements.items()

    def add(self, element: Element) -> None:
        """Put a new element in, which no other state may change."""
        self._elements[element.id] = element
        self._lay(element)

    def place(self, element: Element, parent: UUID | None, order: str) -> None:
        """Let an element of this state lie in *parent* at *order*."""
        self._lift(element)
        element.parent, element.ord = parent, order
        self._lay(element)

    def mark(self, element: Element, *, is_deleted: bool) -> None:
        """Let an element of this state be deleted, or there again."""
        self._lift(element)
        element.is_deleted = is_deleted
        self._lay(element)

    def arrange(self, orders: Mapping[UUID, str]) -> None:
        """Give elements of this state, by id, other orders where they lie."""
        found = [self[lineage] for lineage in orders]
        for element in found:
            element.ord = orders[element.id]
        for place in {(e.parent, e.kind) for e in found if not e.is_deleted}:
            self._alive[place].sort(key=_by_place)

    def children(self, parent: UUID | None, kind: str) -> Sequence[Element]:
        """List the elements of *kind* in *parent*, in order, without deleted ones.

        It is the list that the state itself keeps: look at it before anything changes.
        """
        return self._alive.get((parent, kind), ())

    def children_in(self, parents: Iterable[UUID], kind: str) -> list[Element]:
        """List the elements of *kind* in all of *parents*, without deleted ones."""
        return [element for parent in parents for element in self.children(parent, kind)]

    def index_of(self, element: Element) -> int:
        """Say the how-manieth of its siblings an element is that is not deleted, from 0."""
        siblings = self._alive[element.parent, element.kind]
        return bisect_left(siblings, _by_place(element), key=_by_place)

    def count(self, parent: UUID | None, kind: str) -> int:
        """Count the elements of *kind* in *parent*, without deleted ones."""
        return len(self.children(parent, kind))

    def of_kind(self, kind: str) -> list[Element]:
        """List all elements of *kind*, deleted ones, too."""
        return [element for element in self._elements.values() if element.kind == kind]

    def holding(self, kind: str, names: Sequence[str], ids: Collection[UUID]) -> list[Element]:
        """List the elements of *kind* of which a field of *names* holds one of *ids*."""
        texts = {str(one) for one in ids}
        found = self._elements.values()
        return [e for e in found if e.kind == kind and any(e.values[n] in texts for n in names)]

    def inside(self, lineages: Iterable[UUID]) -> set[UUID]:
        """Give *lineages* and whatever lies in them, at any depth, deleted or not."""
        found = set(lineages)
        parts: dict[UUID | None, list[UUID]] = {}
        for element in self._elements.values():
            parts.setdefault(element.parent, []).append(element.id)
        more = list(found)
        while more:
            more = [pk for outer in more for pk in parts.get(outer, ()) if pk not in found]
            found.update(more)
        return found

    def _add_all(self, elements: Iterable[Element]) -> None:
        grown = set()
        for element in elements:
            self._elements[element.id] = element
            if not element.is_deleted:
                place = (element.parent, element.kind)
                self._alive.setdefault(place, []).append(element)
                grown.add(place)
        for place in grown:
            self._alive[place].sort(key=_by_place)

    def _lay(self, element: Element) -> None:
        if not element.is_deleted:
            siblings = self._alive.setdefault((element.parent, element.kind), [])
            insort(siblings, element, key=_by_place)

    def _lift(self, element: Element) -> None:
        if not element.is_deleted:
            self._alive[element.parent, element.kind].pop(self.index_of(element))


def replayed(operations: Iterable[Operation], until: int | None = None) -> State:
    """Make a document from its operations, in order, up to number *until*."""
    state = State()
    for operation in operations:
        if until is not None and operation.seq > until:
            break
        apply(state, operation)
    return state


def apply(state: State, operation: Operation) -> None:
    """Let one operation have its effect on *state*."""
    done: Any = operation.after
    if operation.deed is Deed.CREATE:
        state.add(made_by(operation))
        return
    element = state[operation.lineage]
    match operation.deed:
        case Deed.SET:
            element.values[operation.field] = msgspec.to_builtins(done)
            element.revs[operation.field] = operation.seq
        case Deed.MOVE:
            state.place(element, as_id(done["parent"]), done["ord"])
            element.revs[PLACE] = operation.seq
        case Deed.DELETE | Deed.RESTORE:
            state.mark(element, is_deleted=operation.deed is Deed.DELETE)
            element.revs[LIFE] = operation.seq
        case Deed.REBALANCE:
            state.arrange({_must(text): order for text, order in done.items()})


def made_by(operation: Operation) -> Element:
    """Give the element that an operation creates; it shares nothing with the operation."""
    told: Any = operation.after
    return Element(
        operation.lineage,
        operation.kind,
        # Containers are made anew by it, and it is much faster than a deep copy.
        msgspec.to_builtins(told["values"]),
        as_id(told["parent"]),
        told["ord"],
        revs={CREATED: operation.seq},
    )


def is_there(state: Mapping[UUID, Element], lineage: UUID | None) -> bool:
    """Whether an element is to be seen: neither it nor anything it lies in is deleted."""
    while lineage is not None:
        element = state.get(lineage)
        if element is None or element.is_deleted:
            return False
        lineage = element.parent
    return True


def children(state: State, parent: UUID | None, kind: str) -> list[Element]:
    """List the elements of *kind* in *parent*, in order, without deleted ones."""
    return list(state.children(parent, kind))


def children_by_parent(
    state: Mapping[UUID, Element],
) -> dict[tuple[UUID | None, str], list[Element]]:
    """List all elements, by the one they lie in and their kind, as `children` would each."""
    found: dict[tuple[UUID | None, str], list[Element]] = {}
    for element in state.values():
        if not element.is_deleted:
            found.setdefault((element.parent, element.kind), []).append(element)
    for siblings in found.values():
        siblings.sort(key=_by_place)
    return found


def placed(parent: UUID | None, order: str) -> JSON:
    """Give a place in a list as operations write it down."""
    return {"parent": str(parent) if parent else None, "ord": order}


def as_id(text: Any) -> UUID | None:
    """Read the id of an element; None for none. Raises ValueError."""
    return None if text is None else _must(text)


def _must(text: Any) -> UUID:
    return text if isinstance(text, UUID) else UUID(str(text))


def _by_place(element: Element) -> tuple[str, UUID]:
    return element.ord, element.id
