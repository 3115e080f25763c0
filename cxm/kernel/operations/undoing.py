"""Taking back what somebody did, batch by batch, without taking back what others did since."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import TAKEN_OUT, Clash, Deed
from cxm.kernel.operations.references import Named, named_in, nothing_lost
from cxm.kernel.operations.shapes import LIFE, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cxm.kernel.operations.judging import Judge
    from cxm.kernel.operations.records import Actor, Operation
    from cxm.kernel.operations.references import Losses
    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element

MOST_STEPS = 200


class Choice(StrEnum):
    """What to do where somebody else has changed the same since."""

    ASK = "ask"
    THEIRS = "theirs"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch of one person, in the order they were done; *undo_of* is the batch it took back."""

    batch: UUID
    undo_of: UUID | None = None


@dataclass(slots=True)
class Stacks:
    """What a person can undo and redo next, the next one last: the batches to be taken back."""

    undo: list[UUID] = field(default_factory=list)
    redo: list[UUID] = field(default_factory=list)


def stacks(lines: Iterable[BatchLine]) -> Stacks:
    """Work out what can be undone and redone from a person's batches, in order.

    A batch that takes back another one is an undo when that stood, a redo when that was an undo.
    Whoever does something new has nothing to redo. At most 200 steps back.
    """
    origin: dict[UUID, UUID] = {}
    latest: dict[UUID, UUID] = {}
    undo: list[UUID] = []
    redo: list[UUID] = []
    for line in lines:
        first = origin.get(line.undo_of, line.undo_of) if line.undo_of else line.batch
        origin[line.batch], latest[first] = first, line.batch
        if line.undo_of is None:
            undo.append(line.batch)
            redo.clear()
        elif first in undo:
            undo.remove(first)
            redo.append(first)
        elif first in redo:
            redo.remove(first)
            undo.append(first)
    return Stacks([latest[b] for b in undo[-MOST_STEPS:]], [latest[b] for b in redo])


@dataclass(slots=True)
class _Change:
    """What one batch did to one field of one element, on the whole."""

    lineage: UUID
    name: str
    before: JSON
    after: JSON
    last: int


@dataclass(slots=True)
class Undo:
    """What taking a batch back does; *clashes* are places that somebody else changed since."""

    operations: list[Operation] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)


def take_back(
    judge: Judge,
    batch: Sequence[Operation],
    history: Sequence[Operation],
    *,
    as_batch: UUID,
    choice: Choice = Choice.ASK,
    losses: Losses = nothing_lost,
) -> Undo:
    """Do the opposite of *batch*, which is by the judge's actor, as a new batch *as_batch*.

    *history* holds all operations on the elements that the batch touched and on what lies in
    them, in order. Where somebody else has changed the same since, *choice* says what holds;
    with ASK nothing is done at all and the clashes are given. What would refer to something that
    *losses* finds lost is asked about, too, and left as it is by either choice.
    """
    changes = _changes(batch)
    lost = {
        **losses([one for c in changes for one in _named(judge, c)]),
        **out_of_reach(judge, [(c.lineage, c.name, c.before) for c in changes]),
    }
    gone = [lost_clash(judge, *place, reason) for place, reason in lost.items()]
    theirs = [clash for c in changes if (clash := _clash(judge, c, history))]
    undo = Undo(clashes=[*gone, *(c for c in theirs if (c.lineage, c.field) not in lost)])
    if undo.clashes and choice is Choice.ASK:
        return undo
    left = undo.clashes if choice is Choice.THEIRS else gone
    skipped = {(c.lineage, c.field) for c in left}
    taken_back = batch[0].batch
    for change in changes:
        element = judge.state.get(change.lineage)
        if element is None or (change.lineage, change.name) in skipped:
            continue
        if change.name == LIFE:
            undo.operations += _live(judge, element, change, as_batch, taken_back)
        else:
            undo.operations += _put_back(judge, element, change, as_batch, taken_back)
    return undo


def out_of_reach(
    judge: Judge, wanted: Iterable[tuple[UUID, str, JSON]]
) -> dict[tuple[UUID, str], str]:
    """Find among *wanted* (element, field, value) those that nothing can bring back, and why.

    A text was taken out of the log, or what an element lay in is removed for good.
    """
    found: dict[tuple[UUID, str], str] = {}
    for lineage, name, value in wanted:
        if lineage not in judge.state:
            continue
        if value == TAKEN_OUT and _current(judge.state[lineage], name) != value:
            found[lineage, name] = "What was written there was taken out of the history."
        elif name == PLACE and (outer := _outer(value)) and outer not in judge.state:
            found[lineage, name] = "What this lay in was deleted long ago and is gone for good."
    return found


def _outer(place: JSON) -> UUID | None:
    told = place.get("parent") if isinstance(place, dict) else None
    return UUID(str(told)) if told else None


