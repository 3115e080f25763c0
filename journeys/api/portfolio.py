"""Journeys beside each other in the JSON API: what lies in one, and the heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.api import StrictSerializer, query_values
from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView
from journeys.rules.heat import Measure
from journeys.selectors.heat import heat_rows
from journeys.selectors.journeys import sight_of
from journeys.selectors.measured import Asking, metrics_offered
from journeys.selectors.portfolio import journeys_listed
from journeys.selectors.tree import branches_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

MOST_ROWS = 500


class JourneyBranchSerializer(serializers.Serializer[Any]):
    """A journey inside another, and how many levels below it."""

    id = serializers.UUIDField(source="journey.pk")
    title = serializers.CharField(source="journey.title")
    level = serializers.IntegerField(source="journey.level")
    parent = serializers.UUIDField(source="journey.parent_id")  # type: ignore[assignment]
    depth = serializers.IntegerField()


class HeatQuery(StrictSerializer[Any]):
    """What a heat map shows."""

    measure = serializers.ChoiceField(
        choices=[(one.value, one.words) for one in Measure], default=Measure.DRAWN.value
    )
    metric = serializers.CharField(
        required=False, max_length=60, help_text="Of what is measured: a metric, by key."
    )
    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of a title or key.")
    tag = serializers.CharField(
        required=False, max_length=122, help_text="A tag, or `dimension: value`."
    )


class HeatCellSerializer(serializers.Serializer[Any]):
    """A stage, or (`stage` null) the map as a whole: the value as it is written, and how hot."""

    stage = serializers.UUIDField(source="stage_id", allow_null=True)
    title = serializers.CharField()
    value = serializers.SerializerMethodField()
    heat = serializers.IntegerField(
        source="heat.level", help_text="1 is very good, 5 very bad, 0 no value."
    )
    words = serializers.CharField(
        help_text="Of what is measured: from how many answers, and how sure it is."
    )
    url = serializers.CharField(help_text="The page that lists those answers.")

    def get_value(self, row: Any) -> str:
        """Give the value as it is written, with a minus that programs read."""
        words: str = row.heat.text
        return words.replace("−", "-")


class HeatRowSerializer(serializers.Serializer[Any]):
    """A journey with the map that is looked at, and the values of that map and of its stages."""

    journey = serializers.UUIDField(source="journey.pk")
    title = serializers.CharField(source="journey.title")
    map = serializers.UUIDField(source="map.pk")
    whole = HeatCellSerializer()
    stages = HeatCellSerializer(many=True)


class JourneyChildrenView(JourneyApiView):
    """What lies in a journey."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(responses=JourneyBranchSerializer(many=True))
    def get(self, _request: Request, journey_id: UUID) -> Response:
        """List the journeys inside one, however deep, each behind the one that it lies in."""
        branches = branches_of(self.found(journey_id), self.reader)
        return Response(JourneyBranchSerializer(branches, many=True).data)


class JourneyHeatView(JourneyApiView):
    """Journeys beside each other."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(parameters=[HeatQuery], responses=HeatRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Give the heat map of up to 500 journeys, by title."""
        asked = query_values(HeatQuery, request.query_params)
        measure, moment = Measure(asked.pop("measure")), now()
        asking = self._asking(asked.pop("metric", ""), moment)
        listed = journeys_listed(self.tenant, self.reader, **asked)[:MOST_ROWS]
        opened = [
            one for one in listed if sight_of(one, self.reader, may_edit=False) >= Sight.CONTENT
        ]
        rows = heat_rows(
            self.tenant,
            self.reader,
            opened,
            measure,
            today=day_in(self.tenant, moment),
            asking=asking if measure is Measure.MEASURED else None,
        )
        return Response(HeatRowSerializer(rows, many=True).data)

    def _asking(self, metric: str, moment: datetime) -> Asking | None:
        """Say which figure is looked at, the usual one unless named. Raises ValidationError."""
        offered = [key for key, _ in metrics_offered(self.tenant)]
        if metric and metric not in offered:
            message = f"There is no live metric “{metric}”."
            raise serializers.ValidationError({"metric": message})
        sees_answers = self.actor_may(Right.SEE_RESPONSES)
        return Asking(metric or offered[0], sees_answers, moment) if offered else None


api_urls = [
    path("journeys/heat/", JourneyHeatView.as_view()),
    path("journeys/<uuid:journey_id>/children/", JourneyChildrenView.as_view()),
]
