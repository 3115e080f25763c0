"""Routes of webhooks in the JSON API."""

from __future__ import annotations

from django.urls import path

from cxm.integrations.api import deliveries, webhooks

_WEBHOOK = "webhooks/<uuid:webhook_id>"
_DELIVERY = "deliveries/<uuid:delivery_id>"

api_urls = [
    path("webhooks/", webhooks.WebhookListView.as_view()),
    path(f"{_WEBHOOK}/", webhooks.WebhookView.as_view()),
    path(f"{_WEBHOOK}/secrets/", webhooks.WebhookSecretListView.as_view()),
    path(f"{_WEBHOOK}/pause/", webhooks.WebhookPauseView.as_view()),
    path(f"{_WEBHOOK}/resume/", webhooks.WebhookResumeView.as_view()),
    path(f"{_WEBHOOK}/test/", webhooks.WebhookTestView.as_view()),
    path("deliveries/", deliveries.DeliveryListView.as_view()),
    path("deliveries/replay/", deliveries.DeliveryReplayListView.as_view()),
    path(f"{_DELIVERY}/", deliveries.DeliveryView.as_view()),
    path(f"{_DELIVERY}/attempts/", deliveries.DeliveryAttemptListView.as_view()),
    path(f"{_DELIVERY}/replay/", deliveries.DeliveryReplayView.as_view()),
]
