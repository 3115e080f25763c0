"""Promising work, and the jobs that people watch."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import Tenant
from cxm.work.models import Job, Outbox, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import ApiKey, Membership

logger = logging.getLogger(__name__)

LEAVE_BELL_SECONDS = 5.0
AT_ONCE = 2_000
_bell = {"out_of_order_until": 0.0}


def later(task: str, *, tenant: Tenant | UUID, now: datetime, **arguments: Any) -> None:
    """Promise the effect called *task* in the transaction at hand, then ring a worker.

    *arguments* are ids and words as JSON has them, never objects. The promise is kept even when
    the bell is lost: a sweeper looks every two seconds.
    """
    tenant_id = tenant.pk if isinstance(tenant, Tenant) else tenant
    Outbox.objects.create(tenant_id=tenant_id, task=task, arguments=arguments, due_at=now)
    transaction.on_commit(partial(ring, tenant_id))


def promised(task: str, *, tenant_id: UUID, now: datetime, **arguments: Any) -> Outbox:
    """Give the row that promises the effect called *task*, for whoever writes it among others.

    Once it is written it is as good as `later`, but nobody rings: the sweeper finds it within two
    seconds. For what is done often, in a hurry, and without anybody waiting for the effect.
    """
    return Outbox(tenant_id=tenant_id, task=task, arguments=arguments, due_at=now)


def later_for_each(
    task: str, *, tenant: Tenant | UUID, now: datetime, each: Iterable[dict[str, Any]]
) -> None:
    """Promise the effect called *task* once with each of the arguments *each*, in their order.

    As `later`, for many at once: written together, and one bell for all; none for none.
    """
    tenant_id = tenant.pk if isinstance(tenant, Tenant) else tenant
    promised = Outbox.objects.bulk_create(
        (
            Outbox(tenant_id=tenant_id, task=task, arguments=arguments, due_at=now)
            for arguments in each
        ),
        batch_size=AT_ONCE,
    )
    if promised:
        transaction.on_commit(partial(ring, tenant_id))


def ring(tenant_id: UUID, task: str = "work.drain") -> None:
    """Tell a worker that something is due for *task*; loss is allowed and never an error.

    A bell that is out of order is left alone for some seconds: asking costs each time up to a
    second of the request that asks, and the sweeper comes by anyway.
    """
    if time.monotonic() < _bell["out_of_order_until"]:
        return
    try:
        current_app.send_task(task, kwargs={"tenant_id": str(tenant_id)}, expires=30)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
        _bell["out_of_order_until"] = time.monotonic() + LEAVE_BELL_SECONDS
        logger.warning("the doorbell is out of order: %s", error)


@transaction.atomic
def start_job(
    *,
    tenant: Tenant,
    kind: str,
    title: str,
    by: Membership | None,
    now: datetime,
    total: int | None = None,
    unit: str = "rows",
    **arguments: Any,
) -> Job:
    """Begin long work whose effect is called *kind*; the job strip shows it at once.

    The effect gets *arguments* and `job_id`.
    """
    job = Job.objects.create(
        tenant=tenant, kind=kind, title=title, by=by, created_at=now, total=total, unit=unit
    )
    later(kind, tenant=tenant, now=now, job_id=str(job.pk), **arguments)
    return job


@transaction.atomic
def cancel_job(*, job: Job, by: Membership | ApiKey, now: datetime) -> None:
    """Ask a job to stop at its next step; nothing happens to one that is over."""
    asked = Job.objects.for_tenant(job.tenant_id).filter(
        pk=job.pk, state__in=Job.OPEN_STATES, cancel_asked_at__isnull=True
    )
    if asked.update(cancel_asked_at=now):
        record(tenant=job.tenant, action="job-cancel-asked", by=by, about=job)


def advance_job(job: Job, *, now: datetime, **changes: Any) -> None:
    """Note progress of *job* in the step's transaction.

    *changes* may hold `done`, `total`, `message` and `result_url`.
    """
    changes["state"] = Job.State.RUNNING
    if job.started_at is None:
        changes["started_at"] = now
    _change(job, changes)


def finish_job(
    job: Job, *, state: Job.State, now: datetime, message: str = "", error: str = ""
) -> None:
    """End *job* as done, failed or cancelled."""
    _change(job, {"state": state, "finished_at": now, "message": message[:300], "error": error})


def fail_job(tenant_id: UUID, arguments: dict[str, Any], error: str, *, now: datetime) -> None:
    """End the job of an effect that has failed for good, if it had one."""
    if "job_id" not in arguments:
        return
    job = Job.objects.for_tenant(tenant_id).filter(pk=arguments["job_id"]).first()
    if job:
        finish_job(job, state=Job.State.FAILED, now=now, message="This did not work.", error=error)


@transaction.atomic
def retry_parked(*, row: Outbox, by: Membership | ApiKey, now: datetime) -> None:
    """Let workers try a parked promise again, from its first attempt.

    Nothing happens to one that somebody else has retried or dropped meanwhile.
    """
    anew = {"state": Outbox.State.WAITING, "attempts": 0, "due_at": now}
    if not _still_parked(row).update(**anew):
        return
    for name, value in anew.items():
        setattr(row, name, value)
    record(tenant=row.tenant, action="work-retried", by=by, about=row)
    transaction.on_commit(partial(ring, row.tenant_id))


@transaction.atomic
def drop_parked(*, row: Outbox, by: Membership | ApiKey) -> None:
    """Forget a parked promise; nothing happens to one that is tried again or gone already."""
    if _still_parked(row).delete()[0]:
        record(tenant=row.tenant, action="work-dropped", by=by, about=row)


def schedule(task: str, *, tenant: Tenant, every_seconds: int, now: datetime) -> None:
    """Have *task* promised again and again; a second call changes the pace."""
    Schedule.objects.for_tenant(tenant).update_or_create(
        task=task, defaults={"tenant": tenant, "every_seconds": every_seconds, "next_at": now}
    )


def _still_parked(row: Outbox) -> QuerySet[Outbox]:
    return Outbox.objects.for_tenant(row.tenant_id).filter(pk=row.pk, state=Outbox.State.PARKED)


def _change(job: Job, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=list(changes))
