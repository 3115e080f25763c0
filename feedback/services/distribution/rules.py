"""Changing the contact policy; what was in force before stays readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from feedback.models import ContactRule

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Tenant
    from feedback.rules.distribution.words import RuleKind


@transaction.atomic
def save_rule(
    *,
    tenant: Tenant,
    kind: RuleKind,
    values: dict[str, Any],
    replaced: ContactRule | None = None,
    by: Membership | ApiKey | None,
    now: datetime,
) -> ContactRule:
    """Add a rule to the policy; one that it replaces ends, and stays what decisions name."""
    rows = ContactRule.objects.for_tenant(tenant)
    place = replaced.ord if replaced else (rows.aggregate(last=Max("ord"))["last"] or 0) + 1
    if replaced:
        rows.filter(pk=replaced.pk, ended_at__isnull=True).update(ended_at=now)
    row = ContactRule.objects.create(
        tenant=tenant, kind=kind, ord=place, by=_member(by), created_at=now, **values
    )
    record(
        tenant=tenant,
        action="contact-rule-changed" if replaced else "contact-rule-made",
        by=by,
        about=row,
        changes={"kind": kind.words, **values["params"]},
    )
    return row


@transaction.atomic
def end_rule(*, rule: ContactRule, by: Membership | ApiKey | None, now: datetime) -> None:
    """Take a rule out of the policy; nothing happens to one that is out."""
    rows = ContactRule.objects.for_tenant(rule.tenant_id)
    if rows.filter(pk=rule.pk, ended_at__isnull=True).update(ended_at=now):
        record(tenant=rule.tenant, action="contact-rule-ended", by=by, about=rule)


def _member(by: Membership | ApiKey | None) -> Membership | None:
    return by if isinstance(by, Membership) else None
