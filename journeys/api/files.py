"""Maps and journeys as files in the JSON API, and the schema that these follow."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent, query_values
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.kernel.sheets import DELIMITERS, ENCODINGS, Reading
from cxm.tenants.rules import Right
from journeys.api.journeys import ExportApiView, JourneyApiView
from journeys.models import JourneyMap
from journeys.rules.cxmap_schema import file_schema
from journeys.selectors.journeys import maps_of
from journeys.services.map_files_in import apply_files, preview_files
from journeys.services.map_files_out import export_journey
from journeys.services.map_incoming import Read, read_incoming
from journeys.services.map_library_in import MapAsking
from journeys.services.map_texts_out import SYNTAXES, export_text
from personas.rules.cxmap_import import Choice
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.services.map_files_in import Outcome


class MapFileQuery(StrictSerializer[Any]):
    """How a map is written."""

    # Not `format`, which the framework reads itself.
    syntax = serializers.ChoiceField(choices=list(SYNTAXES), default="yaml")
    profile = serializers.ChoiceField(
        choices=["bundle", "map"], default="bundle", help_text="With the library, or keys only."
    )


class MapFileBody(StrictSerializer[Any]):
    """A file with maps on its way in: `text`, or `base64` where it is none."""

    text = serializers.CharField(required=False, trim_whitespace=False)
    base64 = serializers.CharField(required=False, help_text="Of a zip, an XLSX or a CSV file.")
    name = serializers.CharField(required=False, max_length=1000, help_text="Of the file.")
    encoding = serializers.ChoiceField(
        choices=list(ENCODINGS), required=False, help_text="Of rows of text; else it is found out."
    )
    delimiter = serializers.ChoiceField(
        choices=list(DELIMITERS.values()), required=False, help_text="Of rows of text, likewise."
    )
    choices = serializers.DictField(
        child=serializers.ChoiceField([one.value for one in Choice]),
        required=False,
        help_text="`journey.<key>`, `journey-map.map`, `insight.<key>` … to take, copy or leave.",
    )
    onto = serializers.UUIDField(required=False, help_text="The map that the file is put on.")
    journey = serializers.UUIDField(
        required=False, help_text="The journey that its map is added to, whatever the file says."
    )
    seen = serializers.CharField(
        required=False,
        max_length=64,
        help_text="Of a preview: where anything has changed since, nothing is imported (409).",
    )

    def validate_base64(self, value: str) -> bytes:
        """Read the bytes; raises ValidationError."""
        try:
            return b64decode(value, validate=True)
        except (Error, ValueError) as error:
            message = "This is no base64."
            raise serializers.ValidationError(message) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one of text and base64."""
        if ("text" in attrs) == ("base64" in attrs):
            message = {"text": ["Send either text or base64."]}
            raise serializers.ValidationError(message)
        return attrs


class _MapFaultSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    path = serializers.CharField()
    message = serializers.CharField()


class _MapStepSerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class _MapPartSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()
    key = serializers.CharField(source="target_key")
    name = serializers.CharField()
    path = serializers.CharField()
    becomes = serializers.CharField()
    steps = _MapStepSerializer(many=True)


class MapFilePreviewSerializer(serializers.Serializer[Any]):
    """What files with maps would do, or have done."""

    parts = _MapPartSerializer(many=True)
    faults = _MapFaultSerializer(many=True)
    notices = _MapFaultSerializer(many=True)
    seen = serializers.CharField()


class _FilesView(JourneyApiView):
    """Base of what takes files in."""

    def read(self, told: dict[str, Any]) -> Read:
        """Read what was sent; raises Http404 for a map or journey that is not there for them."""
        asking = MapAsking(
            tenant=self.tenant,
            by=self.actor,
            now=now(),
            source=Source.IMPORT,
            choices=told.get("choices", {}),
            may_bind=self.actor_may(Right.SEE_CUSTOMERS),
            may_register=self.actor_may(Right.EDIT_REGISTRIES),
            onto=self._map(told["onto"]) if "onto" in told else None,
            journey=self.found(told["journey"], Sight.CHANGE) if "journey" in told else None,
        )
        content: bytes = told["base64"] if "base64" in told else told["text"].encode()
        signs = {words: sign for sign, words in DELIMITERS.items()}
        reading = Reading(told.get("encoding", ""), signs.get(told.get("delimiter", ""), ""))
        return read_incoming(
            asking=asking, content=content, name=told.get("name", ""), reading=reading
        )

    def _map(self, map_id: UUID) -> JourneyMap:
        rows = JourneyMap.objects.for_tenant(self.tenant)
        found = get_object_or_404(rows.select_related("tenant", "journey__tenant"), pk=map_id)
        if self.map_sight(found) < Sight.CHANGE:
            raise Http404
        return found


