"""Documents in their tables: what a kind of document is made of, opened and saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import UniqueConstraint
from psycopg.errors import UniqueViolation

from cxm.kernel.operations.judging import Judge
from cxm.kernel.operations.partial import PartialState
from cxm.kernel.operations.reading import Row, Shelf
from cxm.kernel.operations.records import (
    ArchivedDocumentError,
    Deed,
    RefusedError,
    Source,
    UnknownElementError,
)
from cxm.kernel.operations.rows import (
    Table,
    changed_by,
    from_row,
    new_rows,
    operation_row,
    row_values,
)
from cxm.kernel.operations.state import ARCHIVED, State
from cxm.kernel.operations.writing import insert, update

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from cxm.kernel.operations.records import Actor, Operation
    from cxm.kernel.operations.references import References
    from cxm.kernel.operations.shapes import DocumentShape
    from cxm.kernel.operations.state import Element


@dataclass(frozen=True, slots=True)
class Store:
    """Where the documents of one kind lie.

    *tables* by kind of element, the root's first and parents before what lies in them; the
    root's row holds `head_seq`, the number of operations. *log* is the table of operations, with
    the document in its column *stream*. *references* say which rows a field's `refers_to`
    means. *law* looks at a document as it would be, with what was done to it and the tenant, and
    may raise RefusedError; *guard* looks at the document's own row before anything is done, and
    may raise what refuses all of it. *prepare* makes what new elements need beside their rows,
    given the document as it would be. *afterwards* does what follows in the same transaction, given
    what was done, in order, and the document's own row as it was before (None of a new one).
    *with_root* names what these two follow from that row, and *beside_root* adds to its query,
    given that and the tenant.
    """

    shape: DocumentShape
    tables: Mapping[str, Table]
    log: Any
    stream: str
    references: References = field(default_factory=dict)
    law: Callable[[State, Sequence[Operation], Any], None] | None = None
    guard: Callable[[Any], None] | None = None
    prepare: Callable[[Request, Sequence[Element], State], None] | None = None
    afterwards: Callable[[Request, Sequence[Operation], Any], None] | None = None
    with_root: tuple[str, ...] = ()
    beside_root: Callable[[Any, Any], Any] | None = None

    @property
    def root(self) -> Table:
        """Give the table of the documents themselves."""
        return self.tables[self.shape.root]


@dataclass(frozen=True, slots=True)
class Request:
    """Who changes which document of which tenant, when, and from where.

    Only what keeps the document true to something else *reaches_archived* ones.
    """

    tenant: Any
    document: UUID
    actor: Actor
    now: datetime
    source: Source = Source.UI
    reaches_archived: bool = False


@dataclass(slots=True)
class Opened:
    """A document that is locked, with its rows; *row* is its own, None of a new one."""

    judge: Judge
    shelf: Shelf
    label: str
    is_archived: bool
    row: Any

    def check_not_archived(self) -> None:
        """Refuse to change a document that is archived. Raises ArchivedDocumentError."""
        if self.is_archived:
            raise ArchivedDocumentError(self.label)


def open_document(store: Store, request: Request, *, is_new: bool = False) -> Opened:
    """Lock a document and read it; one that *is_new* may not be there yet.

    The lock is none of the key: what refers to the document need not wait, so that two documents
    that refer to each other do not wait for one another.

    Raises UnknownElementError, and what the store's guard raises.
    """
    shelf = Shelf(store, request.tenant, request.document)
    found = _locked(store, request)
    if found is None and is_new:
        # Two that create it at once take turns; the second finds it made.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(request.document)]
            )
        found = _locked(store, request)
    if found is None and not is_new:
        raise UnknownElementError
    if found and store.guard:
        store.guard(found)
    state = State()
    if found:
        state = PartialState(shelf, from_row(store, store.shape.root, found))
        shelf.rows[found.pk] = Row(found.pk, found.deleted_at)
    judge = Judge(
        shape=store.shape,
        state=state,
        head=found.head_seq if found else 0,
        actor=request.actor,
        at=request.now,
        source=request.source,
    )
    root = state.get(request.document) if found else None
    is_archived = bool(root and root.values.get(ARCHIVED)) and not request.reaches_archived
    label = store.shape.element(store.shape.root).label
    return Opened(judge, shelf, label, is_archived, found)


def read_all(store: Store, request: Request) -> State:
    """Read a document from its rows, without locking it. One query a kind of element."""
    shelf = Shelf(store, request.tenant, request.document)
    return State(element for kind in store.tables for element in shelf.whole(kind))


def _locked(store: Store, request: Request) -> Any:
    rows = store.root.model.objects.for_tenant(request.tenant)
    # What goes with it stays free for others.
    rows = rows.select_for_update(no_key=True, of=("self",)).filter(pk=request.document)
    rows = store.beside_root(rows, request.tenant) if store.beside_root else rows
    return rows.select_related(*store.with_root).first() if store.with_root else rows.first()


def save_document(store: Store, request: Request, opened: Opened) -> None:
    """Write what was done to a document that is open, if anything was.

    Raises RefusedError where that breaks the law of the store, or an id or key is taken.
    """
    judge = opened.judge
    if not judge.operations:
        return
    if store.law:
        store.law(judge.state, judge.operations, request.tenant)
    try:
        _write(store, request, opened)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise _taken(store, error.__cause__) from error
        raise
    if store.afterwards:
        store.afterwards(request, judge.operations, opened.row)


def _write(store: Store, request: Request, opened: Opened) -> None:
    judge, rows = opened.judge, opened.shelf.rows
    touched = _touched(request, judge)
    new = [e for e in touched if e.id not in rows]
    if new and store.prepare:
        store.prepare(request, new, judge.state)
    for kind, table in store.tables.items():
        made = [e for e in new if e.kind == kind]
        insert(table.model, new_rows(store, request, kind, made, judge.head))
        old = [e for e in touched if e.kind == kind and e.id in rows]
        _change(store, request, opened, kind, old)
    insert(store.log, [operation_row(store, request, done) for done in judge.operations])


def _touched(request: Request, judge: Judge) -> list[Element]:
    """List the elements that were changed, and the document itself."""
    found = {done.lineage for done in judge.operations} | {request.document}
    for done in judge.operations:
        if done.deed is Deed.REBALANCE and isinstance(done.after, dict):
            found |= {UUID(lineage) for lineage in done.after}
    return [judge.state[lineage] for lineage in found]


def _change(
    store: Store, request: Request, opened: Opened, kind: str, elements: Sequence[Element]
) -> None:
    """Write what was changed of the rows of *elements*, all of one *kind*."""
    changed: set[str] = set()
    for done in opened.judge.operations:
        if done.kind == kind:
            changed |= changed_by(store, done)
        if done.deed is Deed.REBALANCE:
            changed.add("ord")
    if kind == store.shape.root:
        changed -= {"ord"}
    rows = [
        row_values(store, request, e, changed, kept=opened.shelf.rows[e.id], head=opened.judge.head)
        for e in elements
    ]
    update(store.tables[kind].model, request.tenant, rows)


def _taken(store: Store, error: UniqueViolation) -> RefusedError:
    """Say that somebody has an id or a key already, in another document or a moment earlier."""
    rules = {
        rule.name: [name for name in rule.fields if name != "tenant"]
        for table in store.tables.values()
        for rule in table.model._meta.constraints
        if isinstance(rule, UniqueConstraint)
    }
    names = rules.get(error.diag.constraint_name or "", [])
    if not names:
        return RefusedError("There is something with this id already.", field="lineage")
    message = f"Another one has this {names[-1]} already. Choose another {names[-1]}."
    return RefusedError(message, field=names[-1])
