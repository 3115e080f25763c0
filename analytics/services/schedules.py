"""What analytics does by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.services.alert_watching import WATCH
from cxm.work.models import Schedule
from cxm.work.services import schedule
from feedback.services.text_keeping import READ
from journeys.services.purging import PURGE

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant

HOUR_SECONDS, DAY_SECONDS = 3_600, 86_400
VERIFY = "analytics.verify"
DECIDE = "analytics.decide"
RECOUNT = "analytics.recount-churn"
REFIT = "analytics.refit-purchases"
RISK = "analytics.count-risks"
RENEW = "analytics.renew-drivers"
_PACES = {
    DECIDE: DAY_SECONDS,
    READ: DAY_SECONDS,
    RECOUNT: HOUR_SECONDS,
    WATCH: HOUR_SECONDS,
    REFIT: DAY_SECONDS,
    RISK: DAY_SECONDS,
    RENEW: DAY_SECONDS,
    PURGE: DAY_SECONDS,
}


def schedule_checks(*, tenant: Tenant, now: datetime) -> None:
    """Have the rollups compared with the rows every day, and all that `schedule_missing` names."""
    schedule(VERIFY, tenant=tenant, every_seconds=DAY_SECONDS, now=now)
    schedule_missing(tenant=tenant, now=now)


def schedule_missing(*, tenant: Tenant, now: datetime) -> None:
    """Have promises judged, texts read, alerts watched; churn, risks, drivers, purchases counted.

    Churn is counted every hour, the others once a day. The texts are those of before they were
    read at all, and all of them once they are read in a new way. A pace that is set already stays.
    """
    known = set(Schedule.objects.for_tenant(tenant).values_list("task", flat=True))
    for task, seconds in _PACES.items():
        if task not in known:
            schedule(task, tenant=tenant, every_seconds=seconds, now=now)
