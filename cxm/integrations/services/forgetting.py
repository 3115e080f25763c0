"""Forgetting what was sent: when it is old, and when a person it names is erased."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from cxm.customers.rules.traces import traces_of
from cxm.integrations.models import Delivery, DeliveryAttempt, WebhookEvent
from cxm.kernel.effects import Again
from cxm.kernel.erasing import Erased, Leaving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

FORGET = "integrations.forget"
DAY_SECONDS = 86_400
KEPT_FOR = timedelta(days=30)
AT_ONCE = 2_000


def forget_old(*, tenant_id: UUID, now: datetime) -> Again | None:
    """Remove events that are older than 30 days with their deliveries; some thousands at a time.

    What still waits then, since a webhook was paused for a month, goes too.
    """
    old = WebhookEvent.objects.for_tenant(tenant_id).filter(at__lt=now - KEPT_FOR)
    ids = list(old.order_by("at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    _forget(tenant_id, ids)
    return Again({}) if len(ids) == AT_ONCE else None


def erase_events(person: Leaving, cursor: str) -> Erased:
    """Remove the events that tell of a person who is erased, and what was answered to them.

    Also those that name the person in what was said, under whoever's name they stand. *cursor*
    is the last event that was looked at, or "".
    """
    about = Q(person_id__in=person.customer_ids)
    for _, value in person.identifiers:
        about |= Q(content__icontains=value)
    rows = WebhookEvent.objects.for_tenant(person.tenant_id).filter(about).order_by("pk")
    seen = list((rows.filter(pk__gt=cursor) if cursor else rows)[:AT_ONCE])
    # A short identifier stands in nearly every event by chance: a score, a digit of a date.
    traces = traces_of(person.identifiers)
    ids = [
        event.pk
        for event in seen
        if event.person_id in person.customer_ids
        or traces.are_in(json.dumps(event.content, ensure_ascii=False))
    ]
    counts = {"webhook attempts": _forget(person.tenant_id, ids), "webhook events": len(ids)}
    return Erased(counts=counts, cursor=str(seen[-1].pk) if len(seen) == AT_ONCE else None)


def _forget(tenant_id: UUID, ids: Sequence[UUID]) -> int:
    """Remove events with all about them; gives how many attempts went."""
    deliveries = Delivery.objects.for_tenant(tenant_id).filter(event__in=ids)
    attempts = DeliveryAttempt.objects.for_tenant(tenant_id)
    gone = attempts.filter(delivery__in=deliveries.values("pk")).delete()[0]
    deliveries.delete()
    WebhookEvent.objects.for_tenant(tenant_id).filter(pk__in=ids).delete()
    return gone
