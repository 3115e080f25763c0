"""The event log of a journey: a page that says what is in it, and the file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from analytics.forms.figures import EventLogForm
from analytics.rules.event_log import ROW_HEADS, rows_of, xes_of
from analytics.selectors.event_log import MOST_EVENTS, journey_traces
from cxm.kernel.clock import now
from cxm.kernel.formulas import csv_text
from cxm.kernel.htmx import page
from cxm.metrics.rules.days import day_start, local_date
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from journeys.models import Journey
from journeys.rules.access import Action
from journeys.selectors.access import may_do

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpRequest

    from analytics.rules.event_log import Trace

PAGE = "analytics/event_log.html"
USUAL_DAYS = 90
_TYPES = {"xes": "application/xml", "csv": "text/csv; charset=utf-8"}


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def event_log(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Say what the event log of a journey holds; `?form=` xes or csv gives it as a file.

    `?first_on=` and `?last_on=` are days of the workspace, both included; without them the last
    90 days.
    """
    journey = _journey(request, journey_id)
    zone = ZoneInfo(request.tenant.time_zone)
    last_on = local_date(now(), zone)
    usual = {"first_on": last_on - timedelta(days=USUAL_DAYS - 1), "last_on": last_on}
    asked = request.GET.dict()
    is_asked = bool(asked.keys() & {"first_on", "last_on", "form"})
    form = EventLogForm({**usual, **asked} if is_asked else usual)
    context = {"journey": journey, "form": form, "traces": None, "most": MOST_EVENTS}
    if not form.is_valid():
        return page(request, PAGE, context, status=422)
    told = form.cleaned_data
    after = told["last_on"] + timedelta(days=1)
    traces = journey_traces(
        journey, start=day_start(told["first_on"], zone), end=day_start(after, zone)
    )
    if traces is None:
        words = f"These days hold more than {MOST_EVENTS:,} events: choose fewer days."
        form.add_error("first_on", words)
        return page(request, PAGE, context, status=422)
    if told["form"]:
        return _file(request, journey, traces, told["form"])
    context |= {"traces": traces, "events": sum(len(one.events) for one in traces)}
    return page(request, PAGE, context)


def event_log_link(request: HttpRequest, subject: object) -> str:
    """Give the entry in the menu of a journey, for those who may take the log out. No query."""
    inside, journey = cast("TenantRequest", request), cast("Journey", subject)
    if not _may_take(inside, journey):
        return ""
    return render_to_string("analytics/_event_log_link.html", {"journey": journey}, request)


def _journey(request: TenantRequest, journey_id: UUID) -> Journey:
    rows = Journey.objects.for_tenant(request.tenant).select_related("tenant")
    journey: Journey = get_object_or_404(rows, pk=journey_id)
    if not _may_take(request, journey):
        raise Http404
    return journey


def _may_take(request: TenantRequest, journey: Journey) -> bool:
    """Whether who asks may take files of the journey out, and sees customers one by one."""
    return request.may(Right.SEE_CUSTOMERS) and may_do(Action.EXPORT, journey, request.membership)


def _file(
    request: TenantRequest, journey: Journey, traces: Sequence[Trace], form: str
) -> HttpResponse:
    changes = {"form": form, "cases": len(traces)}
    record(
        tenant=request.tenant,
        action="journey-log-exported",
        by=request.membership,
        about=journey,
        changes=changes,
    )
    content = "".join(xes_of(journey.title, traces)) if form == "xes" else _csv(traces)
    answer = HttpResponse(content, content_type=_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{journey.key}-log.{form}"'
    return answer


def _csv(traces: Sequence[Trace]) -> str:
    return csv_text([ROW_HEADS, *rows_of(traces)])
