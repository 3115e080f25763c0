"""Taking bodies of events in: stored as they came, answered then, read later."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.work.services import later
from feedback.adapters.events.parsing import VERSIONS
from feedback.adapters.webhooks.reading import Wishes
from feedback.errors import SourceArchivedError, SourceUnknownError
from feedback.models import EventSource, Inbox, WriteKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.selectors.write_doors import WriteDoor

LOAD = "feedback.load-events"
API_SOURCE = "api"
USED_EVERY = timedelta(minutes=1)
MAPPED = ("touchpoint", "channel", "customer_field")
_MOST = 300
# Of a request only this is kept: nothing secret, and no address of a person.
_HEADERS = (
    "content-type",
    "content-encoding",
    "user-agent",
    "x-retry-count",
    "anonymousid",
    "origin",
    "webhook-id",
    "x-chatwoot-delivery",
    "x-chatwoot-timestamp",
    "x-zendesk-webhook-invocation-id",
    "x-zendesk-webhook-signature-timestamp",
)
_QUERY = ("_", "compression", "ver")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One body as it came, and what of its request helps to read it.

    *adapter* names its reader; *query* and *headers* (names in any case) are the request's own.
    """

    adapter: str
    path: str
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def accept(*, door: WriteDoor, delivery: Delivery, now: datetime) -> UUID:
    """Store *delivery* for the source of a write key, and promise to load it; give the row's id.

    One transaction of its own, bound to the tenant: when this returns, nothing is lost any more.
    """
    with tenant_bound(door.tenant_id):
        sources = EventSource.objects.for_tenant(door.tenant_id)
        source = sources.only("tenant", "key").get(pk=door.event_source_id)
        inbox_id = store(source=source, delivery=delivery, now=now)
        note_use(door, now)
    return inbox_id


def store_once(*, source: EventSource, delivery: Delivery, key: str, now: datetime) -> UUID:
    """Store *delivery* as `store` does, unless one with *key* is there; give that row's id."""
    rows = Inbox.objects.for_tenant(source.tenant_id)
    same = rows.filter(source=source_name(source), delivery_key=key).values_list("pk", flat=True)
    there = same.first()
    if there:
        return there
    try:
        with transaction.atomic():
            return store(source=source, delivery=delivery, key=key, now=now)
    except IntegrityError:  # it came twice at the same moment
        return same.get()


def store(*, source: EventSource, delivery: Delivery, now: datetime, key: str = "") -> UUID:
    """Store *delivery* in the transaction at hand, and promise to load it; give the row's id.

    *key* identifies it among all that the source delivers; empty for a new one.
    """
    inbox = Inbox(
        tenant_id=source.tenant_id,
        source=source_name(source),
        adapter=delivery.adapter,
        delivery_key=key or str(new_id()),
        received_at=now,
        body=delivery.body,
        sha256=hashlib.sha256(delivery.body).hexdigest(),
        event_source=source,
        envelope=_envelope(delivery),
    )
    inbox.save(force_insert=True)
    later(LOAD, tenant=source.tenant_id, now=now, inbox_id=str(inbox.pk))
    return inbox.pk


def source_name(source: EventSource) -> str:
    """Give what facts and keys call the event source they came from."""
    return f"events:{source.key}"


def wishes_of(source: EventSource) -> Wishes:
    """Give what was said of a source, for the reader of its bodies."""
    known = {name: str(source.mapping.get(name, "")) for name in MAPPED}
    return Wishes(key=source.key, title=source.title, **known)


def api_source(*, tenant: Tenant, key: str, now: datetime) -> EventSource:
    """Find the source that a sender with an API key names; without a *key*, that of the API.

    The latter is made when it is first needed. Raises SourceUnknownError and
    SourceArchivedError.
    """
    rows = EventSource.objects.for_tenant(tenant)
    if key and key != API_SOURCE:
        source = rows.filter(key=key).first()
        if source is None:
            raise SourceUnknownError(key)
    else:
        made = {"tenant": tenant, "title": "API", "created_at": now}
        source, _ = rows.get_or_create(key=API_SOURCE, defaults=made)
    if source.archived_at:
        raise SourceArchivedError
    return source


def note_use(door: WriteDoor, now: datetime) -> None:
    """Write down that a key was used, at most once a minute."""
    if door.last_used_at and now - door.last_used_at < USED_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_EVERY)
    keys = WriteKey.objects.for_tenant(door.tenant_id).filter(stale, pk=door.write_key_id)
    keys.update(last_used_at=now)


def _envelope(delivery: Delivery) -> dict[str, object]:
    headers = {name.lower(): value for name, value in delivery.headers.items()}
    return {
        "adapter": delivery.adapter,
        "version": VERSIONS[delivery.adapter],
        "path": delivery.path,
        "query": _harmless(delivery.query, _QUERY),
        "headers": _harmless(headers, _HEADERS),
    }


def _harmless(values: Mapping[str, str], kept: tuple[str, ...]) -> dict[str, str]:
    found = {name: values.get(name, "")[:_MOST] for name in kept}
    return {name: text for name, text in found.items() if text and text.isprintable()}
