"""Event sources with bodies that arrived, as a client would have sent them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from feedback.adapters.events.parsing import SEGMENT
from feedback.models import EventSource, Inbox
from feedback.services.accepting import Delivery, store
from feedback.services.event_loading import load_inbox
from feedback.services.event_sources import create_source

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant


def source_of(member: Membership, title: str = "Web shop", **fields: Any) -> EventSource:
    """Make an event source."""
    with tenant_bound(member.tenant_id):
        source, _, _ = create_source(
            tenant=member.tenant, title=title, by=member, now=now(), **fields
        )
        return source


def track(name: str = "Order placed", *, key: str = "m1", user: str = "u1", **more: Any) -> Any:
    """Give a track call as a Segment client writes it."""
    return {"type": "track", "event": name, "messageId": key, "userId": user, **more}


def arrive(
    source: EventSource,
    *items: Any,
    body: bytes | None = None,
    path: str = "/v1/batch",
    at: datetime | None = None,
    is_loaded: bool = True,
) -> UUID:
    """Let *items* arrive in one batch (or *body* as it is), and load them; give the body's id."""
    sent = body if body is not None else json.dumps({"batch": list(items)}).encode()
    delivery = Delivery(adapter=SEGMENT, path=path, body=sent)
    at = at or now()
    with tenant_bound(source.tenant_id):
        inbox_id = store(source=source, delivery=delivery, now=at)
    if is_loaded:
        load(source.tenant, inbox_id, at=at)
    return inbox_id


def load(tenant: Tenant, inbox_id: UUID, *, at: datetime | None = None) -> None:
    """Load a body, a second after it came."""
    moment = (at or now()) + timedelta(seconds=1)
    with tenant_bound(tenant.pk):
        load_inbox(tenant_id=tenant.pk, inbox_id=inbox_id, now=moment)


def body_of(source: EventSource, inbox_id: UUID) -> Inbox:
    """Read a body as it stands."""
    with tenant_bound(source.tenant_id):
        return Inbox.objects.for_tenant(source.tenant_id).get(pk=inbox_id)
