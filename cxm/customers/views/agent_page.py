"""The page of one customer: who this is, what is open, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.errors import CustomerError
from cxm.customers.forms.serving import NoteForm, PromiseForm
from cxm.customers.rules.event_words import source_words
from cxm.customers.selectors.contracts import contracts_of_customer
from cxm.customers.selectors.heads import read_head
from cxm.customers.selectors.interactions import read_interaction
from cxm.customers.selectors.promises import promises_to
from cxm.customers.selectors.stories import colleagues, read_parts, summary
from cxm.customers.selectors.timeline import (
    TimelineFilter,
    place_before,
    read_filter,
    read_place,
    timeline_options,
    timeline_page,
)
from cxm.customers.services import serving
from cxm.customers.views.looking import opened_subject
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.selectors.subjects import Subject

PAGE = "customers/customer_page.html"
# A promise is offered for the end of the next day.
OFFERED_DAYS, OFFERED_AT = 1, time(17)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_page(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Show a customer; the row of a merged one leads to the row that stands for both.

    The query filters the timeline; `after` and `before` turn its pages, `on` jumps to a day.
    """
    subject = opened_subject(request, customer_id)
    if customer_id != subject.root.pk:
        return redirect(_url(subject, query=request.GET.urlencode()))
    if not request.htmx:
        return page(request, PAGE, _whole(request, subject))
    part = "timeline-more" if "more" in request.GET else "timeline"
    return page(request, PAGE, _timeline(request, subject), part=part)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_parts(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Show what is read after the page stands; without htmx, the whole page with it."""
    subject = opened_subject(request, customer_id)
    context = _story(subject) if request.htmx else _whole(request, subject) | _story(subject)
    return page(request, PAGE, context, part="customer-parts")


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_filter(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Offer what the timeline of this customer can be filtered by, with counts."""
    subject = opened_subject(request, customer_id)
    context = _timeline(request, subject) if request.htmx else _whole(request, subject)
    context["options"] = timeline_options(subject)
    return page(request, PAGE, context, part="timeline-filter")


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_interaction(
    request: TenantRequest, customer_id: UUID, interaction_id: UUID
) -> HttpResponse:
    """Show one interaction beside the timeline it was opened from."""
    subject = opened_subject(request, customer_id)
    detail = read_interaction(subject, interaction_id)
    if detail is None:
        raise Http404
    context = {} if request.htmx else _whole(request, subject)
    context |= {
        "subject": subject,
        "detail": detail,
        "close_url": _url(subject, query=request.GET.urlencode()),
    }
    return page(request, PAGE, context, part="interaction-panel")


@require_POST
@tenant_page(Right.SERVE_CUSTOMERS)
def customer_note(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Write a note about a customer."""
    subject, form = opened_subject(request, customer_id), NoteForm(request.POST)
    form.auto_id = "note_%s"
    if form.is_valid():
        try:
            serving.write_note(**_served(request, subject), text=form.cleaned_data["text"])
        except CustomerError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "The note is in the timeline.")
            return redirect(_url(subject))
    return _refused(request, subject, note_form=form)


@require_POST
@tenant_page(Right.SERVE_CUSTOMERS)
def customer_promise(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Make a promise to a customer."""
    subject = opened_subject(request, customer_id)
    form = _promise_form(subject, request.POST)
    if form.is_valid():
        try:
            serving.make_promise(**_served(request, subject), **form.cleaned_data)
        except CustomerError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, "The promise is kept in mind.")
            return redirect(_url(subject))
    return _refused(request, subject, promise_form=form)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: what it says, and the address without it."""

    label: str
    value: str
    url: str


def _refused(request: TenantRequest, subject: Subject, **forms: Any) -> HttpResponse:
    return page(request, PAGE, _whole(request, subject) | forms, status=422)


def _served(request: TenantRequest, subject: Subject) -> dict[str, Any]:
    customer = subject.root
    customer.tenant = request.tenant
    return {"customer": customer, "by": request.membership, "now": subject.looking.now}


def _whole(request: TenantRequest, subject: Subject) -> dict[str, Any]:
    may_serve = request.may(Right.SERVE_CUSTOMERS) and not subject.is_erased
    head = read_head(subject)
    return {
        **_timeline(request, subject),
        "head": head,
        "contracts": contracts_of_customer(subject.tenant, subject.root.pk, head.company_ids),
        "promises": promises_to(subject),
        "note_form": NoteForm(auto_id="note_%s") if may_serve else None,
        "promise_form": _promise_form(subject) if may_serve else None,
    }


def _story(subject: Subject) -> dict[str, Any]:
    head, parts = read_head(subject), read_parts(subject)
    return {
        "subject": subject,
        "parts": parts,
        "summary": summary(subject, head, promises_to(subject), parts),
        "colleagues": colleagues(subject, head),
    }


def _timeline(request: TenantRequest, subject: Subject) -> dict[str, Any]:
    asked = read_filter(request.GET)
    after = read_place(request.GET.get("after", ""))
    on = request.GET.get("on", "")
    shown = timeline_page(
        subject,
        asked,
        after=after or (place_before(subject, on) if on else None),
        before=read_place(request.GET.get("before", "")),
    )
    return {
        "subject": subject,
        "timeline": shown,
        "asked": asked,
        "on": on,
        "chips": _chips(subject, asked, shown.entries[:1]),
        "row_query": asked.query(),
        "older_query": asked.query(("after", shown.older.text())) if shown.older else "",
        "newer_query": asked.query(("before", shown.newer.text())) if shown.newer else "",
    }


def _chips(subject: Subject, asked: TimelineFilter, first: list[Any]) -> list[Chip]:
    """Name what is filtered by; titles are those of the first entry shown, which all share."""
    return [
        Chip(
            label=name.capitalize(),
            value=source_words(value) if name == "source" else _title(name, value, first),
            url=_url(subject, query=asked.without(name).query()),
        )
        for name, value in asked.pairs()
        if name != "q"
    ]


def _title(name: str, value: str, first: list[Any]) -> str:
    titles = {"kind": "kind_words", "channel": "channel", "touchpoint": "touchpoint"}
    return next((getattr(entry, titles.get(name, name)) for entry in first), value)


def _promise_form(subject: Subject, posted: Any = None) -> PromiseForm:
    tomorrow = subject.looking.today + timedelta(days=OFFERED_DAYS)
    return PromiseForm(
        posted,
        auto_id="promise_%s",
        time_zone=subject.tenant.time_zone,
        initial={"due_at": datetime.combine(tomorrow, OFFERED_AT)},
    )


def _url(subject: Subject, *, query: str = "") -> str:
    url = reverse("customers:customer-page", args=[subject.tenant.slug, subject.root.pk])
    return f"{url}?{query}" if query else url
