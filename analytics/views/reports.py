"""Reports by mail: listed, made, shown as they would go out now, sent, paused, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.errors import ReportArchivedError, TooManyReportsError
from analytics.forms.reports import ReportForm, filter_initial
from analytics.models import Report, ReportFile
from analytics.rules.reports import ReportError, left_out_words
from analytics.selectors.report_sections import (
    BoardBook,
    ReportRead,
    read_report,
    sight_of,
    stored_pages,
)
from analytics.selectors.report_sheets import sections_in
from analytics.selectors.reports import (
    ReportShown,
    edition_in_sight,
    reports_shown,
    runs_shown,
)
from analytics.services import report_keeping as services
from analytics.services.report_runs import retry_run, send_now
from analytics.views.asking import viewer_of
from cxm.kernel.clock import now
from cxm.kernel.made_files import answer_with_made, made_file
from cxm.kernel.queries import query_text
from cxm.metrics.rules.days import local_date
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from analytics.rules.reports import ReportPage

REFUSED = 422
WRONG = (ReportError, TooManyReportsError, ReportArchivedError)
_USUAL_HOUR = 7


@require_safe
@tenant_page(Right.SEE_FIGURES)
def report_list(request: TenantRequest) -> HttpResponse:
    """List the reports that one gets, or all of them to who may make them."""
    context = {
        "reports": reports_shown(request.tenant, request.membership),
        "may_edit": request.may(Right.EDIT_SEGMENTS),
    }
    return render(request, "analytics/report_list.html", context)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def report_page(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Show a report: what is in it, when it comes, who gets it, and what each run became."""
    shown, may_edit = _shown(request, report_id), request.may(Right.EDIT_SEGMENTS)
    report = shown.report
    own = next((one for one in shown.recipients if one.member_id == request.membership.pk), None)
    context = {
        "shown": shown,
        "report": report,
        "recipients": shown.recipients,
        "runs": runs_shown(report, request.membership, is_keeper=may_edit),
        "gets_it": bool(own and own.stopped_at is None),
        "has_stopped": bool(own and own.stopped_at),
        "may_edit": may_edit,
    }
    return render(request, "analytics/report_page.html", context)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def report_preview(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Show what would be sent to oneself now."""
    report = _shown(request, report_id).report
    context = {"report": report, **_read_now(request, stored_pages(report.pages))}
    return render(request, "analytics/report_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def report_new(request: TenantRequest) -> HttpResponse:
    """Make a report, or only show what it would say; `?part=` and a page's filter begin it."""
    initial = {
        "pace": "weekly",
        "hour": _USUAL_HOUR,
        "has_pdf": True,
        "recipients": [str(request.membership.pk)],
        "parts": [query_text(request.GET, "part") or "overview:"],
        **filter_initial(request.GET.urlencode(), today=_today(request)),
    }
    form = ReportForm(request.POST or None, member=request.membership, initial=initial)
    if form.is_valid() and not _is_preview(request):
        try:
            made = services.create_report(
                tenant=request.tenant,
                wanted=form.wanted(today=_today(request)),
                by=request.membership,
                now=now(),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{made}” comes {services.rhythm_of(made).words}.")
            return redirect(_report_url(request, made))
    return _form_page(request, form, {})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def report_edit(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Change a report, or only show what it would say."""
    shown = _shown(request, report_id)
    report, members = shown.report, [one.member_id for one in shown.recipients]
    today = _today(request)
    form = ReportForm(
        request.POST or None,
        member=request.membership,
        kept=stored_pages(report.pages),
        initial=ReportForm.initial_of(report, members, today=today),
    )
    if form.is_valid() and not _is_preview(request):
        try:
            services.change_report(
                report=report, wanted=form.wanted(today=today), by=request.membership, now=now()
            )
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{form.cleaned_data['title']}” is saved.")
            return redirect(_report_url(request, report))
    return _form_page(request, form, {"report": report})


@require_POST
@tenant_page(Right.SEE_FIGURES)
@sent_once
def report_send(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Have a report made and mailed to oneself now."""
    report = _shown(request, report_id).report
    if send_now(report=report, member=request.membership, now=now()):
        messages.success(request, f"Being made for {request.membership.user.email}.")
    else:
        messages.info(request, "It is being made for you already.")
    return redirect(_report_url(request, report))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def report_pause(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Pause a report with `paused=1`, else send it again from its next moment on."""
    report, is_paused = _shown(request, report_id).report, request.POST.get("paused") == "1"
    services.pause_report(report=report, is_paused=is_paused, by=request.membership, now=now())
    messages.success(request, "It is paused." if is_paused else "It is sent again.")
    return redirect(_report_url(request, report))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def report_archive(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Take a report off the list."""
    report = _shown(request, report_id).report
    services.archive_report(report=report, by=request.membership, now=now())
    messages.success(request, f"“{report}” is archived: it is not sent any more.")
    return redirect("analytics:report-list", request.tenant.slug)


@require_POST
@tenant_page(Right.SEE_FIGURES)
def report_own(request: TenantRequest, report_id: UUID) -> HttpResponse:
    """Get a report with `wanted=1`, else get it no more; for oneself alone."""
    report, is_wanted = _shown(request, report_id).report, request.POST.get("wanted") == "1"
    if services.switch_own_mail(
        report=report, member=request.membership, is_wanted=is_wanted, now=now()
    ):
        words = "You get it again." if is_wanted else "You do not get it any more."
        messages.success(request, words)
    is_seen = reports_shown(request.tenant, request.membership, only=report.pk)
    if not is_seen:
        return redirect("analytics:report-list", request.tenant.slug)
    return redirect(_report_url(request, report))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def report_retry(request: TenantRequest, report_id: UUID, report_run_id: UUID) -> HttpResponse:
    """Try what failed of a run again."""
    report = _shown(request, report_id).report
    runs = runs_shown(report, request.membership, is_keeper=True)
    run = next((one.run for one in runs if one.run.pk == report_run_id), None)
    if run is None:
        raise Http404
    if retry_run(run=run, by=request.membership, now=now()):
        messages.success(request, "Being tried again.")
    return redirect(_report_url(request, report))


@require_safe
@tenant_page(Right.SEE_FIGURES)
def report_run(request: TenantRequest, report_id: UUID, report_run_id: UUID) -> HttpResponse:
    """Show what a run said, as it was read then, to those who see the same."""
    report = _shown(request, report_id).report
    edition = edition_in_sight(report, report_run_id, request.membership)
    if edition is None:
        raise Http404
    context = {
        "report": report,
        "edition": edition,
        "sections": sections_in(edition),
        "left_out": left_out_words(edition.left_out),
    }
    return render(request, "analytics/report_run.html", context)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def report_file(
    request: TenantRequest, report_id: UUID, report_run_id: UUID, ending: str
) -> HttpResponse:
    """Hand over the file of a run, while it is kept, to those who see the same."""
    report = _shown(request, report_id).report
    edition = edition_in_sight(report, report_run_id, request.membership)
    files = ReportFile.objects.for_tenant(request.tenant).filter(edition=edition, ending=ending)
    file = files.first() if edition else None
    if edition is None or file is None:
        raise Http404
    told = {"as": ending}
    record(
        tenant=request.tenant,
        action="report-downloaded",
        by=request.membership,
        about=report,
        changes=told,
    )
    day = local_date(edition.as_of, ZoneInfo(request.tenant.time_zone))
    return answer_with_made(made_file(f"{report.title}, {day}", ending, bytes(file.content)))


def _shown(request: TenantRequest, report_id: UUID) -> ReportShown:
    """Load a report that the reader may see; raises Http404."""
    for one in reports_shown(request.tenant, request.membership, only=report_id):
        return one
    raise Http404


def _read_now(request: TenantRequest, pages: Sequence[ReportPage]) -> dict[str, Any]:
    """Read pages as the member who asks would get them now."""
    book = BoardBook(request.tenant, pages)
    sight = sight_of(request.membership, book)
    read: ReportRead = read_report(request.tenant, pages, sight, book, now=now())
    return {"sections": read.sections, "left_out": left_out_words(read.left_out)}


def _form_page(request: TenantRequest, form: ReportForm, more: dict[str, Any]) -> HttpResponse:
    report: Report | None = more.get("report")
    back_url = _report_url(request, report) if report else _list_url(request)
    context = {"form": form, "back_url": back_url, **more}
    if form.is_bound and form.is_valid() and _is_preview(request):
        context |= {"is_preview": True, **_read_now(request, form.pages(today=_today(request)))}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/report_form.html", context, status=status)


def _is_preview(request: TenantRequest) -> bool:
    return request.POST.get("show") == "preview"


def _today(request: TenantRequest) -> date:
    return viewer_of(request).today


def _report_url(request: TenantRequest, report: Report) -> str:
    return reverse("analytics:report-page", args=[request.tenant.slug, report.pk])


def _list_url(request: TenantRequest) -> str:
    return reverse("analytics:report-list", args=[request.tenant.slug])
