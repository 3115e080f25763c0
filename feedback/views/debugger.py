"""The live view of what arrives from an event source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.selectors.persons import Reader
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import FeedbackError
from feedback.models import EventSource, Inbox
from feedback.rules.arrivals import Fate
from feedback.services.arrivals import arrival_sequence, read_arrival, recent_arrivals
from feedback.services.event_loading import replay_inbox
from feedback.services.sample_events import send_test_event
from feedback.views.event_sources import found_source

if TYPE_CHECKING:
    from uuid import UUID

LIVE = "feedback/event_source_live.html"
NOTHING_NEW = 204


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def live_list(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Show what arrived lately, newest first, and what became of it.

    `?state=` and `?q=` filter, `?paused=1` stops looking again. Polled with `?seen=` it answers
    204 while nothing has changed.
    """
    source = found_source(request, event_source_id)
    seen = request.GET.get("seen")
    if request.htmx and seen and seen == arrival_sequence(source):
        return HttpResponse(status=NOTHING_NEW)
    return page(request, LIVE, _live(request, source), part="live-events")


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def live_event(
    request: TenantRequest, event_source_id: UUID, inbox_id: UUID, position: int
) -> HttpResponse:
    """Show one event beside the list: as it came, and what became of it."""
    source = found_source(request, event_source_id)
    arrival = read_arrival(_reader(request), source, inbox_id, position)
    if arrival is None:
        raise Http404
    context = {"arrival": arrival, "close_url": _url(request, source)}
    if not request.htmx:
        context |= _live(request, source)
    return page(request, LIVE, {"source": source, **context}, part="arrival-panel")


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def live_test(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Send a test event into a source, the way that a client's events go."""
    source = found_source(request, event_source_id)
    try:
        send_test_event(source=source, by=request.membership, now=now())
    except FeedbackError as error:
        return _refused(request, source, error)
    messages.success(request, "A test event is on its way: it appears here within seconds.")
    return redirect(_url(request, source))


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def live_replay(request: TenantRequest, event_source_id: UUID, inbox_id: UUID) -> HttpResponse:
    """Read a stored body once more, with the reader of today; what is in already stays once."""
    source = found_source(request, event_source_id)
    rows = Inbox.objects.for_tenant(request.tenant).filter(event_source=source)
    inbox = get_object_or_404(rows.select_related("tenant"), pk=inbox_id)
    try:
        replay_inbox(inbox=inbox, by=request.membership, now=now())
    except FeedbackError as error:
        return _refused(request, source, error)
    messages.success(request, "The body is read again: look here for what becomes of it.")
    return redirect(_url(request, source))


def _live(request: TenantRequest, source: EventSource) -> dict[str, object]:
    fate, name = query_text(request.GET, "state"), query_text(request.GET, "q")
    is_paused = bool(request.GET.get("paused"))
    return {
        "source": source,
        "tab": "live",
        "arrivals": recent_arrivals(_reader(request), source, fate=fate, name=name),
        "fates": list(Fate),
        "fate": fate,
        "name": name,
        "is_paused": is_paused,
        "may_send": source.archived_at is None and not source.is_webhook,
    }


def _refused(request: TenantRequest, source: EventSource, error: FeedbackError) -> HttpResponse:
    return page(request, LIVE, {**_live(request, source), "refused": str(error)}, status=422)


def _reader(request: TenantRequest) -> Reader:
    return Reader(request.tenant, request.may(Right.SEE_PERSONS))


def _url(request: TenantRequest, source: EventSource) -> str:
    return reverse("feedback:event-source-live", args=[request.tenant.slug, source.pk])
