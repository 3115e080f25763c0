"""Alerts that wait: snoozed by people, woken by the day, or by a level that got worse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.models import Alert, AlertRule
from analytics.rules.alert_states import AlertState, is_worse, snooze_reason, snooze_until
from analytics.rules.alerts import AlertKind
from analytics.selectors.alert_answers import business_day
from analytics.services.alert_telling import tell_of_waking
from cxm.tenants.audit import record
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Tenant


@transaction.atomic
def snooze_alert(
    *,
    alert: Alert,
    reason: str,
    by: Membership | ApiKey,
    now: datetime,
    until: date | None = None,
    days: int | None = None,
) -> bool:
    """Let an alert wait until the day *until*, or for *days*; False where that is so already.

    One that is snoozed gets another day or reason. One that somebody has taken note of waits for
    nothing: False, too. The alert comes with its tenant. Raises SnoozeError.
    """
    day = snooze_until(business_day(alert.tenant, now), until=until, days=days)
    told = snooze_reason(reason)
    rows = Alert.objects.for_tenant(alert.tenant_id).select_for_update(no_key=True)
    row = rows.get(pk=alert.pk)
    is_same = (row.snoozed_until, row.snooze_reason) == (day, told)
    if row.acknowledged_at is not None or is_same:
        return False
    fields = {
        "snoozed_until": day,
        "snoozed_at": now,
        "snoozed_by": by if isinstance(by, Membership) else None,
        "snoozed_value": _value_now(row),
        "snooze_reason": told,
    }
    Alert.objects.for_tenant(alert.tenant_id).filter(pk=row.pk).update(**fields)
    changes = {"until": day.isoformat(), "reason": told}
    record(tenant=alert.tenant, action="alert-snoozed", by=by, about=alert, changes=changes)
    return True


@transaction.atomic
def wake_alert(*, alert: Alert, by: Membership | ApiKey, now: datetime) -> bool:
    """Open a snoozed alert again before its day; False where it is not snoozed."""
    if not _woken(alert, now):
        return False
    record(tenant=alert.tenant, action="alert-woken", by=by, about=alert)
    return True


@transaction.atomic
def wake_due(*, tenant: Tenant, now: datetime) -> int:
    """Wake the alerts whose day has come, and remind of them; give how many."""
    rows = Alert.objects.for_tenant(tenant).select_related("tenant", "rule__tenant")
    today = business_day(tenant, now)
    due = rows.filter(state=AlertState.SNOOZED, snoozed_until__lte=today).order_by("pk")
    return sum(_remind(alert, now) for alert in due)


def wake_worse(
    *, rule: AlertRule, version: int, episode: str, figure: Mapping[str, Any], now: datetime
) -> int:
    """Wake the snoozed alert of an episode where *figure* is surely worse than at its snooze."""
    rows = Alert.objects.for_tenant(rule.tenant_id).select_related("tenant", "rule__tenant")
    asleep = rows.filter(rule=rule, version=version, episode=episode, state=AlertState.SNOOZED)
    worse = (
        alert
        for alert in asleep
        if alert.snoozed_value is not None
        and is_worse(alert.snoozed_value, rang=alert.figure, found=figure)
    )
    return sum(_remind(alert, now) for alert in worse)


def _remind(alert: Alert, now: datetime) -> bool:
    is_woken = _woken(alert, now)
    if is_woken:
        tell_of_waking(alert, now=now)
        record(tenant=alert.tenant, action="alert-woken", by=None, about=alert)
    return is_woken


def _woken(alert: Alert, now: datetime) -> bool:
    rows = Alert.objects.for_tenant(alert.tenant_id)
    asleep = rows.filter(pk=alert.pk, state=AlertState.SNOOZED, snoozed_at=alert.snoozed_at)
    return bool(asleep.update(snoozed_until=None, snoozed_value=None, woken_at=now))


def _value_now(alert: Alert) -> float | None:
    """Give where the level of an alert lies: by the last look, else as it rang."""
    rule = AlertRule.objects.for_tenant(alert.tenant_id).get(pk=alert.rule_id)
    if rule.kind != AlertKind.LEVEL:
        return None
    standing = rule.standing or {}
    is_of_it = standing.get("from") == alert.episode and rule.version == alert.version
    found = standing if is_of_it and "value" in standing else alert.figure
    return float(found["value"])
