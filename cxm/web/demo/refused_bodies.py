"""Bodies of events as clients send them, some with mistakes, for the view of what arrived."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.web.demo.tales import WEBSITE
from feedback.adapters.events.parsing import OWN
from feedback.models import EventSource
from feedback.services.accepting import Delivery, store
from feedback.services.event_loading import load_inbox

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import TimelinePlan

    type Body = list[dict[str, object]]

_PATH = "/api/v1/events"
_BODIES = 5


def deliver_bodies(tenant: Tenant, plan: TimelinePlan, *, now: datetime) -> None:
    """Store bodies as if they had come in during the last hours, and load them."""
    source = EventSource.objects.for_tenant(tenant).get(key=WEBSITE)
    for number in range(_BODIES):
        at = now - timedelta(hours=_BODIES - number, minutes=7 * number)
        body = json.dumps({"events": _events(plan, number, at)}).encode()
        delivery = Delivery(adapter=OWN, path=_PATH, body=body)
        inbox_id = store(source=source, delivery=delivery, now=at)
        load_inbox(tenant_id=tenant.pk, inbox_id=inbox_id, now=at)


def _events(plan: TimelinePlan, number: int, at: datetime) -> Body:
    """Give three events that are fine, and one with each mistake: time, customer, name."""
    visitor = {"anonymous_id": f"web-visitor-{number:04}"}
    told = {"type": "track", "customer": visitor, "event": plan.client_event}
    page = {"type": "page", "customer": visitor, "event": "page_viewed"}
    path: dict[str, object] = {"context": {"page": {"path": plan.pages[1][0]}}}
    fine: Body = [
        {**page, "at": (at - timedelta(minutes=3 - minutes)).isoformat(), "properties": path}
        for minutes in range(3)
    ]
    wrong: Body = [
        {**told, "at": "31.02.2026 25:61"},
        {"type": "track", "event": plan.client_event, "at": at.isoformat()},
        {"type": "track", "customer": visitor, "at": at.isoformat()},
    ]
    events: Body = [*fine, wrong[number % len(wrong)]]
    return [{"id": f"body-{number}-{place}", **event} for place, event in enumerate(events)]
