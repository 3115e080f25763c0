"""Pages of segments: their list, and one of them with its members and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.forms.segments import LookForm
from cxm.customers.models import Segment
from cxm.customers.rules.segment_errors import SegmentError
from cxm.customers.rules.segment_words import sentence
from cxm.customers.selectors import segment_history as history
from cxm.customers.selectors import segments as selectors
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.customers.selectors.segment_names import read_segment_names
from cxm.customers.services import segments as services
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.metrics.rules.days import local_date
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cxm.tenants.models import Tenant

LIST = "customers/segment_list.html"
DETAIL = "customers/segment_detail.html"


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def segment_list(request: TenantRequest) -> HttpResponse:
    """List segments with their sizes; `?q=` and `?archived=1` filter."""
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "is_archived": bool(request.GET.get("archived")),
    }
    listed = page_of(selectors.segments_listed(request.tenant, **asked), request)
    people = selectors.people_counted(request.tenant)
    uses = selectors.uses_by_key(selectors.current_rules(request.tenant))
    titles = read_segment_names(request.tenant).titles["segment"]
    rows = [
        {
            "segment": segment,
            "share": selectors.share_of(segment.size, people),
            "used_in": [(key, titles[key]) for key in uses.get(segment.key, [])],
        }
        for segment in listed.rows
    ]
    context = {
        **asked,
        "page": listed,
        "rows": rows,
        "may_edit": request.may(Right.EDIT_SEGMENTS),
    }
    return page(request, LIST, context, part="segment-rows")


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def segment_detail(request: TenantRequest, segment_key: str) -> HttpResponse:
    """Show a segment: its rule in words, its size over time, its members, its versions.

    `?on=` shows who was in it on a day, `?other=`, up to five times, how it overlaps with others.
    """
    return _detail(request, found_segment(request, segment_key))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def segment_refresh(request: TenantRequest, segment_key: str) -> HttpResponse:
    """Count the members of a segment now."""
    words = "The members are being counted."
    return _done(request, segment_key, services.ask_for_refresh, words)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def segment_archive(request: TenantRequest, segment_key: str) -> HttpResponse:
    """Take a segment off the lists."""
    words = "The segment is archived. You can restore it."
    return _done(request, segment_key, services.archive_segment, words)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def segment_restore(request: TenantRequest, segment_key: str) -> HttpResponse:
    """Bring an archived segment back."""
    words = "The segment is back, and its members are being counted."
    return _done(request, segment_key, services.restore_segment, words)


def found_segment(request: TenantRequest, segment_key: str) -> Segment:
    """Load a segment by its key; raises Http404."""
    rows = Segment.objects.for_tenant(request.tenant).select_related("tenant", "by__user")
    return get_object_or_404(rows, key=segment_key)


def _done(
    request: TenantRequest, segment_key: str, act: Callable[..., object], words: str
) -> HttpResponse:
    segment = found_segment(request, segment_key)
    try:
        act(segment=segment, by=request.membership, now=now())
    except SegmentError as error:
        return _detail(request, segment, refused=str(error), status=422)
    messages.success(request, words)
    return redirect(reverse("customers:segment-detail", args=[request.tenant.slug, segment.key]))


def _detail(
    request: TenantRequest, segment: Segment, *, refused: str = "", status: int = 200
) -> HttpResponse:
    tenant = request.tenant
    sees_persons = request.may(Right.SEE_PERSONS)
    names = read_segment_names(tenant, without=segment.key)
    moves = selectors.moves_of(segment)
    today = local_date(now(), ZoneInfo(tenant.time_zone))
    sizes = selectors.sizes(tenant, moves, today=today)
    told = selectors.differences(segment, moves)
    rules = selectors.shown_rules(tenant, [one.rule for one in told], sees_persons=sees_persons)
    said = [sentence(rule, names.titles) for rule in rules]
    form = LookForm(request.GET, today=today, others=names.choices.registries["segment"])
    look = _look(tenant, segment, form, moves)
    shown = page_of(history.members(segment, look["at"]), request)
    reader = Reader(tenant, sees_persons=sees_persons)
    persons = read_persons(reader, [member.customer_id for member in shown.rows])
    context = {
        "segment": segment,
        "share": selectors.share_of(segment.size, selectors.people_counted(tenant)),
        "sentence": said[0],
        "history": sizes,
        "sizes": [float(one.size) for one in sizes],
        "page": shown,
        "members": [(member, persons.of(member.customer_id)) for member in shown.rows],
        "versions": [
            {"difference": one, "sentence": words} for one, words in zip(told, said, strict=True)
        ],
        "used_in": selectors.segments_made_with(tenant, segment.key),
        "may_edit": request.may(Right.EDIT_SEGMENTS),
        "refused": refused,
        "form": form,
        **look,
    }
    return page(request, DETAIL, context, part="segment-members", status=status)


def _look(
    tenant: Tenant, segment: Segment, form: LookForm, moves: Sequence[selectors.Moves]
) -> dict[str, Any]:
    """Read what was asked about a day and other segments; what is wrong is not looked at."""
    form.is_valid()
    on, keys = form.cleaned_data.get("on"), form.cleaned_data.get("other", [])
    at = history.end_of_day(tenant, on) if on else None
    found = list(Segment.objects.for_tenant(tenant).filter(key__in=keys)) if keys else []
    others = sorted(found, key=lambda other: keys.index(other.key))
    unknown = [one for one in (segment, *others) if at and not history.was_counted(one, at)]
    counted = [] if segment in unknown else [one for one in others if one not in unknown]
    return {
        "on": on,
        "at": at,
        "size_then": history.size_before(moves, at) if at else None,
        "others": others,
        "overlaps": [(other, history.overlap(segment, other, at)) for other in counted],
        "unknown": unknown,
    }
