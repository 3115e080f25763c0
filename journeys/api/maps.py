"""Journey maps in the JSON API: drawn, forked, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.collaboration.api.operations import OperationsView
from cxm.kernel.api import StrictSerializer, cleaned, idempotent, query_values
from cxm.kernel.clock import now
from cxm.kernel.operations.documents import Request as Change
from cxm.kernel.operations.records import Source
from cxm.kernel.operations.store import read_state
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView, JourneyMapSerializer
from journeys.models import JourneyMap
from journeys.rules.access import Action
from journeys.rules.kinds import MapState
from journeys.rules.moments import moment_asked
from journeys.rules.templates import BLANK
from journeys.selectors.access import may_do, sees_live_only
from journeys.selectors.journeys import laid_out, map_sight_of
from journeys.services import maps as services
from journeys.services.comparing import asked_moment, state_at
from journeys.services.editing import change_map
from journeys.services.map_templates import create_map
from journeys.services.stores import MAPS
from personas.rules.map_access import Sight
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.store import Outcome
    from journeys.models import Journey

MADE = [state.value for state in MapState if state is not MapState.PAST]


class JourneyMapDetailSerializer(JourneyMapSerializer):
    """A map with all that is on it, in order; ids are those of lineages."""

    stages = serializers.ListField(child=serializers.DictField())
    lanes = serializers.ListField(child=serializers.DictField())
    flows = serializers.ListField(child=serializers.DictField())
    personas = serializers.ListField(child=serializers.DictField())

    class Meta(JourneyMapSerializer.Meta):
        fields = [*JourneyMapSerializer.Meta.fields, "stages", "lanes", "flows", "personas"]
        read_only_fields = fields


class JourneyMapBody(StrictSerializer[Any]):
    """A new map: from a template, or a fork of another map of the journey."""

    name = serializers.CharField(max_length=services.LONGEST_NAME)
    state = serializers.ChoiceField(choices=MADE, default=MapState.CURRENT.value)
    template = serializers.SlugField(
        max_length=63, default=BLANK, help_text="The key of a template."
    )
    fork_of = serializers.UUIDField(
        required=False, help_text="The id of a map of this journey; the template is left out then."
    )
    horizon = serializers.DateField(required=False, help_text="Of a future or ideal fork.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a horizon that would go nowhere. Raises ValidationError."""
        if attrs.get("horizon") and not attrs.get("fork_of"):
            message = "Only a fork is made with a horizon: name the map in fork_of."
            raise serializers.ValidationError({"horizon": message})
        return attrs


class MomentQueryField(serializers.CharField):
    """The number of an operation, or a day."""

    def to_internal_value(self, data: Any) -> Any:
        """Read a moment. Raises ValidationError."""
        try:
            return moment_asked(super().to_internal_value(data))
        except ValueError as error:
            message = "Give a day, or the number of an operation."
            raise serializers.ValidationError(message) from error


class AsOfQuery(StrictSerializer[Any]):
    """The moment of a map; nothing is now."""

    asof = MomentQueryField(
        required=False,
        help_text="The number of an operation, or a day: as the map was after it.",
    )


class MapApiView(JourneyApiView):
    """Base of what is about one map."""

    def found_map(self, map_id: UUID, least: Sight = Sight.CONTENT) -> JourneyMap:
        """Give a map of which *least* may be seen or done. Raises Http404."""
        rows = JourneyMap.objects.for_tenant(self.tenant)
        found = get_object_or_404(rows.select_related("tenant", "journey__tenant"), pk=map_id)
        if self.map_sight(found) < least:
            raise Http404
        return found

    def to_publish(self, map_id: UUID) -> JourneyMap:
        """Give a map that who asks may publish: as manager, or as the journey's owner."""
        found = self.found_map(map_id, Sight.CHANGE)
        if not may_do(Action.PUBLISH, found.journey, self.actor, map_row=found):
            raise Http404
        return found

    def answer_map(self, found: JourneyMap, *, status: int = 200) -> Response:
        """Show a map with all that is on it."""
        asked = Change(self.tenant, found.pk, actor_of(self.actor), now())
        document = laid_out(read_state(MAPS, asked))
        return Response({**JourneyMapSerializer(found).data, **document}, status=status)

    def answer_then(self, found: JourneyMap, asof: int | date) -> Response:
        """Show a map as it was; whoever sees only what holds now finds nothing."""
        if sees_live_only(self.reader):
            raise Http404
        state = state_at(asked_moment(found, asof), now=now())
        values = state[found.pk].values
        then = {"name": values["name"], "label": values["label"], **laid_out(state)}
        return Response({**JourneyMapSerializer(found).data, **then})


