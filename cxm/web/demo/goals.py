"""The goals that a made-up company has set for its figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.selectors.figures import Viewer
from analytics.selectors.goals import goals_of
from analytics.services.goals import create_goal
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.metrics.models import Metric
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant

_GOALS = (
    ("More people recommend us", "nps", 40.0, 91, 61),
    ("Every visit at least as good", "csat_5", 85.0, 60, 122),
)


def set_goals(tenant: Tenant, *, now: datetime) -> None:
    """Set two goals, begun some months ago and not due yet; nothing where there are some."""
    if goals_of(tenant).exists():
        return
    members = Membership.objects.for_tenant(tenant).select_related("user", "tenant")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    today = Viewer(tenant, sees_rows=True, now=now).today
    metrics = Metric.objects.for_tenant(tenant).select_related("tenant")
    known = {one.key: one for one in metrics.filter(archived_at=None)}
    for title, key, target, since_days, left_days in _GOALS:
        if key in known:
            create_goal(
                tenant=tenant,
                title=title,
                metric=known[key],
                target=target,
                from_on=today - timedelta(days=since_days),
                due_on=today + timedelta(days=left_days),
                owner=manager,
                by=manager,
                now=now,
            )
