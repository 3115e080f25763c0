"""Dashboards, their tiles and what these answer, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from analytics.models import Dashboard, Tile
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import LONGEST_TITLE, Sharing
from analytics.selectors.dashboards import dashboards_of, looker_of, tiles_of
from analytics.selectors.figure_records import figure_record
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import for_guest, read_filter
from analytics.selectors.tiles import board_answers
from analytics.services import dashboards as services
from analytics.services import tiles as tile_services
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right, Role

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from analytics.selectors.tiles import TileAnswer

QUERY = "What it asks: keys, by kind, and a filter or none; see docs/dashboards.md."


class TileSerializer(serializers.Serializer[Any]):
    """A tile: what it asks, and how many of three columns it takes."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(TileKind.choices())
    title = serializers.CharField()
    query = serializers.DictField()
    width = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer[Any]):
    """A dashboard; `owner` is the id of a member, null for none."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    sharing = serializers.ChoiceField(Sharing.choices())
    roles = serializers.ListField(child=serializers.CharField())
    position = serializers.IntegerField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    created_at = serializers.DateTimeField()


class DashboardDetailSerializer(DashboardSerializer):
    """The same with its tiles, in their order."""

    tiles = serializers.SerializerMethodField()

    def get_tiles(self, board: Dashboard) -> list[dict[str, Any]]:
        """Give the tiles in their order."""
        return [dict(TileSerializer(one).data) for one in tiles_of(board)]


class DashboardBody(StrictSerializer[Any]):
    """A new dashboard, without tiles."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    sharing = serializers.ChoiceField(Sharing.choices(), default=Sharing.PRIVATE.value)
    roles = serializers.ListField(
        child=serializers.ChoiceField([role.value for role in Role]), default=list, max_length=20
    )
    position = serializers.IntegerField(min_value=0, max_value=10_000, default=0)


class DashboardChange(StrictSerializer[Any]):
    """What may change."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    sharing = serializers.ChoiceField(Sharing.choices(), required=False)
    roles = serializers.ListField(
        child=serializers.ChoiceField([role.value for role in Role]), required=False, max_length=20
    )
    position = serializers.IntegerField(min_value=0, max_value=10_000, required=False)


class TileBody(StrictSerializer[Any]):
    """A new tile; it comes last."""

    kind = serializers.ChoiceField(TileKind.choices())
    title = serializers.CharField(max_length=LONGEST_TITLE, default="", allow_blank=True)
    query = serializers.DictField(default=dict, help_text=QUERY)
    width = serializers.IntegerField(required=False)


class TileChange(StrictSerializer[Any]):
    """What may change of a tile; its kind stays. `place` counts from 0."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False, allow_blank=True)
    query = serializers.DictField(required=False, help_text=QUERY)
    width = serializers.IntegerField(required=False)
    place = serializers.IntegerField(min_value=0, max_value=1_000, required=False)


class TileAnswerSerializer(serializers.Serializer[Any]):
    """What a tile shows now: in words, as a table, and as figures like those of `figures/`."""

    tile = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())
    days = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    table = serializers.DictField()
    figures = serializers.ListField(child=serializers.DictField())
    page = serializers.CharField()
    refusal = serializers.CharField()


class _BoardView(TenantApiView):
    """What all views of dashboards share."""

    def board(self, dashboard_id: UUID) -> Dashboard:
        """Load a dashboard that the key or the member sees; raises Http404."""
        found: Dashboard = get_object_or_404(
            dashboards_of(self.tenant, looker_of(self.actor)), pk=dashboard_id
        )
        return found

    def own_board(self, dashboard_id: UUID) -> Dashboard:
        """Load a dashboard that may be changed; raises Http404 and PermissionDenied."""
        board = self.board(dashboard_id)
        if not looker_of(self.actor).changes(board):
            message = "Whoever changes a shared dashboard needs the right edit_segments."
            raise PermissionDenied(message)
        return board

    def tile(self, board: Dashboard, tile_id: UUID) -> Tile:
        """Load a tile of a dashboard; raises Http404."""
        rows = Tile.objects.for_tenant(self.tenant).filter(dashboard=board, removed_at=None)
        return get_object_or_404(rows.select_related("tenant", "dashboard"), pk=tile_id)


