"""Steps of maps in the JSON API: split in two, joined with a neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.rules import Right
from journeys.api.maps import JourneyMapDetailSerializer, MapApiView
from journeys.rules.splitting import Goes
from journeys.services.splitting import LONGEST_TITLE, merge_steps, split_step
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from rest_framework.request import Request

_SIDES = [side.value for side in Goes]


class StepSplitBody(StrictSerializer[Any]):
    """A step in two; it stays as the earlier part, with its lineage."""

    title = serializers.CharField(max_length=LONGEST_TITLE, help_text="Of the later part.")
    earlier_title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    share = serializers.FloatField(
        min_value=0,
        max_value=1,
        default=1.0,
        help_text="How many of those who come to the earlier part come to the later one.",
    )
    goes = serializers.DictField(
        child=serializers.ChoiceField(choices=_SIDES),
        required=False,
        help_text="By lineage of what lies at the step; what is not named stays.",
    )

    def validate_goes(self, told: dict[str, str]) -> dict[UUID, Goes]:
        """Read the lineages."""
        try:
            return {UUID(key): Goes(value) for key, value in told.items()}
        except ValueError as error:
            message = "Name what goes by its lineage."
            raise serializers.ValidationError(message) from error


class StepMergeBody(StrictSerializer[Any]):
    """A step joined with a neighbour, which stays."""

    into = serializers.UUIDField(help_text="The lineage of the step before it or after it.")


class StepSplitView(MapApiView):
    """Splitting a step."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=StepSplitBody, responses={201: JourneyMapDetailSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID, step_id: UUID) -> Response:
        """Split a step in two, in one batch that is undone as one."""
        found = self.found_map(journey_map_id, Sight.CHANGE)
        values = cleaned(StepSplitBody, request)
        split_step(
            row=found,
            step=step_id,
            title=values["title"],
            earlier_title=values.get("earlier_title", ""),
            goes=values.get("goes", {}),
            share=values["share"],
            by=self.actor,
            now=now(),
            source=Source.API,
        )
        return self.answer_map(found, status=201)


class StepMergeView(MapApiView):
    """Joining a step with a neighbour."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=StepMergeBody, responses=JourneyMapDetailSerializer)
    @idempotent
    def post(self, request: Request, journey_map_id: UUID, step_id: UUID) -> Response:
        """Join a step with its neighbour, in one batch that is undone as one."""
        found = self.found_map(journey_map_id, Sight.CHANGE)
        into = cleaned(StepMergeBody, request)["into"]
        merge_steps(row=found, kept=into, gone=step_id, by=self.actor, now=now(), source=Source.API)
        return self.answer_map(found)


_STEP = "journey-maps/<uuid:journey_map_id>/steps/<uuid:step_id>"
api_urls = [
    path(f"{_STEP}/split/", StepSplitView.as_view()),
    path(f"{_STEP}/merge/", StepMergeView.as_view()),
]
