"""Sending what is due: claimed in one transaction, posted in none, written down in another."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Min, Q

from cxm.integrations.models import Delivery
from cxm.integrations.rules.bodies import Told, body_of
from cxm.integrations.rules.kinds import DeliveryState, WebhookState
from cxm.integrations.rules.retrying import MOST_ATTEMPTS
from cxm.integrations.selectors.webhooks import live_secrets
from cxm.integrations.services.outcomes import give_up, write_down
from cxm.integrations.services.posting import Answer, post
from cxm.integrations.services.signing import headers_of, opened
from cxm.tenants.binding import tenant_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from cxm.integrations.models import Webhook

    type Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)

# A receiver that answers slowly holds up only its own: so many of each webhook at a time.
AT_ONCE = 4
# No turn claims more than it posts at once, so that each attempt is over within its lease.
THREADS = 16
# An attempt that has begun is over in far less; one whose worker died is begun again after it.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that has begun: what is posted where, all of it ready."""

    delivery: Delivery
    body: bytes
    headers: dict[str, str]


def due_tenants(at: datetime) -> list[UUID]:
    """List tenants with something to send; one function of the database, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM webhooks_due(%s)", [at])
        return [row[0] for row in cursor.fetchall()]


def send_due(tenant_id: UUID, *, clock: Clock) -> int:
    """Begin, post and write down one turn of what is due for a tenant; gives how many.

    Safe beside others doing the same. No transaction is open while receivers are waited for. A
    worker that dies meanwhile, or an attempt that cannot be written down, leaves a claim that ends
    after a minute: then the same event is sent again under the same `webhook-id`.
    """
    with tenant_bound(tenant_id):
        claimed = list(_claim(tenant_id, clock()))
    if not claimed:
        return 0
    with ThreadPoolExecutor(min(THREADS, len(claimed))) as threads:
        answers = list(threads.map(_post, claimed))
    for one, answer in zip(claimed, answers, strict=True):
        _keep_answer(one, answer, clock())
    return len(claimed)


def _keep_answer(one: Claimed, answer: Answer, now: datetime) -> None:
    """Write an answer down by itself: those of other receivers do not wait for it."""
    try:
        with tenant_bound(one.delivery.tenant_id):
            write_down(one.delivery, answer, headers=one.headers, now=now)
    except Exception:
        logger.exception("what delivery %s came to could not be written down", one.delivery.pk)


def _post(one: Claimed) -> Answer:
    return post(one.delivery.webhook.url, body=one.body, headers=one.headers)


def _claim(tenant_id: UUID, now: datetime) -> Iterator[Claimed]:
    """Begin what is due, a few of each webhook, those first whose events wait longest."""
    is_able = Q(webhook__state=WebhookState.ACTIVE) & (
        Q(webhook__throttled_until__isnull=True) | Q(webhook__throttled_until__lte=now)
    )
    due = Delivery.objects.for_tenant(tenant_id).filter(
        is_able | Q(is_test=True), state=DeliveryState.WAITING, next_at__lte=now
    )
    waiting = due.values("webhook").annotate(since=Min("next_at")).order_by("since", "webhook")
    left = THREADS
    for row in waiting:
        rows = due.filter(webhook=row["webhook"]).order_by("next_at", "pk")
        rows = rows.select_for_update(skip_locked=True, of=("self",))
        deliveries = list(rows.select_related("event", "webhook__tenant")[: min(AT_ONCE, left)])
        if deliveries:
            yield from _begun(deliveries[0].webhook, deliveries, now)
        left -= len(deliveries)
        if not left:
            return


def _begun(webhook: Webhook, deliveries: list[Delivery], now: datetime) -> Iterator[Claimed]:
    secrets = opened(live_secrets(webhook, now=now))
    for delivery in deliveries:
        if delivery.attempts >= MOST_ATTEMPTS:
            give_up(delivery, "The worker stopped each time this was tried.", now=now)
        elif not secrets:
            give_up(delivery, "No secret can sign this: make a new one.", now=now)
        elif claimed := _prepared(delivery, secrets, now):
            delivery.attempts += 1
            delivery.next_at = now + LEASE
            delivery.save(update_fields=["attempts", "next_at"])
            yield claimed


def _prepared(delivery: Delivery, secrets: list[str], now: datetime) -> Claimed | None:
    """Write and sign what is posted; give the delivery up where that cannot be done."""
    try:
        return _ready(delivery, secrets, now)
    except Exception:
        logger.exception("the body of delivery %s cannot be written", delivery.pk)
    give_up(delivery, "This event could not be written in the webhook's form.", now=now)
    return None


def _ready(delivery: Delivery, secrets: list[str], now: datetime) -> Claimed:
    webhook, message_id = delivery.webhook, delivery.event.message_id
    body = body_of(told(delivery), form=webhook.form, is_thin=webhook.is_thin)
    headers = headers_of(
        form=webhook.form, secrets=secrets, message_id=message_id, body=body, now=now
    )
    return Claimed(delivery, body, headers)


def told(delivery: Delivery) -> Told:
    """Give what the event of *delivery* tells; it comes with event, webhook and tenant."""
    event, webhook = delivery.event, delivery.webhook
    home = f"{webhook.site}/t/{webhook.tenant.slug}/"
    return Told(
        event_id=event.message_id,
        kind=event.kind,
        at=event.at,
        about=str(event.object_id),
        order=event.number,
        url=f"{home}{event.path}" if event.path else "",
        content=event.content,
    )
