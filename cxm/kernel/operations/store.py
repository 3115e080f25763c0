"""Keeping documents in tables: reading them, doing operations, undo, redo, going back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint
from psycopg.errors import UniqueViolation

from cxm.kernel.ids import new_id
from cxm.kernel.operations.judging import Judge
from cxm.kernel.operations.records import (
    MOST_AT_ONCE,
    Actor,
    Clash,
    Deed,
    Operation,
    RefusedError,
    ReusedIdError,
    Source,
    StaleError,
    UnknownElementError,
)
from cxm.kernel.operations.rows import Table, from_row, operation_of, operation_row, write_row
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.towards import go_back
from cxm.kernel.operations.undoing import BatchLine, Choice, Stacks, Undo, stacks, take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.records import Asked, Overridden
    from cxm.kernel.operations.shapes import DocumentShape
    from cxm.kernel.operations.state import State

# Of each person so many batches are looked at to find what can be undone and redone.
_MOST_BATCHES = 1_000


@dataclass(frozen=True, slots=True)
class Store:
    """Where the documents of one kind lie.

    *tables* by kind of element, the root's first and parents before what lies in them; the
    root's row holds `head_seq`, the number of operations. *log* is the table of operations, with
    the document in its column *stream*. *references* say which table a field's `refers_to`
    means. *law* looks at a document as it would be, with what was done to it, and may raise
    RefusedError.
    """

    shape: DocumentShape
    tables: Mapping[str, Table]
    log: Any
    stream: str
    references: Mapping[str, Any] = field(default_factory=dict)
    law: Callable[[State, Sequence[Operation]], None] | None = None

    @property
    def root(self) -> Table:
        """Give the table of the documents themselves."""
        return self.tables[self.shape.root]


@dataclass(frozen=True, slots=True)
class Request:
    """Who changes which document of which tenant, when, and from where."""

    tenant: Any
    document: UUID
    actor: Actor
    now: datetime
    source: Source = Source.UI


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of asked operations: what each was done as, in the order asked.

    *head* is the number of the document's last operation, *overridden* what of others was
    replaced; *is_repeated* says that all of them had been done before.
    """

    head: int
    operations: tuple[Operation, ...]
    overridden: tuple[Overridden, ...] = ()
    is_repeated: bool = False


@dataclass(slots=True)
class _Opened:
    """A document that is locked, with its rows."""

    judge: Judge
    rows: dict[UUID, Any]


@transaction.atomic
def commit(store: Store, request: Request, asked: Sequence[Asked]) -> Outcome:
    """Do *asked* operations in order, all or none; those that were done before count as done.

    The first operation of a new document creates its root. Raises RefusedError, StaleError,
    GoneError, ReusedIdError and UnknownElementError. Documents are locked one at a time, so that
    numbers have no gaps.
    """
    if not 0 < len(asked) <= MOST_AT_ONCE:
        message = f"Send 1 to {MOST_AT_ONCE} operations at once, not {len(asked)}."
        raise RefusedError(message)
    is_new = asked[0].op is Deed.CREATE and asked[0].lineage == request.document
    opened = _open(store, request, is_new=is_new)
    judge = opened.judge
    judge.known = _known(store, request, asked)
    done = [judge.take(one) for one in asked]
    if judge.clashes:
        raise StaleError([_with_base(store, request, clash, asked) for clash in judge.clashes])
    _check_references(store, request, judge.operations)
    _save(store, request, opened)
    return Outcome(judge.head, tuple(done), tuple(judge.overridden), not judge.operations)


