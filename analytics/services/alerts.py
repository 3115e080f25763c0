"""What people do with alerts that rang: give them an owner, take note of them, and close them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from analytics.errors import AlertOwnerError
from analytics.models import Alert
from analytics.rules.alerts import AlertKind
from analytics.services.alert_rules import held_rule, restart_after
from analytics.services.alert_telling import tell_of_owner
from cxm.collaboration.selectors.talk import people_of
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey


@transaction.atomic
def assign_alert(
    *, alert: Alert, owner_id: UUID | None, by: Membership | ApiKey, now: datetime
) -> bool:
    """Give an alert to a member, who is told, or to nobody; False where it is theirs already.

    The alert comes with its tenant and its rule, with that of the rule. Raises AlertOwnerError for
    who is no member, or does not read answers.
    """
    owner = people_of(alert.tenant).filter(pk=owner_id).first() if owner_id else None
    if owner_id and (owner is None or not may(owner.role, Right.SEE_RESPONSES)):
        raise AlertOwnerError
    rows = Alert.objects.for_tenant(alert.tenant_id).select_for_update(no_key=True)
    before: UUID | None = rows.get(pk=alert.pk).owner_id
    if before == owner_id:
        return False
    Alert.objects.for_tenant(alert.tenant_id).filter(pk=alert.pk).update(owner=owner)
    alert.owner = owner
    changes = {"owner": [None if one is None else str(one) for one in (before, owner_id)]}
    record(tenant=alert.tenant, action="alert-assigned", by=by, about=alert, changes=changes)
    if owner:
        tell_of_owner(alert, by=by if isinstance(by, Membership) else None, now=now)
    return True


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
