"""Documents in their tables: what a kind of document is made of, opened and saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection
from django.db.models import UniqueConstraint
from psycopg.errors import UniqueViolation

from cxm.kernel.operations.judging import Judge
from cxm.kernel.operations.records import (
    ArchivedDocumentError,
    Deed,
    RefusedError,
    Source,
    UnknownElementError,
)
from cxm.kernel.operations.rows import Table, from_row, operation_row, write_row
from cxm.kernel.operations.state import ARCHIVED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.records import Actor, Operation
    from cxm.kernel.operations.references import References
    from cxm.kernel.operations.shapes import DocumentShape
    from cxm.kernel.operations.state import Element, State


@dataclass(frozen=True, slots=True)
class Store:
    """Where the documents of one kind lie.

    *tables* by kind of element, the root's first and parents before what lies in them; the
    root's row holds `head_seq`, the number of operations. *log* is the table of operations, with
    the document in its column *stream*. *references* say which rows a field's `refers_to`
    means. *law* looks at a document as it would be, with what was done to it and the tenant, and
    may raise RefusedError; *guard* looks at the document's own row before anything is done, and
    may raise what refuses all of it. *prepare* makes what new elements need beside their rows.
    """

    shape: DocumentShape
    tables: Mapping[str, Table]
    log: Any
    stream: str
    references: References = field(default_factory=dict)
    law: Callable[[State, Sequence[Operation], Any], None] | None = None
    guard: Callable[[Any], None] | None = None
    prepare: Callable[[Request, Sequence[Element]], None] | None = None

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
    """A document that is locked, with its rows."""

    judge: Judge
    rows: dict[UUID, Any]
    label: str
    is_archived: bool

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
    documents = store.root.model.objects.for_tenant(request.tenant)
    found = documents.select_for_update(no_key=True).filter(pk=request.document).first()
    if found is None and is_new:
        # Two that create it at once take turns; the second finds it made.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(request.document)]
            )
        found = documents.select_for_update(no_key=True).filter(pk=request.document).first()
    if found is None and not is_new:
        raise UnknownElementError
    if found and store.guard:
        store.guard(found)
    rows = rows_of(store, request) if found else {}
    judge = Judge(
        shape=store.shape,
        state={pk: from_row(store, kind, row) for pk, (kind, row) in rows.items()},
        head=found.head_seq if found else 0,
        actor=request.actor,
        at=request.now,
        source=request.source,
    )
    root = judge.state.get(request.document)
    is_archived = bool(root and root.values.get(ARCHIVED)) and not request.reaches_archived
    label = store.shape.element(store.shape.root).label
    return Opened(judge, {pk: row for pk, (_, row) in rows.items()}, label, is_archived)


def rows_of(store: Store, request: Request) -> dict[UUID, tuple[str, Any]]:
    """Give kind and row of every element, by its id. One query a kind."""
    found: dict[UUID, tuple[str, Any]] = {}
    for kind, table in store.tables.items():
        rows = table.model.objects.for_tenant(request.tenant)
        for row in rows.filter(**{table.stream: request.document}):
            found[table.id_of(row)] = (kind, row)
    return found


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


def _write(store: Store, request: Request, opened: Opened) -> None:
    judge = opened.judge
    touched = {o.lineage for o in judge.operations} | {request.document}
    for done in judge.operations:
        if done.deed is Deed.REBALANCE and isinstance(done.after, dict):
            touched |= {pk for pk in judge.state if str(pk) in done.after}
    for kind, table in store.tables.items():
        elements = [e for pk in touched if (e := judge.state[pk]).kind == kind]
        new = [e for e in elements if e.id not in opened.rows]
        if new and store.prepare:
            store.prepare(request, new)
        made = [write_row(store, request, e, table.model(**{table.key: e.id}), judge) for e in new]
        # A batch may create what the next operation puts into it, of the same kind, too.
        made.sort(key=lambda row: judge.state[table.id_of(row)].rev("created"))
        table.model.objects.bulk_create(made)
        old = [e for e in elements if e.id in opened.rows]
        changed = [write_row(store, request, e, opened.rows[e.id], judge) for e in old]
        if changed:
            rows = table.model.objects.for_tenant(request.tenant)
            rows.bulk_update(changed, table.written(), batch_size=200)
    log = [operation_row(store, request, done) for done in judge.operations]
    store.log.objects.bulk_create(log)


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
