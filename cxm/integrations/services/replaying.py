"""Sending again what was sent, or what was given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.integrations.models import Delivery
from cxm.integrations.rules.errors import DeliveryGoneError
from cxm.integrations.rules.kinds import DeliveryState
from cxm.integrations.services.events import SEND
from cxm.tenants.audit import record
from cxm.work.services import ring

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.integrations.models import Webhook
    from cxm.tenants.models import ApiKey, Membership

    type Actor = Membership | ApiKey

# What one command sends anew, at most; the rest needs another.
MOST_AT_ONCE = 10_000


@transaction.atomic
def replay_delivery(*, delivery: Delivery, by: Actor, now: datetime) -> bool:
    """Send one event again, under the same `webhook-id`; tell whether it was not on its way.

    Sent twice at once it goes once. The delivery comes with its webhook.
    """
    rows = Delivery.objects.for_tenant(delivery.tenant_id).filter(pk=delivery.pk)
    if not rows.exclude(state=DeliveryState.WAITING).update(**_anew(now)):
        return False
    _record(delivery.webhook, by, {"events": 1})
    transaction.on_commit(partial(ring, delivery.tenant_id, task=SEND))
    return True


@transaction.atomic
def replay_range(
    *,
    webhook: Webhook,
    start: datetime,
    end: datetime,
    is_dead_only: bool,
    by: Actor,
    now: datetime,
) -> int:
    """Send again what happened in [start, end); gives how many events go, 10,000 at most.

    With *is_dead_only*, only those that were given up. Tests stay out. Raises DeliveryGoneError
    when there are none.
    """
    rows = Delivery.objects.for_tenant(webhook.tenant_id).filter(
        webhook=webhook, event__at__gte=start, event__at__lt=end, is_test=False
    )
    wanted = [DeliveryState.DEAD] if is_dead_only else [DeliveryState.DEAD, DeliveryState.DELIVERED]
    ids = rows.filter(state__in=wanted).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]
    again = Delivery.objects.for_tenant(webhook.tenant_id).filter(
        pk__in=list(ids), state__in=wanted
    )
    count = again.update(**_anew(now))
    if not count:
        raise DeliveryGoneError
    changes = {"events": count, "from": start.isoformat(), "to": end.isoformat()}
    _record(webhook, by, changes)
    transaction.on_commit(partial(ring, webhook.tenant_id, task=SEND))
    return count


def _anew(now: datetime) -> dict[str, Any]:
    return {
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "next_at": now,
        "error": "",
        "finished_at": None,
    }


def _record(webhook: Webhook, by: Actor, changes: dict[str, Any]) -> None:
    record(tenant=webhook.tenant, action="webhook-replayed", by=by, about=webhook, changes=changes)
