"""Doing what was promised in the outbox: exactly once where it is ours, whoever is killed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cxm.kernel.clock import now
from cxm.kernel.effects import Again, registered
from cxm.tenants.binding import tenant_bound
from cxm.work.models import Outbox, Schedule
from cxm.work.services import later

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
LEASE = timedelta(seconds=5)


def due_tenants(at: datetime) -> list[UUID]:
    """List tenants with something due; one function of the database, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM work_due(%s)", [at])
        return [row[0] for row in cursor.fetchall()]


def drain(tenant_id: UUID, *, until: datetime | None = None, without: Collection[str] = ()) -> int:
    """Do what is due for a tenant, in order, until nothing is or *until* has passed.

    Effects called as in *without* are left for others. Gives the number of runs. Safe beside any
    number of others doing the same.
    """
    runs = 0
    while (until is None or now() < until) and run_one(tenant_id, without=without):
        runs += 1
    return runs


def run_one(tenant_id: UUID, *, without: Collection[str] = ()) -> bool:
    """Claim the oldest due promise that is not of *without* and keep it; False when none is due.

    The attempt is counted before it begins and the row leased for a while, so that work which
    kills its worker is noticed and stops after MAX_ATTEMPTS.
    """
    claimed = _claim(tenant_id, without)
    if claimed is None:
        return False
    try:
        with tenant_bound(tenant_id):
            _keep(tenant_id, claimed)
    except Exception as error:
        logger.exception("effect %s failed for tenant %s", claimed.task, tenant_id)
        _put_back(tenant_id, claimed, f"{type(error).__name__}: {error}"[:2000])
    return True


def tick(at: datetime) -> None:
    """Promise every scheduled work whose moment has come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM work_scheduled(%s)", [at])
        tenant_ids = [row[0] for row in cursor.fetchall()]
    for tenant_id in tenant_ids:
        with tenant_bound(tenant_id):
            _tick_tenant(tenant_id, at)


def _tick_tenant(tenant_id: UUID, at: datetime) -> None:
    due = Schedule.objects.for_tenant(tenant_id).filter(next_at__lte=at).select_for_update()
    for schedule in due.order_by("pk"):
        schedule.next_at = at + timedelta(seconds=schedule.every_seconds)
        schedule.save(update_fields=["next_at"])
        later(schedule.task, tenant=tenant_id, now=at)


def _claim(tenant_id: UUID, without: Collection[str]) -> Outbox | None:
    with tenant_bound(tenant_id):
        moment = now()
        row = (
            Outbox.objects.for_tenant(tenant_id)
            .filter(state=Outbox.State.WAITING, due_at__lte=moment)
            .exclude(task__in=without)
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True)
            .first()
        )
        if row is None:
            return None
        row.attempts += 1
        row.due_at = moment + LEASE * 2 ** (row.attempts - 1)
        row.save(update_fields=["attempts", "due_at"])
    if row.attempts > MAX_ATTEMPTS:
        _put_back(tenant_id, row, row.error or "the worker stopped each time this was tried")
    return row


def _keep(tenant_id: UUID, claimed: Outbox) -> None:
    # Waits a moment where another's claim has just looked at this row and let it go.
    row = (
        Outbox.objects.for_tenant(tenant_id)
        .filter(pk=claimed.pk, state=Outbox.State.WAITING, attempts=claimed.attempts)
        .select_for_update()
        .first()
    )
    if row is None:
        return
    with transaction.atomic():
        moment = now()
        outcome = registered(row.task).run(tenant_id=tenant_id, now=moment, **row.arguments)
    if isinstance(outcome, Again):
        row.arguments, row.attempts, row.error = outcome.arguments, 0, ""
        row.due_at = moment + outcome.wait
        row.save(update_fields=["arguments", "attempts", "due_at", "error"])
    else:
        row.delete()


def _put_back(tenant_id: UUID, claimed: Outbox, error: str) -> None:
    with tenant_bound(tenant_id):
        row = Outbox.objects.for_tenant(tenant_id).select_for_update().filter(pk=claimed.pk).first()
        if row is None or row.attempts != claimed.attempts:
            return
        row.error = error
        if row.attempts >= MAX_ATTEMPTS:
            row.state = Outbox.State.PARKED
            _give_up(tenant_id, row.task, row.arguments, error)
        row.save(update_fields=["error", "state"])


def _give_up(tenant_id: UUID, task: str, arguments: dict[str, Any], error: str) -> None:
    try:
        give_up = registered(task).give_up
    except LookupError:
        return
    if give_up:
        give_up(tenant_id, arguments, error)
