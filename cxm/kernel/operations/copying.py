"""Beginning a document as a copy of another: the same elements, under the same ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import open_document, save_document
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import Element, is_there

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.operations.documents import Request, Store
    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import State


@transaction.atomic
def begin_as_copy(store: Store, request: Request, *, of: State, values: Mapping[str, JSON]) -> int:
    """Make the document of *request* with all elements of the document *of* that are there.

    *values* replace those of its root. Elements keep ids, places and order; each is created by an
    operation of its own, all in one batch. Gives their number. Only for stores whose tables have
    a key beside their rows' own, since the same element is then in two documents. Raises
    RefusedError.
    """
    opened = open_document(store, request, is_new=True)
    judge, batch = opened.judge, new_id()
    root = next(e for e in of.values() if e.parent is None)
    for element in _from_the_outside_in(store, of):
        is_root = element.id == root.id
        parent = request.document if element.parent == root.id else element.parent
        told = {**element.values, **(values if is_root else {})}
        copy = Element(request.document if is_root else element.id, element.kind, {}, parent)
        made: JSON = {
            "values": msgspec.to_builtins(told),
            "parent": str(parent) if parent else None,
            "ord": element.ord,
        }
        judge.write(new_id(), batch, Deed.CREATE, copy, after=made)
    save_document(store, request, opened)
    return judge.head


def _from_the_outside_in(store: Store, state: State) -> list[Element]:
    """List the elements that are there, those in which others lie before these."""
    kinds = {kind: number for number, kind in enumerate(store.tables)}
    depths: dict[UUID, int] = {}

    def depth(element: Element) -> int:
        if element.id not in depths:
            parent = state.get(element.parent) if element.parent else None
            depths[element.id] = 1 + depth(parent) if parent else 0
        return depths[element.id]

    there = [e for e in state.values() if is_there(state, e.id)]
    return sorted(there, key=lambda e: (depth(e), kinds[e.kind], e.ord, e.id))
