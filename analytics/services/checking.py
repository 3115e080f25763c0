"""Asking for a recount or a rebuild of the day rows, as jobs that people watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.work.services import start_job

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Tenant
    from cxm.work.models import Job

CHECK = "analytics.check"
REBUILD = "analytics.rebuild"


_TITLES = {CHECK: "Check the figures", REBUILD: "Rebuild the figures"}


def ask_for_check(*, tenant: Tenant, by: Membership | ApiKey, now: datetime) -> Job:
    """Start a job that compares all day rows with a recount of the answers."""
    return _start(CHECK, tenant=tenant, by=by, now=now)


def ask_for_rebuild(*, tenant: Tenant, by: Membership | ApiKey, now: datetime) -> Job:
    """Start a job that computes all day rows anew; the old ones stay readable until it is done."""
    return _start(REBUILD, tenant=tenant, by=by, now=now)


@transaction.atomic
def _start(kind: str, *, tenant: Tenant, by: Membership | ApiKey, now: datetime) -> Job:
    member = by if isinstance(by, Membership) else None
    job = start_job(tenant=tenant, kind=kind, title=_TITLES[kind], by=member, now=now)
    action = f"rollups-{kind.rpartition('.')[2]}-asked"
    record(tenant=tenant, action=action, by=by, about=job)
    return job
