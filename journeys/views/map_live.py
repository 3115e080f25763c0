"""Changing a map from its page, and what others did meanwhile: as the parts that look different."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse, RawPostDataException
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.selectors.documents import names_of as names_of_actors
from cxm.collaboration.views.documents import number_in, to_read
from cxm.collaboration.views.history import told_changes
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.operations.documents import Request as Change
from cxm.kernel.operations.records import Actor, StaleError, UnknownElementError
from cxm.kernel.operations.wire import UnreadableError, answered, read_asked, said
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.look import look_asked
from journeys.selectors.access import sees_live_only
from journeys.selectors.grid import grid_of
from journeys.selectors.grid_names import names_of
from journeys.selectors.talking import thread_counts
from journeys.selectors.touched import Touched, lanes_touched
from journeys.services import presence
from journeys.services.editing import change_map
from journeys.views.finding import found_map
from journeys.views.grid_markup import lanes_markup, table_markup
from journeys.views.kinds import MAP
from journeys.views.map_cast import cast_markup
from journeys.views.map_filters import counts_markup
from journeys.views.map_lanes import at_once_on, hidden_lanes_markup
from journeys.views.map_talk import talk_told
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from journeys.models import JourneyMap

# Of a map that changed more than this meanwhile, all is drawn anew.
MOST_MISSED = 200
PARTIAL = '<hx-partial hx-target="#{}" hx-swap="outerMorph">{}</hx-partial>'


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def map_ops(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Do a list of operations in JSON, all or none, and answer with the lanes that changed.

    See `cxm.kernel.operations.wire`; `html` holds an `<hx-partial>` for each changed part.
    """
    row = found_map(request, journey_map_id, Sight.CHANGE)
    asked = Change(request.tenant, row.pk, Actor("member", request.membership.pk), now())
    try:
        outcome = change_map(asked, read_asked(_body(request)))
    except UnreadableError as error:
        return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        clashes = error.clashes if isinstance(error, StaleError) else ()
        name_of = names_of_actors(request.tenant, [clash.actor for clash in clashes])
        return JsonResponse(said(error, name_of), status=error.status)
    html = _changed_parts(request, row, outcome.operations)
    return JsonResponse({**answered(outcome), "html": html})


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_changes(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Tell what was done after operation `after`, who is there, and where people talk.

    What was done is told as parts of the page; 204 where nothing is new. `?at=` says where who
    asks is, `?typing=1` that they type there; with `?hidden=1` nobody is told. `?present=` and
    `?talk=` are the marks of what is known already.
    """
    asked, row = to_read(request, MAP, journey_map_id)
    after = number_in(request, "after")
    if after is None:
        return JsonResponse({"code": "refused", "field": "after"}, status=422)
    present = presence.seen(
        tenant_id=request.tenant.pk,
        map_id=row.pk,
        member=request.membership,
        at=request.GET.get("at", ""),
        is_typing=request.GET.get("typing") == "1",
        is_hidden=request.GET.get("hidden") == "1",
        now=now(),
    )
    talk = talk_told(thread_counts(row))
    known = (request.GET.get("present", ""), request.GET.get("talk", ""))
    if row.head_seq <= after and known == (present.mark, talk["talk"]):
        return HttpResponse(status=204)
    told: dict[str, Any] = {"head": row.head_seq, "changes": [], "html": ""}
    found = told_changes(MAP, asked, after) if row.head_seq > after else None
    if found:
        told |= found.told
        if sees_live_only(request.membership):
            # The page is theirs as it is now, but not what stood there before.
            told["changes"] = []
        told["html"] = _changed_parts(request, row, found.operations)
    return JsonResponse({**told, **talk, "present": present.others, "mark": present.mark})


def _changed_parts(
    request: TenantRequest, row: JourneyMap, operations: Sequence[Operation]
) -> SafeString:
    """Draw what *operations* changed: single lanes, or the grid where its columns or lanes did.

    Where filters hide cards, how many is told anew, which takes the whole grid.
    """
    touched = Touched(is_all=True)
    if len(operations) <= MOST_MISSED:
        touched = lanes_touched(row, operations)
    if not touched:
        return SafeString("")
    look, may_change = look_asked(request.GET), may_edit(request, row)
    names = cache(lambda: names_of(row, request.membership))
    grid = grid_of(
        row,
        look,
        names=names,
        now=now(),
        may_change=may_change,
        only=None if touched.is_all or look.filters else touched.holds,
        at_once=at_once_on(request, row) if touched.is_all else None,
    )
    parts = []
    if look.filters:
        parts.append(format_html(PARTIAL, "map-counts", counts_markup(row, look, grid)))
    if touched.is_all:
        table = table_markup(request, row, look, grid, may_change=may_change)
        parts.append(format_html(PARTIAL, "map-grid", SafeString(table)))
        if any(one.kind == "cast" for one in operations):
            cast = cast_markup(request, row, names(), may_change=may_change)
            parts.append(format_html(PARTIAL, "map-cast", cast))
        if any(one.kind == "lane" for one in operations):
            lanes = hidden_lanes_markup(request, row, look, grid, may_change=may_change)
            parts.append(format_html(PARTIAL, "map-hidden-lanes", lanes))
        return SafeString("".join(parts))
    grid.lanes = [lane for lane in grid.lanes if touched.holds(lane.row)]
    drawn = lanes_markup(request, row, grid, may_change=may_change)
    parts += [format_html(PARTIAL, f"lane-{pk}", SafeString(lane)) for pk, lane in drawn.items()]
    return SafeString("".join(parts))


def _body(request: TenantRequest) -> bytes:
    """Give what was sent. Raises UnreadableError for a form, which is read for its token."""
    try:
        return request.body
    except RawPostDataException as error:
        message = "This is a form. Send a list of operations as application/json."
        raise UnreadableError(message) from error
