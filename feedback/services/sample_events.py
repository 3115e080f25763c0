"""An event to try a source with, sent the way that a client's events go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.tenants.audit import record
from feedback.adapters.events.parsing import OWN
from feedback.errors import SourceArchivedError
from feedback.services.accepting import Delivery, store

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from feedback.models import EventSource

NAME = "Test event"
# Shown as the address that the body was sent to.
PATH = "/api/v1/events"


@transaction.atomic
def send_test_event(*, source: EventSource, by: Membership, now: datetime) -> UUID:
    """Store a test event for *source*, about a visitor of that name; give the id of its body.

    It is loaded, placed by rules and counted like any other. Raises SourceArchivedError.
    """
    if source.archived_at:
        raise SourceArchivedError
    event = {
        "type": "track",
        "id": f"test:{new_id()}",
        "event": NAME,
        "customer": {"anonymous_id": f"test-of-{source.key}"},
        "at": now.isoformat(),
        "properties": {"sent_from": "Live view"},
    }
    body = json.dumps({"events": [event]}).encode()
    delivery = Delivery(adapter=OWN, path=PATH, body=body)
    inbox_id = store(source=source, delivery=delivery, now=now)
    record(tenant=source.tenant, action="test-event-sent", by=by, about=source)
    return inbox_id
