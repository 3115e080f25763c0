"""Who was let into a journey, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned
from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView
from journeys.rules.access import Action
from journeys.rules.reviews import GrantRole
from journeys.selectors.access import may_do
from journeys.selectors.letting_in import grant_on, let_in_of
from journeys.services import granting

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.models import AccessGrant, Journey, PromisedGrant


class LetInSerializer(serializers.Serializer[Any]):
    """Somebody who was let into a journey."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True, help_text="The last day.")
    state = serializers.ChoiceField(choices=["holds", "over", "invited", "unused"])


class LetInAnswerSerializer(serializers.Serializer[Any]):
    """Who is let in now, and of a guest who was invited just now the link, this once."""

    people = LetInSerializer(many=True)
    url = serializers.CharField(allow_blank=True, help_text="Kept nowhere: send it to the guest.")


class GrantBody(StrictSerializer[Any]):
    """What somebody gets."""

    role = serializers.ChoiceField(choices=GrantRole.choices())
    expires_on = serializers.DateField(
        default=None, allow_null=True, help_text="The last day; needed for guests."
    )

    def validate_role(self, told: str) -> GrantRole:
        """Give the role itself."""
        return GrantRole(told)


class LetInBody(GrantBody):
    """Who is to be let in: a member, or somebody who is invited as a guest."""

    email = serializers.EmailField(max_length=254)


class _AccessView(JourneyApiView):
    """Base of what is about access to a journey."""

    def found_for_access(self, journey_id: UUID) -> Journey:
        """Give a journey into which who asks may let others. Raises Http404."""
        journey = self.found(journey_id)
        if not may_do(Action.LET_IN, journey, self.actor):
            raise Http404
        return journey

    def found_grant(self, journey: Journey, grant_id: UUID) -> AccessGrant | PromisedGrant:
        """Give what somebody was granted, or promised. Raises Http404."""
        found = grant_on(journey, grant_id)
        if found is None:
            raise Http404
        return found

    def people(self, journey: Journey) -> list[dict[str, Any]]:
        """Tell who was let in."""
        return list(LetInSerializer(let_in_of(journey, now=now()), many=True).data)


class JourneyAccessView(_AccessView):
    """Who was let into a journey."""

    rights = {"get": Right.SHARE_JOURNEYS, "post": Right.SHARE_JOURNEYS}

    @extend_schema(responses=LetInSerializer(many=True))
    def get(self, _request: Request, journey_id: UUID) -> Response:
        """List who was let into a journey, by name, then who was invited."""
        return Response(self.people(self.found_for_access(journey_id)))

    @extend_schema(request=LetInBody, responses={201: LetInAnswerSerializer})
    def post(self, request: Request, journey_id: UUID) -> Response:
        """Let a member in, or invite a guest. The answer with the link is kept nowhere."""
        journey = self.found_for_access(journey_id)
        told = cleaned(LetInBody, request)
        token = granting.let_in(journey=journey, by=self.actor, now=now(), **told)
        page = reverse("tenants:invitation", args=[token]) if token else ""
        url = request.build_absolute_uri(page) if page else ""
        return Response({"people": self.people(journey), "url": url}, status=201)


class JourneyGrantView(_AccessView):
    """What one person was granted."""

    rights = {"patch": Right.SHARE_JOURNEYS, "delete": Right.SHARE_JOURNEYS}

    @extend_schema(request=GrantBody, responses=LetInSerializer(many=True))
    def patch(self, request: Request, journey_id: UUID, grant_id: UUID) -> Response:
        """Give somebody who was let in another role, and another last day."""
        journey = self.found_for_access(journey_id)
        grant = self.found_grant(journey, grant_id)
        told = cleaned(GrantBody, request)
        granting.change_grant(grant=grant, by=self.actor, now=now(), **told)
        return Response(self.people(journey))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, journey_id: UUID, grant_id: UUID) -> Response:
        """Take away what somebody was granted."""
        grant = self.found_grant(self.found_for_access(journey_id), grant_id)
        granting.take_access(grant=grant, by=self.actor, now=now())
        return Response(status=204)


api_urls = [
    path("journeys/<uuid:journey_id>/access/", JourneyAccessView.as_view()),
    path("journeys/<uuid:journey_id>/access/<uuid:grant_id>/", JourneyGrantView.as_view()),
]
