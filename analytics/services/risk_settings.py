"""Every write about risks but the counts: having them counted, and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from analytics.models import RiskSetting
from analytics.services.churn_definitions import waiting_counts
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.work.services import start_job

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.models import ChurnDefinition
    from cxm.tenants.models import ApiKey, Tenant
    from cxm.work.models import Job

COUNT_RISK = "analytics.count-risk"


def count_risk_again(
    *, definition: ChurnDefinition, by: Membership | ApiKey | None, now: datetime
) -> Job | None:
    """Have the risks of a definition counted now; None while they wait for that already."""
    if str(definition.pk) in waiting_counts(definition.tenant, COUNT_RISK):
        return None
    return start_job(
        tenant=definition.tenant,
        kind=COUNT_RISK,
        title=f"Risk of churn by “{definition.title}”",
        by=by if isinstance(by, Membership) else None,
        now=now,
        definition_id=str(definition.pk),
    )


@transaction.atomic
def show_risk_to_agents(
    *, tenant: Tenant, is_hidden: bool, by: Membership | ApiKey, now: datetime
) -> RiskSetting:
    """Say whether those who serve customers see risks; noted where it is another choice."""
    rows = RiskSetting.objects.for_tenant(tenant)
    found = rows.select_for_update(no_key=True).first()
    before = bool(found and found.is_hidden_from_agents)
    made, _ = rows.update_or_create(
        tenant=tenant, defaults={"is_hidden_from_agents": is_hidden, "changed_at": now}
    )
    if before != is_hidden:
        record(
            tenant=tenant,
            action="risk-visibility-changed",
            by=by,
            about=made,
            changes={"is_hidden_from_agents": [before, is_hidden]},
        )
    return made
