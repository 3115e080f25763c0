"""Deciding what an asked operation does to a document, or why it does nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.kernel.operations.order import LONGEST, between, spread
from cxm.kernel.operations.records import (
    Asked,
    Clash,
    Deed,
    GoneError,
    Operation,
    Overridden,
    RefusedError,
    ReusedIdError,
    UnknownElementError,
)
from cxm.kernel.operations.shapes import PLACE, is_shallow
from cxm.kernel.operations.state import Element, State, apply, as_id, is_there, placed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.records import Actor, Source
    from cxm.kernel.operations.shapes import JSON, DocumentShape, ElementShape, FieldShape

LAST = "last"


@dataclass(slots=True)
class Judge:
    """Takes asked operations one after the other, and collects what is done.

    *state* is the document, and is changed. *known* are operations of this document that came
    before, by id. *operations* are new ones, *overridden* what they replaced of others, *clashes*
    fields where both versions have to be shown; with any of these nothing may be written.
    """

    shape: DocumentShape
    state: State
    head: int
    actor: Actor
    at: datetime
    source: Source
    known: Mapping[UUID, Operation] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    overridden: list[Overridden] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    _typed_over: dict[tuple[UUID, str], int] = field(default_factory=dict)
    _by_id: dict[UUID, Operation] = field(default_factory=dict)

    def take(self, asked: Asked) -> Operation:
        """Do one operation, or find the one that it was before.

        Raises RefusedError, UnknownElementError, GoneError and ReusedIdError. A text that
        somebody else has changed is kept in `clashes`.
        """
        if not is_shallow(asked.value):
            message = "This is nested too deeply: flatten it."
            raise RefusedError(message, field="value")
        before = self._before(asked.id)
        if before is not None:
            if not self._is_same(before, asked):
                raise ReusedIdError(asked.id)
            return before
        deeds = {
            Deed.CREATE: self._create,
            Deed.DELETE: self._delete,
            Deed.RESTORE: self._restore,
            Deed.SET: self._set,
            Deed.MOVE: self._move,
        }
        if asked.op not in deeds:
            message = f"Clients cannot ask for “{asked.op}”."
            raise RefusedError(message, field="op")
        return deeds[asked.op](asked)

    def write(
        self,
        asked_id: UUID,
        batch: UUID,
        deed: Deed,
        element: Element,
        *,
        name: str = "",
        before: JSON = None,
        after: JSON = None,
        undo_of: UUID | None = None,
    ) -> Operation:
        """Do an operation that was decided about."""
        self.head += 1
        operation = Operation(
            self.head,
            asked_id,
            batch,
            deed,
            element.kind,
            element.id,
            name,
            before,
            after,
            self.actor,
            self.at,
            self.source,
            undo_of,
        )
        apply(self.state, operation)
        self.operations.append(operation)
        self._by_id[asked_id] = operation
        return operation

    def _is_same(self, done: Operation, asked: Asked) -> bool:
        """Whether *asked* is what was *done* before, as far as its content says what was meant."""
        if (done.deed, done.lineage, done.batch) != (asked.op, asked.lineage, asked.batch):
            return False
        shape = self.shape.element(done.kind)
        if done.deed is Deed.SET:
            is_same_field = done.field == asked.field
            return is_same_field and shape.field(asked.field).kept(asked.value) == done.after
        if done.deed is Deed.CREATE:
            made: Any = done.after
            told = _told(asked, {"values", "parent", "after"})
            return done.kind == asked.kind and made["values"] == _values(
                shape, told.get("values") or {}
            )
        return True

    def _before(self, asked_id: UUID) -> Operation | None:
        return self.known.get(asked_id) or self._by_id.get(asked_id)

    def _create(self, asked: Asked) -> Operation:
        shape = self.shape.element(asked.kind)
        if asked.lineage in self.state:
            message = "There is an element with this id already."
            raise RefusedError(message, field="lineage")
        told = _told(asked, {"values", "parent", "after"})
        is_root = shape.kind == self.shape.root and not self.state
        parent = None if is_root else self._parent(shape, told.get("parent"))
        if shape.parents and len(self.state.children(parent, shape.kind)) >= shape.most:
            message = f"No more than {shape.most} of this kind ({shape.label}) fit here."
            raise RefusedError(message, field="parent")
        values = _values(shape, told.get("values") or {})
        element = Element(asked.lineage, shape.kind, values, parent)
        if not is_root:
            element.ord = self._order(element, parent, told.get("after", LAST))
        made: JSON = {
            "values": values,
            "parent": str(parent) if parent else None,
            "ord": element.ord,
        }
        operation = self.write(asked.id, asked.batch, Deed.CREATE, element, after=made)
        self._rebalance(operation)
        return operation

    def _delete(self, asked: Asked) -> Operation:
        element = self._element(asked)
        if not self.shape.element(element.kind).parents:
            message = "The whole is archived, not deleted."
            raise RefusedError(message, field="op")
        # Deleted twice is deleted: what was asked for holds.
        return self.write(
            asked.id, asked.batch, Deed.DELETE, element, before=element.is_deleted, after=True
        )

    def _restore(self, asked: Asked) -> Operation:
        element = self._element(asked)
        return self.write(
            asked.id, asked.batch, Deed.RESTORE, element, before=element.is_deleted, after=False
        )

    def _set(self, asked: Asked) -> Operation:
        element = self._alive(asked)
        shape = self.shape.element(element.kind).field(asked.field)
        if shape.is_fixed:
            message = f"{shape.label} cannot be changed later."
            raise RefusedError(message, field=asked.field)
        after = shape.kept(asked.value)
        before = element.values.get(asked.field)
        rev = element.rev(asked.field)
        if self._is_typed_over_another(asked, element):
            self._clash_or_override(asked, shape, before, after, rev)
        self._typed_over.setdefault((element.id, asked.field), rev)
        return self.write(
            asked.id, asked.batch, Deed.SET, element, name=asked.field, before=before, after=after
        )

    def _move(self, asked: Asked) -> Operation:
        element = self._alive(asked)
        shape = self.shape.element(element.kind)
        told = _told(asked, {"parent", "after"})
        named = told.get("parent", str(element.parent) if element.parent else None)
        parent = self._parent(shape, named)
        if self._lies_in(parent, element.id):
            message = "Nothing can be moved into itself."
            raise RefusedError(message, field="parent")
        before = element.place()
        after = placed(parent, self._order(element, parent, told.get("after", LAST)))
        operation = self.write(
            asked.id, asked.batch, Deed.MOVE, element, name=PLACE, before=before, after=after
        )
        self._rebalance(operation)
        return operation

    def _element(self, asked: Asked) -> Element:
        element = self.state.get(asked.lineage)
        if element is None:
            raise UnknownElementError
        return element

    def _alive(self, asked: Asked) -> Element:
        element = self._element(asked)
        if not is_there(self.state, element.id):
            raise GoneError(asked, self._deleted(element))
        return element

    def _deleted(self, element: Element) -> list[UUID]:
        """List what is deleted of an element and of what it lies in, the outer first."""
        found = [element.id] if element.is_deleted else []
        outer = self.state.get(element.parent) if element.parent else None
        return [*(self._deleted(outer) if outer else []), *found]

    def _parent(self, shape: ElementShape, named: Any) -> UUID | None:
        if not shape.parents:
            message = f"There is one {shape.label} only."
            raise RefusedError(message, field="kind")
        try:
            place = as_id(named)
        except ValueError:
            place = None
        parent = self.state.get(place) if place else None
        if parent is None or parent.kind not in shape.parents or parent.is_deleted:
            message = f"A {shape.label} lies in a {' or '.join(shape.parents)}; name its id."
            raise RefusedError(message, field="parent")
        return parent.id

    def _lies_in(self, place: UUID | None, lineage: UUID) -> bool:
        while place is not None:
            if place == lineage:
                return True
            element = self.state.get(place)
            place = element.parent if element else None
        return False

    def _order(self, element: Element, parent: UUID | None, after: Any) -> str:
        """Give the order string behind sibling *after*; at the end when that one is gone."""
        siblings = self.state.children(parent, element.kind)
        others = (one for one in siblings if one.id != element.id)
        if after is None:
            first = next(others, None)
            return between("", first.ord) if first else between("", "")
        before = self._sibling(element, parent, after)
        if before is None:
            last = next((one for one in reversed(siblings) if one.id != element.id), None)
            return between(last.ord if last else "", "")
        following = islice(siblings, self.state.index_of(before) + 1, None)
        # Siblings that came to one place at once share an order string: it stands behind them all.
        behind = (one.ord for one in following if one.id != element.id and one.ord > before.ord)
        return between(before.ord, next(behind, ""))

    def _sibling(self, element: Element, parent: UUID | None, named: Any) -> Element | None:
        """Find which of the others in *parent*, of the same kind, is named, if one is."""
        try:
            lineage = as_id(named)
        except ValueError:
            return None
        found = self.state.get(lineage) if lineage else None
        if found is None or found.is_deleted or found.id == element.id:
            return None
        return found if (found.parent, found.kind) == (parent, element.kind) else None

    def _rebalance(self, operation: Operation) -> None:
        moved = self.state[operation.lineage]
        if len(moved.ord) <= LONGEST or moved.parent is None:
            return
        siblings = self.state.children(moved.parent, moved.kind)
        orders = spread(len(siblings))
        before: JSON = {str(e.id): e.ord for e in siblings}
        after: JSON = {str(e.id): order for e, order in zip(siblings, orders, strict=True)}
        parent = self.state[moved.parent]
        self.write(new_id(), operation.batch, Deed.REBALANCE, parent, before=before, after=after)

    def _is_typed_over_another(self, asked: Asked, element: Element) -> bool:
        rev = element.rev(asked.field)
        if asked.base_id is not None:
            base = self._before(asked.base_id)
            return base is None or base.seq != rev
        if asked.base_rev is None:
            return False
        seen = self._typed_over.get((element.id, asked.field), rev)
        return asked.base_rev < seen

    def _clash_or_override(
        self, asked: Asked, shape: FieldShape, theirs: JSON, mine: JSON, rev: int
    ) -> None:
        if theirs == mine:
            return
        if shape.is_text:
            clash = Clash(asked.lineage, asked.field, None, theirs, mine, rev)
            self.clashes.append(clash)
        else:
            self.overridden.append(Overridden(asked.lineage, asked.field, theirs, rev))


def _told(asked: Asked, names: set[str]) -> dict[str, Any]:
    if not isinstance(asked.value, dict) or not asked.value.keys() <= names:
        message = f"The value of “{asked.op}” is an object with {', '.join(sorted(names))}."
        raise RefusedError(message, field="value")
    return asked.value


def _values(shape: ElementShape, told: Any) -> dict[str, JSON]:
    if not isinstance(told, dict):
        message = "The values of a new element are an object."
        raise RefusedError(message, field="value.values")
    for name in told:
        shape.field(str(name))
    return {f.name: f.kept(told.get(f.name, f.default)) for f in shape.fields}
