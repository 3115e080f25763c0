"""Templates of maps in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView
from journeys.models import JourneyMap, MapTemplate
from journeys.selectors.templates import templates
from journeys.services.map_templates import (
    LONGEST_PURPOSE,
    archive_template,
    mark_template,
    restore_template,
    save_template,
)
from journeys.services.maps import LONGEST_NAME
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.tenants.models import Tenant


class MapTemplateSerializer(serializers.Serializer[Any]):
    """What a new map can begin as; `stages` and `lanes` count what is on it.

    `locked` and `required` name its parts by their paths, as `lanes/feels`, `steps/pay` and
    `steps/pay/description`.
    """

    key = serializers.CharField()
    title = serializers.CharField()
    purpose = serializers.CharField()
    is_built_in = serializers.BooleanField()
    stages = serializers.IntegerField(source="stage_count")
    steps = serializers.IntegerField(source="step_count")
    lanes = serializers.IntegerField(source="lane_count")
    locked = serializers.ListField(child=serializers.CharField())
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


_MOST_PATHS = 2_000
# A field of a serializer may be called `required`, though fields have an attribute of that name.


class _Path(serializers.CharField):
    """The path of a part."""

    def __init__(self) -> None:
        super().__init__(max_length=200)


class TemplatePartsBody(StrictSerializer[Any]):
    """Which parts of a template stay, and which are to be filled, all of them by their paths."""

    locked = serializers.ListField(child=_Path(), max_length=_MOST_PATHS)
    required = serializers.ListField(child=_Path(), max_length=_MOST_PATHS)  # type: ignore[assignment]


class MapTemplateBody(StrictSerializer[Any]):
    """A map that is saved as a template."""

    title = serializers.CharField(max_length=LONGEST_NAME)
    purpose = serializers.CharField(max_length=LONGEST_PURPOSE, required=False, allow_blank=True)
    locked = serializers.ListField(child=_Path(), max_length=_MOST_PATHS, required=False)
    required = serializers.ListField(  # type: ignore[assignment]
        child=_Path(), max_length=_MOST_PATHS, required=False
    )


class MapTemplateListView(JourneyApiView):
    """All templates."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="map_templates", responses={200: MapTemplateSerializer(many=True)})
    def get(self, _request: Request) -> Response:
        """List what a new map can begin as: built-in templates, then own ones by title."""
        return Response(MapTemplateSerializer(templates(self.tenant), many=True).data)


class MapAsTemplateView(JourneyApiView):
    """A map as a template."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="map_template_save",
        request=MapTemplateBody,
        responses={201: MapTemplateSerializer},
    )
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Save a map as a template, without its targets."""
        rows = JourneyMap.objects.for_tenant(self.tenant)
        rows = rows.select_related("tenant", "journey__tenant", "journey__parent", "baseline")
        row = get_object_or_404(rows, pk=journey_map_id)
        if self.map_sight(row) < Sight.CONTENT:
            raise Http404
        told = cleaned(MapTemplateBody, request)
        made = save_template(of=row, by=self.actor, now=now(), **told)
        return Response(_told(self.tenant, made), status=201)


class TemplatePartsView(JourneyApiView):
    """Which parts of a template of one's own stay, and which are to be filled."""

    rights = {"put": Right.PUBLISH_JOURNEYS}

    @extend_schema(
        operation_id="map_template_parts",
        request=TemplatePartsBody,
        responses={200: MapTemplateSerializer},
    )
    def put(self, request: Request, template_key: str) -> Response:
        """Mark parts of a template; maps that began as it before keep what held then."""
        rows = MapTemplate.objects.for_tenant(self.tenant).select_related("tenant")
        row = get_object_or_404(rows, key=template_key, archived_at=None)
        mark_template(template=row, by=self.actor, **cleaned(TemplatePartsBody, request))
        return Response(_told(self.tenant, row))


class TemplateArchiveView(JourneyApiView):
    """Whether a template of one's own is off the list."""

    rights = {"put": Right.PUBLISH_JOURNEYS, "delete": Right.PUBLISH_JOURNEYS}

    @extend_schema(operation_id="map_template_archive", request=None, responses={204: None})
    def put(self, _request: Request, template_key: str) -> Response:
        """Take a template off the list; maps that began as it stay."""
        archive_template(template=self._found(template_key), by=self.actor, now=now())
        return Response(status=204)

    @extend_schema(operation_id="map_template_restore", request=None, responses={204: None})
    def delete(self, _request: Request, template_key: str) -> Response:
        """Bring a template back on the list."""
        restore_template(template=self._found(template_key), by=self.actor)
        return Response(status=204)

    def _found(self, key: str) -> MapTemplate:
        rows = MapTemplate.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, key=key)


def _told(tenant: Tenant, row: MapTemplate) -> dict[str, Any]:
    found = next(one for one in templates(tenant) if one.key == row.key)
    return dict(MapTemplateSerializer(found).data)


api_urls = [
    path("map-templates/", MapTemplateListView.as_view()),
    path("map-templates/<slug:template_key>/archive/", TemplateArchiveView.as_view()),
    path("map-templates/<slug:template_key>/parts/", TemplatePartsView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/template/", MapAsTemplateView.as_view()),
]
