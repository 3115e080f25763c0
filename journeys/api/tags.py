"""Tags of journeys in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView
from journeys.models import JourneyTag
from journeys.services.tagging import LONGEST_TAG, tag_journeys, untag_journey
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from journeys.models import Journey


class JourneyTagSerializer(serializers.ModelSerializer[JourneyTag]):
    """A word for a journey; with a `dimension` (brand, country, product) one of its values."""

    class Meta:
        model = JourneyTag
        fields = ["id", "dimension", "name"]
        read_only_fields = fields


class JourneyTagBody(StrictSerializer[Any]):
    """A tag to give to a journey; who has it already keeps it."""

    name = serializers.CharField(max_length=LONGEST_TAG)
    dimension = serializers.CharField(max_length=LONGEST_TAG, default="", allow_blank=True)


class JourneyTagListView(JourneyApiView):
    """The tags of a journey."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @extend_schema(responses=JourneyTagSerializer(many=True))
    def get(self, _request: Request, journey_id: UUID) -> Response:
        """List the tags of a journey, by dimension and name."""
        return self._answer(self.found(journey_id))

    @extend_schema(request=JourneyTagBody, responses={201: JourneyTagSerializer(many=True)})
    def post(self, request: Request, journey_id: UUID) -> Response:
        """Give a journey a tag; sent twice it is given once. Answers with all of them."""
        journey = self.found(journey_id, Sight.CHANGE)
        tag_journeys(journeys=[journey], **cleaned(JourneyTagBody, request))
        return self._answer(journey, status=201)

    def _answer(self, journey: Journey, *, status: int = 200) -> Response:
        rows = _tags(journey).order_by("dimension", "name", "pk")
        return Response(JourneyTagSerializer(rows, many=True).data, status=status)


class JourneyTagView(JourneyApiView):
    """One tag of a journey."""

    rights = {"delete": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses={204: None})
    def delete(self, _request: Request, journey_id: UUID, tag_id: UUID) -> Response:
        """Take a tag from a journey."""
        journey = self.found(journey_id, Sight.CHANGE)
        untag_journey(journey=journey, tag=get_object_or_404(_tags(journey), pk=tag_id))
        return Response(status=204)


def _tags(journey: Journey) -> QuerySet[JourneyTag]:
    return JourneyTag.objects.for_tenant(journey.tenant_id).filter(journey=journey)


api_urls = [
    path("journeys/<uuid:journey_id>/tags/", JourneyTagListView.as_view()),
    path("journeys/<uuid:journey_id>/tags/<uuid:tag_id>/", JourneyTagView.as_view()),
]
