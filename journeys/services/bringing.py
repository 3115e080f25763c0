"""Making a map equal to another one, by ordinary operations in one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import open_document, save_document
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.references import check_references, losses_of
from cxm.kernel.operations.state import Element
from cxm.kernel.operations.towards import go_back
from cxm.kernel.operations.undoing import Choice
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.judging import Judge
    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import State

_OUTER_FIRST = ("stage", "lane", "cast", "step", "flow", "contact", "nested", "role", "card")


@transaction.atomic
def bring_to(request: Request, wanted: Callable[[State], State]) -> int:
    """Make a draft what *wanted* makes of it, and give the number of its last operation.

    *wanted* is given the map, locked, and leaves it as it is; what it adds comes under the ids
    that it gives. What would refer to something that is gone or out of use stays as it was. The
    one who asks undoes it as one. Raises what operations raise: RefusedError where it would be no
    lawful map, ReadOnlyMapError, ArchivedDocumentError, UnknownElementError.
    """
    opened = open_document(MAPS, request)
    opened.check_not_archived()
    judge, batch = opened.judge, new_id()
    state = wanted(judge.state)
    new = [e for e in state.values() if e.id not in judge.state and not e.is_deleted]
    for element in sorted(new, key=lambda e: (_OUTER_FIRST.index(e.kind), e.ord, e.id)):
        made: JSON = {
            "values": element.values,
            "parent": str(element.parent),
            "ord": element.ord,
        }
        blank = Element(element.id, element.kind, {}, element.parent)
        judge.write(new_id(), batch, Deed.CREATE, blank, after=made)
    losses = losses_of(MAPS.references, request.tenant)
    go_back(judge, _with_all(judge, state), batch=batch, choice=Choice.THEIRS, losses=losses)
    check_references(MAPS.references, request.tenant, MAPS.shape, judge.operations, judge.state)
    save_document(MAPS, request, opened)
    return judge.head


def _with_all(judge: Judge, state: State) -> State:
    """Let what *state* says nothing of be as it is; new elements that it deletes are not made."""
    return type(state)(state.get(pk) or element for pk, element in judge.state.items())
