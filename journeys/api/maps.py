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
from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.kernel.operations.documents import Request as Change
from cxm.kernel.operations.records import Source
from cxm.kernel.operations.store import read_state
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView, JourneyMapSerializer
from journeys.models import JourneyMap
from journeys.rules.kinds import MapState
from journeys.rules.templates import BLANK, BY_KEY
from journeys.selectors.journeys import laid_out, sight_of
from journeys.services import maps as services
from journeys.services.stores import MAPS
from personas.rules.map_access import Sight
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

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
    template = serializers.ChoiceField(choices=list(BY_KEY), default=BLANK.key)
    fork_of = serializers.UUIDField(
        required=False, help_text="The id of a map of this journey; the template is left out then."
    )
    horizon = serializers.DateField(required=False, help_text="Of a future or ideal fork.")


class _MapView(JourneyApiView):
    """Base of what is about one map."""

    def found_map(self, map_id: UUID, least: Sight = Sight.CONTENT) -> JourneyMap:
        """Give a map of which *least* may be seen or done. Raises Http404."""
        rows = JourneyMap.objects.for_tenant(self.tenant)
        found = get_object_or_404(rows.select_related("tenant", "journey__tenant"), pk=map_id)
        if self.sight(found.journey) < least:
            raise Http404
        return found

    def to_publish(self, map_id: UUID) -> JourneyMap:
        """Give a map that who asks may publish: as manager, or as the journey's owner."""
        found = self.found_map(map_id, Sight.CHANGE)
        is_owner = self.reader is not None and found.journey.owner_id == self.reader.pk
        if not is_owner and not self.actor_may(Right.PUBLISH_JOURNEYS):
            raise Http404
        return found

    def answer_map(self, found: JourneyMap, *, status: int = 200) -> Response:
        """Show a map with all that is on it."""
        asked = Change(self.tenant, found.pk, actor_of(self.actor), now())
        document = laid_out(read_state(MAPS, asked))
        return Response({**JourneyMapSerializer(found).data, **document}, status=status)


class MapListView(_MapView):
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
            made = services.create_map(
                journey=journey,
                name=values["name"],
                state=state,
                plan=BY_KEY[values["template"]],
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


class MapView(_MapView):
    """One map."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="journey_map_read", responses=JourneyMapDetailSerializer)
    def get(self, _request: Request, journey_map_id: UUID) -> Response:
        """Read a map with its stages, steps, lanes and cards."""
        return self.answer_map(self.found_map(journey_map_id))


class MapPublishView(_MapView):
    """Publishing a map."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=JourneyMapSerializer)
    @idempotent
    def post(self, _request: Request, journey_map_id: UUID) -> Response:
        """Let a draft hold; of a current map, the one that held before becomes the past."""
        found = self.to_publish(journey_map_id)
        services.publish_map(of=found, by=self.actor, now=now())
        return Response(JourneyMapSerializer(self.found_map(journey_map_id)).data)


class MapRetireView(_MapView):
    """Retiring a map."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=JourneyMapSerializer)
    @idempotent
    def post(self, _request: Request, journey_map_id: UUID) -> Response:
        """Take a published map out of use."""
        found = self.to_publish(journey_map_id)
        services.retire_map(of=found, by=self.actor, now=now())
        return Response(JourneyMapSerializer(self.found_map(journey_map_id)).data)


class MapDraftView(_MapView):
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

    def may_change(self, document: JourneyMap) -> bool:
        """Whether who asks may change the map, having the right to edit."""
        return sight_of(document.journey, self.member, may_edit=True) >= Sight.CHANGE

    def may_read_log(self, document: JourneyMap) -> bool:
        """Whether who asks may see what was done to the map."""
        may_edit = self.actor_may(Right.EDIT_JOURNEYS)
        return sight_of(document.journey, self.member, may_edit=may_edit) >= Sight.CONTENT


api_urls = [
    path("journeys/<uuid:journey_id>/maps/", MapListView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/", MapView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/draft/", MapDraftView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/publish/", MapPublishView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/retire/", MapRetireView.as_view()),
    path("journey-maps/<uuid:document_id>/operations/", MapOperationsView.as_view()),
]
