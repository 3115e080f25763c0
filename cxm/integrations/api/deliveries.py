"""The delivery log in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.integrations.models import Delivery, DeliveryAttempt, Webhook
from cxm.integrations.rules.kinds import DeliveryState
from cxm.integrations.selectors.webhooks import attempts_of, deliveries_listed
from cxm.integrations.services.replaying import replay_delivery, replay_range
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

RIGHT = Right.MANAGE_KEYS


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """An event on its way to one webhook, with how the last attempt went."""

    webhook = serializers.UUIDField(source="webhook_id")
    message_id = serializers.CharField(source="event.message_id")
    kind = serializers.CharField(source="event.kind")
    at = serializers.DateTimeField(source="event.at")
    about = serializers.UUIDField(source="event.object_id")
    order = serializers.IntegerField(source="event.number")

    class Meta:
        model = Delivery
        fields = [
            "id",
            "webhook",
            "message_id",
            "kind",
            "at",
            "about",
            "order",
            "state",
            "is_test",
            "attempts",
            "next_at",
            "status",
            "ms",
            "error",
            "finished_at",
        ]
        read_only_fields = fields


class DeliveryAttemptSerializer(serializers.ModelSerializer[DeliveryAttempt]):
    """One attempt, and what came back."""

    class Meta:
        model = DeliveryAttempt
        fields = ["id", "at", "status", "ms", "error", "response_head"]
        read_only_fields = fields


class DeliveryQuery(StrictSerializer[Any]):
    """Which deliveries to list."""

    webhook = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(
        [(one.value, one.words) for one in DeliveryState], required=False
    )
    kind = serializers.CharField(required=False, max_length=60)


class ReplayBody(StrictSerializer[Any]):
    """Which events to send again: what happened in [start, end)."""

    webhook = serializers.UUIDField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    is_dead_only = serializers.BooleanField(
        required=False, default=True, help_text="Only what was given up."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an end that is not after the start."""
        if attrs["end"] <= attrs["start"]:
            raise serializers.ValidationError({"end": ["Choose a moment after the start."]})
        return attrs


class ReplayedSerializer(serializers.Serializer[Any]):
    """How many events are on the way again."""

    events = serializers.IntegerField()


class OneDeliveryView(TenantApiView):
    """Base of what is about one delivery."""

    def found(self, delivery_id: UUID) -> Delivery:
        """Load a delivery; raises Http404."""
        return get_object_or_404(deliveries_listed(self.tenant), pk=delivery_id)


class DeliveryListView(TenantApiView):
    """The log of all webhooks."""

    rights = {"get": RIGHT}

    @paged(DeliverySerializer, DeliveryQuery)
    def get(self, request: Request) -> Response:
        """List what was sent in the last 30 days, newest first."""
        asked = query_values(DeliveryQuery, request.query_params)
        return cursor_page(request, deliveries_listed(self.tenant, **asked), DeliverySerializer)


class DeliveryReplayListView(TenantApiView):
    """Sending many again."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="deliveries_replay", request=ReplayBody, responses=ReplayedSerializer
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send again what happened in a time, 10,000 events at most, under the same ids."""
        asked = cleaned(ReplayBody, request)
        webhooks = Webhook.objects.for_tenant(self.tenant).select_related("tenant")
        webhook = get_object_or_404(webhooks, pk=asked.pop("webhook"))
        count = replay_range(webhook=webhook, by=self.actor, now=now(), **asked)
        return Response({"events": count})


class DeliveryView(OneDeliveryView):
    """One delivery."""

    rights = {"get": RIGHT}

    @extend_schema(operation_id="delivery_read", responses=DeliverySerializer)
    def get(self, _request: Request, delivery_id: UUID) -> Response:
        """Read a delivery."""
        return Response(DeliverySerializer(self.found(delivery_id)).data)


class DeliveryAttemptListView(OneDeliveryView):
    """The attempts of a delivery."""

    rights = {"get": RIGHT}

    @paged(DeliveryAttemptSerializer)
    def get(self, request: Request, delivery_id: UUID) -> Response:
        """List the attempts, newest first, each with the first kilobyte that came back."""
        rows = attempts_of(self.found(delivery_id))
        return cursor_page(request, rows, DeliveryAttemptSerializer)


class DeliveryReplayView(OneDeliveryView):
    """Sending one again."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="delivery_replay", request=None, responses={202: DeliverySerializer}
    )
    @idempotent
    def post(self, _request: Request, delivery_id: UUID) -> Response:
        """Send an event again, under the same id; one that is on its way stays so."""
        delivery = self.found(delivery_id)
        replay_delivery(delivery=delivery, by=self.actor, now=now())
        body = DeliverySerializer(self.found(delivery_id)).data
        return Response(body, status=status.HTTP_202_ACCEPTED)
