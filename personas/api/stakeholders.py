"""Stakeholders and stakeholder maps in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from personas.api.relations import CommonRelationSerializer
from personas.models import (
    Stakeholder,
    StakeholderMap,
    StakeholderPlacement,
    StakeholderRelation,
)
from personas.rules.kinds import Layout, StakeholderKind, Visibility
from personas.rules.map_access import Sight
from personas.selectors.maps import (
    common_relations_of,
    maps_listed,
    placements_of,
    relations_of,
    sight_of,
)
from personas.selectors.stakeholders import stakeholders_listed
from personas.services.maps import LONGEST_TITLE, create_map
from personas.services.stakeholders import LONGEST_NAME, create_stakeholder

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class StakeholderSerializer(serializers.ModelSerializer[Stakeholder]):
    """Somebody on the register."""

    persona = serializers.UUIDField(source="persona_id", allow_null=True)
    member = serializers.UUIDField(source="member_id", allow_null=True)

    class Meta:
        model = Stakeholder
        fields = [
            "id",
            "key",
            "name",
            "kind",
            "description",
            "persona",
            "member",
            "created_at",
            "archived_at",
        ]
        read_only_fields = fields


class StakeholderBody(StrictSerializer[Any]):
    """A new stakeholder."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    kind = serializers.ChoiceField(StakeholderKind.choices())
    description = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class StakeholderQuery(StrictSerializer[Any]):
    """Which stakeholders to list."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of name or text.")
    kind = serializers.ChoiceField(StakeholderKind.choices(), required=False)
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class MapSerializer(serializers.ModelSerializer[StakeholderMap]):
    """A stakeholder map; `head` is the number of its last operation."""

    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    head = serializers.IntegerField(source="head_seq")

    class Meta:
        model = StakeholderMap
        fields = [
            "id",
            "key",
            "title",
            "layout",
            "visibility",
            "owner",
            "head",
            "updated_at",
            "archived_at",
        ]
        read_only_fields = fields


class PlacementSerializer(serializers.ModelSerializer[StakeholderPlacement]):
    """Where somebody stands; power, interest, attitude and note only for who may edit."""

    stakeholder = serializers.UUIDField(source="stakeholder_id")
    name = serializers.CharField(source="stakeholder.name")

    class Meta:
        model = StakeholderPlacement
        fields = [
            "id",
            "stakeholder",
            "name",
            "ring",
            "sector",
            "x",
            "y",
            "power",
            "interest",
            "attitude",
            "note",
        ]
        read_only_fields = fields


class RelationSerializer(serializers.ModelSerializer[StakeholderRelation]):
    """What passes between two; the note only for who may edit."""

    start = serializers.UUIDField(source="start_id")
    end = serializers.UUIDField(source="end_id")

    class Meta:
        model = StakeholderRelation
        fields = ["id", "start", "end", "kind", "direction", "strength", "title", "note"]
        read_only_fields = fields


class MapDetailSerializer(MapSerializer):
    """A map with all that is on it."""

    placements = PlacementSerializer(many=True)
    relations = RelationSerializer(many=True)
    common_relations = CommonRelationSerializer(many=True)

    class Meta(MapSerializer.Meta):
        fields = [
            *MapSerializer.Meta.fields,
            "description",
            "rings",
            "ring_colours",
            "sectors",
            "placements",
            "relations",
            "common_relations",
        ]
        read_only_fields = fields


class MapBody(StrictSerializer[Any]):
    """A new map, with the usual rings and sectors."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    description = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    layout = serializers.ChoiceField(Layout.choices(), required=False)
    visibility = serializers.ChoiceField(Visibility.choices(), required=False)


class MapQuery(StrictSerializer[Any]):
    """Which maps to list."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of a title.")
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class StakeholderListView(TenantApiView):
    """The register."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(StakeholderSerializer, StakeholderQuery)
    def get(self, request: Request) -> Response:
        """List the stakeholders by name."""
        asked = query_values(StakeholderQuery, request.query_params)
        rows = stakeholders_listed(self.tenant, **asked)
        return cursor_page(request, rows, StakeholderSerializer)

    @extend_schema(request=StakeholderBody, responses={201: StakeholderSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Put somebody on the register."""
        made = create_stakeholder(
            tenant=self.tenant, by=self.actor, now=now(), **cleaned(StakeholderBody, request)
        )
        return Response(StakeholderSerializer(made).data, status=201)


class StakeholderView(TenantApiView):
    """One stakeholder."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="stakeholder_read", responses=StakeholderSerializer)
    def get(self, _request: Request, stakeholder_id: UUID) -> Response:
        """Read what the register says of somebody."""
        rows = Stakeholder.objects.for_tenant(self.tenant)
        return Response(StakeholderSerializer(get_object_or_404(rows, pk=stakeholder_id)).data)


class MapListView(TenantApiView):
    """The stakeholder maps that the one who asks finds; a key finds none that is hidden."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(MapSerializer, MapQuery)
    def get(self, request: Request) -> Response:
        """List the maps by title."""
        reader = self.actor if isinstance(self.actor, Membership) else None
        asked = query_values(MapQuery, request.query_params)
        return cursor_page(request, maps_listed(self.tenant, reader, **asked), MapSerializer)

    @extend_schema(request=MapBody, responses={201: MapSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a map; what stands on it comes by operations."""
        told = cleaned(MapBody, request)
        made = create_map(tenant=self.tenant, by=self.actor, now=now(), source=Source.API, **told)
        return Response(MapSerializer(made).data, status=201)


class MapView(TenantApiView):
    """One stakeholder map."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="stakeholder_map_read", responses=MapDetailSerializer)
    def get(self, _request: Request, map_id: UUID) -> Response:
        """Read a map with its placements, its relations, and those that hold on every map."""
        rows = StakeholderMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row: Any = get_object_or_404(rows, pk=map_id)
        reader = self.actor if isinstance(self.actor, Membership) else None
        if sight_of(row, reader) < Sight.CONTENT:
            raise Http404
        row.placements = placements_of(row)
        row.relations = relations_of(row, row.placements)
        row.common_relations = common_relations_of(row, row.placements)
        told: dict[str, Any] = MapDetailSerializer(row).data
        return Response(told if self.actor_may(Right.EDIT_JOURNEYS) else _without_opinions(told))


def _without_opinions(told: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is thought of people: that is for those who may edit."""
    hidden = {"power", "interest", "attitude", "note"}
    parts = {
        name: [{k: v for k, v in one.items() if k not in hidden} for one in told[name]]
        for name in ("placements", "relations", "common_relations")
    }
    return {**told, **parts}


api_urls = [
    path("stakeholder-maps/", MapListView.as_view()),
    path("stakeholder-maps/<uuid:map_id>/", MapView.as_view()),
    path("stakeholders/", StakeholderListView.as_view()),
    path("stakeholders/<uuid:stakeholder_id>/", StakeholderView.as_view()),
]
