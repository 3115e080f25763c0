"""Links for people outside, to personas and stakeholder maps, in the JSON API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.collaboration.models import ShareLink
from cxm.collaboration.rules.links import (
    LONGEST_LABEL,
    LONGEST_PASSWORD,
    MOST_DAYS,
    SHORTEST_PASSWORD,
    USUAL_DAYS,
    Terms,
)
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from personas.models import Persona, StakeholderMap
from personas.rules.map_access import Sight
from personas.rules.shared import LAYOUTS, SECTIONS
from personas.selectors.maps import sight_of
from personas.selectors.shares import links_to, share_rows
from personas.services.sharing import share, unshare, usual_kinds

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from personas.selectors.shares import Shared

MOST_SEQ = 2_147_483_647


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    """A link for people outside; its address is told once, when it is made."""

    shows = serializers.ListField(source="allow_kinds", child=serializers.CharField())
    has_password = serializers.SerializerMethodField()
    state = serializers.ChoiceField(["live", "revoked", "ended"])

    class Meta:
        model = ShareLink
        fields = [
            "id",
            "label",
            "shows",
            "freeze_seq",
            "has_password",
            "expires_at",
            "created_at",
            "revoked_at",
            "state",
            "hits",
            "last_seen_at",
        ]
        read_only_fields = fields

    def get_has_password(self, link: ShareLink) -> bool:
        """Say whether it asks for a password."""
        return bool(link.password)


class MadeShareLinkSerializer(ShareLinkSerializer):
    """A new link, with its address."""

    url = serializers.URLField()

    class Meta(ShareLinkSerializer.Meta):
        fields = [*ShareLinkSerializer.Meta.fields, "url"]
        read_only_fields = fields


class _LinkBody(StrictSerializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]  # a declared field
        max_length=LONGEST_LABEL, default="", allow_blank=True
    )
    expires_at = serializers.DateTimeField(
        required=False,
        help_text=f"Left out, in {USUAL_DAYS} days; at most {MOST_DAYS} days from now.",
    )
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        help_text=f"{SHORTEST_PASSWORD} characters or more; left out, none is asked for.",
    )
    freeze_seq = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MOST_SEQ,
        help_text="The operation whose state is shown; left out, what holds when it is opened.",
    )


class PersonaLinkBody(_LinkBody):
    """A new link to a persona."""

    shows = serializers.MultipleChoiceField(
        choices=[(kind.value, kind.words) for kind in SECTIONS],
        required=False,
        allow_empty=False,
        help_text="Kinds of sections; left out, all but quotes.",
    )


class MapLinkBody(_LinkBody):
    """A new link to a stakeholder map."""

    shows = serializers.MultipleChoiceField(
        choices=[(layout.value, layout.words) for layout in LAYOUTS],
        required=False,
        allow_empty=False,
        help_text="Layouts; left out, all three.",
    )


class _LinkView(TenantApiView):
    """Base of what is about the links of one persona or map."""

    body: ClassVar[type[_LinkBody]]

    def persona(self, persona_id: UUID) -> Persona:
        """Load the persona that the links are to; raises Http404."""
        rows = Persona.objects.for_tenant(self.tenant).filter(deleted_at=None)
        return get_object_or_404(rows.select_related("tenant"), pk=persona_id)

    def map(self, map_id: UUID) -> StakeholderMap:
        """Load the map that the links are to; raises Http404 where its content is not seen."""
        rows = StakeholderMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant"), pk=map_id)
        reader = self.actor if isinstance(self.actor, Membership) else None
        if sight_of(row, reader) < Sight.CONTENT:
            raise Http404
        return row

    def listed(self, request: Request, of: Shared) -> Response:
        """Show one page of the links, newest first."""
        return cursor_page(request, links_to(of, now=now()), ShareLinkSerializer)

    def made(self, request: Request, of: Shared) -> Response:
        """Make a link."""
        told, moment = cleaned(self.body, request), now()
        terms = Terms(
            kinds=tuple(told.get("shows", usual_kinds(of))),
            expires_at=told.get("expires_at") or moment + timedelta(days=USUAL_DAYS),
            label=told["label"],
            password=told["password"],
            freeze_seq=told.get("freeze_seq"),
        )
        link, token = share(of=of, terms=terms, by=self.actor, now=moment)
        row: Any = links_to(of, now=moment).get(pk=link.pk)
        row.url = request.build_absolute_uri(reverse("share-page", args=[token]))
        return Response(MadeShareLinkSerializer(row).data, status=status.HTTP_201_CREATED)

    def revoked(self, of: Shared, share_link_id: UUID) -> Response:
        """Revoke a link of *of*; raises Http404."""
        links = ShareLink.objects.for_tenant(self.tenant).select_related("tenant")
        own = links.filter(pk__in=share_rows(of).values("link"))
        link = get_object_or_404(own, pk=share_link_id)
        unshare(of=of, link=link, by=self.actor, now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)


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
