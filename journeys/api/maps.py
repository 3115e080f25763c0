"""Journey maps in the JSON API: drawn, forked, published."""

from __future__ import annotations

from dataclasses import asdict
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
from journeys.services.map_copying import copy_map
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
    copy_of = serializers.UUIDField(
        required=False, help_text="The id of a map of another journey, which need only be readable."
    )
    horizon = serializers.DateField(required=False, help_text="Of a future or ideal fork or copy.")
    with_targets = serializers.BooleanField(
        default=False, help_text="Whether promises come along: from a future map to a future fork."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what would go nowhere, and two maps to begin from. Raises ValidationError."""
        fork_of, copy_of = attrs.get("fork_of"), attrs.get("copy_of")
        if attrs.get("horizon") and not (fork_of or copy_of):
            message = "Only a fork is made with a horizon: name the map in fork_of."
            raise serializers.ValidationError({"horizon": message})
        if fork_of and copy_of:
            message = "A map begins as one other is: name it in fork_of or in copy_of."
            raise serializers.ValidationError({"copy_of": message})
        if attrs["with_targets"] and not fork_of:
            message = "Promises come along with a fork alone: name the map in fork_of."
            raise serializers.ValidationError({"with_targets": message})
        return attrs


class LeftBehindSerializer(serializers.Serializer[Any]):
    """How much of a copied map stayed where it was."""

    targets = serializers.IntegerField()
    threads = serializers.IntegerField()
    evidence = serializers.IntegerField(help_text="Links to evidence.")
    figures = serializers.IntegerField(help_text="Figures whose touchpoint or metric is archived.")


class NewMapSerializer(JourneyMapDetailSerializer):
    """A map that was made; of a copy also what stayed behind."""

    left_behind = LeftBehindSerializer(required=False)

    class Meta(JourneyMapDetailSerializer.Meta):
        fields = [*JourneyMapDetailSerializer.Meta.fields, "left_behind"]
        read_only_fields = fields


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

    @extend_schema(request=JourneyMapBody, responses={201: NewMapSerializer})
    @idempotent
    def post(self, request: Request, journey_id: UUID) -> Response:
        """Make a map of the journey: from a template, as a fork, or as a copy from elsewhere."""
        journey = self.found(journey_id, Sight.CHANGE)
        values = cleaned(JourneyMapBody, request)
        told = {"name": values["name"], "state": MapState(values["state"])}
        told |= {"by": self.actor, "now": now(), "source": Source.API}
        if "copy_of" in values:
            return self._copied(journey, values, told)
        if "fork_of" not in values:
            made = create_map(journey=journey, template=values["template"], **told)
        else:
            made = services.fork_map(
                of=self._baseline(journey, values["fork_of"]),
                horizon=values.get("horizon"),
                with_targets=values["with_targets"],
                **told,
            )
        return self.answer_map(made, status=201)

    def _copied(self, journey: Journey, values: dict[str, Any], told: dict[str, Any]) -> Response:
        of = self.found_map(values["copy_of"])
        copied = copy_map(of=of, into=journey, horizon=values.get("horizon"), **told)
        answer = self.answer_map(copied.map, status=201)
        answer.data["left_behind"] = asdict(copied.left)
        return answer

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
