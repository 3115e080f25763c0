"""Touchpoints in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.touchpoints import selectors, services
from cxm.touchpoints.api import registries
from cxm.touchpoints.api.registries import READ, WRITE, RegistryView
from cxm.touchpoints.api.shapes import (
    AddedTouchpoints,
    MergeBody,
    TouchpointBody,
    TouchpointChange,
    TouchpointQuery,
    TouchpointSerializer,
    TouchpointTitles,
)
from cxm.touchpoints.models import Channel, Touchpoint

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.tenants.models import Tenant

_deed = extend_schema_view(post=extend_schema(request=None, responses=TouchpointSerializer))


class TouchpointView(RegistryView):
    """One touchpoint."""

    rights = {"get": READ, "patch": WRITE}
    model, shape = Touchpoint, TouchpointSerializer

    @extend_schema(responses=TouchpointSerializer)
    def get(self, _request: Request, touchpoint_id: UUID) -> Response:
        """Read a touchpoint."""
        return self.answer(touchpoint_id)

    @extend_schema(request=TouchpointChange, responses=TouchpointSerializer)
    def patch(self, request: Request, touchpoint_id: UUID) -> Response:
        """Change a touchpoint; what is not sent stays."""
        row = self.row(touchpoint_id)
        values = _with_channel(self.tenant, cleaned(TouchpointChange, request))
        services.change_registered(row=row, by=self.actor, **values)
        return self.answer(touchpoint_id)


class TouchpointListView(RegistryView):
    """All touchpoints."""

    rights = {"get": READ, "post": WRITE}
    model, shape = Touchpoint, TouchpointSerializer

    @paged(TouchpointSerializer, TouchpointQuery)
    def get(self, request: Request) -> Response:
        """List touchpoints by title."""
        asked = query_values(TouchpointQuery, request.query_params)
        rows = selectors.touchpoints_listed(self.tenant, **asked)
        return cursor_page(request, rows, TouchpointSerializer)

    @extend_schema(request=TouchpointBody, responses={201: TouchpointSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a touchpoint."""
        values = _with_channel(self.tenant, cleaned(TouchpointBody, request))
        touchpoint = services.create_touchpoint(tenant=self.tenant, by=self.actor, **values)
        return self.answer(touchpoint.pk, status=201)


class TouchpointAddManyView(RegistryView):
    """Many touchpoints at once."""

    @extend_schema(request=TouchpointTitles, responses={201: AddedTouchpoints})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a touchpoint of each title that none has yet.

        Titles are compared without regard to case. Keys are made of the titles.
        """
        values = _with_channel(self.tenant, cleaned(TouchpointTitles, request))
        made = services.add_touchpoints(
            tenant=self.tenant,
            titles=values["titles"],
            channel=values.get("channel"),
            by=self.actor,
        )
        return Response(AddedTouchpoints({"made": made}).data, status=201)


@_deed
class TouchpointArchiveView(registries.ArchiveView):
    """Archiving a touchpoint."""

    model, shape = Touchpoint, TouchpointSerializer


@_deed
class TouchpointRestoreView(registries.RestoreView):
    """Restoring a touchpoint."""

    model, shape = Touchpoint, TouchpointSerializer


@extend_schema_view(post=extend_schema(request=MergeBody, responses=TouchpointSerializer))
class TouchpointMergeView(registries.MergeView):
    """Merging a touchpoint."""

    model, shape = Touchpoint, TouchpointSerializer


@_deed
class TouchpointUnmergeView(registries.UnmergeView):
    """Taking a merged touchpoint apart."""

    model, shape = Touchpoint, TouchpointSerializer


def _with_channel(tenant: Tenant, values: dict[str, Any]) -> dict[str, Any]:
    """Put the channel in the place of its key; raises ValidationError for an unknown one."""
    if values.get("channel"):
        key = values["channel"]
        values["channel"] = Channel.objects.for_tenant(tenant).live().filter(key=key).first()
        if values["channel"] is None:
            raise serializers.ValidationError({"channel": [f"There is no live channel “{key}”."]})
    return values
