"""What is measured along journeys, and what is promised of it, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.kernel.metric_values import metric_values
from cxm.metrics.models import Metric
from cxm.tenants.rules import Right
from cxm.touchpoints.models import Touchpoint
from journeys.api.journeys import JourneyApiView
from journeys.models import JourneyMap, MetricBinding, Target
from journeys.rules.promises import Direction
from journeys.selectors.promises import promises_of
from journeys.services import bindings, targets
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model, QuerySet
    from rest_framework.request import Request


class MetricBindingSerializer(serializers.ModelSerializer[MetricBinding]):
    """A figure that a step shows on every map of the journey; `step` is a lineage."""

    metric = serializers.CharField(source="metric.key")

    class Meta:
        model = MetricBinding
        fields = ["id", "key", "step", "metric", "touchpoint", "window_days", "min_n", "created_at"]
        read_only_fields = fields


class MetricBindingChange(StrictSerializer[Any]):
    """Which answers a figure counts."""

    touchpoint = serializers.UUIDField(
        required=False, allow_null=True, help_text="Left out or null: all those of the step."
    )
    window_days = serializers.IntegerField(required=False)
    min_n = serializers.IntegerField(required=False, help_text="With fewer answers it is unsure.")


class MetricBindingBody(MetricBindingChange):
    """A figure for a step, or for a map as a whole."""

    step = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The lineage of the step; left out or null: a map as a whole.",
    )
    metric = serializers.CharField(help_text="The key of a metric.")


class MapTargetSerializer(serializers.ModelSerializer[Target]):
    """What a map promises of a figure."""

    class Meta:
        model = Target
        fields = ["id", "map", "step", "binding", "direction", "value", "margin", "due", "note"]
        read_only_fields = fields


class MapTargetChange(StrictSerializer[Any]):
    """A promise; a published map says why it changes."""

    direction = serializers.ChoiceField(Direction.choices())
    value = serializers.FloatField()
    margin = serializers.FloatField(required=False, allow_null=True, help_text="Of a hold only.")
    due = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField(required=False, allow_blank=True)


class MapTargetBody(MapTargetChange):
    """A promise about a figure that is bound to a step."""

    binding = serializers.UUIDField()


class MapTargetRemoval(StrictSerializer[Any]):
    """Why a promise is taken back; a published map needs it."""

    reason = serializers.CharField(required=False, allow_blank=True)


class _FiguresView(JourneyApiView):
    """Base of what is about figures: finds what they are of."""

    def found_map(self, map_id: UUID, least: Sight = Sight.CONTENT) -> JourneyMap:
        """Give a map of which *least* may be seen or done. Raises Http404."""
        rows = JourneyMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant", "journey__tenant"), pk=map_id)
        if self.map_sight(row) < least:
            raise Http404
        return row

    def found_binding(self, of: Any, binding_id: UUID) -> MetricBinding:
        """Give a live binding of a journey. Raises Http404."""
        rows = MetricBinding.objects.for_tenant(self.tenant).filter(journey=of, archived_at=None)
        return get_object_or_404(_whole_binding(rows), pk=binding_id)


class BindingListView(_FiguresView):
    """The figures of a journey."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @extend_schema(responses=MetricBindingSerializer(many=True))
    def get(self, _request: Request, journey_id: UUID) -> Response:
        """List the figures that are bound to steps, by key."""
        journey = self.found(journey_id)
        rows = MetricBinding.objects.for_tenant(self.tenant).filter(journey=journey)
        live = _whole_binding(rows.filter(archived_at=None)).order_by("key", "pk")
        return Response(MetricBindingSerializer(live, many=True).data)

    @extend_schema(request=MetricBindingBody, responses={201: MetricBindingSerializer})
    @idempotent
    def post(self, request: Request, journey_id: UUID) -> Response:
        """Let a step show a figure."""
        journey = self.found(journey_id, Sight.CHANGE)
        told = cleaned(MetricBindingBody, request)
        metrics = Metric.objects.for_tenant(self.tenant)
        made = bindings.bind_metric(
            journey=journey,
            step=told.get("step"),
            metric=get_object_or_404(metrics, key=told["metric"]),
            touchpoint=_named(Touchpoint, self.tenant, told.get("touchpoint")),
            window_days=told.get("window_days", bindings.USUAL_DAYS),
            min_n=told.get("min_n", bindings.USUAL_LEAST),
            by=self.actor,
            now=now(),
        )
        return Response(MetricBindingSerializer(made).data, status=201)


