"""Looking a map over in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer
from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from journeys.api.maps import MapApiView
from journeys.rules.lint_facts import Severity
from journeys.services.checking import found_on

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class MapFindingSerializer(StrictSerializer[Any]):
    """One thing to look at, and the lineage of what it is about; null is the map."""

    code = serializers.CharField(help_text="J01 to J24.")
    severity = serializers.ChoiceField(choices=Severity.choices())
    words = serializers.CharField()
    about = serializers.UUIDField(allow_null=True)


class MapLintSerializer(StrictSerializer[Any]):
    """What is found on a map; an error keeps it from being published."""

    is_sound = serializers.BooleanField(help_text="Whether there is no error.")
    findings = MapFindingSerializer(many=True)


class MapLintView(MapApiView):
    """What is found on a map."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(responses=MapLintSerializer)
    def get(self, _request: Request, journey_map_id: UUID) -> Response:
        """Look a map over: the same findings as its page Check, in the same order."""
        found = found_on(self.found_map(journey_map_id), now=now())
        told = [
            {"code": o.code, "severity": o.severity.value, "words": o.words, "about": o.about}
            for o in found
        ]
        is_sound = all(one.severity is not Severity.ERROR for one in found)
        return Response({"is_sound": is_sound, "findings": told})


api_urls = [path("journey-maps/<uuid:journey_map_id>/lint/", MapLintView.as_view())]
