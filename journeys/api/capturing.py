"""From a map into the library in the JSON API: opportunities, and insights of cards of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.kernel.operations.records import MOST_AT_ONCE, Source
from cxm.tenants.rules import Right
from journeys.api.maps import MapApiView
from journeys.models import Card
from journeys.rules.library import InsightKind
from journeys.services.capturing import capture_opportunity, insights_from_cards
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.models import JourneyMap


class CaptureBody(StrictSerializer[Any]):
    """A card that becomes an opportunity."""

    card = serializers.UUIDField(help_text="The lineage of a card with an insight, or with words.")


class CapturedSerializer(serializers.Serializer[Any]):
    """The opportunity that a card became."""

    id = serializers.UUIDField(source="opportunity.pk")
    title = serializers.CharField(source="opportunity.title")
    is_new = serializers.BooleanField(
        help_text="False where one answered the same insight at the same step already."
    )


class CardInsightsBody(StrictSerializer[Any]):
    """Cards of text that become insights, which they show from then on."""

    cards = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE
    )
    kind = serializers.ChoiceField(
        choices=InsightKind.choices(), default=InsightKind.OBSERVATION.value
    )


class CardInsightSerializer(serializers.Serializer[Any]):
    """An insight that was made of a card."""

    id = serializers.UUIDField()
    title = serializers.CharField()


class CaptureView(MapApiView):
    """An opportunity of a card."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=CaptureBody, responses={201: CapturedSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Make an opportunity of a card, or give the one there is; the map stays as it is."""
        row = self.found_map(journey_map_id)
        [card] = _cards(row, [cleaned(CaptureBody, request)["card"]])
        done = capture_opportunity(row=row, card=card, by=self.actor, now=now(), source=Source.API)
        return Response(CapturedSerializer(done).data, status=201 if done.is_new else 200)


class CardInsightsView(MapApiView):
    """Insights of cards."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=CardInsightsBody, responses={201: CardInsightSerializer(many=True)})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Make an insight of each card, all or none, in the order of the cards."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        told = cleaned(CardInsightsBody, request)
        made = insights_from_cards(
            row=row,
            cards=_cards(row, told["cards"]),
            kind=InsightKind(told["kind"]),
            by=self.actor,
            now=now(),
            source=Source.API,
        )
        return Response(CardInsightSerializer(made, many=True).data, status=201)


def _cards(row: JourneyMap, asked: Sequence[UUID]) -> list[Card]:
    """Give the cards of a map that *asked* names, each once, in that order. Raises Http404."""
    ids = list(dict.fromkeys(asked))
    rows = Card.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None, lineage__in=ids)
    found = {card.lineage: card for card in rows}
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


api_urls = [
    path("journey-maps/<uuid:journey_map_id>/capture/", CaptureView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/insights/", CardInsightsView.as_view()),
]
