"""What follows from an attempt: for the delivery, for the webhook, for those who look after it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.integrations.models import Delivery, DeliveryAttempt, Webhook
from cxm.integrations.rules.kinds import DeliveryState, Reason, WebhookState
from cxm.integrations.rules.retrying import (
    Outcome,
    Verdict,
    is_given_up,
    retry_after,
    verdict,
)
from cxm.integrations.services.signing import without_signatures
from cxm.integrations.services.telling import tell_of_stop
from cxm.tenants.audit import record

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.integrations.services.posting import Answer

_CHANCES = 1_000


@transaction.atomic
def write_down(
    delivery: Delivery, answer: Answer, *, headers: dict[str, str], now: datetime
) -> None:
    """Write down how an attempt went, and what follows from it.

    An attempt that took so long that another has begun meanwhile is only written down: the
    delivery follows the newer one. One that is gone meanwhile is forgotten.
    """
    rows = Delivery.objects.for_tenant(delivery.tenant_id).filter(pk=delivery.pk)
    current = rows.select_related("webhook__tenant").select_for_update(of=("self",)).first()
    if current is None:
        return
    DeliveryAttempt.objects.create(
        tenant_id=current.tenant_id,
        delivery=current,
        at=now,
        headers=without_signatures(headers),
        status=answer.status,
        ms=answer.ms,
        error=answer.error,
        response_head=answer.head,
    )
    is_newest = current.attempts == delivery.attempts and current.state == DeliveryState.WAITING
    if is_newest:
        _follow(current, answer, now)


def give_up(delivery: Delivery, error: str, *, now: datetime) -> None:
    """Let *delivery* wait no more: an admin may send it again."""
    _end(delivery, DeliveryState.DEAD, now, error=error)
    if not delivery.is_test:
        tell_of_stop(delivery.webhook, now=now)


def _follow(delivery: Delivery, answer: Answer, now: datetime) -> None:
    decided = verdict(
        attempts=delivery.attempts,
        status=answer.status,
        wish=retry_after(answer.wish, now=now),
        chance=secrets.randbelow(_CHANCES) / _CHANCES,
        is_test=delivery.is_test,
    )
    delivery.status, delivery.ms = answer.status, answer.ms
    error = answer.error or (
        "" if decided.outcome is Outcome.DELIVERED else f"The receiver answered {answer.status}."
    )
    if decided.pause is not None:
        delivery.next_at, delivery.error = now + decided.pause, error
        delivery.save(update_fields=["status", "ms", "next_at", "error"])
    elif decided.outcome is Outcome.DELIVERED:
        _end(delivery, DeliveryState.DELIVERED, now, error="")
    else:
        _end(delivery, DeliveryState.DEAD, now, error=error)
    _follow_webhook(delivery, decided, now)


def _follow_webhook(delivery: Delivery, decided: Verdict, now: datetime) -> None:
    """Note on the webhook how its receiver is, and stop it where it wants nothing."""
    rows = Webhook.objects.for_tenant(delivery.tenant_id).filter(pk=delivery.webhook_id)
    webhook = rows.select_related("tenant").select_for_update(of=("self",)).get()
    if decided.throttle is not None:
        webhook.throttled_until = now + decided.throttle
    if decided.outcome is Outcome.DELIVERED:
        webhook.failing_since = None
    elif not delivery.is_test:
        webhook.failing_since = webhook.failing_since or now
    webhook.save(update_fields=["throttled_until", "failing_since"])
    if decided.outcome is Outcome.GONE:
        _stop(webhook, WebhookState.DISABLED, Reason.GONE, now)
    elif is_given_up(webhook.failing_since, now=now):
        _stop(webhook, WebhookState.PAUSED, Reason.FAILING, now)
    elif decided.outcome is Outcome.DEAD and not delivery.is_test:
        tell_of_stop(webhook, now=now)


def _stop(webhook: Webhook, state: WebhookState, reason: Reason, now: datetime) -> None:
    if webhook.state != WebhookState.ACTIVE:
        return
    webhook.state, webhook.reason, webhook.state_since = state.value, reason.value, now
    webhook.save(update_fields=["state", "reason", "state_since"])
    action = f"webhook-{state.value}"
    record(tenant=webhook.tenant, action=action, by=None, about=webhook, changes={"why": reason})
    tell_of_stop(webhook, now=now)


def _end(delivery: Delivery, state: DeliveryState, now: datetime, *, error: str) -> None:
    delivery.state, delivery.error = state.value, error
    delivery.next_at, delivery.finished_at = None, now
    fields = ["state", "error", "next_at", "finished_at", "status", "ms"]
    delivery.save(update_fields=fields)
