"""Links for people outside, to personas and stakeholder maps, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from cxm.collaboration.api.share_links import (
    LinkBody,
    LinksApiView,
    MadeShareLinkSerializer,
    ShareLinkSerializer,
)
from cxm.kernel.api_schema import paged
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from personas.models import Persona, StakeholderMap
from personas.rules.map_access import Sight
from personas.rules.shared import LAYOUTS, SECTIONS
from personas.selectors.maps import sight_of
from personas.selectors.shares import shareable

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request
    from rest_framework.response import Response

    from cxm.collaboration.selectors.shareable import Shareable


class PersonaLinkBody(LinkBody):
    """A new link to a persona."""

    shows = serializers.MultipleChoiceField(
        choices=[(kind.value, kind.words) for kind in SECTIONS],
        required=False,
        allow_empty=False,
        help_text="Kinds of sections; left out, all but quotes.",
    )


class MapLinkBody(LinkBody):
    """A new link to a stakeholder map."""

    shows = serializers.MultipleChoiceField(
        choices=[(layout.value, layout.words) for layout in LAYOUTS],
        required=False,
        allow_empty=False,
        help_text="Layouts; left out, all three.",
    )


class _LinkView(LinksApiView):
    """Base of what is about the links of one persona or map."""

    def persona(self, persona_id: UUID) -> Shareable:
        """Load the persona that the links are to; raises Http404."""
        rows = Persona.objects.for_tenant(self.tenant).filter(deleted_at=None)
        return shareable(get_object_or_404(rows.select_related("tenant"), pk=persona_id))

    def map(self, map_id: UUID) -> Shareable:
        """Load the map that the links are to; raises Http404 where its content is not seen."""
        rows = StakeholderMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant"), pk=map_id)
        reader = self.actor if isinstance(self.actor, Membership) else None
        if sight_of(row, reader) < Sight.CONTENT:
            raise Http404
        return shareable(row)


class PersonaLinkListView(_LinkView):
    """The links to a persona."""

    rights = {"get": Right.SHARE_JOURNEYS, "post": Right.SHARE_JOURNEYS}
    body = PersonaLinkBody

    @paged(ShareLinkSerializer, name="PersonaShareLink")
    def get(self, request: Request, persona_id: UUID) -> Response:
        """List the links to a persona, newest first, without their addresses."""
        return self.listed(request, self.persona(persona_id))

    @extend_schema(
        operation_id="persona_share_link_make",
        request=PersonaLinkBody,
        responses={201: MadeShareLinkSerializer},
    )
    def post(self, request: Request, persona_id: UUID) -> Response:
        """Make a link that shows a persona to people outside.

        Its address is in this answer and kept nowhere, so that no key makes this repeatable.
        """
        return self.made(request, self.persona(persona_id))


class PersonaLinkView(_LinkView):
    """One link to a persona."""

    rights = {"delete": Right.SHARE_JOURNEYS}

    @extend_schema(operation_id="persona_share_link_revoke", responses={204: None})
    def delete(self, _request: Request, persona_id: UUID, share_link_id: UUID) -> Response:
        """Revoke a link: it shows nothing any more, at once."""
        return self.revoked(self.persona(persona_id), share_link_id)


class MapLinkListView(_LinkView):
    """The links to a stakeholder map."""

    rights = {"get": Right.SHARE_JOURNEYS, "post": Right.SHARE_JOURNEYS}
    body = MapLinkBody

    @paged(ShareLinkSerializer, name="StakeholderMapShareLink")
    def get(self, request: Request, map_id: UUID) -> Response:
        """List the links to a map, newest first, without their addresses."""
        return self.listed(request, self.map(map_id))

    @extend_schema(
        operation_id="stakeholder_map_share_link_make",
        request=MapLinkBody,
        responses={201: MadeShareLinkSerializer},
    )
    def post(self, request: Request, map_id: UUID) -> Response:
        """Make a link that shows a map to people outside.

        Its address is in this answer and kept nowhere, so that no key makes this repeatable.
        """
        return self.made(request, self.map(map_id))


class MapLinkView(_LinkView):
    """One link to a stakeholder map."""

    rights = {"delete": Right.SHARE_JOURNEYS}

    @extend_schema(operation_id="stakeholder_map_share_link_revoke", responses={204: None})
    def delete(self, _request: Request, map_id: UUID, share_link_id: UUID) -> Response:
        """Revoke a link: it shows nothing any more, at once."""
        return self.revoked(self.map(map_id), share_link_id)


api_urls = [
    path("personas/<uuid:persona_id>/share-links/", PersonaLinkListView.as_view()),
    path("personas/<uuid:persona_id>/share-links/<uuid:share_link_id>/", PersonaLinkView.as_view()),
    path("stakeholder-maps/<uuid:map_id>/share-links/", MapLinkListView.as_view()),
    path("stakeholder-maps/<uuid:map_id>/share-links/<uuid:share_link_id>/", MapLinkView.as_view()),
]
