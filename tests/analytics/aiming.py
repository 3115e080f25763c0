"""What tests of goals stand on: a goal of NPS, read and judged at a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analytics.models import MetricGoal, MetricGoalVerdict
from analytics.selectors.figures import Viewer
from analytics.selectors.goals import goals_of, goals_shown
from analytics.services.goals import create_goal, write_goal_verdicts
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.selectors.goals import GoalShown
    from cxm.tenants.models import Membership, Tenant

TODAY = make.NOW.date()
BEGAN = TODAY - timedelta(days=30)
DUE = TODAY + timedelta(days=10)
AFTER = make.NOW + timedelta(days=11)


def goal(by: Membership, **fields: Any) -> MetricGoal:
    """A goal of NPS 40 that began a month ago and is due in ten days."""
    asked = {
        "title": "NPS of 40",
        "metric": make.metric(of=by.tenant),
        "target": 40.0,
        "from_on": BEGAN,
        "due_on": DUE,
        "owner": by,
        "now": make.NOW,
        **fields,
    }
    with tenant_bound(by.tenant_id):
        return create_goal(tenant=by.tenant, by=by, **asked)


def answers(scores: dict[int, int], *, of: Tenant, days_ago: int, **each: Any) -> None:
    """Load so many answers of every score, given some days ago."""
    at = make.NOW - timedelta(days=days_ago)
    records = [
        make.record(value, answered_at=at, **each) for value, n in scores.items() for _ in range(n)
    ]
    make.load(*records, of=of)


def shown(tenant: Tenant, now: datetime = make.NOW) -> GoalShown:
    """Read the one goal that there is."""
    with tenant_bound(tenant.pk):
        [found] = goals_shown(Viewer(tenant, sees_rows=True, now=now), list(goals_of(tenant)))
        return found


def judge(tenant: Tenant, now: datetime = AFTER) -> list[MetricGoalVerdict]:
    """Write what is due, and list all verdicts."""
    with tenant_bound(tenant.pk):
        write_goal_verdicts(tenant=tenant, now=now)
        return list(MetricGoalVerdict.objects.for_tenant(tenant).order_by("pk"))