class JourneyFilesView(_FilesView):
    """Files with maps."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="journey_files_import",
        request=MapFileBody,
        responses={200: MapFilePreviewSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take a file in, all of it or nothing."""
        told = cleaned(MapFileBody, request)
        read = self.read(told)
        found = apply_files(asking=read.asking, files=read.files, seen=told.get("seen", ""))
        return _answer(found)


class JourneyFilesPreviewView(_FilesView):
    """What a file with maps would do."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="journey_files_preview",
        request=MapFileBody,
        responses={200: MapFilePreviewSerializer},
    )
    def post(self, request: Request) -> Response:
        """Compare a file with what is here; nothing is written. Faults are listed, not refused."""
        read = self.read(cleaned(MapFileBody, request))
        return _answer(preview_files(asking=read.asking, files=read.files))


class MapFileView(ExportApiView):
    """A map as text."""

    rights = {"get": Right.EXPORT_JOURNEYS}

    @extend_schema(
        operation_id="journey_map_file",
        parameters=[
            OpenApiParameter("syntax", str, enum=list(SYNTAXES)),
            OpenApiParameter("profile", str, enum=["bundle", "map"]),
        ],
        responses={(200, "application/yaml"): OpenApiTypes.STR},
    )
    def get(self, request: Request, journey_map_id: UUID) -> HttpResponse:
        """Write a map as YAML or JSON (cxmap), Mermaid or Markdown."""
        rows = JourneyMap.objects.for_tenant(self.tenant)
        rows = rows.select_related("tenant", "journey__tenant", "journey__parent", "baseline")
        row = get_object_or_404(rows, pk=journey_map_id)
        if self.map_sight(row) < Sight.CONTENT:
            raise Http404
        self.check_export(row.journey, row)
        asked = query_values(MapFileQuery, request.query_params)
        told = export_text(
            of=row,
            syntax=asked["syntax"],
            is_keys_only=asked["profile"] == "map",
            by=self.actor,
            may_edit=self.actor_may(Right.EDIT_JOURNEYS),
        )
        kind = SYNTAXES[asked["syntax"]]
        return HttpResponse(told.text, content_type=f"{kind}; charset=utf-8")


class JourneyFileView(ExportApiView):
    """A journey as a zip."""

    rights = {"get": Right.EXPORT_JOURNEYS}

    @extend_schema(
        operation_id="journey_file",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, _request: Request, journey_id: UUID) -> HttpResponse:
        """Write each map of a journey as a file, and the library that they share."""
        journey = self.found(journey_id)
        self.check_export(journey)
        rows = maps_of(journey).filter(archived_at=None, deleted_at=None).order_by("number")
        rows = rows.select_related("tenant", "journey__tenant", "journey__parent", "baseline")
        content = export_journey(
            journey=journey,
            maps=list(rows),
            by=self.actor,
            may_edit=self.actor_may(Right.EDIT_JOURNEYS),
        )
        return HttpResponse(content, content_type="application/zip")


def _answer(found: Outcome) -> Response:
    return Response(MapFilePreviewSerializer(found.preview).data)


@require_safe
def cxmap_schema(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django passes it
    """Give the JSON Schema of cxmap files; it holds nothing of any tenant."""
    return JsonResponse(file_schema(), content_type="application/schema+json")


api_urls = [
    path("journey-files/", JourneyFilesView.as_view()),
    path("journey-files/preview/", JourneyFilesPreviewView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/file/", MapFileView.as_view()),
    path("journeys/<uuid:journey_id>/file/", JourneyFileView.as_view()),
    path("schemas/cxmap-1.json", cxmap_schema, name="cxmap-schema"),
]
