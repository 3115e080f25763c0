"""Asking for drivers: each question is kept once, and worked out by workers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from analytics.models import DriverRun
from analytics.selectors.tile_drivers import tiled_keys
from cxm.tenants.models import Membership
from cxm.work.services import start_job

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.selectors.driver_question import DriverQuestion
    from cxm.tenants.models import ApiKey, Tenant

WORK_OUT = "analytics.work-out-drivers"
KEPT_DAYS = 180
# What nobody asked for so long stands as it is; of the others the last few are kept up.
RENEWED_DAYS, MOST_RENEWED = 30, 12
RENEW_AFTER = timedelta(hours=12)
# After so long one that is still being worked out has come to nothing.
PATIENCE = timedelta(minutes=15)


@transaction.atomic
def ask_drivers(
    *, question: DriverQuestion, by: Membership | ApiKey | None, now: datetime
) -> DriverRun | None:
    """Have a question worked out, by what is known now; None while that waits already.

    Questions that nobody asked for half a year are forgotten, but for those of dashboards.
    """
    tenant = question.viewer.tenant
    rows = DriverRun.objects.for_tenant(tenant)
    kept = {question.key, *tiled_keys(tenant, now)}
    rows.filter(asked_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(key__in=kept).delete()
    run, is_new = rows.get_or_create(
        key=question.key,
        defaults={"tenant": tenant, "question": question.query, "asked_at": now},
    )
    if not is_new:
        locked = rows.select_for_update().get(pk=run.pk)
        if is_waiting(locked, now):
            return None
        run = locked
        run.asked_at = now
        run.save(update_fields=["asked_at"])
    start_job(
        tenant=tenant,
        kind=WORK_OUT,
        title=f"Drivers of {question.title}",
        by=by if isinstance(by, Membership) else None,
        now=now,
        run_id=str(run.pk),
    )
    return run


def due_for_renewal(*, tenant: Tenant, now: datetime) -> list[DriverRun]:
    """List the questions whose answers are kept up, worked out a while ago.

    They are those of dashboards, and those asked last.
    """
    rows = DriverRun.objects.for_tenant(tenant).only("at", "asked_at")
    asked = rows.filter(asked_at__gte=now - timedelta(days=RENEWED_DAYS))
    newest = list(asked.order_by("-asked_at", "pk")[:MOST_RENEWED])
    tiled = rows.filter(key__in=tiled_keys(tenant, now)).order_by("-asked_at", "pk")
    kept_up = {one.pk: one for one in (*newest, *tiled)}.values()
    return [one for one in kept_up if one.at is not None and one.at <= now - RENEW_AFTER]


def ask_once(
    *, question: DriverQuestion, by: Membership | ApiKey | None, now: datetime
) -> DriverRun | None:
    """Have a question worked out that nobody has asked yet; None where somebody has."""
    if DriverRun.objects.for_tenant(question.viewer.tenant).filter(key=question.key).exists():
        return None
    return ask_drivers(question=question, by=by, now=now)


def is_waiting(run: DriverRun, now: datetime) -> bool:
    """Whether the question is being worked out."""
    is_done = run.at is not None and run.at >= run.asked_at
    return not is_done and now - run.asked_at < PATIENCE
