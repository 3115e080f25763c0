"""Limits of a workspace when several people make the last one at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from analytics.models import AlertRule, Dashboard, MetricGoal
from analytics.services.alert_rules import create_alert_rule
from analytics.services.dashboards import create_dashboard
from analytics.services.goals import create_goal
from cxm.kernel.errors import DomainError
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def _goal(member: Membership, title: str) -> None:
    metric = Metric.objects.for_tenant(member.tenant).get(key="nps")
    create_goal(
        tenant=member.tenant,
        title=title,
        metric=metric,
        target=40,
        from_on=date(2026, 11, 1),
        due_on=date(2026, 12, 31),
        by=member,
        now=make.NOW,
    )


def _rule(member: Membership, title: str) -> None:
    metric = Metric.objects.for_tenant(member.tenant).get(key="nps")
    create_alert_rule(
        tenant=member.tenant,
        title=title,
        kind="level",
        metric=metric,
        config={"side": "below", "target": 40},
        listeners=[],
        by=member,
        now=make.NOW,
    )


def _board(member: Membership, title: str) -> None:
    create_dashboard(tenant=member.tenant, title=title, by=member, now=make.NOW)


@pytest.mark.parametrize(
    ("limit", "made", "model"),
    [
        ("goals.MOST_GOALS", _goal, MetricGoal),
        ("alert_rules.MOST_RULES", _rule, AlertRule),
        ("dashboards.MOST_DASHBOARDS", _board, Dashboard),
    ],
    ids=["goals", "alert rules", "dashboards"],
)
def test_one_of_many_makes_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    made: Callable[[Membership, str], None],
    model: Any,
) -> None:
    monkeypatch.setattr(f"analytics.services.{limit}", 1)
    member = make.member(of=make.tenant(), role=Role.MANAGER)

    def make_one(place: int) -> bool:
        try:
            with tenant_bound(member.tenant_id):
                made(member, f"Number {place}")
        except DomainError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as threads:
        assert sum(threads.map(make_one, range(MANY))) == 1
    with tenant_bound(member.tenant_id):
        assert model.objects.for_tenant(member.tenant).count() == 1
