"""Library files in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent, query_values
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from personas.rules.cxmap_import import Choice
from personas.selectors.library_files import maps_for_file, personas_for_file, register_for_file
from personas.services.library_export import Chosen, export_library
from personas.services.library_import import Asking, apply_library, preview_library

if TYPE_CHECKING:
    from rest_framework.request import Request

    from personas.rules.cxmap_import import Preview


class _Ids(serializers.Field[Any, Any, Any, Any]):
    """Ids with commas between them."""

    def to_internal_value(self, data: str) -> list[Any]:
        """Read the ids; raises ValidationError."""
        parse = serializers.UUIDField().to_internal_value
        return [parse(one.strip()) for one in str(data).split(",") if one.strip()]


class FileQuery(StrictSerializer[Any]):
    """What goes into the file; with neither personas nor maps all that is in use."""

    personas = _Ids(required=False)
    maps = _Ids(required=False)
    # Not `format`, which the framework reads itself.
    syntax = serializers.ChoiceField(choices=["yaml", "json"], default="yaml")


class FileBody(StrictSerializer[Any]):
    """A file on its way in."""

    text = serializers.CharField(trim_whitespace=False, help_text="The file, YAML or JSON.")
    choices = serializers.DictField(
        child=serializers.ChoiceField([one.value for one in Choice]),
        required=False,
        help_text="`persona.<key>`, `stakeholder.<key>`, `map.<key>` to take, copy or leave.",
    )
    seen = serializers.CharField(
        required=False,
        max_length=64,
        help_text="Of a preview: where anything has changed since, nothing is imported (409).",
    )


class _FaultSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    path = serializers.CharField()
    message = serializers.CharField()


class _StepSerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class _PartSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    key = serializers.CharField(source="target_key")
    name = serializers.CharField()
    path = serializers.CharField()
    becomes = serializers.CharField()
    steps = _StepSerializer(many=True)


class LibraryPreviewSerializer(serializers.Serializer[Any]):
    """What a file would do, or has done."""

    parts = _PartSerializer(many=True)
    faults = _FaultSerializer(many=True)
    notices = _FaultSerializer(many=True)
    seen = serializers.CharField()


class LibraryFileView(TenantApiView):
    """The library as a file."""

    rights = {"get": Right.EXPORT_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="library_export",
        parameters=[
            OpenApiParameter("personas", str, description="Ids, with commas between them."),
            OpenApiParameter("maps", str, description="Ids, with commas between them."),
            OpenApiParameter("syntax", str, enum=["yaml", "json"]),
        ],
        responses={(200, "application/yaml"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        """Take personas, stakeholders and maps out; without a choice all that are in use."""
        asked = query_values(FileQuery, request.query_params)
        as_json = asked["syntax"] == "json"
        text = export_library(
            tenant=self.tenant,
            chosen=self._chosen(asked),
            by=self.actor,
            is_private=self.actor_may(Right.EDIT_JOURNEYS),
            as_json=as_json,
        )
        kind = "application/json" if as_json else "application/yaml"
        return HttpResponse(text, content_type=f"{kind}; charset=utf-8")

    @extend_schema(
        operation_id="library_import",
        request=FileBody,
        responses={200: LibraryPreviewSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take a file in, all of it or nothing."""
        told = cleaned(FileBody, request)
        found = apply_library(
            asking=_asking(self, told), content=told["text"].encode(), seen=told.get("seen", "")
        )
        return _answer(found)

    def _chosen(self, asked: dict[str, Any]) -> Chosen:
        reader = self.actor if isinstance(self.actor, Membership) else None
        if "personas" not in asked and "maps" not in asked:
            people = register_for_file(self.tenant)
            return Chosen(
                personas_for_file(self.tenant), people, maps_for_file(self.tenant, reader)
            )
        persona_ids, map_ids = set(asked.get("personas", [])), set(asked.get("maps", []))
        personas = personas_for_file(self.tenant, persona_ids)
        maps = maps_for_file(self.tenant, reader, map_ids)
        if (len(personas), len(maps)) != (len(persona_ids), len(map_ids)):
            raise Http404
        return Chosen(personas, (), maps)


class LibraryPreviewView(TenantApiView):
    """What a file would do."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="library_preview",
        request=FileBody,
        responses={200: LibraryPreviewSerializer},
    )
    def post(self, request: Request) -> Response:
        """Compare a file with what is here; nothing is written. Faults are listed, not refused."""
        told = cleaned(FileBody, request)
        return _answer(preview_library(asking=_asking(self, told), content=told["text"].encode()))


def _asking(view: TenantApiView, told: dict[str, Any]) -> Asking:
    return Asking(
        tenant=view.tenant,
        by=view.actor,
        now=now(),
        source=Source.IMPORT,
        choices=told.get("choices", {}),
        may_bind=view.actor_may(Right.SEE_CUSTOMERS),
    )


def _answer(found: Preview) -> Response:
    return Response(LibraryPreviewSerializer(found).data)


api_urls = [
    path("library/", LibraryFileView.as_view()),
    path("library/preview/", LibraryPreviewView.as_view()),
]
