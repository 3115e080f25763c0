"""Channels in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.response import Response

from cxm.kernel.api import cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.touchpoints import selectors, services
from cxm.touchpoints.api import registries
from cxm.touchpoints.api.registries import READ, WRITE, RegistryView
from cxm.touchpoints.api.shapes import (
    ChannelBody,
    ChannelChange,
    ChannelQuery,
    ChannelSerializer,
    MergeBody,
)
from cxm.touchpoints.models import Channel

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

_deed = extend_schema_view(post=extend_schema(request=None, responses=ChannelSerializer))


class ChannelView(RegistryView):
    """One channel."""

    rights = {"get": READ, "patch": WRITE}
    model, shape = Channel, ChannelSerializer

    @extend_schema(responses=ChannelSerializer)
    def get(self, _request: Request, channel_id: UUID) -> Response:
        """Read a channel."""
        return self.answer(channel_id)

    @extend_schema(request=ChannelChange, responses=ChannelSerializer)
    def patch(self, request: Request, channel_id: UUID) -> Response:
        """Change a channel; what is not sent stays."""
        row = self.row(channel_id)
        services.change_registered(row=row, by=self.actor, **cleaned(ChannelChange, request))
        return self.answer(channel_id)


class ChannelListView(RegistryView):
    """All channels."""

    rights = {"get": READ, "post": WRITE}
    model, shape = Channel, ChannelSerializer

    @paged(ChannelSerializer, ChannelQuery)
    def get(self, request: Request) -> Response:
        """List channels in their order."""
        asked = query_values(ChannelQuery, request.query_params)
        rows = selectors.channels_listed(self.tenant, **asked)
        return cursor_page(request, rows, ChannelSerializer)

    @extend_schema(request=ChannelBody, responses={201: ChannelSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a channel."""
        values = cleaned(ChannelBody, request)
        channel = services.create_channel(tenant=self.tenant, by=self.actor, **values)
        return self.answer(channel.pk, status=201)


@_deed
class ChannelArchiveView(registries.ArchiveView):
    """Archiving a channel."""

    model, shape = Channel, ChannelSerializer


@_deed
class ChannelRestoreView(registries.RestoreView):
    """Restoring a channel."""

    model, shape = Channel, ChannelSerializer


@extend_schema_view(post=extend_schema(request=MergeBody, responses=ChannelSerializer))
class ChannelMergeView(registries.MergeView):
    """Merging a channel."""

    model, shape = Channel, ChannelSerializer


@_deed
class ChannelUnmergeView(registries.UnmergeView):
    """Taking a merged channel apart."""

    model, shape = Channel, ChannelSerializer
