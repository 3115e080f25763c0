"""Journeys in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.collaboration.api.operations import OperationsView
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right, Role
from journeys.models import Journey, JourneyMap
from journeys.rules.access import Action
from journeys.rules.kinds import Level
from journeys.selectors.access import maps_shown_to, may_do, viewers_export
from journeys.selectors.journeys import map_sight_of, maps_of, sight_of
from journeys.selectors.portfolio import journeys_listed
from journeys.services.journeys import LONGEST_TITLE, create_journey
from journeys.services.map_files_out import check_exportable
from journeys.services.stores import JOURNEYS
from personas.rules.kinds import Visibility
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class JourneySerializer(serializers.ModelSerializer[Journey]):
    """A journey; `head_seq` counts its operations."""

    class Meta:
        model = Journey
        fields = [
            "id",
            "key",
            "title",
            "goal",
            "level",
            "parent",
            "owner",
            "visibility",
            "sensitivity",
            "review_every_days",
            "reviewed_on",
            "colour",
            "archived_at",
            "head_seq",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class JourneyListedSerializer(serializers.ModelSerializer[Journey]):
    """What everybody sees of a journey that is on the list."""

    class Meta:
        model = Journey
        fields = ["id", "key", "title", "level", "owner", "visibility", "archived_at", "updated_at"]
        read_only_fields = fields


class JourneyMapSerializer(serializers.ModelSerializer[JourneyMap]):
    """A map of a journey, without what is on it."""

    class Meta:
        model = JourneyMap
        fields = [
            "id",
            "journey",
            "number",
            "name",
            "label",
            "state",
            "status",
            "baseline",
            "baseline_seq",
            "horizon",
            "valid_from",
            "valid_to",
            "is_locked",
            "published_at",
            "published_note",
            "archived_at",
            "head_seq",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class JourneyDetailSerializer(JourneySerializer):
    """A journey with its maps, the newest first."""

    maps = JourneyMapSerializer(many=True)

    class Meta(JourneySerializer.Meta):
        fields = [*JourneySerializer.Meta.fields, "maps"]
        read_only_fields = fields


class JourneyBody(StrictSerializer[Any]):
    """A new journey; what is in it is changed by operations."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    goal = serializers.CharField(max_length=500, required=False, allow_blank=True)
    level = serializers.ChoiceField(
        choices=[one.value for one in Level],
        default=Level.JOURNEY.value,
        help_text="0 lifecycle, 1 macro, 2 journey, 3 micro.",
    )
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a declared field
        required=False, help_text="Its home in the tree."
    )
    visibility = serializers.ChoiceField(
        choices=Visibility.choices(), default=Visibility.EDITABLE.value
    )


class JourneyQuery(StrictSerializer[Any]):
    """Which journeys to list."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of a title or key.")
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )
    owner = serializers.CharField(
        required=False,
        max_length=36,
        help_text="The id of a member, `me`, or `nobody`.",
    )
    state = serializers.ChoiceField(
        choices=["live", "none", "ahead"],
        required=False,
        help_text="With a live map, without one, or with a future or ideal map.",
    )
    tag = serializers.CharField(
        required=False, max_length=122, help_text="A tag, or `dimension: value`."
    )
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a declared field
        required=False, help_text="The journey that they lie in."
    )


class JourneyApiView(TenantApiView):
    """Base of what is about journeys: finds them for those who may."""

    def found(self, journey_id: UUID, least: Sight = Sight.CONTENT) -> Journey:
        """Give a journey of which *least* may be seen or done. Raises Http404."""
        rows = Journey.objects.for_tenant(self.tenant).select_related("tenant", "owner")
        journey = get_object_or_404(rows, pk=journey_id)
        if self.sight(journey) < least:
            raise Http404
        return journey

    def sight(self, journey: Journey) -> Sight:
        """Say how much of *journey* who asks may see."""
        return sight_of(journey, self.reader, may_edit=self.actor_may(Right.EDIT_JOURNEYS))

    def map_sight(self, row: JourneyMap) -> Sight:
        """Say how much of a map, loaded with its journey, who asks may see."""
        return map_sight_of(row, self.reader, may_edit=self.actor_may(Right.EDIT_JOURNEYS))

    @property
    def reader(self) -> Membership | None:
        """The member who asks; None is a program."""
        return self.actor if isinstance(self.actor, Membership) else None

    def answer(self, journey: Journey, *, status: int = 200) -> Response:
        """Show a journey with its maps."""
        shown = maps_shown_to(self.reader, maps_of(journey))
        maps = JourneyMapSerializer(shown, many=True).data
        return Response({**JourneySerializer(journey).data, "maps": maps}, status=status)


class ExportApiView(JourneyApiView):
    """Base of what takes maps and journeys out as files."""

    def actor_may(self, right: Right) -> bool:
        """Decide whether who asks has *right*; viewers export where their workspace lets them."""
        if super().actor_may(right):
            return True
        is_viewer = (
            right is Right.EXPORT_JOURNEYS and getattr(self.actor, "role", "") == Role.VIEWER
        )
        return is_viewer and viewers_export(self.actor.tenant_id)

    def check_export(self, journey: Journey, row: JourneyMap | None = None) -> None:
        """Raise RestrictedError, and Http404 where who asks takes nothing out of *journey*.

        The map is *row*, if it is about one; that they may read both was asked before.
        """
        check_exportable(journey, may_edit=self.actor_may(Right.EDIT_JOURNEYS))
        if not may_do(Action.EXPORT, journey, self.actor, map_row=row):
            raise Http404


class JourneyListView(JourneyApiView):
    """All journeys."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(JourneyListedSerializer, JourneyQuery)
    def get(self, request: Request) -> Response:
        """List journeys by title."""
        asked = query_values(JourneyQuery, request.query_params)
        found = journeys_listed(self.tenant, self.reader, **asked)
        return cursor_page(request, found, JourneyListedSerializer)

    @extend_schema(request=JourneyBody, responses={201: JourneyDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a journey without maps."""
        values = cleaned(JourneyBody, request)
        journey = create_journey(
            tenant=self.tenant,
            title=values["title"],
            goal=values.get("goal", ""),
            level=Level(values["level"]),
            parent=values.get("parent"),
            visibility=Visibility(values["visibility"]),
            by=self.actor,
            now=now(),
            source=Source.API,
        )
        return self.answer(journey, status=201)


class JourneyView(JourneyApiView):
    """One journey."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="journey_read", responses=JourneyDetailSerializer)
    def get(self, _request: Request, journey_id: UUID) -> Response:
        """Read a journey and what maps it has."""
        return self.answer(self.found(journey_id))


class JourneyOperationsView(OperationsView):
    """Operations on a journey itself."""

    store = JOURNEYS

    def may_change(self, document: Journey) -> bool:
        """Whether who asks may change the journey, having the right to edit."""
        return sight_of(document, self.member, may_edit=True) >= Sight.CHANGE

    def may_read_log(self, document: Journey) -> bool:
        """Whether who asks may see what was done to the journey."""
        may_edit = self.actor_may(Right.EDIT_JOURNEYS)
        return sight_of(document, self.member, may_edit=may_edit) >= Sight.CONTENT


api_urls = [
    path("journeys/", JourneyListView.as_view()),
    path("journeys/<uuid:journey_id>/", JourneyView.as_view()),
    path("journeys/<uuid:document_id>/operations/", JourneyOperationsView.as_view()),
]
