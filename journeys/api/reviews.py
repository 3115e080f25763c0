"""Reviews of maps in the JSON API: asking for one, answering it, taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from journeys.api.maps import MapApiView
from journeys.errors import ReviewError
from journeys.models import ReviewRequest, ReviewVote
from journeys.rules.reviews import Verdict
from journeys.selectors.reviews import rounds_of, votes_by_round
from journeys.services import reviews
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.models import JourneyMap

_PROGRAM = "Only people who were asked say whether a map is approved."


class ReviewVoteSerializer(serializers.ModelSerializer[ReviewVote]):
    """What one reviewer said; without a verdict, that he or she was asked."""

    class Meta:
        model = ReviewVote
        fields = ["reviewer", "verdict", "note", "at"]
        read_only_fields = fields


class MapReviewSerializer(serializers.ModelSerializer[ReviewRequest]):
    """A round of review: of a map as it was after operation `at_seq`."""

    votes = ReviewVoteSerializer(many=True, source="votes_said")

    class Meta:
        model = ReviewRequest
        fields = [
            "id",
            "map",
            "at_seq",
            "base_map",
            "message",
            "state",
            "at",
            "by",
            "closed_at",
            "votes",
        ]
        read_only_fields = fields


class MapReviewBody(StrictSerializer[Any]):
    """Asking for a review."""

    reviewers = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=reviews.MOST_REVIEWERS,
        help_text="The ids of members who may read the map.",
    )
    message = serializers.CharField(max_length=reviews.LONGEST_WORDS, default="", allow_blank=True)


class VerdictBody(StrictSerializer[Any]):
    """What a reviewer says."""

    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict])
    note = serializers.CharField(
        max_length=reviews.LONGEST_WORDS,
        default="",
        allow_blank=True,
        help_text="Needed where changes are asked for.",
    )


class MapReviewListView(MapApiView):
    """The reviews of one map."""

    rights = {"get": Right.OPEN_JOURNEYS, "post": Right.OPEN_JOURNEYS}

    @paged(MapReviewSerializer, name="MapReview")
    def get(self, request: Request, journey_map_id: UUID) -> Response:
        """List the rounds of review of a map, newest first."""
        row = self.found_map(journey_map_id)
        return cursor_page(
            request, rounds_of(row), MapReviewSerializer, joined=lambda rows: _told(row, rows)
        )

    @extend_schema(
        operation_id="map_review_ask",
        request=MapReviewBody,
        responses={201: MapReviewSerializer},
    )
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Ask members to look at a draft; it rests meanwhile."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        told = cleaned(MapReviewBody, request)
        made = reviews.ask_review(of=row, by=self.actor, now=now(), **told)
        [shown] = _told(row, [rounds_of(row).get(pk=made.pk)])
        return Response(MapReviewSerializer(shown).data, status=201)


class MapReviewOpenView(MapApiView):
    """The review of a map that is open."""

    rights = {"post": Right.OPEN_JOURNEYS, "delete": Right.OPEN_JOURNEYS}

    @extend_schema(
        operation_id="map_review_answer", request=VerdictBody, responses=MapReviewSerializer
    )
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Say, as one who was asked, that the map is approved or is to be changed."""
        row = self.found_map(journey_map_id)
        told = cleaned(VerdictBody, request)
        if not isinstance(self.actor, Membership):
            raise ReviewError(_PROGRAM, field="verdict")
        verdict = Verdict(told["verdict"])
        reviews.give_verdict(of=row, verdict=verdict, note=told["note"], by=self.actor, now=now())
        [shown] = _told(row, rounds_of(row)[:1])
        return Response(MapReviewSerializer(shown).data)

    @extend_schema(operation_id="map_review_withdraw", responses={204: None})
    def delete(self, _request: Request, journey_map_id: UUID) -> Response:
        """Take the map back from review, so that it is a draft again."""
        row = self.found_map(journey_map_id, Sight.CHANGE)
        reviews.withdraw_review(of=row, by=self.actor, now=now())
        return Response(status=204)


def _told(row: JourneyMap, rounds: Iterable[ReviewRequest]) -> list[Any]:
    """Give rounds of review with what was said in each."""
    votes = votes_by_round(row)
    found: list[Any] = list(rounds)
    for one in found:
        one.votes_said = votes.get(one.pk, [])
    return found


api_urls = [
    path("journey-maps/<uuid:journey_map_id>/reviews/", MapReviewListView.as_view()),
    path("journey-maps/<uuid:journey_map_id>/reviews/open/", MapReviewOpenView.as_view()),
]
