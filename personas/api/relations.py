"""Relations that hold on every map in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from personas.models import CommonRelation, Stakeholder
from personas.rules.kinds import RELATION_KINDS, Direction
from personas.selectors.relations import common_relations_listed
from personas.services.relations import (
    archive_common_relation,
    change_common_relation,
    create_common_relation,
)

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class CommonRelationSerializer(serializers.ModelSerializer[CommonRelation]):
    """What passes between two on every map; the note only for who may edit."""

    start = serializers.UUIDField(source="start_id")
    end = serializers.UUIDField(source="end_id")

    class Meta:
        model = CommonRelation
        fields = [
            "id",
            "start",
            "end",
            "kind",
            "direction",
            "strength",
            "title",
            "note",
            "created_at",
            "archived_at",
        ]
        read_only_fields = fields


class CommonRelationChange(StrictSerializer[Any]):
    """What to change of a relation; what is left out stays."""

    kind = serializers.ChoiceField(RELATION_KINDS, required=False)
    direction = serializers.ChoiceField(Direction.choices(), required=False)
    strength = serializers.IntegerField(min_value=1, max_value=3, required=False)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class CommonRelationBody(CommonRelationChange):
    """A new relation between two of the register, on every map that has both."""

    start = serializers.UUIDField()
    end = serializers.UUIDField()
    kind = serializers.ChoiceField(RELATION_KINDS)


class CommonRelationQuery(StrictSerializer[Any]):
    """Which relations to list."""

    q = serializers.CharField(
        required=False, allow_blank=True, help_text="Part of an end's name or of the words."
    )
    kind = serializers.ChoiceField(RELATION_KINDS, required=False)
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class CommonRelationListView(TenantApiView):
    """The relations that hold on every map."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(CommonRelationSerializer, CommonRelationQuery)
    def get(self, request: Request) -> Response:
        """List the relations by the names of their ends."""
        asked = query_values(CommonRelationQuery, request.query_params)
        rows = common_relations_listed(self.tenant, **asked)
        answer = cursor_page(request, rows, CommonRelationSerializer)
        answer.data["results"] = [self.told(one) for one in answer.data["results"]]
        return answer

    @extend_schema(request=CommonRelationBody, responses={201: CommonRelationSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Relate two stakeholders on every map."""
        told = cleaned(CommonRelationBody, request)
        start, end = (self._end(name, told.pop(name)) for name in ("start", "end"))
        made = create_common_relation(
            tenant=self.tenant, start=start, end=end, by=self.actor, now=now(), **told
        )
        return Response(CommonRelationSerializer(made).data, status=201)

    def _end(self, name: str, stakeholder_id: UUID) -> Stakeholder:
        rows = Stakeholder.objects.for_tenant(self.tenant)
        found = rows.filter(pk=stakeholder_id).first()
        if found is None:
            raise ValidationError({name: ["There is no such stakeholder."]})
        return found

    def told(self, one: dict[str, Any]) -> dict[str, Any]:
        """Give a relation without its note to who may not edit."""
        return one if self.actor_may(Right.EDIT_JOURNEYS) else _without_note(one)


class CommonRelationView(TenantApiView):
    """One relation that holds on every map."""

    rights = {
        "get": Right.SEE_JOURNEYS,
        "patch": Right.EDIT_JOURNEYS,
        "delete": Right.EDIT_JOURNEYS,
    }

    @extend_schema(operation_id="stakeholder_relation_read", responses=CommonRelationSerializer)
    def get(self, _request: Request, relation_id: UUID) -> Response:
        """Read a relation."""
        told: dict[str, Any] = dict(CommonRelationSerializer(self._found(relation_id)).data)
        return Response(told if self.actor_may(Right.EDIT_JOURNEYS) else _without_note(told))

    @extend_schema(request=CommonRelationChange, responses=CommonRelationSerializer)
    def patch(self, request: Request, relation_id: UUID) -> Response:
        """Change what is named; the ends stay."""
        row = self._found(relation_id)
        change_common_relation(
            relation=row, by=self.actor, **cleaned(CommonRelationChange, request)
        )
        return Response(CommonRelationSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, relation_id: UUID) -> Response:
        """Archive a relation: it is on no map any more; people can restore it."""
        archive_common_relation(relation=self._found(relation_id), by=self.actor, now=now())
        return Response(status=204)

    def _found(self, relation_id: UUID) -> CommonRelation:
        rows = CommonRelation.objects.for_tenant(self.tenant)
        return get_object_or_404(rows.select_related("tenant", "start", "end"), pk=relation_id)


def _without_note(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "note"}


api_urls = [
    path("stakeholder-relations/", CommonRelationListView.as_view()),
    path("stakeholder-relations/<uuid:relation_id>/", CommonRelationView.as_view()),
]
