"""Webhooks out: where events are sent, what happened, and how it got there."""

from __future__ import annotations

from cxm.integrations.models.deliveries import Delivery, DeliveryAttempt, WebhookEvent
from cxm.integrations.models.webhooks import Webhook, WebhookSecret

__all__ = ["Delivery", "DeliveryAttempt", "Webhook", "WebhookEvent", "WebhookSecret"]
