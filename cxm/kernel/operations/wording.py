"""Operations in words, by person and sitting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from cxm.kernel.operations.records import Deed, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.records import Actor, Operation
    from cxm.kernel.operations.shapes import JSON, DocumentShape
    from cxm.kernel.operations.state import Element, State

PAUSE = timedelta(minutes=30)
LONGEST = 60
# So many lines of one batch, such as an import or a paste, are told as one.
FOLDED_FROM = 4
_NAMED_OF_BATCH = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done, in words; *seq* is its last operation.

    What was done at once, such as an import, is one line; *inside* are the things it is made of.
    """

    seq: int
    words: str
    inside: tuple[Line, ...] = ()
    batch: UUID | None = field(default=None, compare=False)
    source: Source | None = field(default=None, compare=False)


@dataclass(slots=True)
class Sitting:
    """What one person did without a pause of half an hour; *lines* newest first."""

    actor: Actor
    start: datetime
    end: datetime
    lines: list[Line] = field(default_factory=list)


def sittings(operations: Iterable[Operation], state: State, shape: DocumentShape) -> list[Sitting]:
    """Group *operations* (in order) by person and sitting, the newest first.

    *state* is the document as it is: it gives the elements the names they go by now.
    """
    found: list[Sitting] = []
    for done in operations:
        if done.deed is Deed.REBALANCE:
            continue
        last = found[-1] if found else None
        if last is None or last.actor != done.actor or done.at - last.end > PAUSE:
            last = Sitting(done.actor, done.at, done.at)
            found.append(last)
        last.end = done.at
        line = Line(done.seq, words(done, state, shape), batch=done.batch, source=done.source)
        if last.lines and _goes_on(done, last.lines[0], state, shape):
            last.lines[0] = line
        else:
            last.lines.insert(0, line)
    for sitting in found:
        sitting.lines = _folded(sitting.lines)
    return found[::-1]


def words(done: Operation, state: State, shape: DocumentShape) -> str:
    """Say one operation, as “changed Name to “Bea””."""
    what = _named(done, state, shape)
    again = "took back: " if done.undo_of else ""
    match done.deed:
        case Deed.CREATE:
            return f"{again}added {what}"
        case Deed.DELETE:
            return f"{again}deleted {what}"
        case Deed.RESTORE:
            return f"{again}brought back {what}"
        case Deed.MOVE:
            return f"{again}moved {what}"
        case _:
            element = shape.element(done.kind)
            shape_of_field = element.field(done.field)
            of = f" of {what}" if element.parents else ""
            # The id of what a field refers to says nothing to people.
            is_id = shape_of_field.refers_to and done.after is not None
            to = "" if is_id else _to(shape_of_field.told(done.after))
            return f"{again}changed {shape_of_field.label}{of}{to}"


def _folded(lines: Sequence[Line]) -> list[Line]:
    """Make one line of those that were done at once, where these are many."""
    found: list[Line] = []
    for _, some in groupby(lines, lambda line: line.batch):
        group = tuple(some)
        if len(group) < FOLDED_FROM:
            found += group
        else:
            found.append(Line(group[0].seq, _at_once(group), group))
    return found


def _at_once(lines: Sequence[Line]) -> str:
    """Say what a batch did: how much, and what of it came first."""
    if lines[0].source is Source.IMPORT:
        return f"imported {len(lines):,} changes from a file"
    first = ", ".join(line.words for line in lines[: -_NAMED_OF_BATCH - 1 : -1])
    return f"{len(lines):,} changes at once: {first} …"


def _goes_on(done: Operation, before: Line, state: State, shape: DocumentShape) -> bool:
    """Whether somebody just typed on in the field that the line before is about."""
    if done.deed is not Deed.SET or before.seq != done.seq - 1:
        return False
    label = shape.element(done.kind).field(done.field).label
    is_same = before.words.startswith(f"changed {label}")
    return is_same and _named(done, state, shape) in f"{before.words} {done.kind}"


def _named(done: Operation, state: State, shape: DocumentShape) -> str:
    element = shape.element(done.kind)
    if not element.parents:
        return f"the {element.label}"
    title = _title(state.get(done.lineage), shape)
    if title:
        return f"{element.label} {title}"
    return f"a {element.label}{_within(state.get(done.lineage), state, shape)}"


def _within(element: Element | None, state: State, shape: DocumentShape) -> str:
    """Say in what an element without a name of its own lies, unless that is the whole."""
    parent = state.get(element.parent) if element and element.parent else None
    if parent is None or not shape.element(parent.kind).parents:
        return ""
    title = _title(parent, shape)
    return f" under {shape.element(parent.kind).label} {title}" if title else ""


def _title(element: Element | None, shape: DocumentShape) -> str:
    name = shape.element(element.kind).title if element else ""
    title = element.values.get(name) if element and name else ""
    return f"“{_short(str(title))}”" if title else ""


def _to(value: JSON) -> str:
    if value is None or value == "":
        return ": emptied"
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return f" to “{_short(str(value))}”"
    return ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
