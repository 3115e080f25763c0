"""Pages of long work: the strip on every page, the list of jobs, and what got stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.work import selectors, services
from cxm.work.models import Job, Outbox
from cxm.work.rules import left_words, rate_words, state_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.work.selectors import WatchedJob

MOST_DISMISSED = 50
DISMISSED = "dismissed_jobs"


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as the strip and the list print it; addresses are empty where nothing can be done."""

    key: str
    title: str
    state: str
    url: str
    cancel_url: str
    dismiss_url: str
    done: int
    total: int | None
    rate: str
    left: str
    job: Job


@require_safe
@tenant_page(Right.SEE_JOBS)
def job_strip(request: TenantRequest) -> HttpResponse:
    """Give the running work of the workspace; 204 when `?seen=` says that nothing changed."""
    moment = now()
    jobs = _in_strip(request, moment)
    sequence = selectors.strip_sequence(jobs)
    if request.GET.get("seen") == sequence:
        return HttpResponse(status=204)
    rows = selectors.watched(jobs, now=moment)
    context = {
        "jobs": [_line(request, row) for row in rows],
        "sequence": sequence,
        "may_put_all_away": sum(not row.is_open for row in rows) > 1,
    }
    return render(request, "work/job_strip.html", context)


@require_safe
@tenant_page(Right.SEE_JOBS)
def job_list(request: TenantRequest) -> HttpResponse:
    """List jobs, newest first; `?state=` filters: open, done, failed or cancelled."""
    state = query_text(request.GET, "state")
    found = page_of(selectors.jobs_listed(request.tenant, state=state), request)
    rows = selectors.watched(found.rows, now=now())
    context = {
        "page": found,
        "jobs": [_line(request, row) for row in rows],
        "is_live": any(row.is_open for row in rows),
        "state": state,
        "states": [("", "All"), ("open", "Running"), *_ENDED],
        "may_manage": request.may(Right.MANAGE_JOBS),
    }
    return page(request, "work/job_list.html", context, part="job-rows")


@require_POST
@tenant_page(Right.SEE_JOBS)
def job_cancel(request: TenantRequest, job_id: UUID) -> HttpResponse:
    """Ask a job to stop; for who began it, and for those who manage jobs."""
    job = _found(request, job_id)
    if not _may_cancel(request, job):
        raise Http404
    services.cancel_job(job=job, by=request.membership, now=now())
    return _done(request, f"“{job}” stops after the step it is in.")


@require_POST
@tenant_page(Right.SEE_JOBS)
def job_dismiss(request: TenantRequest, job_id: UUID) -> HttpResponse:
    """Put a job that is over away from the strip of this browser."""
    job = _found(request, job_id)
    _put_away(request, [job])
    return _done(request, f"“{job}” is put away.")


@require_POST
@tenant_page(Right.SEE_JOBS)
def job_dismiss_all(request: TenantRequest) -> HttpResponse:
    """Put all jobs that are over away from the strip of this browser."""
    _put_away(request, _in_strip(request, now()))
    return _done(request, "What is over is put away.")


@require_safe
@tenant_page(Right.SEE_JOBS)
def job_result(request: TenantRequest, job_id: UUID) -> HttpResponse:
    """Lead to what a job has made; a done one leaves the strip of this browser by that."""
    job = _found(request, job_id)
    if not job.result_url:
        raise Http404
    if job.state == Job.State.DONE:
        _put_away(request, [job])
    return redirect(job.result_url)


@require_safe
@tenant_page(Right.MANAGE_JOBS)
def parked_list(request: TenantRequest) -> HttpResponse:
    """List work that failed too often to be tried again by itself."""
    found = page_of(selectors.parked_work(request.tenant), request)
    return page(request, "work/parked_list.html", {"page": found}, part="parked-rows")


@require_POST
@tenant_page(Right.MANAGE_JOBS)
def parked_retry(request: TenantRequest, parked_id: UUID) -> HttpResponse:
    """Let workers try parked work again."""
    row = _parked(request, parked_id)
    services.retry_parked(row=row, by=request.membership, now=now())
    messages.success(request, f"“{row.task}” is tried again.")
    return redirect("work:parked-list", request.tenant.slug)


@require_POST
@tenant_page(Right.MANAGE_JOBS)
def parked_drop(request: TenantRequest, parked_id: UUID) -> HttpResponse:
    """Forget parked work."""
    row = _parked(request, parked_id)
    services.drop_parked(row=row, by=request.membership)
    messages.success(request, f"“{row.task}” is dropped.")
    return redirect("work:parked-list", request.tenant.slug)


_ENDED = [("done", "Done"), ("failed", "Failed"), ("cancelled", "Stopped")]


def _found(request: TenantRequest, job_id: UUID) -> Job:
    return get_object_or_404(Job.objects.for_tenant(request.tenant), pk=job_id)


def _in_strip(request: TenantRequest, moment: datetime) -> list[Job]:
    dismissed = request.session.get(DISMISSED, [])
    return selectors.strip_jobs(request.tenant, dismissed=dismissed, now=moment)


def _put_away(request: TenantRequest, jobs: Sequence[Job]) -> None:
    """Remember which of *jobs* are over and seen; those still open are left out."""
    over = [str(job.pk) for job in jobs if job.state not in Job.OPEN_STATES]
    put_away = dict.fromkeys([*request.session.get(DISMISSED, []), *over])
    request.session[DISMISSED] = list(put_away)[-MOST_DISMISSED:]


def _parked(request: TenantRequest, parked_id: UUID) -> Outbox:
    return get_object_or_404(selectors.parked_work(request.tenant), pk=parked_id)


def _may_cancel(request: TenantRequest, job: Job) -> bool:
    return request.may(Right.MANAGE_JOBS) or job.by_id == request.membership.pk


def _done(request: TenantRequest, words: str) -> HttpResponse:
    """Have htmx look at the strip again; send others to the list."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "job-started"})
    messages.success(request, words)
    return redirect("work:job-list", request.tenant.slug)


def _line(request: TenantRequest, row: WatchedJob) -> JobLine:
    job, slug = row.job, request.tenant.slug
    may_stop = row.is_open and not job.cancel_asked_at and _may_cancel(request, job)
    return JobLine(
        key=str(job.pk),
        title=job.title,
        state=state_words(
            job.state, message=job.message, is_stopping=row.is_open and bool(job.cancel_asked_at)
        ),
        url=reverse("work:job-result", args=[slug, job.pk]) if job.result_url else "",
        cancel_url=reverse("work:job-cancel", args=[slug, job.pk]) if may_stop else "",
        dismiss_url="" if row.is_open else reverse("work:job-dismiss", args=[slug, job.pk]),
        done=job.done,
        total=job.total,
        rate=rate_words(row.pace.per_second, job.unit) if row.is_open else "",
        left=left_words(row.pace.seconds_left) if row.is_open else "",
        job=job,
    )
