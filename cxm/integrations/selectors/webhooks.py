"""Reads of webhooks, their secrets and their log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Count, Exists, Max, Q

from cxm.integrations.models import Delivery, DeliveryAttempt, Webhook, WebhookEvent, WebhookSecret
from cxm.integrations.rules.kinds import DeliveryState, WebhookState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


# The same as a statement, of a tenant's id, a list of one kind, and `WebhookState.DISABLED`.
LISTENS_SQL = """
SELECT 1 FROM integrations_webhook
WHERE tenant_id = %s AND kinds @> %s::text[]::varchar[] AND state <> %s
"""


def listens(tenant: Tenant, kind: str) -> Exists:
    """Give the condition that a webhook of *tenant* wants news of *kind*.

    It goes into a query that is made anyway, for what happens too often to ask each time.
    """
    rows = Webhook.objects.for_tenant(tenant).filter(kinds__contains=[kind])
    return Exists(rows.exclude(state=WebhookState.DISABLED))


@dataclass(frozen=True, slots=True)
class WebhookUse:
    """How many events wait and were given up, and when the last one was delivered, if any was."""

    waiting: int = 0
    dead: int = 0
    last_at: datetime | None = None


def webhooks_listed(tenant: Tenant) -> QuerySet[Webhook]:
    """List webhooks by title."""
    rows = Webhook.objects.for_tenant(tenant).select_related("tenant", "created_by__user")
    return rows.order_by("title", "pk").fetch_mode(FETCH_RAISE)


def webhook_uses(tenant: Tenant, webhooks: Sequence[Webhook]) -> dict[UUID, WebhookUse]:
    """Count what each of *webhooks* has in its log; one query."""
    rows = Delivery.objects.for_tenant(tenant).filter(webhook__in=[one.pk for one in webhooks])
    counted = (
        rows.order_by("webhook")
        .values("webhook")
        .annotate(
            waiting=Count("pk", filter=Q(state=DeliveryState.WAITING)),
            dead=Count("pk", filter=Q(state=DeliveryState.DEAD, is_test=False)),
            last_at=Max("finished_at", filter=Q(state=DeliveryState.DELIVERED)),
        )
    )
    uses = {
        row["webhook"]: WebhookUse(row["waiting"], row["dead"], row["last_at"]) for row in counted
    }
    return {one.pk: uses.get(one.pk, WebhookUse()) for one in webhooks}


def live_secrets(webhook: Webhook, *, now: datetime) -> QuerySet[WebhookSecret]:
    """List the secrets that sign, the newest first."""
    rows = WebhookSecret.objects.for_tenant(webhook.tenant_id).filter(webhook=webhook)
    live = rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return live.order_by("-created_at", "-pk").fetch_mode(FETCH_RAISE)


def deliveries_of(webhook: Webhook, *, state: str = "", kind: str = "") -> QuerySet[Delivery]:
    """List the log of a webhook, the newest first."""
    rows = Delivery.objects.for_tenant(webhook.tenant_id).filter(webhook=webhook)
    return _listed(rows, state, kind)


def deliveries_listed(
    tenant: Tenant, *, webhook: UUID | None = None, state: str = "", kind: str = ""
) -> QuerySet[Delivery]:
    """List what was sent to all webhooks of *tenant* or one, the newest first."""
    rows = Delivery.objects.for_tenant(tenant)
    return _listed(rows.filter(webhook=webhook) if webhook else rows, state, kind)


def attempts_of(delivery: Delivery) -> QuerySet[DeliveryAttempt]:
    """List the attempts of a delivery, the newest first."""
    rows = DeliveryAttempt.objects.for_tenant(delivery.tenant_id).filter(delivery=delivery)
    return rows.order_by("-pk").fetch_mode(FETCH_RAISE)


def kinds_sent(webhook: Webhook) -> list[str]:
    """List the kinds of events in the log of a webhook; one query."""
    deliveries = Delivery.objects.for_tenant(webhook.tenant_id).filter(webhook=webhook)
    events = WebhookEvent.objects.for_tenant(webhook.tenant_id)
    kinds = events.filter(pk__in=deliveries.values("event")).values_list("kind", flat=True)
    return sorted(kinds.order_by("kind").distinct())


def _listed(rows: QuerySet[Delivery], state: str, kind: str) -> QuerySet[Delivery]:
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(event__kind=kind)
    listed = rows.select_related("event", "webhook__tenant").order_by("-pk")
    return listed.fetch_mode(FETCH_RAISE)
