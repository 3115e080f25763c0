"""What analytics does by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.work.services import schedule

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant

DAY_SECONDS = 86_400
VERIFY = "analytics.verify"


def schedule_checks(*, tenant: Tenant, now: datetime) -> None:
    """Have the rollups of *tenant* compared with the rows every day."""
    schedule(VERIFY, tenant=tenant, every_seconds=DAY_SECONDS, now=now)
