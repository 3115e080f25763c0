"""Between rows and elements: what a field is in its column, and an operation in the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.operations.records import Actor, Deed, Operation, Source
from cxm.kernel.operations.shapes import LIFE
from cxm.kernel.operations.state import Element

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.operations.documents import Request, Store
    from cxm.kernel.operations.judging import Judge

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

    def id_of(self, row: Any) -> UUID:
        """Give the id of the element that *row* holds."""
        found: UUID = getattr(row, self.key)
        return found

    def column(self, name: str) -> str:
        """Give the column that holds the field *name*."""
        return self.columns.get(name, name)

    def written(self) -> list[str]:
        """List the columns that operations change."""
        own = ["field_revs", "deleted_at", "updated_at", "updated_by_id"]
        places = [*([self.parent] if self.parent else []), "ord"]
        columns = [self.column(name) for name in self.fields]
        names = {f.attname: f.name for f in self.model._meta.concrete_fields}
        wanted = [*own, *places, *columns, "head_seq"]
        return [names[column] for column in wanted if column in names]


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


def write_row(store: Store, request: Request, element: Element, row: Any, judge: Judge) -> Any:
    """Put *element* into *row*, which is not saved yet."""
    table, shape = store.tables[element.kind], store.shape.element(element.kind)
    row.tenant_id = request.tenant.pk
    for one in shape.fields:
        value = msgspec.convert(element.values[one.name], one.type, strict=False)
        setattr(row, table.column(one.name), _plain(value))
    if shape.parents:
        setattr(row, table.stream, request.document)
        row.ord = element.ord
        if table.parent:
            setattr(row, table.parent, element.parent)
    else:
        row.head_seq = judge.head
    row.field_revs = element.revs
    if element.is_deleted != (row.deleted_at is not None):
        row.deleted_at = request.now if element.is_deleted else None
    row.updated_at = request.now
    row.updated_by_id = request.actor.id if request.actor.kind == "member" else None
    if element.rev(LIFE) == element.rev("created") and row.created_at is None:
        row.created_at = request.now
        row.created_by_id = row.updated_by_id
    return row


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


def operation_row(store: Store, request: Request, done: Operation) -> Any:
    """Give the row of the log for an operation."""
    actor = {f"{done.actor.kind}_id": done.actor.id} if done.actor.id else {}
    return store.log(
        pk=done.id,
        tenant_id=request.tenant.pk,
        seq=done.seq,
        batch=done.batch,
        deed=done.deed.value,
        kind=done.kind,
        lineage=done.lineage,
        field=done.field,
        before=done.before,
        after=done.after,
        at=done.at,
        source=done.source.value,
        undo_of=done.undo_of,
        **{f"{store.stream}_id": request.document},
        **actor,
    )


def _plain(value: Any) -> Any:
    """Give what a column takes: JSON columns hold plain values, not structures of ours."""
    return msgspec.to_builtins(value) if isinstance(value, msgspec.Struct | list | dict) else value
