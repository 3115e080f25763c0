"""What people do with alerts that rang: take note of them, and close them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from analytics.models import Alert
from analytics.rules.alerts import AlertKind
from analytics.services.alert_rules import held_rule, restart_after
from cxm.tenants.audit import record
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey


@transaction.atomic
def acknowledge_alert(*, alert: Alert, by: Membership | ApiKey, now: datetime) -> bool:
    """Take note of an alert; the first time counts, and gives True.

    A level whose epoch still runs begins a new one tomorrow then. The rule is held before the
    alert, as by workers who watch, so that the two never wait for each other.
    """
    rule = held_rule(alert.rule)
    rows = Alert.objects.for_tenant(alert.tenant_id)
    member = by if isinstance(by, Membership) else None
    fresh = rows.filter(pk=alert.pk, acknowledged_at=None)
    if not fresh.update(acknowledged_at=now, acknowledged_by=member):
        return False
    record(tenant=alert.tenant, action="alert-acknowledged", by=by, about=alert)
    if rule.kind == AlertKind.LEVEL and alert.version == rule.version:
        restart_after(rule, alert.episode, now=now)
    return True


@transaction.atomic
def close_alert(*, alert: Alert, note: str = "", by: Membership | ApiKey, now: datetime) -> bool:
    """Close an alert, with what was done about it; who closes it has taken note. False if closed.

    The alert comes with its tenant and its rule.
    """
    acknowledge_alert(alert=alert, by=by, now=now)
    rows = Alert.objects.for_tenant(alert.tenant_id)
    member = by if isinstance(by, Membership) else None
    still_open = rows.filter(pk=alert.pk, closed_at=None)
    if not still_open.update(closed_at=now, closed_by=member, closing_note=note):
        return False
    record(tenant=alert.tenant, action="alert-closed", by=by, about=alert)
    return True
