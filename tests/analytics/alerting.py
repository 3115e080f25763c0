"""What tests of alerts stand on: rules that are on, answers as they come in, and what rang."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analytics.models import Alert, AlertRule
from analytics.services.alert_rules import create_alert_rule, switch_alert_rule
from analytics.services.alert_watching import watch_rules
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant

# The quarter begins on 1 October, so the epoch of a rule made then is that of make.NOW.
LONG_AGO = make.NOW - timedelta(days=120)


def rule(
    *,
    of: Tenant,
    kind: str = "level",
    metric: str = "nps",
    title: str = "Watched",
    to: Iterable[Membership] = (),
    is_on: bool = True,
    now: datetime = LONG_AGO,
    **config: Any,
) -> AlertRule:
    """A rule, on since the day after *now*; NPS below 0 unless said otherwise."""
    with tenant_bound(of.pk):
        made = create_alert_rule(
            tenant=of,
            title=title,
            kind=kind,
            metric=make.metric(metric, of=of),
            config={"side": "below", "target": 0, **config},
            listeners=[one.pk for one in to],
            by=None,
            now=now,
            site="https://cx.example",
        )
        return switch_alert_rule(rule=made, is_on=True, by=None, now=now) if is_on else made


def volume_rule(of: Tenant, side: str = "below", to: Iterable[Membership] = ()) -> AlertRule:
    """A rule about the number of answers to the NPS a day, on since long ago."""
    with tenant_bound(of.pk):
        made = create_alert_rule(
            tenant=of,
            title="Feed",
            kind="volume",
            metric=make.metric("nps", of=of),
            config={"side": side},
            listeners=[one.pk for one in to],
            by=None,
            now=LONG_AGO,
        )
        return switch_alert_rule(rule=made, is_on=True, by=None, now=LONG_AGO)


def thursdays(of: Tenant, each: int = 15) -> None:
    """Have *each* answers on every Thursday of the twelve weeks before the day before make.NOW."""
    for week in range(1, 13):
        answers([9] * each, of=of, day=1 + 7 * week)


def answers(values: Sequence[int], *, of: Tenant, day: int = 0, **each: Any) -> None:
    """Let answers come in, one after the other, all given *day* days before make.NOW."""
    at = make.NOW - timedelta(days=day)
    make.load(
        *(
            make.record(value, answered_at=at + timedelta(seconds=place), **each)
            for place, value in enumerate(values)
        ),
        of=of,
    )


def watch(tenant: Tenant, now: datetime = make.NOW) -> int:
    """Let a worker look; give how many alerts it raised."""
    with tenant_bound(tenant.pk):
        return watch_rules(tenant=tenant, now=now)


def alerts(tenant: Tenant) -> list[Alert]:
    """Give what rang, the oldest first."""
    with tenant_bound(tenant.pk):
        rows = Alert.objects.for_tenant(tenant).select_related("tenant", "rule__tenant")
        return list(rows.order_by("noticed_at", "pk"))


def again(rule: AlertRule) -> AlertRule:
    """Read a rule as it is now."""
    with tenant_bound(rule.tenant_id):
        rows = AlertRule.objects.for_tenant(rule.tenant_id).select_related("tenant", "metric")
        return rows.get(pk=rule.pk)
