"""Bringing a document, or one element of it, back to how it was at an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.references import Named, named_in, nothing_lost
from cxm.kernel.operations.shapes import LIFE, PLACE
from cxm.kernel.operations.state import ARCHIVED
from cxm.kernel.operations.undoing import Choice, Undo, lost_clash, out_of_reach

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.kernel.operations.judging import Judge
    from cxm.kernel.operations.references import Losses
    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element, State


def go_back(
    judge: Judge,
    wanted: State,
    *,
    batch: UUID,
    only: Collection[UUID] | None = None,
    choice: Choice = Choice.ASK,
    losses: Losses = nothing_lost,
) -> Undo:
    """Make the judge's document equal to *wanted*, an earlier state of it; give what was done.

    With *only*, those elements alone. What did not exist then is deleted; ids stay the same. What
    would refer to something that *losses* finds lost is asked about: with ASK nothing is done and
    the clashes are given, by another choice it is left as it is. The document does not become
    archived by it.
    """
    chosen = [e for e in judge.state.values() if only is None or e.id in only]
    lost = {
        **losses([one for element in chosen for one in _named(judge, element, wanted)]),
        **out_of_reach(judge, [one for element in chosen for one in _anew(element, wanted)]),
    }
    undo = Undo(clashes=[lost_clash(judge, *place, reason) for place, reason in lost.items()])
    if undo.clashes and choice is Choice.ASK:
        return undo
    before = len(judge.operations)
    for element in chosen:
        then = wanted.get(element.id)
        if then is None:
            _live(judge, element, batch, is_deleted=True)
            continue
        for name, value in _changed(element, then).items():
            if (element.id, name) not in lost:
                judge.write(
                    new_id(),
                    batch,
                    Deed.SET,
                    element,
                    name=name,
                    before=element.values.get(name),
                    after=value,
                )
        is_moved = (element.parent, element.ord) != (then.parent, then.ord)
        if is_moved and (element.id, PLACE) not in lost:
            judge.write(
                new_id(),
                batch,
                Deed.MOVE,
                element,
                name=PLACE,
                before=element.place(),
                after=then.place(),
            )
        if (element.id, LIFE) not in lost:
            _live(judge, element, batch, is_deleted=then.is_deleted)
    undo.operations += judge.operations[before:]
    return undo


def _changed(element: Element, then: Element) -> dict[str, JSON]:
    return {
        name: value
        for name, value in then.values.items()
        if name != ARCHIVED and element.values.get(name) != value
    }


def _anew(element: Element, wanted: State) -> list[tuple[UUID, str, JSON]]:
    """List what an element would be given: its field, or place, and the value."""
    then = wanted.get(element.id)
    if then is None:
        return []
    told = [(element.id, name, value) for name, value in _changed(element, then).items()]
    return [*told, (element.id, PLACE, then.place())]


def _named(judge: Judge, element: Element, wanted: State) -> list[Named]:
    """List what an element would refer to anew."""
    then = wanted.get(element.id)
    if then is None:
        return []
    comes_back = element.is_deleted and not then.is_deleted
    values = then.values if comes_back else {}
    return [
        *named_in(judge.shape, element.kind, element.id, _changed(element, then)),
        *named_in(judge.shape, element.kind, element.id, values, LIFE),
    ]


def _live(judge: Judge, element: Element, batch: UUID, *, is_deleted: bool) -> None:
    if element.is_deleted == is_deleted:
        return
    deed = Deed.DELETE if is_deleted else Deed.RESTORE
    judge.write(new_id(), batch, deed, element, before=element.is_deleted, after=is_deleted)
