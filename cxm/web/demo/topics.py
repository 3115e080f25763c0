"""Topics of the demo: those to begin with, and what its stories are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.tenants.binding import tenant_bound
from cxm.web.demo.members import members_by_key
from cxm.web.demo.working import work_off
from feedback.models import Topic
from feedback.services.topics import make_starter_topics, make_topic

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import Company


def name_topics(tenant: Tenant, company: Company, *, now: datetime) -> None:
    """Make the topics of *company*; nothing where there are some.

    Before any answer is there: each rule is applied to all texts that are.
    """
    with tenant_bound(tenant.pk):
        if Topic.objects.for_tenant(tenant).exists():
            return
        manager = members_by_key(tenant)["manager"]
        make_starter_topics(tenant=tenant, by=manager, now=now)
        for plan in company.told_topics:
            parents = Topic.objects.for_tenant(tenant).filter(key=plan.parent)
            make_topic(
                tenant=tenant,
                by=manager,
                now=now,
                key=plan.key,
                title=plan.title,
                expressions=plan.expressions,
                parent=parents.first() if plan.parent else None,
            )
    work_off(tenant)
