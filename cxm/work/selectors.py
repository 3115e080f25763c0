"""Reads for the job strip, the pages of jobs, and parked work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from cxm.work.models import Job, Outbox
from cxm.work.rules import Pace, job_pace

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

SHOWN_AFTER_THE_END = timedelta(minutes=1)
FAILURE_SHOWN_FOR = timedelta(days=7)
MOST_IN_STRIP = 4


@dataclass(frozen=True, slots=True)
class WatchedJob:
    """A job with how fast it goes; *is_open* while it may still be cancelled."""

    job: Job
    pace: Pace
    is_open: bool


def jobs_listed(tenant: Tenant, *, state: str = "") -> QuerySet[Job]:
    """List jobs, newest first, with who began them; *state* "open" is queued or running."""
    rows = Job.objects.for_tenant(tenant).select_related("by__user")
    if state == "open":
        rows = rows.filter(state__in=Job.OPEN_STATES)
    elif state:
        rows = rows.filter(state=state)
    return rows.order_by("-created_at", "pk").fetch_mode(models.FETCH_RAISE)


def watched(jobs: Sequence[Job], *, now: datetime) -> list[WatchedJob]:
    """Work out the pace of *jobs*, in the same order."""
    return [
        WatchedJob(
            job,
            job_pace(job.done, job.total, started_at=job.started_at, now=job.finished_at or now),
            is_open=job.state in Job.OPEN_STATES,
        )
        for job in jobs
    ]


def strip_jobs(tenant: Tenant, *, dismissed: Collection[str], now: datetime) -> list[Job]:
    """List what the job strip shows: open jobs, those that ended a moment ago, and failures.

    What is done or was stopped goes by itself after a minute; a failure waits up to a week for
    somebody to put it away. *dismissed* holds ids, as text, of ended jobs that a person has put
    away. Open ones come first, then the latest; at most four. One query.
    """
    wanted = (
        Q(state__in=Job.OPEN_STATES)
        | Q(finished_at__gt=now - SHOWN_AFTER_THE_END)
        | Q(state=Job.State.FAILED, finished_at__gt=now - FAILURE_SHOWN_FOR)
    )
    rows = Job.objects.for_tenant(tenant).filter(wanted).order_by("-created_at", "pk")
    seen = [j for j in rows[:50] if j.state in Job.OPEN_STATES or str(j.pk) not in dismissed]
    return sorted(seen, key=lambda job: job.state not in Job.OPEN_STATES)[:MOST_IN_STRIP]


def strip_sequence(jobs: Sequence[Job]) -> str:
    """Give a short text that changes whenever the job strip would look different."""
    seen = [(j.pk, j.state, j.done, j.total, j.message, j.cancel_asked_at) for j in jobs]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def parked_work(tenant: Tenant) -> QuerySet[Outbox]:
    """List promises that failed too often, oldest first."""
    rows = Outbox.objects.for_tenant(tenant).filter(state=Outbox.State.PARKED)
    return rows.order_by("created_at", "pk")
