"""Panels in the JSON API: helpdesks, and the signed links they ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.customers.api.context import WhoSerializer, subject_asked
from cxm.customers.models import Panel
from cxm.customers.selectors.panels import panels_by_age
from cxm.customers.services.panels import (
    LONGEST_SECONDS,
    MOST_ORIGINS,
    PASSED_ON,
    SHORTEST_SECONDS,
    create_panel,
    panel_token,
    revoke_panel,
)
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

USUAL_SECONDS = 3_600


class PanelSerializer(serializers.ModelSerializer[Panel]):
    """A helpdesk that may show the panel."""

    class Meta:
        model = Panel
        fields = ["id", "title", "origins", "created_at", "last_used_at", "revoked_at"]
        read_only_fields = fields


class PanelBody(StrictSerializer[Panel]):
    """A new panel."""

    title = serializers.CharField(max_length=120)
    origins = serializers.ListField(
        child=serializers.CharField(max_length=300),
        min_length=1,
        max_length=MOST_ORIGINS,
        help_text="Addresses of the helpdesk's pages, such as https://acme.zendesk.com.",
    )


class PanelLinkBody(WhoSerializer):
    """Which panel shows which customer, where, to whom and for how long."""

    panel = serializers.UUIDField()
    origin = serializers.CharField(
        required=False,
        max_length=300,
        help_text="The page that frames it; needed where the panel has several addresses.",
    )
    agent = serializers.CharField(
        required=False,
        max_length=120,
        help_text="Who looks, as the helpdesk calls them: stands in the audit list.",
    )
    expires_in = serializers.IntegerField(
        default=USUAL_SECONDS,
        min_value=SHORTEST_SECONDS,
        max_value=LONGEST_SECONDS,
        help_text="Seconds until the link runs out, from 5 minutes to 12 hours.",
    )


class PanelLinkSerializer(serializers.Serializer[Any]):
    """A link for the `src` of a frame."""

    url = serializers.URLField()
    origin = serializers.CharField(help_text="The only page that can frame it.")
    expires_at = serializers.DateTimeField()


class PanelListView(TenantApiView):
    """All panels."""

    rights = {"get": Right.MANAGE_KEYS, "post": Right.MANAGE_KEYS}

    @paged(PanelSerializer)
    def get(self, request: Request) -> Response:
        """List the panels, newest first."""
        return cursor_page(request, panels_by_age(self.tenant), PanelSerializer)

    @extend_schema(request=PanelBody, responses={201: PanelSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Let the pages of a helpdesk show the panel."""
        values = cleaned(PanelBody, request)
        panel = create_panel(tenant=self.tenant, by=self.actor, now=now(), **values)
        return Response(PanelSerializer(panel).data, status=status.HTTP_201_CREATED)


class PanelRevokeView(TenantApiView):
    """Revoking a panel."""

    rights = {"post": Right.MANAGE_KEYS}

    @extend_schema(request=None, responses=PanelSerializer)
    @idempotent
    def post(self, _request: Request, panel_id: UUID) -> Response:
        """Make every link of a panel worthless, at once."""
        rows = Panel.objects.for_tenant(self.tenant).select_related("tenant")
        panel = get_object_or_404(rows, pk=panel_id)
        revoke_panel(panel=panel, by=self.actor, now=now())
        return Response(PanelSerializer(rows.get(pk=panel_id)).data)


class PanelLinkView(TenantApiView):
    """Links to panels."""

    rights = {"post": Right.SEE_CUSTOMERS}

    @extend_schema(
        operation_id="panel_link_make",
        request=PanelLinkBody,
        responses={201: PanelLinkSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a signed link that shows one customer inside a helpdesk.

        It shows what this key may see: without the right to see persons, names are masked. Ask
        for it on your server, never in the browser. Nobody with that identifier is 404.
        """
        values, moment = cleaned(PanelLinkBody, request), now()
        rows = Panel.objects.for_tenant(self.tenant).select_related("tenant")
        panel = rows.filter(pk=values["panel"]).first()
        if panel is None:
            raise Http404
        expires_at = moment + timedelta(seconds=values["expires_in"])
        token, origin = panel_token(
            panel=panel,
            customer_id=subject_asked(self, values).root.pk,
            by=self.actor,
            rights=[right for right in PASSED_ON if self.actor_may(right)],
            expires_at=expires_at,
            origin=values.get("origin", ""),
            agent=values.get("agent", ""),
        )
        url = request.build_absolute_uri(reverse("panel-page", args=[token]))
        answer = {"url": url, "origin": origin, "expires_at": expires_at}
        return Response(PanelLinkSerializer(answer).data, status=status.HTTP_201_CREATED)
