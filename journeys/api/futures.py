"""Current and future maps in the JSON API: what differs, promoting, rebasing, what is real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent, query_values
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView, JourneyMapSerializer
from journeys.models import JourneyMap, StepRealisation
from journeys.rules.access import Action
from journeys.rules.change_words import words
from journeys.rules.changes import Sort, counts_by_stage
from journeys.rules.choosing import Wanted
from journeys.rules.merging import Answer
from journeys.rules.promises import Realisation
from journeys.rules.reviews import LONGEST_WHY
from journeys.selectors.access import may_do, sees_live_only
from journeys.selectors.realisation import live_steps
from journeys.services.comparing import Comparison, Moment, compare
from journeys.services.promoting import promote_steps, publish_again
from journeys.services.realising import note_realisation
from journeys.services.rebasing import rebase_map
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.rules.change_words import Names
    from journeys.rules.changes import Change, Place


class PlaceSerializer(StrictSerializer[Any]):
    """Where something lies: in what (null: the map), behind which sibling, of cards the steps."""

    inside = serializers.UUIDField(allow_null=True)
    after = serializers.UUIDField(allow_null=True)
    step_from = serializers.UUIDField(allow_null=True)
    step_to = serializers.UUIDField(allow_null=True)


class MapChangeSerializer(StrictSerializer[Any]):
    """One difference; `inside` holds what came with it, each as this."""

    key = serializers.CharField()
    sort = serializers.ChoiceField(choices=[sort.value for sort in Sort])
    kind = serializers.CharField()
    lineage = serializers.UUIDField()
    path = serializers.ListField(child=serializers.CharField())
    before = serializers.JSONField()
    after = serializers.JSONField()
    was = PlaceSerializer(allow_null=True)
    now = PlaceSerializer(allow_null=True)
    stage = serializers.UUIDField(allow_null=True)
    words = serializers.CharField()
    inside = serializers.ListField(child=serializers.DictField())


class StageChangesSerializer(StrictSerializer[Any]):
    """How many changes of each sort a stage has; null is the map as a whole."""

    stage = serializers.UUIDField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())


class MapDiffSerializer(StrictSerializer[Any]):
    """What makes of the map `against` the map asked for, in the order of that."""

    against = serializers.UUIDField()
    at = serializers.IntegerField(allow_null=True)
    counts = StageChangesSerializer(many=True)
    changes = MapChangeSerializer(many=True)


class MapDiffQuery(StrictSerializer[Any]):
    """What a map is compared with; nothing is what it was forked from."""

    against = serializers.UUIDField(required=False, help_text="Another map, of any journey.")
    at = serializers.IntegerField(
        required=False, min_value=1, help_text="As it was after this operation."
    )


class PromoteBody(StrictSerializer[Any]):
    """What is brought into the current map; nothing said is all of it."""

    steps = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Lineages of steps."
    )
    live = serializers.BooleanField(
        default=False, help_text="Take the steps that are live, beside those named."
    )
    frame = serializers.BooleanField(
        default=False, help_text="With steps: take what belongs to no step as well."
    )
    note = serializers.CharField(
        max_length=LONGEST_WHY, required=False, allow_blank=True, help_text="Why, in a line."
    )
    answers = serializers.DictField(
        child=serializers.ChoiceField(choices=[answer.value for answer in Answer]),
        required=False,
        help_text="For each conflict, by its key, which side holds: the future map is `theirs`.",
    )


class RebasedSerializer(JourneyMapSerializer):
    """A map that stands on newer ground; `left` counts what it still promises."""

    left = serializers.IntegerField()
    is_realised = serializers.BooleanField()

    class Meta(JourneyMapSerializer.Meta):
        fields = [*JourneyMapSerializer.Meta.fields, "left", "is_realised"]
        read_only_fields = fields


class RealisationSerializer(serializers.ModelSerializer[StepRealisation]):
    """How far a step of a future map is real."""

    class Meta:
        model = StepRealisation
        fields = ["step", "state", "live_on", "due", "owner", "note", "updated_at"]
        read_only_fields = fields


class RealisationBody(StrictSerializer[Any]):
    """How far a step is real; what is left out is emptied."""

    step = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Realisation.choices())
    live_on = serializers.DateField(required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)
    owner = serializers.UUIDField(required=False, allow_null=True, help_text="A member's id.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=1_000)


class _FutureView(JourneyApiView):
    """Base of what is about one map and others of its journey."""

    def found_map(self, map_id: UUID, least: Sight = Sight.CONTENT) -> JourneyMap:
        """Give a map of which *least* may be seen or done. Raises Http404."""
        rows = JourneyMap.objects.for_tenant(self.tenant)
        rows = rows.select_related("tenant", "journey__tenant", "baseline__tenant")
        found = get_object_or_404(rows, pk=map_id, deleted_at=None)
        if self.map_sight(found) < least:
            raise Http404
        return found

    def to_publish(self, map_id: UUID) -> JourneyMap:
        """Give a map that who asks may publish: as manager, or as the journey's owner."""
        found = self.found_map(map_id, Sight.CHANGE)
        if not may_do(Action.PUBLISH, found.journey, self.actor, map_row=found):
            raise Http404
        return found


