"""Locking maps, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyMapSerializer
from journeys.api.maps import MapApiView
from journeys.services.locking import lock_map, unlock_map

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class MapLockView(MapApiView):
    """The lock on a map."""

    rights = {"put": Right.EDIT_JOURNEYS, "delete": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=JourneyMapSerializer)
    def put(self, _request: Request, journey_map_id: UUID) -> Response:
        """Lock a draft: nobody changes it until it is unlocked."""
        lock_map(of=self.to_publish(journey_map_id), by=self.actor)
        return Response(JourneyMapSerializer(self.found_map(journey_map_id)).data)

    @extend_schema(request=None, responses=JourneyMapSerializer)
    def delete(self, _request: Request, journey_map_id: UUID) -> Response:
        """Let a map be changed again."""
        unlock_map(of=self.to_publish(journey_map_id), by=self.actor)
        return Response(JourneyMapSerializer(self.found_map(journey_map_id)).data)


api_urls = [path("journey-maps/<uuid:journey_map_id>/lock/", MapLockView.as_view())]
