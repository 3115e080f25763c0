"""A document as plain values: what its operations make of nothing, one after the other."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.shapes import LIFE, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.shapes import JSON

CREATED = "created"
# The field of a document that says since when it is archived.
ARCHIVED = "archived_at"


@dataclass(slots=True)
class Element:
    """One element: its *values* by field, where it lies, and which operation set what.

    *revs* maps a field to the number of the operation that last set it; what is not in it was
    set by the one that is `created`.
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


type State = dict[UUID, Element]


def replayed(operations: Iterable[Operation], until: int | None = None) -> State:
    """Make a document from its operations, in order, up to number *until*."""
    state: State = {}
    for operation in operations:
        if until is not None and operation.seq > until:
            break
        apply(state, operation)
    return state


def apply(state: State, operation: Operation) -> None:
    """Let one operation have its effect on *state*."""
    done: Any = operation.after
    match operation.deed:
        case Deed.CREATE:
            state[operation.lineage] = Element(
                operation.lineage,
                operation.kind,
                deepcopy(done["values"]),
                as_id(done["parent"]),
                done["ord"],
                revs={CREATED: operation.seq},
            )
        case Deed.SET:
            element = state[operation.lineage]
            element.values[operation.field] = deepcopy(done)
            element.revs[operation.field] = operation.seq
        case Deed.MOVE:
            element = state[operation.lineage]
            element.parent, element.ord = as_id(done["parent"]), done["ord"]
            element.revs[PLACE] = operation.seq
        case Deed.DELETE | Deed.RESTORE:
            element = state[operation.lineage]
            element.is_deleted = operation.deed is Deed.DELETE
            element.revs[LIFE] = operation.seq
        case Deed.REBALANCE:
            for text, order in done.items():
                state[_must(text)].ord = order


def is_there(state: State, lineage: UUID | None) -> bool:
    """Whether an element is to be seen: neither it nor anything it lies in is deleted."""
    while lineage is not None:
        element = state.get(lineage)
        if element is None or element.is_deleted:
            return False
        lineage = element.parent
    return True


def children(state: State, parent: UUID | None, kind: str) -> list[Element]:
    """List the elements of *kind* in *parent*, in order, without deleted ones."""
    found = (e for e in state.values() if e.parent == parent and e.kind == kind)
    return sorted((e for e in found if not e.is_deleted), key=lambda e: (e.ord, e.id))


def children_by_parent(state: State) -> dict[tuple[UUID | None, str], list[Element]]:
    """List all elements, by the one they lie in and their kind, as `children` would each."""
    found: dict[tuple[UUID | None, str], list[Element]] = {}
    for element in state.values():
        if not element.is_deleted:
            found.setdefault((element.parent, element.kind), []).append(element)
    for siblings in found.values():
        siblings.sort(key=lambda e: (e.ord, e.id))
    return found


def placed(parent: UUID | None, order: str) -> JSON:
    """Give a place in a list as operations write it down."""
    return {"parent": str(parent) if parent else None, "ord": order}


def as_id(text: Any) -> UUID | None:
    """Read the id of an element; None for none. Raises ValueError."""
    return None if text is None else _must(text)


def _must(text: Any) -> UUID:
    return text if isinstance(text, UUID) else UUID(str(text))