class MapListView(MapApiView):
    """The maps of one journey."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=JourneyMapBody, responses={201: JourneyMapDetailSerializer})
    @idempotent
    def post(self, request: Request, journey_id: UUID) -> Response:
        """Make a map of the journey, from a template or as a fork."""
        journey = self.found(journey_id, Sight.CHANGE)
        values = cleaned(JourneyMapBody, request)
        state, fork_of = MapState(values["state"]), values.get("fork_of")
        if fork_of is None:
            made = create_map(
                journey=journey,
                name=values["name"],
                state=state,
                template=values["template"],
                by=self.actor,
                now=now(),
                source=Source.API,
            )
        else:
            made = services.fork_map(
                of=self._baseline(journey, fork_of),
                name=values["name"],
                state=state,
                horizon=values.get("horizon"),
                by=self.actor,
                now=now(),
                source=Source.API,
            )
        return self.answer_map(made, status=201)

    def _baseline(self, journey: Journey, map_id: UUID) -> JourneyMap:
        rows = JourneyMap.objects.for_tenant(self.tenant).filter(journey=journey)
        return get_object_or_404(rows.select_related("tenant", "journey__tenant"), pk=map_id)


class MapView(MapApiView):
    """One map."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(
        operation_id="journey_map_read",
        parameters=[AsOfQuery],
        responses=JourneyMapDetailSerializer,
    )
    def get(self, request: Request, journey_map_id: UUID) -> Response:
        """Read a map with its stages, steps, lanes and cards, also as it was `asof` a moment."""
        found = self.found_map(journey_map_id)
        asof = query_values(AsOfQuery, request.query_params).get("asof")
        if asof is None:
            return self.answer_map(found)
        return self.answer_then(found, asof)


class PublishBody(StrictSerializer[Any]):
    """Publishing a map."""

    note = serializers.CharField(
        max_length=services.LONGEST_NOTE,
        default="",
        allow_blank=True,
        help_text="What was decided, and why; it stands in the map's history.",
    )


class MapPublishView(MapApiView):
    """Publishing a map."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=PublishBody, responses=JourneyMapSerializer)
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Let a draft hold; of a current map, the one that held before becomes the past."""
        found = self.to_publish(journey_map_id)
        note = cleaned(PublishBody, request)["note"]
        services.publish_map(of=found, by=self.actor, now=now(), note=note)
        return Response(JourneyMapSerializer(self.found_map(journey_map_id)).data)


class MapRetireView(MapApiView):
    """Retiring a map."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=JourneyMapSerializer)
    @idempotent
    def post(self, _request: Request, journey_map_id: UUID) -> Response:
        """Take a published map out of use."""
        found = self.to_publish(journey_map_id)
        services.retire_map(of=found, by=self.actor, now=now())
        return Response(JourneyMapSerializer(self.found_map(journey_map_id)).data)


class MapDraftView(MapApiView):
    """Changing a published map."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses={201: JourneyMapDetailSerializer})
    @idempotent
    def post(self, _request: Request, journey_map_id: UUID) -> Response:
        """Give the draft in which a published map is changed; made where there is none."""
        found = self.found_map(journey_map_id, Sight.CHANGE)
        draft = services.open_draft(of=found, by=self.actor, now=now())
        return self.answer_map(draft, status=201)


class MapOperationsView(OperationsView):
    """Operations on a map."""

    store = MAPS

    def do(self, change: Change, asked: Sequence[Asked]) -> Outcome:
        """Do *asked* operations on a map, with what follows for cards when steps go."""
        return change_map(change, asked)

    def may_change(self, document: JourneyMap) -> bool:
        """Whether who asks may change the map, having the right to edit."""
        return map_sight_of(document, self.member, may_edit=True) >= Sight.CHANGE

    def may_read_log(self, document: JourneyMap) -> bool:
        """Whether who asks may see what was done to the map: not who sees only what holds now."""
        if sees_live_only(self.member):
            return False
        may_edit = self.actor_may(Right.EDIT_JOURNEYS)
        return map_sight_of(document, self.member, may_edit=may_edit) >= Sight.CONTENT


api_urls = [
    path("journeys/<uuid:journey_id>/maps/", MapListView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/", MapView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/draft/", MapDraftView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/publish/", MapPublishView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/retire/", MapRetireView.as_view()),
    path("journey-maps/<uuid:document_id>/operations/", MapOperationsView.as_view()),
]
