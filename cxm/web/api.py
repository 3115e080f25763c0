"""The JSON API about a workspace as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Tenant
from cxm.tenants.rules import Right
from cxm.web.services import change_workspace

if TYPE_CHECKING:
    from rest_framework.request import Request


class TenantSerializer(serializers.Serializer[Tenant]):
    """A workspace. The time zone is the one in force: it decides on which day an answer counts."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    created_at = serializers.DateTimeField()


class TenantChangeSerializer(StrictSerializer[Tenant]):
    """What may be changed about a workspace."""

    name = serializers.CharField(max_length=200)
    time_zone = serializers.CharField(max_length=64)


class TenantView(TenantApiView):
    """The workspace of the key, or the one in the header `X-Tenant`."""

    rights = {"get": Right.SEE_FIGURES, "patch": Right.MANAGE_TENANT}

    @extend_schema(operation_id="tenant_read", responses=TenantSerializer)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF passes it
        """Read the workspace."""
        return Response(TenantSerializer(self.tenant).data)

    @extend_schema(
        operation_id="tenant_change", request=TenantChangeSerializer, responses=TenantSerializer
    )
    def patch(self, request: Request) -> Response:
        """Change the name or the time zone.

        Another zone moves all days, past ones too, in the background; the answer names the zone
        in force, which is the old one until that is done.
        """
        asked = cleaned(TenantChangeSerializer, request)
        change_workspace(
            tenant=self.tenant,
            name=asked.get("name", self.tenant.name),
            time_zone=asked.get("time_zone", self.tenant.time_zone),
            by=self.actor,
            now=now(),
        )
        return Response(TenantSerializer(self.tenant).data)


api_urls = [path("tenant/", TenantView.as_view(), name="tenant")]
