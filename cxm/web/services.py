"""What concerns all apps at once: opening a tenant with everything a new one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from analytics.services.schedules import schedule_checks
from analytics.services.time_zone import change_time_zone
from cxm.metrics.services import install_builtin_metrics
from cxm.tenants.binding import tenant_bound
from cxm.tenants.services import create_tenant, rename_tenant

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Membership, Tenant
    from cxm.work.models import Job


def open_tenant(*, slug: str, name: str, time_zone: str = "UTC", now: datetime) -> Tenant:
    """Make an empty tenant with the built-in metrics and the nightly check of its numbers.

    Raises SlugTakenError and UnknownZoneError. Runs in transactions of its own.
    """
    tenant = create_tenant(slug=slug, name=name, time_zone=time_zone)
    with tenant_bound(tenant.pk):
        install_builtin_metrics(tenant=tenant, now=now)
        schedule_checks(tenant=tenant, now=now)
    return tenant


@transaction.atomic
def change_workspace(
    *, tenant: Tenant, name: str, time_zone: str, by: Membership | ApiKey, now: datetime
) -> Job | None:
    """Give *tenant* another name, and begin to move it to another zone; what is the same stays.

    Gives the job that moves the days, if there is one: until it is done the old zone is in
    force. Raises UnknownZoneError and ZoneChangeUnderWayError.
    """
    if name != tenant.name:
        rename_tenant(tenant=tenant, name=name, by=by)
    return change_time_zone(tenant=tenant, time_zone=time_zone, by=by, now=now)
