"""Journey maps as files, for programs: at once, or in the background where they are large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import AnyFormat, StrictSerializer, cleaned, idempotent, query_values
from cxm.kernel.clock import now
from cxm.kernel.made_files import CONTENT_TYPES, answer_with_made
from cxm.kernel.typesetting.setting import SCALES
from cxm.tenants.rules import Right
from cxm.work.models import Job
from journeys.api.journeys import ExportApiView
from journeys.models import JourneyMap
from journeys.rules.export_errors import TooLargeAtOnceError
from journeys.rules.sheet_frames import Paper
from journeys.rules.sheet_options import TILED_PAPERS, FileKind, Options, PageKind
from journeys.selectors.exports import export_jobs
from journeys.services import exports as services
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from rest_framework.request import Request

_USUAL = Options()


class _Ids(serializers.ListField):
    """Ids, in a query with commas between them."""

    child = serializers.UUIDField()

    def to_internal_value(self, data: Any) -> Any:
        """Read a list, or words with commas between them."""
        return super().to_internal_value(data.split(",") if isinstance(data, str) else data)


class _PartQuery(StrictSerializer[Any]):
    """Which part of a map a file shows, and how."""

    pages = serializers.ChoiceField(
        PageKind.choices(), default=_USUAL.pages.value, help_text="Of a PDF."
    )
    paper = serializers.ChoiceField(
        [paper.value for paper in Paper],
        required=False,
        help_text="Of a PDF: a4 or a3 for pages to glue; left out, a poster is as large as needed.",
    )
    scale = serializers.ChoiceField(
        SCALES, default=_USUAL.scale, help_text="Pixels a point, of a PNG."
    )
    stages = _Ids(required=False, help_text="Stages to show, by id; left out, all of them.")
    lanes = _Ids(required=False, help_text="Lanes to show, by id; left out, all of them.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse papers that no page of a tiled map is printed on."""
        paper, is_tiled = attrs.get("paper"), attrs["pages"] == PageKind.TILED
        if is_tiled and paper and paper not in TILED_PAPERS:
            raise serializers.ValidationError({"paper": "Pages to glue together are a4 or a3."})
        return attrs


class MapExportQuery(_PartQuery):
    """What a file of a map shows."""


class MapExportBody(_PartQuery):
    """A file that is made in the background."""

    kind = serializers.ChoiceField(FileKind.choices())


class MapExportSerializer(serializers.ModelSerializer[Job]):
    """A file that is made in the background; *file* is where it will be, for seven days."""

    file = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "state", "done", "total", "message", "created_at", "finished_at", "file"]
        read_only_fields = fields

    def get_file(self, job: Job) -> str:
        """Give the address below the root of the server."""
        return f"/api/v1/journey-maps/{self.context['map_id']}/exports/{job.pk}/"


class _ExportView(ExportApiView):
    """Base of what takes a map out."""

    content_negotiation_class = AnyFormat

    def found_map(self, map_id: UUID) -> JourneyMap:
        """Give a map that who asks may take out. Raises Http404 and RestrictedError."""
        rows = JourneyMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        found = get_object_or_404(
            rows.select_related("tenant", "journey__tenant", "journey__owner__user"), pk=map_id
        )
        if self.map_sight(found) < Sight.CONTENT:
            raise Http404
        self.check_export(found.journey, found)
        return found


class MapDrawnView(_ExportView):
    """A map as a file."""

    rights = {"get": Right.EXPORT_JOURNEYS}
    kind: FileKind = FileKind.PDF

    @extend_schema(parameters=[MapExportQuery])
    def get(self, request: Request, journey_map_id: UUID) -> HttpResponse:
        """Give a map as a file at once; one that is large is asked for under `exports/`."""
        of = self.found_map(journey_map_id)
        options = _options(self.kind, query_values(MapExportQuery, request.query_params))
        moment = now()
        drawn = services.draw_map(
            of=of,
            reader=self.reader,
            sees_answers=self.actor_may(Right.SEE_RESPONSES),
            now=moment,
        )
        if drawn.is_large(options):
            raise TooLargeAtOnceError
        file = services.export_map_file(
            of=of, drawn=drawn, options=options, by=self.actor, now=moment
        )
        return answer_with_made(file)


class MapExportListView(_ExportView):
    """Files of a map that are made in the background."""

    rights = {"post": Right.EXPORT_JOURNEYS}

    @extend_schema(request=MapExportBody, responses={201: MapExportSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Have a file of a map made."""
        of = self.found_map(journey_map_id)
        values = cleaned(MapExportBody, request)
        job = services.start_map_export(
            of=of,
            options=_options(FileKind(values["kind"]), values),
            by=self.actor,
            sees_answers=self.actor_may(Right.SEE_RESPONSES),
            now=now(),
        )
        told = MapExportSerializer(job, context={"map_id": of.pk}).data
        return Response(told, status=201)


class MapExportView(_ExportView):
    """One file that was made in the background."""

    rights = {"get": Right.EXPORT_JOURNEYS}

    @extend_schema(
        operation_id="map_export_file",
        responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()},
    )
    def get(self, _request: Request, journey_map_id: UUID, job_id: UUID) -> HttpResponse:
        """Give the file to who asked for it; 409 while it is being made, 410 after seven days."""
        of = self.found_map(journey_map_id)
        moment = now()
        rows = export_jobs(of, self.reader, now=None)
        job = get_object_or_404(rows, pk=job_id)
        return answer_with_made(services.kept_file(of=of, job=job, now=moment))


def _options(kind: FileKind, told: dict[str, Any]) -> Options:
    paper = told.get("paper")
    return Options(
        kind,
        PageKind(told["pages"]),
        Paper(paper) if paper else None,
        told["scale"],
        tuple(str(pk) for pk in told.get("stages", ())),
        tuple(str(pk) for pk in told.get("lanes", ())),
    )


def _view(kind: FileKind) -> Any:
    """Make the view of one format, described as what it gives."""
    view: type[MapDrawnView] = type(
        f"MapDrawn{kind.name.title()}View",
        (MapDrawnView,),
        {"kind": kind, "__doc__": MapDrawnView.__doc__},
    )
    binary = {(200, CONTENT_TYPES[kind.ending]): OpenApiTypes.BINARY}
    told = extend_schema(operation_id=f"journey_map_{kind.value}", responses=binary)
    return extend_schema_view(get=told)(view).as_view()


_ONE = "journey-maps/<uuid:journey_map_id>"
api_urls = [
    *(path(f"{_ONE}/map.{kind.ending}", _view(kind)) for kind in FileKind),
    path(f"{_ONE}/exports/", MapExportListView.as_view()),
    path(f"{_ONE}/exports/<uuid:job_id>/", MapExportView.as_view()),
]
