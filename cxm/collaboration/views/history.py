"""What was done to a document: told to pages that are open, and as a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.documents import laid_out, names_of
from cxm.collaboration.views.documents import number_in, to_read
from cxm.kernel.htmx import page
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations, read_state, undo_steps
from cxm.kernel.operations.wording import sittings, words
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cxm.collaboration.views.kinds import Kind
    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.records import Actor, Operation
    from cxm.kernel.operations.state import State
    from cxm.kernel.operations.wording import Sitting

MOST_TOLD, MOST_SITTINGS = 20, 40
# A document with a long history is read in stretches of so many operations.
STRETCH = 500
HISTORY = "collaboration/history.html"


@dataclass(frozen=True, slots=True)
class Changes:
    """What was done since, all of it and in order, and the document as it is now."""

    operations: Sequence[Operation]
    state: State
    told: dict[str, Any]


def told_changes(kind: Kind, asked: Request, after: int) -> Changes | None:
    """Give what was done behind operation *after*, with *told* for a script; None for nothing.

    *told* holds `head`, `can_undo`, `can_redo`, the last `changes` (`by`, `is_mine`, `words`,
    `deed`, `kind`, `lineage`, `field`) and how many before those it `left_out`. Queries: one a
    kind of element, two for names, two for the log.
    """
    new = list(operations(kind.store, asked, after=after))
    if not new:
        return None
    state = read_state(kind.store, asked)
    done = [one for one in new if one.deed is not Deed.REBALANCE]
    last = done[-MOST_TOLD:]
    name_of = names_of(asked.tenant, [one.actor for one in last])
    steps = undo_steps(kind.store, asked)
    told = {
        "head": new[-1].seq,
        "changes": [_told(kind, one, asked, state, name_of) for one in last],
        "left_out": len(done) - len(last),
        "can_undo": bool(steps.undo),
        "can_redo": bool(steps.redo),
    }
    return Changes(new, state, told)


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def changes(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Tell what others and one's own other windows did after operation `after`; 204 for nothing."""
    asked, _ = to_read(request, kind, document_id)
    after = number_in(request, "after")
    if after is None:
        return JsonResponse({"code": "refused", "field": "after"}, status=422)
    found = told_changes(kind, asked, after)
    return JsonResponse(found.told) if found else HttpResponse(status=204)


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def history(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """List what was done, by person and sitting; `?at=` shows the document as it was then."""
    asked, root = to_read(request, kind, document_id)
    slug, done = request.tenant.slug, list(operations(kind.store, asked))
    found = sittings(done, read_state(kind.store, asked), kind.store.shape)
    first = number_in(request, "from") or 0
    shown = found[first : first + MOST_SITTINGS]
    name_of = names_of(request.tenant, [sitting.actor for sitting in shown])
    at = number_in(request, "at")
    moment = next((one for one in done if one.seq == at), None)
    may_restore = moment is not None and moment.seq < root.head_seq and kind.is_open(root)
    context = {
        "document": root,
        "address": kind.address(slug, document_id),
        "go_back_url": reverse(kind.route("go-back"), args=[slug, document_id]),
        "older": first + MOST_SITTINGS if len(found) > first + MOST_SITTINGS else None,
        "named": [(sitting, name_of(sitting.actor)) for sitting in shown],
        "moment": moment,
        "lines": laid_out(replayed(done, at), kind.store.shape) if moment else [],
        "can_restore": may_restore and kind.may_change(root, request),
    }
    return page(request, HISTORY, context)


def stretch_of(
    kind: Kind, asked: Request, head: int, before: int | None
) -> tuple[list[Sitting], int | None]:
    """Give what was done up to operation *before*, or to the last one, by person and sitting.

    The newest first, at most 500 operations, and where to read on: None where that was all.
    """
    end = min(head, before - 1) if before else head
    begin = max(0, end - STRETCH)
    done = operations(kind.store, asked, after=begin, until=end)
    found = sittings(done, read_state(kind.store, asked), kind.store.shape)
    return found, begin + 1 if begin else None


def _told(
    kind: Kind,
    done: Operation,
    asked: Request,
    state: State,
    name_of: Callable[[Actor | None], str],
) -> dict[str, Any]:
    return {
        "by": name_of(done.actor),
        "is_mine": done.actor == asked.actor,
        "words": words(done, state, kind.store.shape),
        "deed": done.deed.value,
        "kind": done.kind,
        "lineage": str(done.lineage),
        "field": done.field,
    }