class MapDiffView(_FutureView):
    """What differs between two maps."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(parameters=[MapDiffQuery], responses=MapDiffSerializer)
    def get(self, request: Request, journey_map_id: UUID) -> Response:
        """Compare a map with another one, or with itself at an earlier time."""
        row = self.found_map(journey_map_id)
        other = self._other(row, query_values(MapDiffQuery, request.query_params))
        found = compare(other, Moment(row), reader=self.reader, now=now())
        return Response(
            {
                "against": other.map.pk,
                "at": other.seq,
                "counts": _counts(found),
                "changes": [_told(change, found.names) for change in found.changes],
            }
        )

    def _other(self, row: JourneyMap, asked: dict[str, Any]) -> Moment:
        seq = asked.get("at")
        if seq is not None and sees_live_only(self.reader):
            raise Http404
        if "against" in asked:
            return Moment(self.found_map(asked["against"]), seq)
        if seq is not None:
            return Moment(row, seq)
        if row.baseline is None:
            message = "This map was not forked from another: name one."
            raise serializers.ValidationError({"against": message})
        return Moment(self.found_map(row.baseline.pk), row.baseline_seq)


class MapPromoteView(_FutureView):
    """Bringing a future map into the current one."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=PromoteBody, responses={201: JourneyMapSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Bring steps, or all, into a draft of the current map; 409 names conflicts to answer."""
        row = self.to_publish(journey_map_id)
        values = cleaned(PromoteBody, request)
        answers = {key: Answer(side) for key, side in values.get("answers", {}).items()}
        draft = promote_steps(
            of=row,
            wanted=_wanted(row, values),
            answers=answers,
            by=self.actor,
            now=now(),
            source=Source.API,
            note=values.get("note", ""),
        )
        return Response(JourneyMapSerializer(draft).data, status=201)


class MapRebaseView(_FutureView):
    """Letting a future map stand on the current one."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses=RebasedSerializer)
    @idempotent
    def post(self, _request: Request, journey_map_id: UUID) -> Response:
        """Move the baseline of a future map to the current map that holds now."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        done = rebase_map(of=row, by=self.actor, now=now(), source=Source.API)
        told = {"left": done.left, "is_realised": done.is_realised}
        return Response({**JourneyMapSerializer(done.map).data, **told})


class MapPublishAgainView(_FutureView):
    """Going back to an earlier map."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses={201: JourneyMapSerializer})
    @idempotent
    def post(self, _request: Request, journey_map_id: UUID) -> Response:
        """Make a map of the past hold again, as a new map with a new number."""
        made = publish_again(of=self.to_publish(journey_map_id), by=self.actor, now=now())
        return Response(JourneyMapSerializer(self.found_map(made.pk)).data, status=201)


class MapRealisationView(_FutureView):
    """How far the steps of a future map are real."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @extend_schema(operation_id="map_realisation", responses=RealisationSerializer(many=True))
    def get(self, _request: Request, journey_map_id: UUID) -> Response:
        """List what was noted of the steps of a map, at most 300; steps without are planned."""
        row = self.found_map(journey_map_id)
        rows = StepRealisation.objects.for_tenant(self.tenant).filter(map=row)
        return Response(RealisationSerializer(rows.order_by("pk")[:300], many=True).data)

    @extend_schema(request=RealisationBody, responses=RealisationSerializer)
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Say how far one step is real."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        values = cleaned(RealisationBody, request)
        owner = values.pop("owner", None)
        found = note_realisation(
            of=row,
            owner=self._member(owner) if owner else None,
            state=Realisation(values.pop("state")),
            by=self.actor,
            now=now(),
            **values,
        )
        return Response(RealisationSerializer(found).data)

    def _member(self, pk: UUID) -> Membership:
        rows = Membership.objects.for_tenant(self.tenant).filter(is_active=True)
        return get_object_or_404(rows, pk=pk)


def _wanted(row: JourneyMap, values: dict[str, Any]) -> Wanted | None:
    if "steps" not in values and not values["live"] and not values["frame"]:
        return None
    steps = set(values.get("steps", ())) | (live_steps(row) if values["live"] else set())
    return Wanted(frozenset(steps), frame=values["frame"])


def _counts(found: Comparison) -> list[dict[str, Any]]:
    return [
        {"stage": stage, "counts": {sort.value: number for sort, number in counts.items()}}
        for stage, counts in counts_by_stage(found.changes).items()
    ]


def _told(change: Change, names: Names) -> dict[str, Any]:
    return {
        "key": change.key,
        "sort": change.sort.value,
        "kind": change.kind,
        "lineage": change.lineage,
        "path": list(change.path),
        "before": change.before,
        "after": change.after,
        "was": _place(change.was),
        "now": _place(change.now),
        "stage": change.stage,
        "words": words(change, names),
        "inside": [_told(one, names) for one in change.inside],
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "inside": place.inside,
        "after": place.after[0] if place.after else None,
        "step_from": place.step_from,
        "step_to": place.step_to,
    }


_ONE = "journey-maps/<uuid:journey_map_id>"
api_urls = [
    path(f"{_ONE}/diff/", MapDiffView.as_view()),
    path(f"{_ONE}/promote/", MapPromoteView.as_view()),
    path(f"{_ONE}/publish-again/", MapPublishAgainView.as_view()),
    path(f"{_ONE}/realisation/", MapRealisationView.as_view()),
    path(f"{_ONE}/rebase/", MapRebaseView.as_view()),
]
