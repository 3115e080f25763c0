"""Routes of the pages of webhooks."""

from __future__ import annotations

from django.urls import path

from cxm.integrations.views import deliveries, webhooks

app_name = "integrations"
_ONE = "webhooks/<uuid:webhook_id>/"
_DELIVERY = f"{_ONE}deliveries/<uuid:delivery_id>/"
urlpatterns = [
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook-new"),
    path(_ONE, webhooks.webhook_detail, name="webhook-detail"),
    path(f"{_ONE}settings/", webhooks.webhook_settings, name="webhook-settings"),
    path(f"{_ONE}rotate/", webhooks.webhook_rotate, name="webhook-rotate"),
    path(f"{_ONE}test/", webhooks.webhook_test, name="webhook-test"),
    path(f"{_ONE}pause/", webhooks.webhook_pause, name="webhook-pause"),
    path(f"{_ONE}resume/", webhooks.webhook_resume, name="webhook-resume"),
    path(f"{_ONE}remove/", webhooks.webhook_remove, name="webhook-remove"),
    path(f"{_ONE}deliveries/", deliveries.delivery_list, name="delivery-list"),
    path(f"{_ONE}deliveries/replay/", deliveries.deliveries_replay, name="deliveries-replay"),
    path(_DELIVERY, deliveries.delivery_detail, name="delivery"),
    path(f"{_DELIVERY}replay/", deliveries.delivery_replay, name="delivery-replay"),
]
