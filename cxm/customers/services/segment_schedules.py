"""When segments are counted by the clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxm.metrics.rules.days import local_date
from cxm.work.models import Schedule
from cxm.work.services import schedule

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

DAY_SECONDS = 86_400
OFTEN_SECONDS = 900
KEEP_NIGHTLY = "customers.keep-segments"
KEEP_OFTEN = "customers.keep-segments-often"
# Tenants with more customers than this are counted at night and on demand only.
MOST_COUNTED_OFTEN = 200_000
_AT_NIGHT = time(2, 30)


def schedule_refreshes(*, tenant: Tenant, now: datetime) -> None:
    """Have all segments of *tenant* counted every night, and every 15 minutes while it is small.

    A schedule that stands already stays as it is.
    """
    known = set(Schedule.objects.for_tenant(tenant).values_list("task", flat=True))
    if KEEP_NIGHTLY not in known:
        night = _next_night(tenant, now)
        schedule(KEEP_NIGHTLY, tenant=tenant, every_seconds=DAY_SECONDS, now=night)
    if KEEP_OFTEN not in known:
        soon = now + timedelta(seconds=OFTEN_SECONDS)
        schedule(KEEP_OFTEN, tenant=tenant, every_seconds=OFTEN_SECONDS, now=soon)


def _next_night(tenant: Tenant, now: datetime) -> datetime:
    zone = ZoneInfo(tenant.time_zone)
    tomorrow = local_date(now, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, _AT_NIGHT, tzinfo=zone)
