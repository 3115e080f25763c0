"""Event sources, their write keys, and what was refused from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, CharField, Count, IntegerField, Max, Q, Sum, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from cxm.customers.models import EventName
from cxm.customers.rules.masking import redacted
from feedback.models import EventSource, Inbox, RejectedEvent, WriteKey
from feedback.rules.hiding import hidden_json, readable_json
from feedback.selectors.webhook_sources import last_received

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

# A broken client can be refused millions of times: lists show the newest, the file has all.
MOST_REFUSED = 10_000


@dataclass(frozen=True, slots=True)
class SourceUse:
    """How much a source is used.

    *live_keys* counts the keys that work. *last_used_at* is the last time that one of them was
    used or that something happened of which the source told, whichever way it was loaded; None
    for neither. *events*, *refused* and *waiting* are since the moment that was asked for: items
    read and items kept out (what was sent again counts once), and bodies that nobody has read yet.
    """

    live_keys: int = 0
    last_used_at: datetime | None = None
    events: int = 0
    refused: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How much was refused for one reason, among the newest refusals."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class RefusedShown:
    """A refusal as one reader may see it; *raw* is the item in lines, empty where it is hidden.

    It came *times* times, last at *received_at*.
    """

    message: str
    code: str
    path: str
    name: str
    key: str
    position: int
    received_at: datetime
    times: int
    raw: str


def sources_listed(tenant: Tenant, *, is_archived: bool = False) -> QuerySet[EventSource]:
    """List event sources by title: those in use, or the archived ones."""
    rows = EventSource.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    return rows.order_by("title", "pk").fetch_mode(models.FETCH_RAISE)


def source_uses(
    tenant: Tenant, sources: Iterable[EventSource], *, since: datetime, now: datetime
) -> dict[UUID, SourceUse]:
    """Tell how much *sources* are used, what arrived from *since* on.

    Three queries, one more where webhooks are among them.
    """
    sources = list(sources)
    names = {f"events:{source.key}": source.pk for source in sources}
    ids = list(names.values())
    live = Count("pk", filter=_works(now))
    keys = WriteKey.objects.for_tenant(tenant).filter(event_source__in=ids)
    used = {
        pk: (count, last_at)
        for pk, count, last_at in keys.values_list("event_source").annotate(
            live=live, last_at=Max("last_used_at")
        )
    }
    bodies = Inbox.objects.for_tenant(tenant).filter(event_source__in=ids, received_at__gte=since)
    arrived = {
        pk: counts
        for pk, *counts in bodies.values_list("event_source").annotate(
            items=_total("items") - _total("repeated"),
            refused=_total("refused") - _total("refused_again"),
            waiting=Count("pk", filter=Q(state=Inbox.State.STORED)),
        )
    }
    told = EventName.objects.for_tenant(tenant).filter(source__in=names).values_list("source")
    heard = {names[name]: at for name, at in told.annotate(last_at=Max("last_seen_at"))}
    heard |= last_received(tenant, [source for source in sources if source.is_webhook])
    uses = {}
    for pk in ids:
        live_keys, used_at = used.get(pk, (0, None))
        last_at = max((at for at in (used_at, heard.get(pk)) if at), default=None)
        uses[pk] = SourceUse(live_keys, last_at, *arrived.get(pk, (0, 0, 0)))
    return uses


def write_keys(source: EventSource, *, now: datetime) -> QuerySet[WriteKey]:
    """List the keys of a source, newest first, with the people who made them.

    Each has `state`: "live", "ending" while it still works but has its end, "ended" or
    "revoked", all at *now*.
    """
    rows = WriteKey.objects.for_tenant(source.tenant_id).filter(event_source=source)
    state = Case(
        When(revoked_at__isnull=False, then=Value("revoked")),
        When(expires_at__lte=now, then=Value("ended")),
        When(expires_at__isnull=False, then=Value("ending")),
        default=Value("live"),
        output_field=CharField(),
    )
    return (
        rows.select_related("created_by__user")
        .annotate(state=state)
        .order_by("-created_at", "-pk")
        .fetch_mode(models.FETCH_RAISE)
    )


def working_keys(source: EventSource, *, now: datetime) -> QuerySet[WriteKey]:
    """List the keys of a source that let events in, newest first."""
    rows = WriteKey.objects.for_tenant(source.tenant_id).filter(_works(now), event_source=source)
    return rows.order_by("-created_at", "-pk").fetch_mode(models.FETCH_RAISE)


def refused_events(source: EventSource, *, code: str = "") -> QuerySet[RejectedEvent]:
    """List what was kept out, what came last first, of the newest 10,000; *code* filters."""
    rows = RejectedEvent.objects.for_tenant(source.tenant_id).filter(pk__in=_newest(source))
    if code:
        rows = rows.filter(code=code)
    return rows.order_by("-received_at", "-pk").fetch_mode(models.FETCH_RAISE)


def refused_shown(row: RejectedEvent, *, sees_persons: bool) -> RefusedShown:
    """Give a refusal as a reader may see it: without persons, only the item's shape is told."""
    return RefusedShown(
        message=row.message if sees_persons else redacted(row.message),
        code=row.code,
        path=row.path,
        name=row.name,
        key=row.key,
        position=row.position,
        received_at=row.received_at,
        times=row.times,
        raw=readable_json(row.raw if sees_persons else hidden_json(row.raw)),
    )


def refusal_counts(source: EventSource) -> list[RefusalCount]:
    """Count the newest ten thousand refusals by reason, the most frequent first. One query."""
    rows = RejectedEvent.objects.for_tenant(source.tenant_id).filter(pk__in=_newest(source))
    counted = rows.order_by().values_list("code").annotate(n=Count("pk")).order_by("-n", "code")
    return [RefusalCount(code, count) for code, count in counted]


def _newest(source: EventSource) -> QuerySet[RejectedEvent, UUID]:
    rows = RejectedEvent.objects.for_tenant(source.tenant_id).filter(event_source=source)
    newest = rows.order_by("-received_at", "-pk")[:MOST_REFUSED]
    return newest.values_list("pk", flat=True)


def _works(now: datetime) -> Q:
    return Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))


def _total(name: str) -> Coalesce:
    """Add up one of the counts that stand beside a body once it is read."""
    return Coalesce(Sum(Cast(KT(f"counts__{name}"), IntegerField())), 0)
