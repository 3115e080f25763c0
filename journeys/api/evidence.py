"""Evidence for and against steps and cards of maps, and how fresh maps are, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.collaboration.models import Evidence
from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from journeys.api.library_shapes import ItemCitationSerializer
from journeys.api.maps import MapApiView
from journeys.models import EvidenceLink, Lineage
from journeys.selectors.grades import backings_on
from journeys.selectors.looking_again import freshness_of
from journeys.services import evidence as services
from journeys.services.evidence import Subject
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.models import JourneyMap

MOST_AT_ONCE = 200


class MapCiteBody(StrictSerializer[Any]):
    """Evidence that is there, and the steps and cards it is cited for."""

    evidence = serializers.UUIDField()
    elements = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE
    )


class ElementBackingSerializer(serializers.Serializer[Any]):
    """How well a step or card is backed: points in hundredths, and what is cited for it.

    A card rests on what is cited for the item of the library that it shows as well.
    """

    id = serializers.UUIDField()
    grade = serializers.CharField(source="backing.grade")
    grade_by_hand = serializers.CharField(source="backing.override", allow_blank=True)
    grade_reason = serializers.CharField(source="backing.reason", allow_blank=True)
    supporting = serializers.IntegerField(source="backing.graded.supporting")
    contradicting = serializers.IntegerField(source="backing.graded.contradicting")
    newest_on = serializers.DateField(source="backing.newest_on", allow_null=True)
    citations = ItemCitationSerializer(many=True, source="backing.citations")


class FreshnessPartSerializer(serializers.Serializer[Any]):
    """One part of the score: a value from 0 to 100, its weight in percent, what it gives."""

    name = serializers.CharField()
    value = serializers.FloatField()
    weight = serializers.FloatField()
    points = serializers.IntegerField()
    words = serializers.CharField()


class FreshnessSerializer(serializers.Serializer[Any]):
    """How far a map can be trusted; `score` is the sum of the points, null without steps."""

    score = serializers.IntegerField(allow_null=True)
    parts = FreshnessPartSerializer(many=True)
    left_out = serializers.ListField(child=serializers.CharField())


class MapEvidenceSerializer(serializers.Serializer[Any]):
    """How fresh a map is, and how well each of its steps and cards is backed."""

    freshness = FreshnessSerializer()
    elements = ElementBackingSerializer(many=True)


class MapEvidenceView(MapApiView):
    """What a map rests on."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @extend_schema(responses=MapEvidenceSerializer)
    def get(self, _request: Request, journey_map_id: UUID) -> Response:
        """Tell how fresh a map is, and how well each of its steps and cards is backed."""
        return self._answer(self.found_map(journey_map_id))

    @extend_schema(request=MapCiteBody, responses={201: MapEvidenceSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Cite evidence for steps and cards, for all or none; cited twice is cited once."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        told = cleaned(MapCiteBody, request)
        evidence = get_object_or_404(Evidence.objects.for_tenant(self.tenant), pk=told["evidence"])
        services.cite_for_several(
            subjects=self._subjects(row, told["elements"]),
            evidence=evidence,
            by=self.actor,
            now=now(),
        )
        return self._answer(row, status=201)

    def _subjects(self, row: JourneyMap, ids: list[UUID]) -> list[Subject]:
        wanted = set(ids)
        if len(backings_on(row, today=day_in(self.tenant, now()), only=wanted)) < len(wanted):
            raise Http404
        rows = Lineage.objects.for_tenant(self.tenant).filter(pk__in=wanted)
        found = rows.select_related("journey").order_by("pk")
        return [Subject.of(self.tenant, one) for one in found]

    def _answer(self, row: JourneyMap, *, status: int = 200) -> Response:
        today = day_in(self.tenant, now())
        backings = backings_on(row, today=today)
        told = {
            "freshness": freshness_of(row, today),
            "elements": [{"id": pk, "backing": one} for pk, one in backings.items()],
        }
        return Response(MapEvidenceSerializer(told).data, status=status)


class MapCitationView(MapApiView):
    """One piece of evidence that is cited for a step or card."""

    rights = {"delete": Right.EDIT_JOURNEYS}

    @extend_schema(request=None, responses={204: None})
    def delete(self, _request: Request, journey_map_id: UUID, citation_id: UUID) -> Response:
        """Take a piece of evidence off a step or card; it stays among the evidence."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        rows = EvidenceLink.objects.for_tenant(self.tenant).select_related(
            "evidence", "card__journey", "step__journey"
        )
        link = get_object_or_404(rows, pk=citation_id)
        element = link.card or link.step
        if element is None or element.journey_id != row.journey_id:
            raise Http404
        subject = Subject.of(self.tenant, element)
        services.take_off_evidence(subject=subject, link=link, by=self.actor)
        return Response(status=204)


_ONE = "journey-maps/<uuid:journey_map_id>/evidence"
api_urls = [
    path(f"{_ONE}/", MapEvidenceView.as_view()),
    path(f"{_ONE}/<uuid:citation_id>/", MapCitationView.as_view()),
]
