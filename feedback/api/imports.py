"""Imports of survey files in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from cxm.work.models import Job
from feedback.adapters.errors import MappingError
from feedback.adapters.event_mapping import FileMapping, read_mapping
from feedback.errors import MappingRefusedError
from feedback.models import Import, ImportRecipe, RejectedRow
from feedback.selectors.imports import imports_listed, recipes_listed, refusals_of
from feedback.services import importing
from feedback.services.preparing import readable_mapping
from feedback.services.receiving import receive_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from rest_framework.request import Request

RIGHT = Right.IMPORT_FEEDBACK
DRY_RUN = OpenApiParameter("dry_run", bool, description="Check the file only; load it later.")


class JobProgressSerializer(serializers.Serializer[Job]):
    """How far the running step is; *total* is null while nobody knows it."""

    state = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()


class ImportSerializer(serializers.Serializer[Import]):
    """An import: its state, its progress and its report."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    state = serializers.ChoiceField(Import.State.choices)
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    job = JobProgressSerializer(allow_null=True)
    report = serializers.DictField(allow_null=True)


class ImportDetailSerializer(ImportSerializer):
    """An import with what its dry run found, and its mapping."""

    check_report = serializers.DictField(allow_null=True)
    mapping = serializers.DictField(allow_null=True)


class RefusalSerializer(serializers.Serializer[RejectedRow]):
    """A row, or one cell of it, that was kept out."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    is_whole_row = serializers.BooleanField()
    raw = serializers.ListField(child=serializers.CharField())


class RecipeSerializer(serializers.Serializer[ImportRecipe]):
    """A mapping kept under a name."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    mapping = serializers.DictField()
    created_at = serializers.DateTimeField()


@extend_schema_field({"type": "string", "description": "The mapping as JSON (see the manual)."})
class MappingField(serializers.Field[FileMapping, Any, Any, Any]):
    """A mapping as JSON, sent as text or as a file."""

    def to_internal_value(self, data: Any) -> FileMapping:
        """Read the mapping; raises ValidationError naming its field."""
        content = data.read() if hasattr(data, "read") else str(data)
        try:
            return read_mapping(content)
        except MappingError as error:
            raise serializers.ValidationError(str(error)) from error


class NewImportSerializer(StrictSerializer[Import]):
    """A file, and either its mapping or the name of a recipe."""

    file = serializers.FileField(max_length=1000)
    mapping = MappingField(required=False)
    recipe = serializers.CharField(required=False, max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both and neither."""
        if ("mapping" in attrs) == ("recipe" in attrs):
            message = "Send a mapping or the name of a recipe."
            raise serializers.ValidationError({"mapping": message})
        return attrs


class ImportQuery(StrictSerializer[Any]):
    """How a file is to be taken in."""

    dry_run = serializers.BooleanField(default=False)


class ImportListView(TenantApiView):
    """All imports."""

    rights = {"get": RIGHT, "post": RIGHT}
    parser_classes = (MultiPartParser,)

    @paged(ImportSerializer)
    def get(self, request: Request) -> Response:
        """List imports, newest first."""
        return cursor_page(request, imports_listed(self.tenant), ImportSerializer)

    @extend_schema(
        operation_id="import_create",
        parameters=[DRY_RUN],
        request={"multipart/form-data": NewImportSerializer},
        responses={202: ImportDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take a file in and begin to load it, or to check it with `dry_run`.

        Sending the same file again is safe: what is in already counts as unchanged.
        """
        is_dry = query_values(ImportQuery, request.query_params)["dry_run"]
        sent = cleaned(NewImportSerializer, request)
        mapping = sent.get("mapping") or self._kept(sent["recipe"])
        file, moment = sent["file"], now()
        imported = receive_file(
            tenant=self.tenant, name=file.name, chunks=file.chunks(), by=self.actor, now=moment
        )
        try:
            importing.save_mapping(imported=imported, mapping=mapping)
        except MappingRefusedError as error:
            raise serializers.ValidationError(_by_field(error)) from error
        start = importing.start_check if is_dry else importing.start_load
        start(imported=imported, by=self.actor, now=moment)
        return Response(ImportDetailSerializer(imported).data, status=status.HTTP_202_ACCEPTED)

    def _kept(self, name: str) -> FileMapping:
        recipe = ImportRecipe.objects.for_tenant(self.tenant).filter(name=name).first()
        if recipe is None:
            raise serializers.ValidationError({"recipe": f"There is no recipe “{name}”."})
        return readable_mapping(recipe.mapping)


class OneImportView(TenantApiView):
    """Base of what is about one import."""

    def found(self, import_id: UUID) -> Import:
        """Load an import with its job; raises Http404."""
        rows = Import.objects.for_tenant(self.tenant).select_related("tenant", "job", "batch")
        return get_object_or_404(rows, pk=import_id)

    def begun(self, import_id: UUID, start: Callable[..., object]) -> Response:
        """Begin a step and show the import."""
        imported = self.found(import_id)
        start(imported=imported, by=self.actor, now=now())
        data = ImportDetailSerializer(self.found(import_id)).data
        return Response(data, status=status.HTTP_202_ACCEPTED)


class ImportView(OneImportView):
    """One import."""

    rights = {"get": RIGHT}

    @extend_schema(operation_id="import_read", responses=ImportDetailSerializer)
    def get(self, _request: Request, import_id: UUID) -> Response:
        """Read an import: state, progress, reports, mapping."""
        return Response(ImportDetailSerializer(self.found(import_id)).data)


class ImportLoadView(OneImportView):
    """Loading a file that was checked, or stopped."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="import_load", request=None, responses={202: ImportDetailSerializer}
    )
    def post(self, _request: Request, import_id: UUID) -> Response:
        """Begin to load, or go on where it was stopped."""
        return self.begun(import_id, importing.start_load)


class ImportUndoView(OneImportView):
    """Taking an import back."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="import_undo", request=None, responses={202: ImportDetailSerializer}
    )
    def post(self, _request: Request, import_id: UUID) -> Response:
        """Begin to remove what the file brought and nothing else uses."""
        return self.begun(import_id, importing.start_undo)


