"""Between rows and elements: what a field is in its column, and an operation in the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.ids import new_id
from cxm.kernel.operations.reading import Row
from cxm.kernel.operations.records import Actor, Deed, Operation, Source
from cxm.kernel.operations.state import Element
from cxm.kernel.operations.writing import blank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from cxm.kernel.operations.documents import Request, Store

ACTORS = ("member", "api_key")


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one kind of element.

    *stream* is the column that says which document a row is in, *parent* the one that says in
    which element it lies, if it may lie in several. A field stands in the column of its name, or
    in the one that *columns* gives. *key* is the column with the id of the element: documents
    that are copies of each other may have the same element in a row each.
    """

    model: Any
    stream: str
    parent: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    key: str = "pk"
    is_crowded: bool = False

    def id_of(self, row: Any) -> UUID:
        """Give the id of the element that *row* holds."""
        found: UUID = getattr(row, self.key)
        return found

    def column(self, name: str) -> str:
        """Give the column that holds the field *name*."""
        return self.columns.get(name, name)


def from_row(store: Store, kind: str, row: Any) -> Element:
    """Read the element that a row holds."""
    table, shape = store.tables[kind], store.shape.element(kind)
    values = {f.name: msgspec.to_builtins(getattr(row, table.column(f.name))) for f in shape.fields}
    parent = getattr(row, table.parent) if table.parent else None
    if parent is None and shape.parents:
        parent = getattr(row, table.stream)
    return Element(
        table.id_of(row),
        kind,
        values,
        parent,
        getattr(row, "ord", ""),
        row.deleted_at is not None,
        dict(row.field_revs),
    )


def new_rows(
    store: Store, request: Request, kind: str, elements: Iterable[Element], head: int
) -> list[dict[str, Any]]:
    """Give the values of rows for new *elements* of *kind*, their document being at *head*."""
    table, shape = store.tables[kind], store.shape.element(kind)
    given = {"tenant_id": request.tenant.pk, "created_at": request.now}
    written = {table.column(one.name) for one in shape.fields} | {"deleted_at"}
    if shape.parents:
        given[table.stream] = request.document
        written |= {table.parent, "ord"} - {""}
    same = blank(table.model) | given
    rows = []
    for element in elements:
        row = dict(same)
        if table.key != "pk":
            row[table.key] = element.id
        kept = Row(element.id if table.key == "pk" else new_id(), None)
        row |= row_values(store, request, element, written, kept=kept, head=head)
        row["created_by_id"] = row["updated_by_id"]
        rows.append(row)
    return rows


def row_values(
    store: Store,
    request: Request,
    element: Element,
    attributes: Collection[str],
    *,
    kept: Row,
    head: int,
) -> dict[str, Any]:
    """Give the values of *attributes* in the row of an element, and of who changed it when."""
    table, shape = store.tables[element.kind], store.shape.element(element.kind)
    told: dict[str, Any] = {table.column(name): value for name, value in element.values.items()}
    told |= {table.parent: element.parent, "ord": element.ord, "head_seq": head}
    told["deleted_at"] = (kept.deleted_at or request.now) if element.is_deleted else None
    found = {name: told[name] for name in attributes}
    found |= {"id": kept.pk, "field_revs": element.revs, "updated_at": request.now}
    found["updated_by_id"] = request.actor.id if request.actor.kind == "member" else None
    if not shape.parents:
        found["head_seq"] = head
    return found


def changed_by(store: Store, done: Operation) -> set[str]:
    """List the attributes of rows that one operation changes, beside what each one does."""
    table = store.tables[done.kind]
    match done.deed:
        case Deed.SET:
            return {table.column(done.field)}
        case Deed.MOVE:
            return {table.parent, "ord"} - {""}
        case Deed.DELETE | Deed.RESTORE:
            return {"deleted_at"}
        case _:
            return set()


def operation_of(row: Any) -> Operation:
    """Read an operation from its row in the log."""
    actor = next((Actor(k, pk) for k in ACTORS if (pk := getattr(row, f"{k}_id"))), Actor())
    return Operation(
        row.seq,
        row.pk,
        row.batch,
        Deed(row.deed),
        row.kind,
        row.lineage,
        row.field,
        row.before,
        row.after,
        actor,
        row.at,
        Source(row.source),
        row.undo_of,
    )


def operation_row(store: Store, request: Request, done: Operation) -> dict[str, Any]:
    """Give the values of the log's row for an operation."""
    actors: dict[str, Any] = {f"{kind}_id": None for kind in ACTORS}
    if done.actor.id:
        actors[f"{done.actor.kind}_id"] = done.actor.id
    return {
        "id": done.id,
        "tenant_id": request.tenant.pk,
        f"{store.stream}_id": request.document,
        "seq": done.seq,
        "batch": done.batch,
        "deed": done.deed.value,
        "kind": done.kind,
        "lineage": done.lineage,
        "field": done.field,
        "before": done.before,
        "after": done.after,
        "at": done.at,
        "source": done.source.value,
        "undo_of": done.undo_of,
        **actors,
    }
