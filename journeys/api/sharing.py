"""Links for people outside, to journey maps, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from cxm.collaboration.api.share_links import (
    LinkBody,
    LinksApiView,
    MadeShareLinkSerializer,
    ShareLinkSerializer,
)
from cxm.kernel.api_schema import paged
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView
from journeys.errors import NotOnMapError
from journeys.models import JourneyMap
from journeys.rules.access import Action
from journeys.rules.shared import KINDS
from journeys.selectors.access import may_do
from journeys.selectors.shares import SharedJourneyMap, cast_offered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from rest_framework.request import Request
    from rest_framework.response import Response

    from cxm.collaboration.selectors.shareable import Shareable


class JourneyMapLinkBody(LinkBody):
    """A new link to a journey map."""

    shows = serializers.MultipleChoiceField(
        choices=KINDS,
        required=False,
        allow_empty=False,
        help_text="Kinds of lanes, `quotes` and `owner`; left out, what names nobody.",
    )
    personas = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=8,
        default=list,
        help_text="Personas of the map whose lanes and curves are shown; left out, all of them.",
    )


class _LinkView(JourneyApiView, LinksApiView):
    """Base of what is about the links of one map."""

    body = JourneyMapLinkBody

    def map(self, map_id: UUID) -> SharedJourneyMap:
        """Load the map that the links are to; raises Http404 for who may not share it."""
        rows = JourneyMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant", "journey__tenant"), pk=map_id)
        may_share = may_do(Action.SHARE, row.journey, self.actor, map_row=row, as_unrestricted=True)
        if not may_share:
            raise Http404
        return SharedJourneyMap(row)

    def chosen(self, of: Shareable, told: Mapping[str, Any]) -> Shareable:
        """Give the map with the personas that the body names. Raises NotOnMapError."""
        there = {pk for pk, _ in cast_offered(of.document)}
        if not there.issuperset(told["personas"]):
            raise NotOnMapError
        return SharedJourneyMap(of.document, told["personas"])


class JourneyMapLinkListView(_LinkView):
    """The links to a journey map."""

    rights = {"get": Right.SHARE_JOURNEYS, "post": Right.SHARE_JOURNEYS}

    @paged(ShareLinkSerializer, name="JourneyMapShareLink")
    def get(self, request: Request, journey_map_id: UUID) -> Response:
        """List the links to a map, newest first, without their addresses."""
        return self.listed(request, self.map(journey_map_id))

    @extend_schema(
        operation_id="journey_map_share_link_make",
        request=JourneyMapLinkBody,
        responses={201: MadeShareLinkSerializer},
    )
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Make a link that shows a map to people outside.

        Its address is in this answer and kept nowhere, so that no key makes this repeatable.
        """
        return self.made(request, self.map(journey_map_id))


class JourneyMapLinkView(_LinkView):
    """One link to a journey map."""

    rights = {"delete": Right.SHARE_JOURNEYS}

    @extend_schema(operation_id="journey_map_share_link_revoke", responses={204: None})
    def delete(self, _request: Request, journey_map_id: UUID, share_link_id: UUID) -> Response:
        """Revoke a link: it shows nothing any more, at once."""
        return self.revoked(self.map(journey_map_id), share_link_id)


api_urls = [
    path("journey-maps/<uuid:journey_map_id>/share-links/", JourneyMapLinkListView.as_view()),
    path(
        "journey-maps/<uuid:journey_map_id>/share-links/<uuid:share_link_id>/",
        JourneyMapLinkView.as_view(),
    ),
]
