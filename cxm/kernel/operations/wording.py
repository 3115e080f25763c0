"""Operations in words, by person and sitting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.kernel.operations.records import Deed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxm.kernel.operations.records import Actor, Operation
    from cxm.kernel.operations.shapes import JSON, DocumentShape
    from cxm.kernel.operations.state import Element, State

PAUSE = timedelta(minutes=30)
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done, in words; *seq* is its last operation."""

    seq: int
    words: str


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
        line = Line(done.seq, words(done, state, shape))
        if last.lines and _goes_on(done, last.lines[0], state, shape):
            last.lines[0] = line
        else:
            last.lines.insert(0, line)
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
