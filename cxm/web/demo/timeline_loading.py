"""Loading a made-up timeline through the door that all events go through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.models import AttributeDef
from cxm.customers.services.loading_events import load_events
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from cxm.touchpoints.services import create_rule
from cxm.web.demo.tales import SOURCES
from feedback.models import EventSource
from feedback.services.accepting import source_name

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import TimelinePlan
    from cxm.web.demo.timeline import Portion


def prepare_timeline(tenant: Tenant, plan: TimelinePlan, *, now: datetime) -> None:
    """Make event sources, the meaning of attributes and touchpoint rules; once.

    The sources have no keys: nobody would know them. People make those they want to use.
    """
    for key, title in SOURCES.items():
        made = {"tenant": tenant, "title": title, "created_at": now, "keeps_pages": True}
        EventSource.objects.for_tenant(tenant).get_or_create(key=key, defaults=made)
    AttributeDef.objects.bulk_create(
        [
            AttributeDef(
                tenant=tenant,
                key=one.key,
                title=one.title,
                type=one.type,
                scope=one.scope,
                personal=one.personal,
            )
            for one in plan.attributes
        ],
        ignore_conflicts=True,
    )
    if not TouchpointRule.objects.for_tenant(tenant).exists():
        _make_rules(tenant, plan)


def load_portion(tenant: Tenant, portion: Portion, *, now: datetime) -> int:
    """Load one portion, in the transaction at hand; give how many records it held."""
    sources = {source.key: source for source in EventSource.objects.for_tenant(tenant)}
    for key, records in portion.items():
        load_events(tenant=tenant, source=source_name(sources[key]), records=records, now=now)
    return sum(len(records) for records in portion.values())


def _make_rules(tenant: Tenant, plan: TimelinePlan) -> None:
    points = {point.key: point for point in Touchpoint.objects.for_tenant(tenant)}
    for rule in plan.rules:
        create_rule(
            tenant=tenant,
            by=None,
            touchpoint=points[rule.touchpoint],
            event_name=rule.event,
            interaction_kind=rule.kind,
            conditions=[
                {"path": path, "op": op, "value": value} for path, op, value in rule.conditions
            ],
        )
