"""Bringing a document, or one element of it, back to how it was at an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.shapes import PLACE

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.kernel.operations.judging import Judge
    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State


def go_back(
    judge: Judge, wanted: State, *, batch: UUID, only: Collection[UUID] | None = None
) -> list[Operation]:
    """Make the judge's document equal to *wanted*, an earlier state of it; give what was done.

    With *only*, those elements alone. What did not exist then is deleted; ids stay the same.
    """
    before = len(judge.operations)
    for element in list(judge.state.values()):
        if only is not None and element.id not in only:
            continue
        then = wanted.get(element.id)
        if then is None:
            _live(judge, element, batch, is_deleted=True)
            continue
        for name, value in then.values.items():
            if element.values.get(name) != value:
                judge.write(
                    new_id(),
                    batch,
                    Deed.SET,
                    element,
                    name=name,
                    before=element.values.get(name),
                    after=value,
                )
        if (element.parent, element.ord) != (then.parent, then.ord):
            judge.write(
                new_id(),
                batch,
                Deed.MOVE,
                element,
                name=PLACE,
                before=element.place(),
                after=then.place(),
            )
        _live(judge, element, batch, is_deleted=then.is_deleted)
    return judge.operations[before:]


def _live(judge: Judge, element: Element, batch: UUID, *, is_deleted: bool) -> None:
    if element.is_deleted == is_deleted:
        return
    deed = Deed.DELETE if is_deleted else Deed.RESTORE
    judge.write(new_id(), batch, deed, element, before=element.is_deleted, after=is_deleted)
