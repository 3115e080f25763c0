"""Files in the JSON API: sending one, reading about it, and getting it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.assets import stored_file
from cxm.collaboration.services.assets import LONGEST_ALT, store_asset
from cxm.kernel.api import StrictSerializer, cleaned
from cxm.kernel.clock import now
from cxm.kernel.downloads import answer_with
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class AssetSerializer(serializers.ModelSerializer[Asset]):
    """A stored file; `width` and `height` are pixels, null where it is no picture."""

    class Meta:
        model = Asset
        fields = [
            "id",
            "name",
            "mime",
            "bytes",
            "sha256",
            "width",
            "height",
            "alt",
            "created_at",
        ]
        read_only_fields = fields


class NewAssetSerializer(StrictSerializer[Any]):
    """A file, and words for who cannot see it."""

    file = serializers.FileField(max_length=1_000, allow_empty_file=True)
    alt = serializers.CharField(max_length=LONGEST_ALT, required=False, allow_blank=True)


class AssetListView(TenantApiView):
    """Sending files."""

    rights = {"post": Right.EDIT_JOURNEYS}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="asset_create",
        request={"multipart/form-data": NewAssetSerializer},
        responses={201: AssetSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send a file: a picture, PDF, text, CSV or Office file of at most 20 MB.

        What it is is read from its bytes. Sending the same file again is safe: it gives the asset
        that is there. Put its id into a persona by an operation.
        """
        sent = cleaned(NewAssetSerializer, request)
        asset = store_asset(
            tenant=self.tenant,
            upload=sent["file"],
            alt=sent.get("alt", ""),
            by=self.actor,
            now=now(),
        )
        return Response(AssetSerializer(asset).data, status=status.HTTP_201_CREATED)


class _AssetView(TenantApiView):
    """Base of what is about one file."""

    rights = {"get": Right.SEE_JOURNEYS}

    def found(self, asset_id: UUID) -> Asset:
        """Find a file of the tenant, or answer 404."""
        return get_object_or_404(Asset.objects.for_tenant(self.tenant), pk=asset_id)


class AssetView(_AssetView):
    """One file."""

    @extend_schema(operation_id="asset_read", responses=AssetSerializer)
    def get(self, _request: Request, asset_id: UUID) -> Response:
        """Read what a file is."""
        return Response(AssetSerializer(self.found(asset_id)).data)


class AssetFileView(_AssetView):
    """The bytes of a file."""

    @extend_schema(operation_id="asset_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, asset_id: UUID) -> HttpResponse:
        """Get a file as it is kept."""
        file = stored_file(self.found(asset_id))
        return answer_with(request._request, file)  # noqa: SLF001 - DRF wraps it


api_urls = [
    path("assets/", AssetListView.as_view()),
    path("assets/<uuid:asset_id>/", AssetView.as_view()),
    path("assets/<uuid:asset_id>/file", AssetFileView.as_view()),
]
