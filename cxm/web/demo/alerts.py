"""What the people of a made-up company have watched, and what rang."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analytics.models import Alert
from analytics.services.alert_rules import create_alert_rule, live_alert_rules, switch_alert_rule
from analytics.services.alert_watching import watch_rules
from analytics.services.alerts import close_alert
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.metrics.models import Metric
from cxm.metrics.rules.days import quarter_start
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.alert_plans import AlertPlan

WATCHED = timedelta(days=130)
DONE = "A new guide for the first three steps is out; the next quarter will tell."


def watch_numbers(tenant: Tenant, plans: Sequence[AlertPlan], *, now: datetime) -> None:
    """Make the rules of *plans*, on for four months, and let them ring; nothing where there are.

    The rules about single answers, and about their number, are on for two days. What rang in an
    earlier quarter was closed.
    """
    if live_alert_rules(tenant).exists():
        return
    members = Membership.objects.for_tenant(tenant).select_related("user")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    metrics = {one.key: one for one in Metric.objects.for_tenant(tenant).select_related("tenant")}
    for plan in plans:
        since = now - (WATCHED if plan.kind == "level" else timedelta(days=2))
        rule = create_alert_rule(
            tenant=tenant,
            title=plan.title,
            kind=plan.kind,
            metric=metrics[plan.metric],
            config=_config(plan),
            listeners=[manager.pk],
            by=manager,
            now=since,
        )
        switch_alert_rule(rule=rule, is_on=True, by=manager, now=since)
    for at in _looks(now):
        watch_rules(tenant=tenant, now=at)
    rows = Alert.objects.for_tenant(tenant).select_related("tenant", "rule__tenant")
    for alert in rows.filter(noticed_at__lt=now).order_by("noticed_at", "pk"):
        close_alert(alert=alert, note=DONE, by=manager, now=alert.noticed_at + timedelta(hours=3))


def _config(plan: AlertPlan) -> dict[str, Any]:
    target = {} if plan.target is None else {"target": plan.target}
    return {"side": plan.side, **target, "touchpoint": list(plan.touchpoints)}


def _looks(now: datetime) -> Iterator[datetime]:
    """Give the days after the quarters that ended since, and this moment."""
    end = quarter_start(now.date())
    if now - WATCHED < now.replace(year=end.year, month=end.month, day=end.day):
        yield now.replace(year=end.year, month=end.month, day=end.day) + timedelta(days=1)
    yield now