class DashboardsView(_BoardView):
    """All dashboards that one sees."""

    rights = {"get": Right.SEE_FIGURES, "post": Right.SEE_FIGURES}

    @paged(DashboardSerializer)
    def get(self, request: Request) -> Response:
        """List the dashboards that are not archived, in their order."""
        rows = dashboards_of(self.tenant, looker_of(self.actor))
        return cursor_page(request, rows, DashboardSerializer)

    @extend_schema(request=DashboardBody, responses={201: DashboardDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a dashboard; sharing one needs the right edit_segments."""
        values = cleaned(DashboardBody, request)
        made = services.create_dashboard(tenant=self.tenant, by=self.actor, now=now(), **values)
        return Response(DashboardDetailSerializer(self.board(made.pk)).data, status=201)


class DashboardView(_BoardView):
    """One dashboard."""

    rights = {"get": Right.SEE_FIGURES, "patch": Right.SEE_FIGURES, "delete": Right.SEE_FIGURES}

    @extend_schema(operation_id="dashboard", responses=DashboardDetailSerializer)
    def get(self, _request: Request, dashboard_id: UUID) -> Response:
        """Read a dashboard with its tiles."""
        return Response(DashboardDetailSerializer(self.board(dashboard_id)).data)

    @extend_schema(request=DashboardChange, responses=DashboardDetailSerializer)
    def patch(self, request: Request, dashboard_id: UUID) -> Response:
        """Change title, sharing or place."""
        values, board = cleaned(DashboardChange, request), self.own_board(dashboard_id)
        services.change_dashboard(board=board, by=self.actor, **values)
        return Response(DashboardDetailSerializer(self.board(dashboard_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, dashboard_id: UUID) -> Response:
        """Archive a dashboard; its page can bring it back."""
        services.archive_dashboard(board=self.own_board(dashboard_id), by=self.actor, now=now())
        return Response(status=204)


class TilesView(_BoardView):
    """The tiles of a dashboard."""

    rights = {"post": Right.SEE_FIGURES}

    @extend_schema(operation_id="tile_create", request=TileBody, responses={201: TileSerializer})
    @idempotent
    def post(self, request: Request, dashboard_id: UUID) -> Response:
        """Put a tile at the end."""
        values, board = cleaned(TileBody, request), self.own_board(dashboard_id)
        made = tile_services.add_tile(board=board, by=self.actor, now=now(), **values)
        return Response(TileSerializer(made).data, status=201)


class TileView(_BoardView):
    """One tile."""

    rights = {"patch": Right.SEE_FIGURES, "delete": Right.SEE_FIGURES}

    @extend_schema(request=TileChange, responses=TileSerializer)
    def patch(self, request: Request, dashboard_id: UUID, tile_id: UUID) -> Response:
        """Change what a tile asks, its title, its width or its place."""
        values = cleaned(TileChange, request)
        tile = self.tile(self.own_board(dashboard_id), tile_id)
        place = values.pop("place", None)
        if values:
            tile_services.change_tile(tile=tile, by=self.actor, now=now(), **values)
        if place is not None:
            tile_services.move_tile(tile=tile, place=place, by=self.actor)
        return Response(TileSerializer(self.tile(tile.dashboard, tile_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, dashboard_id: UUID, tile_id: UUID) -> Response:
        """Take a tile away."""
        tile = self.tile(self.own_board(dashboard_id), tile_id)
        tile_services.remove_tile(tile=tile, by=self.actor, now=now())
        return Response(status=204)


class DashboardAnswersView(_BoardView):
    """What the tiles of a dashboard show."""

    rights = {"get": Right.SEE_FIGURES}

    @extend_schema(
        operation_id="dashboard_answers",
        responses=inline_serializer(
            "DashboardAnswers",
            {
                "filter": serializers.CharField(),
                "results": TileAnswerSerializer(many=True),
                "as_of": serializers.DateTimeField(),
            },
        ),
    )
    def get(self, request: Request, dashboard_id: UUID) -> Response:
        """Read what every tile shows now, within the filter of the query, as its page does.

        The query is that of a page: period, from, to, compare, touchpoint, channel, survey,
        segment, weighted. What is not understood is refused.
        """
        board = self.board(dashboard_id)
        viewer = Viewer(self.tenant, self.actor_may(Right.SEE_RESPONSES), now())
        asked = read_filter(parse_qs(request.META["QUERY_STRING"]), today=viewer.today)
        asked = asked if viewer.sees_rows else for_guest(asked, today=viewer.today)
        shown = board_answers(viewer, tiles_of(board), asked)
        if shown.ignored:
            raise serializers.ValidationError({"filter": list(shown.ignored)})
        return Response(
            {
                "filter": shown.filter.query(),
                "results": [_record(one) for one in shown.answers],
                "as_of": shown.as_of.isoformat(),
            }
        )


def _record(one: TileAnswer) -> dict[str, Any]:
    """Write what a tile shows; `figures` are empty for what is about no metric."""
    measure = one.measure
    return {
        "tile": str(one.tile_id),
        "kind": one.kind.value,
        "title": one.title,
        "sentences": list(one.sentences),
        "days": one.days,
        "notes": list(one.notes),
        "table": {
            "columns": list(one.table.columns),
            "rows": [list(row) for row in one.table.rows],
        },
        "figures": [figure_record(figure, measure) for figure in one.figures] if measure else [],
        "page": one.url,
        "refusal": one.refusal,
    }


_ONE = "dashboards/<uuid:dashboard_id>/"
api_urls = [
    path("dashboards/", DashboardsView.as_view()),
    path(_ONE, DashboardView.as_view()),
    path(f"{_ONE}answers/", DashboardAnswersView.as_view()),
    path(f"{_ONE}tiles/", TilesView.as_view()),
    path(f"{_ONE}tiles/<uuid:tile_id>/", TileView.as_view()),
]