@transaction.atomic
def undo(
    store: Store,
    request: Request,
    *,
    as_batch: UUID,
    choice: Choice = Choice.ASK,
    is_redo: bool = False,
) -> Undo | None:
    """Take back the last batch of the one who asks, or do the last one taken back again.

    Gives what was done, or the clashes to be decided about; None where there is nothing to take
    back. Asked again with the same *as_batch* it gives what it did then.
    """
    opened = _open(store, request)
    log = _log(store, request)
    before = [operation_of(row) for row in log.filter(batch=as_batch).order_by("seq")]
    if before:
        if before[0].actor != request.actor or before[0].undo_of is None:
            raise ReusedIdError(as_batch)
        return Undo(before)
    found = _stacks(store, request)
    steps = found.redo if is_redo else found.undo
    if not steps:
        return None
    batch = [operation_of(row) for row in log.filter(batch=steps[-1]).order_by("seq")]
    lineages = _with_inside(opened.judge.state, {done.lineage for done in batch})
    history = [operation_of(r) for r in log.filter(lineage__in=lineages).order_by("seq")]
    done = take_back(opened.judge, batch, history, as_batch=as_batch, choice=choice)
    is_asking = bool(done.clashes) and choice is Choice.ASK
    if not done.operations and not is_asking:
        # Nothing is left of it to change; the step counts as taken back all the same.
        done.operations += _nothing(opened.judge, request, as_batch, steps[-1])
    _save(store, request, opened)
    return done


@transaction.atomic
def restore(
    store: Store,
    request: Request,
    *,
    until: int,
    as_batch: UUID,
    only: Collection[UUID] | None = None,
) -> tuple[Operation, ...]:
    """Bring the document, or the elements *only*, back to how it was after operation *until*."""
    opened = _open(store, request)
    if not 0 < until <= opened.judge.head:
        message = f"Choose a moment from 1 to {opened.judge.head}."
        raise RefusedError(message, field="until")
    wanted = replayed(operations(store, request), until)
    done = go_back(opened.judge, wanted, batch=as_batch, only=only)
    _save(store, request, opened)
    return tuple(done)


def operations(
    store: Store, request: Request, *, after: int = 0, until: int | None = None
) -> Iterable[Operation]:
    """Give the operations of a document in order, those after number *after*."""
    rows = _log(store, request).filter(seq__gt=after)
    if until is not None:
        rows = rows.filter(seq__lte=until)
    return (operation_of(row) for row in rows.order_by("seq").iterator(chunk_size=2_000))


def read_state(store: Store, request: Request) -> State:
    """Read a document from its rows, without locking it. One query a kind of element."""
    return {pk: from_row(store, kind, row) for pk, (kind, row) in _rows(store, request).items()}


def undo_steps(store: Store, request: Request) -> Stacks:
    """Tell what the one who asks could undo and redo. One query."""
    return _stacks(store, request)


def _open(store: Store, request: Request, *, is_new: bool = False) -> _Opened:
    documents = store.root.model.objects.for_tenant(request.tenant)
    found = documents.select_for_update().filter(pk=request.document).first()
    if found is None and is_new:
        # Two that create it at once take turns; the second finds it made.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(request.document)]
            )
        found = documents.select_for_update().filter(pk=request.document).first()
    if found is None and not is_new:
        raise UnknownElementError
    rows = _rows(store, request) if found else {}
    judge = Judge(
        shape=store.shape,
        state={pk: from_row(store, kind, row) for pk, (kind, row) in rows.items()},
        head=found.head_seq if found else 0,
        actor=request.actor,
        at=request.now,
        source=request.source,
    )
    return _Opened(judge, {pk: row for pk, (_, row) in rows.items()})


def _rows(store: Store, request: Request) -> dict[UUID, tuple[str, Any]]:
    found: dict[UUID, tuple[str, Any]] = {}
    for kind, table in store.tables.items():
        rows = table.model.objects.for_tenant(request.tenant)
        for row in rows.filter(**{table.stream: request.document}):
            found[row.pk] = (kind, row)
    return found


def _log(store: Store, request: Request) -> Any:
    log = store.log.objects.for_tenant(request.tenant)
    return log.filter(**{f"{store.stream}_id": request.document})


def _known(store: Store, request: Request, asked: Sequence[Asked]) -> dict[UUID, Operation]:
    ids = {one.id for one in asked} | {one.base_id for one in asked if one.base_id}
    known = {}
    for row in store.log.objects.for_tenant(request.tenant).filter(pk__in=ids):
        if getattr(row, f"{store.stream}_id") != request.document:
            raise ReusedIdError(row.pk)
        known[row.pk] = operation_of(row)
    return known


