"""Asking for drivers: each question is kept once, and worked out by workers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from analytics.models import DriverRun
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

    Questions that nobody asked for half a year are forgotten.
    """
    tenant = question.viewer.tenant
    rows = DriverRun.objects.for_tenant(tenant)
    rows.filter(asked_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(key=question.key).delete()
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
    """List the questions whose answers are kept up: those asked last, worked out a while ago."""
    asked = DriverRun.objects.for_tenant(tenant).filter(
        asked_at__gte=now - timedelta(days=RENEWED_DAYS)
    )
    newest = asked.order_by("-asked_at", "pk").only("at", "asked_at")[:MOST_RENEWED]
    return [one for one in newest if one.at is not None and one.at <= now - RENEW_AFTER]


def is_waiting(run: DriverRun, now: datetime) -> bool:
    """Whether the question is being worked out."""
    is_done = run.at is not None and run.at >= run.asked_at
    return not is_done and now - run.asked_at < PATIENCE