class BindingView(_FiguresView):
    """One figure of a journey."""

    rights = {"patch": Right.EDIT_JOURNEYS, "delete": Right.EDIT_JOURNEYS}

    @extend_schema(request=MetricBindingChange, responses=MetricBindingSerializer)
    def patch(self, request: Request, journey_id: UUID, binding_id: UUID) -> Response:
        """Change which answers a figure counts; what is left out stays."""
        binding = self.found_binding(self.found(journey_id, Sight.CHANGE), binding_id)
        told = cleaned(MetricBindingChange, request)
        touchpoint = binding.touchpoint
        if "touchpoint" in told:
            touchpoint = _named(Touchpoint, self.tenant, told["touchpoint"])
        changed = bindings.change_binding(
            binding=binding,
            touchpoint=touchpoint,
            window_days=told.get("window_days", binding.window_days),
            min_n=told.get("min_n", binding.min_n),
            by=self.actor,
        )
        return Response(MetricBindingSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, _request: Request, journey_id: UUID, binding_id: UUID) -> Response:
        """Take a figure off its step; refused while a target needs it."""
        binding = self.found_binding(self.found(journey_id, Sight.CHANGE), binding_id)
        bindings.remove_binding(binding=binding, by=self.actor, now=now())
        return Response(status=204)


class TargetListView(_FiguresView):
    """What a map promises."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @extend_schema(responses=MapTargetSerializer(many=True))
    def get(self, _request: Request, journey_map_id: UUID) -> Response:
        """List the targets of a map, the first due first."""
        made = [one.target for one in promises_of(self.found_map(journey_map_id))]
        return Response(MapTargetSerializer(made, many=True).data)

    @extend_schema(request=MapTargetBody, responses={201: MapTargetSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Promise a value of a figure by a day."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        told = cleaned(MapTargetBody, request)
        made = targets.set_target(
            of=row,
            binding=self.found_binding(row.journey_id, told["binding"]),
            promised=_promised(told),
            reason=told.get("reason", ""),
            by=self.actor,
            now=now(),
        )
        return Response(MapTargetSerializer(made).data, status=201)


class TargetView(_FiguresView):
    """One target of a map."""

    rights = {"put": Right.EDIT_JOURNEYS, "delete": Right.EDIT_JOURNEYS}

    @extend_schema(request=MapTargetChange, responses=MapTargetSerializer)
    def put(self, request: Request, journey_map_id: UUID, target_id: UUID) -> Response:
        """Promise something else; what was promised before stays on record."""
        target = self._target(journey_map_id, target_id)
        told = cleaned(MapTargetChange, request)
        reason = told.get("reason", "")
        changed = targets.change_target(
            target=target, promised=_promised(told), reason=reason, by=self.actor, now=now()
        )
        return Response(MapTargetSerializer(changed).data)

    @extend_schema(request=MapTargetRemoval, responses={204: None})
    def delete(self, request: Request, journey_map_id: UUID, target_id: UUID) -> Response:
        """Take a promise back."""
        target = self._target(journey_map_id, target_id)
        reason = cleaned(MapTargetRemoval, request).get("reason", "")
        targets.remove_target(target=target, reason=reason, by=self.actor, now=now())
        return Response(status=204)

    def _target(self, map_id: UUID, target_id: UUID) -> Target:
        row = self.found_map(map_id, Sight.CHANGE)
        rows = Target.objects.for_tenant(self.tenant).filter(map=row, removed_at=None)
        named = rows.select_related(
            "tenant", "map__tenant", "map__journey", "binding__metric", "binding__touchpoint"
        )
        return get_object_or_404(named, pk=target_id)


class LaneNumbersView(_FiguresView):
    """The figures of a lane."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="lane_numbers", responses={200: dict[str, Any]})
    def get(self, _request: Request, journey_map_id: UUID, lane_id: UUID) -> Response:
        """Read the figures of a lane that measures, by the lineage of the step."""
        row = self.found_map(journey_map_id)
        found = metric_values.lane(
            journey_map=row,
            lane_id=lane_id,
            sees_answers=self.actor_may(Right.SEE_RESPONSES),
            now=now(),
        )
        if found is None:
            raise Http404
        return Response(
            {
                str(step): [
                    {**one.record(), "words": one.words, "change": one.change} for one in at
                ]
                for step, at in found.items()
            }
        )


def _promised(told: dict[str, Any]) -> targets.Promised:
    return targets.Promised(
        Direction(told["direction"]),
        told["value"],
        told["due"],
        told.get("margin"),
        told.get("note", ""),
    )


def _named[M: Model](model: type[M], tenant: Any, pk: UUID | None) -> M | None:
    if pk is None:
        return None
    rows = model.objects.for_tenant(tenant)  # type: ignore[attr-defined]  # of a tenant
    found: M = get_object_or_404(rows, pk=pk)
    return found


def _whole_binding(rows: QuerySet[MetricBinding]) -> QuerySet[MetricBinding]:
    return rows.select_related("tenant", "journey", "metric", "touchpoint", "persona__segment")


_BINDINGS = "journeys/<uuid:journey_id>/bindings/"
_TARGETS = "journey-maps/<uuid:journey_map_id>/targets/"
_NUMBERS = "journey-maps/<uuid:journey_map_id>/lanes/<uuid:lane_id>/numbers/"
api_urls = [
    path(_BINDINGS, BindingListView.as_view()),
    path(f"{_BINDINGS}<uuid:binding_id>/", BindingView.as_view()),
    path(_TARGETS, TargetListView.as_view()),
    path(f"{_TARGETS}<uuid:target_id>/", TargetView.as_view()),
    path(_NUMBERS, LaneNumbersView.as_view()),
]