def lost_clash(judge: Judge, lineage: UUID, name: str, reason: str) -> Clash:
    """Give what is asked about a field, or an element's life, that refers to something lost."""
    element = judge.state[lineage]
    theirs: JSON = element.is_deleted if name == LIFE else _current(element, name)
    return Clash(lineage, name, theirs, theirs, None, element.rev(name), reason=reason)


def _named(judge: Judge, change: _Change) -> list[Named]:
    """List what a change that is taken back would refer to anew."""
    element = judge.state.get(change.lineage)
    if element is None:
        return []
    if change.name == LIFE:
        comes_back = element.is_deleted and change.before is False
        values = element.values if comes_back else {}
    else:
        is_new = change.name != PLACE and _current(element, change.name) != change.before
        values = {change.name: change.before} if is_new else {}
    return named_in(judge.shape, element.kind, element.id, values, change.name)


def _changes(batch: Sequence[Operation]) -> list[_Change]:
    """Sum a batch up: one change a field; of what it made, only that it made it."""
    found: dict[tuple[UUID, str], _Change] = {}
    made: set[UUID] = set()
    for done in batch:
        if done.deed is Deed.REBALANCE:
            continue
        if done.deed is Deed.CREATE:
            made.add(done.lineage)
        is_life = done.deed in {Deed.CREATE, Deed.DELETE, Deed.RESTORE}
        if done.lineage in made and not is_life:
            continue
        name = LIFE if is_life else done.field
        # Of elements, whether they are deleted: before its creation one is not there.
        before = True if done.deed is Deed.CREATE else done.before
        after = (done.deed is Deed.DELETE) if is_life else done.after
        key = (done.lineage, name)
        change = found.setdefault(key, _Change(done.lineage, name, before, after, done.seq))
        change.after, change.last = after, done.seq
    return list(found.values())[::-1]


def _clash(judge: Judge, change: _Change, history: Sequence[Operation]) -> Clash | None:
    element = judge.state.get(change.lineage)
    if element is None:
        return None
    if change.name == LIFE:
        return _life_clash(judge, element, change, history)
    theirs = _current(element, change.name)
    if theirs == change.before:
        return None
    steps = [o for o in history if o.lineage == change.lineage and o.field == change.name]
    origins = _origins(steps)
    if origins.get(element.rev(change.name)) == origins.get(change.last):
        return None
    return Clash(
        change.lineage,
        change.name,
        change.after,
        theirs,
        change.before,
        element.rev(change.name),
        _actor(steps, element.rev(change.name)),
    )


def _life_clash(
    judge: Judge, element: Element, change: _Change, history: Sequence[Operation]
) -> Clash | None:
    """Find what others have worked on since inside of what would be deleted."""
    if change.before is False or element.is_deleted:
        return None
    inside = judge.state.inside([element.id])
    theirs = [
        o for o in history if o.lineage in inside and o.seq > change.last and o.actor != judge.actor
    ]
    if not theirs:
        return None
    last = theirs[-1]
    return Clash(element.id, LIFE, change.after, False, True, last.seq, last.actor)  # noqa: FBT003


def _origins(steps: Sequence[Operation]) -> dict[int, int]:
    """Tell of each operation on one field whose value it left there: the one that first wrote it.

    An operation that takes back a batch leaves what was there before that batch.
    """
    origins: dict[int, int] = {}
    first_of: dict[UUID, int] = {}
    current = 0
    for done in steps:
        first_of.setdefault(done.batch, current)
        if done.undo_of is not None and done.undo_of in first_of:
            current = first_of[done.undo_of]
        else:
            current = done.seq
        origins[done.seq] = current
    return origins


def _actor(steps: Sequence[Operation], seq: int) -> Actor | None:
    return next((done.actor for done in steps if done.seq == seq), None)


def _current(element: Element, name: str) -> JSON:
    return element.place() if name == PLACE else element.values.get(name)


def _live(
    judge: Judge, element: Element, change: _Change, as_batch: UUID, undo_of: UUID
) -> list[Operation]:
    if element.is_deleted == change.before:
        return []
    deed = Deed.DELETE if change.before else Deed.RESTORE
    return [
        judge.write(
            new_id(),
            as_batch,
            deed,
            element,
            before=element.is_deleted,
            after=change.before,
            undo_of=undo_of,
        )
    ]


def _put_back(
    judge: Judge, element: Element, change: _Change, as_batch: UUID, undo_of: UUID
) -> list[Operation]:
    before = _current(element, change.name)
    wanted: Any = change.before
    deed = Deed.MOVE if change.name == PLACE else Deed.SET
    return [
        judge.write(
            new_id(),
            as_batch,
            deed,
            element,
            name=change.name,
            before=before,
            after=wanted,
            undo_of=undo_of,
        )
    ]
