"""Keeping documents in tables: reading them, doing operations, undo, redo, going back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import (
    Request,
    Store,
    open_document,
    read_all,
    save_document,
)
from cxm.kernel.operations.partial import PartialState
from cxm.kernel.operations.records import (
    MOST_AT_ONCE,
    Clash,
    Deed,
    Operation,
    RefusedError,
    ReusedIdError,
    StaleError,
)
from cxm.kernel.operations.references import check_references, losses_of
from cxm.kernel.operations.rows import operation_of
from cxm.kernel.operations.state import ARCHIVED, replayed
from cxm.kernel.operations.towards import go_back
from cxm.kernel.operations.typed import as_meant
from cxm.kernel.operations.undoing import BatchLine, Choice, Stacks, Undo, stacks, take_back

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from cxm.kernel.operations.judging import Judge
    from cxm.kernel.operations.records import Asked, Overridden
    from cxm.kernel.operations.state import State

# Of each person so many batches are looked at to find what can be undone and redone.
_MOST_BATCHES = 1_000


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


@transaction.atomic
def commit(
    store: Store, request: Request, asked: Sequence[Asked], *, most: int = MOST_AT_ONCE
) -> Outcome:
    """Do *asked* operations in order, all or none; those that were done before count as done.

    The first operation of a new document creates its root; of an archived one the first that is
    new must restore it. Raises RefusedError, StaleError, GoneError, ReusedIdError,
    ArchivedDocumentError and UnknownElementError. Documents are locked one at a time, so that
    numbers have no gaps. *most* is for services that know how much they bring, such as imports.

    The number of queries does not grow with the document, nor with what is asked for where that is
    of the same kinds; no more is read than it needs.
    """
    if not 0 < len(asked) <= most:
        message = f"Send 1 to {most} operations at once, not {len(asked)}."
        raise RefusedError(message)
    is_new = asked[0].op is Deed.CREATE and asked[0].lineage == request.document
    opened = open_document(store, request, is_new=is_new)
    judge = opened.judge
    state = judge.state
    if not isinstance(state, PartialState) or state.look(asked):
        judge.known = _known(store, request, asked)
    asked = as_meant(asked, store.shape, state)
    new = next((one for one in asked if one.id not in judge.known), None)
    if new and not _restores(request, new):
        opened.check_not_archived()
    done = [judge.take(one) for one in asked]
    if judge.clashes:
        raise StaleError([_with_base(store, request, clash, asked) for clash in judge.clashes])
    check_references(store.references, request.tenant, store.shape, judge.operations, judge.state)
    save_document(store, request, opened)
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
    back. Asked again with the same *as_batch* it gives what it did then. Raises ReusedIdError,
    RefusedError and ArchivedDocumentError.
    """
    opened = open_document(store, request)
    log = _log(store, request)
    before = [operation_of(row) for row in log.filter(batch=as_batch).order_by("seq")]
    if before:
        if before[0].actor != request.actor or before[0].undo_of is None:
            raise ReusedIdError(as_batch)
        return Undo(before)
    opened.check_not_archived()
    found = _stacks(store, request)
    steps = found.redo if is_redo else found.undo
    if not steps:
        return None
    batch = [operation_of(row) for row in log.filter(batch=steps[-1]).order_by("seq")]
    lineages = opened.judge.state.inside({done.lineage for done in batch})
    history = [operation_of(r) for r in log.filter(lineage__in=lineages).order_by("seq")]
    losses = losses_of(store.references, request.tenant)
    done = take_back(opened.judge, batch, history, as_batch=as_batch, choice=choice, losses=losses)
    is_asking = bool(done.clashes) and choice is Choice.ASK
    if not done.operations and not is_asking:
        # Nothing is left of it to change; the step counts as taken back all the same.
        done.operations += _nothing(opened.judge, request, as_batch, steps[-1])
    save_document(store, request, opened)
    return done


@transaction.atomic
def restore(
    store: Store,
    request: Request,
    *,
    until: int,
    as_batch: UUID,
    only: Collection[UUID] | None = None,
    choice: Choice = Choice.ASK,
) -> Undo:
    """Bring the document, or the elements *only*, back to how it was after operation *until*.

    Where it referred to what is gone or out of use by now, nothing is done and the clashes are
    given; told to leave those it does the rest. Raises RefusedError and ArchivedDocumentError.
    """
    opened = open_document(store, request)
    opened.check_not_archived()
    if not 0 < until <= opened.judge.head:
        message = f"Choose a moment from 1 to {opened.judge.head}."
        raise RefusedError(message, field="until")
    wanted = replayed(operations(store, request), until)
    losses = losses_of(store.references, request.tenant)
    done = go_back(opened.judge, wanted, batch=as_batch, only=only, choice=choice, losses=losses)
    save_document(store, request, opened)
    return done


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
    return read_all(store, request)


def undo_steps(store: Store, request: Request) -> Stacks:
    """Tell what the one who asks could undo and redo. One query."""
    return _stacks(store, request)


def _restores(request: Request, asked: Asked) -> bool:
    wanted = (Deed.SET, request.document, ARCHIVED, None)
    return (asked.op, asked.lineage, asked.field, asked.value) == wanted


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


def _nothing(judge: Judge, request: Request, as_batch: UUID, undo_of: UUID) -> list[Operation]:
    """Note that a batch was taken back although nothing was left of it to change."""
    root = judge.state[request.document]
    life: bool = root.is_deleted
    deed = Deed.DELETE if life else Deed.RESTORE
    return [judge.write(new_id(), as_batch, deed, root, before=life, after=life, undo_of=undo_of)]