class ImportCancelView(OneImportView):
    """Stopping the running step of an import."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="import_cancel", request=None, responses={202: ImportDetailSerializer}
    )
    def post(self, _request: Request, import_id: UUID) -> Response:
        """Ask the running step to stop; what is loaded stays."""
        return self.begun(import_id, importing.cancel_import)


class ImportAgainView(OneImportView):
    """Reading the stored file of an import again."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="import_again", request=None, responses={201: ImportDetailSerializer}
    )
    def post(self, _request: Request, import_id: UUID) -> Response:
        """Make a new import of the same bytes with the same mapping; what is in stays once."""
        again = importing.repeat_import(imported=self.found(import_id), by=self.actor, now=now())
        data = ImportDetailSerializer(self.found(again.pk)).data
        return Response(data, status=status.HTTP_201_CREATED)


class ImportRefusalListView(OneImportView):
    """What an import kept out."""

    rights = {"get": RIGHT}

    @paged(RefusalSerializer)
    def get(self, request: Request, import_id: UUID) -> Response:
        """List refused rows and cells by line, ten thousand at most."""
        return cursor_page(request, refusals_of(self.found(import_id)), RefusalSerializer)


class RecipeListView(TenantApiView):
    """All recipes."""

    rights = {"get": RIGHT}

    @paged(RecipeSerializer)
    def get(self, request: Request) -> Response:
        """List recipes by name."""
        return cursor_page(request, recipes_listed(self.tenant), RecipeSerializer)


def _by_field(error: MappingRefusedError) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for problem in error.problems:
        fields.setdefault(f"mapping.{problem.field}", []).append(problem.message)
    return fields


api_urls = [
    path("imports/", ImportListView.as_view(), name="api-import-list"),
    path("imports/<uuid:import_id>/", ImportView.as_view(), name="api-import"),
    path("imports/<uuid:import_id>/load/", ImportLoadView.as_view(), name="api-import-load"),
    path("imports/<uuid:import_id>/undo/", ImportUndoView.as_view(), name="api-import-undo"),
    path("imports/<uuid:import_id>/cancel/", ImportCancelView.as_view(), name="api-import-cancel"),
    path("imports/<uuid:import_id>/again/", ImportAgainView.as_view(), name="api-import-again"),
    path(
        "imports/<uuid:import_id>/refusals/",
        ImportRefusalListView.as_view(),
        name="api-import-refusals",
    ),
    path("recipes/", RecipeListView.as_view(), name="api-recipe-list"),
]
