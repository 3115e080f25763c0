"""What happened, and how it reached those who wanted to know."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from cxm.integrations.models.webhooks import Webhook
from cxm.integrations.rules.kinds import DeliveryState
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned


class WebhookEvent(TenantOwned):
    """Something that happened and that at least one webhook wanted to know.

    Never changed; removed when it is old, or when the person it names is erased. *number* grows
    with each event of the same object. *content* is what is told, under 20 KB.
    """

    kind = models.CharField(max_length=60)
    content = models.JSONField(default=dict)
    at = models.DateTimeField()
    object_id = models.UUIDField()
    number = models.BigIntegerField()
    path = models.CharField(max_length=300, blank=True)
    person_id = models.UUIDField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "object_id", "number"], name="integrations_webhookevent_in_order"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "at"], name="integrations_event_by_time"),
            models.Index(
                fields=["tenant", "person_id"],
                condition=Q(person_id__isnull=False),
                name="integrations_event_person",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def message_id(self) -> str:
        """Give what the header `webhook-id` says: the same for all attempts and receivers."""
        return f"evt_{self.pk.hex}"


class Delivery(TenantOwned):
    """One event on its way to one receiver.

    It is due at *next_at* while it waits; an attempt that has begun moves that on, so that one
    whose worker died is begun again. *attempts* counts since it was last sent anew. *status*, *ms*
    and *error* are of the last attempt.
    """

    webhook = TenantForeignKey(Webhook)
    event = TenantForeignKey(WebhookEvent)
    state = models.CharField(
        max_length=9, choices=[(one.value, one.words) for one in DeliveryState], default="waiting"
    )
    is_test = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "webhook", "event"], name="integrations_delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in DeliveryState]),
                name="integrations_delivery_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False)
                | ~Q(state="waiting") & Q(next_at__isnull=True, finished_at__isnull=False),
                name="integrations_delivery_waits_or_is_over",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "webhook", "-id"], name="integrations_delivery_log"),
            models.Index(fields=["tenant", "event"], name="integrations_delivery_event"),
            models.Index(
                fields=["tenant", "webhook", "next_at"],
                condition=Q(state="waiting"),
                name="integrations_delivery_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} after {self.attempts}"


class DeliveryAttempt(TenantOwned):
    """One attempt: what was sent beside the body, and what came back.

    *headers* are those sent, without signatures. *response_head* is the first kilobyte of the
    answer's body.
    """

    delivery = TenantForeignKey(Delivery)
    at = models.DateTimeField()
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField()
    error = models.CharField(max_length=300, blank=True)
    response_head = models.TextField(max_length=1_024, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "delivery", "-id"], name="integrations_attempt_log"),
        ]

    def __str__(self) -> str:
        return f"{self.status or self.error}"