def _stacks(store: Store, request: Request) -> Stacks:
    own = _log(store, request).filter(**{f"{request.actor.kind}_id": request.actor.id})
    # What made the document stays: the whole is archived, not undone.
    own = own.exclude(batch__in=_log(store, request).filter(seq=1).values("batch"))
    lines = own.order_by("-seq").values_list("batch", "undo_of")
    found: dict[UUID, UUID | None] = {}
    for batch, undo_of in lines.iterator(chunk_size=2_000):
        if batch not in found and len(found) == _MOST_BATCHES:
            break
        found.setdefault(batch, undo_of)
    return stacks(BatchLine(batch, of) for batch, of in reversed(found.items()))


def _with_base(store: Store, request: Request, clash: Clash, asked: Sequence[Asked]) -> Clash:
    """Add to a clash what both began from, and who has written theirs."""
    typed = next(a for a in asked if (a.lineage, a.field) == (clash.lineage, clash.field))
    steps = _log(store, request).filter(lineage=clash.lineage)
    known = [operation_of(row) for row in steps.order_by("seq")]
    seen = [o for o in known if o.seq <= (typed.base_rev or 0)]
    base = replayed(seen).get(clash.lineage)
    theirs = next((o for o in known if o.seq == clash.rev), None)
    return Clash(
        clash.lineage,
        clash.field,
        base.values.get(clash.field) if base else None,
        clash.theirs,
        clash.mine,
        clash.rev,
        theirs.actor if theirs else None,
    )


def _with_inside(state: State, lineages: set[UUID]) -> set[UUID]:
    found = set(lineages)
    while more := {e.id for e in state.values() if e.parent in found} - found:
        found |= more
    return found


def _nothing(judge: Judge, request: Request, as_batch: UUID, undo_of: UUID) -> list[Operation]:
    """Note that a batch was taken back although nothing was left of it to change."""
    root = judge.state[request.document]
    life: bool = root.is_deleted
    deed = Deed.DELETE if life else Deed.RESTORE
    return [judge.write(new_id(), as_batch, deed, root, before=life, after=life, undo_of=undo_of)]


def _check_references(store: Store, request: Request, done: Sequence[Operation]) -> None:
    """Refuse ids of what this tenant does not have, as if it did not exist."""
    named: dict[str, set[str]] = {}
    for operation in done:
        shape = store.shape.element(operation.kind)
        told: Any = operation.after
        values: dict[str, Any] = {}
        if operation.deed is Deed.CREATE:
            values = told["values"]
        elif operation.deed is Deed.SET:
            values = {operation.field: told}
        for name, value in values.items():
            if (refers_to := shape.field(name).refers_to) and value is not None:
                named.setdefault(refers_to, set()).add(str(value))
    for refers_to, ids in named.items():
        rows = store.references[refers_to].objects.for_tenant(request.tenant)
        if rows.filter(pk__in=ids).count() != len(ids):
            raise UnknownElementError


def _save(store: Store, request: Request, opened: _Opened) -> None:
    judge = opened.judge
    if not judge.operations:
        return
    if store.law:
        store.law(judge.state, judge.operations)
    try:
        _write(store, request, opened)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise _taken(store, error.__cause__) from error
        raise


def _write(store: Store, request: Request, opened: _Opened) -> None:
    judge = opened.judge
    touched = {o.lineage for o in judge.operations} | {request.document}
    for done in judge.operations:
        if done.deed is Deed.REBALANCE and isinstance(done.after, dict):
            touched |= {pk for pk in judge.state if str(pk) in done.after}
    for kind, table in store.tables.items():
        elements = [e for pk in touched if (e := judge.state[pk]).kind == kind]
        new = [e for e in elements if e.id not in opened.rows]
        made = [write_row(store, request, e, table.model(pk=e.id), judge) for e in new]
        # A batch may create what the next operation puts into it, of the same kind, too.
        made.sort(key=lambda row: judge.state[row.pk].rev("created"))
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
