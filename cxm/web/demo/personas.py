"""Describing whom a made-up company works for, each kind bound to its segment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxm.customers.models import Segment
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.store import commit
from cxm.tenants.models import Membership
from cxm.web.demo.evidence import cite_plans
from personas.services.personas import actor_of, create_persona
from personas.services.stores import PERSONAS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import PersonaPlan

_REVIEWED_EVERY_DAYS = 180


def describe_personas(tenant: Tenant, plans: Sequence[PersonaPlan], *, now: datetime) -> None:
    """Make the personas of *plans*, bound to segments that are there; once for a tenant."""
    members = Membership.objects.for_tenant(tenant).select_related("user")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    segments = dict(Segment.objects.for_tenant(tenant).values_list("key", "pk"))
    for plan in plans:
        made_at = now - timedelta(days=plan.reviewed_days_ago or 2, hours=3)
        persona = create_persona(
            tenant=tenant, name=plan.template.title, by=manager, now=made_at, template=plan.template
        )
        cite_plans(persona, plan.evidence, by=manager, at=made_at, now=now)
        today = made_at.astimezone(ZoneInfo(tenant.time_zone)).date()
        values = {
            "segment": str(segments[plan.segment]),
            "category": plan.category,
            "status": plan.status.value,
        }
        if plan.reviewed_days_ago:
            values["reviewed_on"] = today.isoformat()
        batch = new_id()
        changes = [
            Asked(
                id=new_id(), batch=batch, op=Deed.SET, lineage=persona.pk, field=name, value=value
            )
            for name, value in {**values, "review_every_days": _REVIEWED_EVERY_DAYS}.items()
        ]
        commit(PERSONAS, Request(tenant, persona.pk, actor_of(manager), made_at), changes)
