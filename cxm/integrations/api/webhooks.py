"""Webhooks in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.integrations.api.deliveries import DeliverySerializer
from cxm.integrations.forms.webhooks import LONGEST_TITLE
from cxm.integrations.models import Webhook, WebhookSecret
from cxm.integrations.rules.addresses import LONGEST_URL
from cxm.integrations.rules.kinds import Form, Grace
from cxm.integrations.selectors.webhooks import live_secrets, webhooks_listed
from cxm.integrations.services import webhooks as services
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

RIGHT = Right.MANAGE_KEYS


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """An address that events are sent to."""

    class Meta:
        model = Webhook
        fields = [
            "id",
            "title",
            "url",
            "kinds",
            "form",
            "is_thin",
            "state",
            "reason",
            "state_since",
            "failing_since",
            "throttled_until",
            "created_at",
        ]
        read_only_fields = fields


class WebhookSecretSerializer(serializers.ModelSerializer[WebhookSecret]):
    """A secret that signs, of which only the first characters are told."""

    class Meta:
        model = WebhookSecret
        fields = ["id", "hint", "created_at", "expires_at"]
        read_only_fields = fields


class MadeWebhookSerializer(WebhookSerializer):
    """A webhook that was just made, with its secret, this once."""

    secret = serializers.CharField()

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class MadeSecretSerializer(serializers.Serializer[Any]):
    """A secret that was just made, this once, and those that sign now."""

    secret = serializers.CharField()
    secrets = WebhookSecretSerializer(many=True)


class WebhookBody(StrictSerializer[Any]):
    """Where events are sent, which, and in what shape."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    url = serializers.CharField(max_length=LONGEST_URL, help_text="Begins with https://")
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=100,
        help_text="Kinds of events, such as response.created.",
    )
    form = serializers.ChoiceField([(one.value, one.words) for one in Form], required=False)
    is_thin = serializers.BooleanField(required=False, help_text="Send ids only.")


class WebhookRotateBody(StrictSerializer[Any]):
    """How long the old secret still signs."""

    grace = serializers.ChoiceField([(one.value, one.words) for one in Grace])


class OneWebhookView(TenantApiView):
    """Base of what is about one webhook."""

    def found(self, webhook_id: UUID) -> Webhook:
        """Load a webhook; raises Http404."""
        rows = Webhook.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=webhook_id)


class WebhookListView(TenantApiView):
    """All webhooks."""

    rights = {"get": RIGHT, "post": RIGHT}

    @paged(WebhookSerializer)
    def get(self, request: Request) -> Response:
        """List webhooks by title."""
        return cursor_page(request, webhooks_listed(self.tenant), WebhookSerializer)

    @extend_schema(
        operation_id="webhook_create", request=WebhookBody, responses={201: MadeWebhookSerializer}
    )
    def post(self, request: Request) -> Response:
        """Make a webhook; its secret is in this answer and is never shown again."""
        webhook, text = services.create_webhook(
            tenant=self.tenant,
            by=self.actor,
            now=now(),
            site=request.build_absolute_uri("/").rstrip("/"),
            **cleaned(WebhookBody, request),
        )
        body = {**WebhookSerializer(webhook).data, "secret": text}
        return Response(body, status=status.HTTP_201_CREATED)


class WebhookView(OneWebhookView):
    """One webhook."""

    rights = {"get": RIGHT, "patch": RIGHT, "delete": RIGHT}

    @extend_schema(operation_id="webhook_read", responses=WebhookSerializer)
    def get(self, _request: Request, webhook_id: UUID) -> Response:
        """Read a webhook."""
        return Response(WebhookSerializer(self.found(webhook_id)).data)

    @extend_schema(operation_id="webhook_change", request=WebhookBody, responses=WebhookSerializer)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Change a webhook; what is not sent stays, and what waits goes to the new address."""
        webhook = self.found(webhook_id)
        services.change_webhook(webhook=webhook, by=self.actor, **cleaned(WebhookBody, request))
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(operation_id="webhook_remove", responses={204: None})
    def delete(self, _request: Request, webhook_id: UUID) -> Response:
        """Remove a webhook with its secrets and its log."""
        services.remove_webhook(webhook=self.found(webhook_id), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookSecretListView(OneWebhookView):
    """The secrets of a webhook."""

    rights = {"get": RIGHT, "post": RIGHT}

    @paged(WebhookSecretSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """List the secrets that sign, without their texts."""
        rows = live_secrets(self.found(webhook_id), now=now())
        return cursor_page(request, rows, WebhookSecretSerializer)

    @extend_schema(
        operation_id="webhook_secret_rotate",
        request=WebhookRotateBody,
        responses={201: MadeSecretSerializer},
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Make a new secret; the old one signs beside it at most a week longer."""
        webhook = self.found(webhook_id)
        grace = Grace(cleaned(WebhookRotateBody, request)["grace"])
        text = services.rotate_secret(webhook=webhook, grace=grace, by=self.actor, now=now())
        live = live_secrets(webhook, now=now())
        body = {"secret": text, "secrets": WebhookSecretSerializer(live, many=True).data}
        return Response(body, status=status.HTTP_201_CREATED)


class WebhookPauseView(OneWebhookView):
    """Pausing a webhook."""

    rights = {"post": RIGHT}

    @extend_schema(operation_id="webhook_pause", request=None, responses=WebhookSerializer)
    @idempotent
    def post(self, _request: Request, webhook_id: UUID) -> Response:
        """Send nothing for now; what happens meanwhile waits."""
        webhook = self.found(webhook_id)
        services.pause_webhook(webhook=webhook, by=self.actor, now=now())
        return Response(WebhookSerializer(webhook).data)


class WebhookResumeView(OneWebhookView):
    """Sending again."""

    rights = {"post": RIGHT}

    @extend_schema(operation_id="webhook_resume", request=None, responses=WebhookSerializer)
    @idempotent
    def post(self, _request: Request, webhook_id: UUID) -> Response:
        """Send again, what waits first."""
        webhook = self.found(webhook_id)
        services.resume_webhook(webhook=webhook, by=self.actor, now=now())
        return Response(WebhookSerializer(webhook).data)


class WebhookTestView(OneWebhookView):
    """Trying a webhook."""

    rights = {"post": RIGHT}

    @extend_schema(operation_id="webhook_test", request=None, responses={202: DeliverySerializer})
    @idempotent
    def post(self, _request: Request, webhook_id: UUID) -> Response:
        """Send a test event, once; read the delivery to see how it went."""
        delivery = services.try_webhook(webhook=self.found(webhook_id), now=now())
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)
