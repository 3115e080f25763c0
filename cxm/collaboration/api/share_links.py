"""Links for people outside in the JSON API, for the apps that have documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
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
from cxm.collaboration.selectors.shareable import Shareable, links_to
from cxm.collaboration.services.sharing import share, unshare
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from rest_framework.request import Request

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


class LinkBody(StrictSerializer[Any]):
    """What all new links have; what they show, each app says."""

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


class LinksApiView(TenantApiView):
    """Base of what is about the links of one document."""

    body: ClassVar[type[LinkBody]]

    def listed(self, request: Request, of: Shareable) -> Response:
        """Show one page of the links, newest first."""
        return cursor_page(request, links_to(of, now=now()), ShareLinkSerializer)

    def made(self, request: Request, of: Shareable) -> Response:
        """Make a link."""
        told, moment = cleaned(self.body, request), now()
        terms = Terms(
            kinds=tuple(told.get("shows", of.usual)),
            expires_at=told.get("expires_at") or moment + timedelta(days=USUAL_DAYS),
            label=told["label"],
            password=told["password"],
            freeze_seq=told.get("freeze_seq"),
        )
        chosen = self.chosen(of, told)
        link, token = share(of=chosen, terms=terms, by=self.actor, now=moment)
        row: Any = links_to(of, now=moment).get(pk=link.pk)
        row.url = request.build_absolute_uri(reverse("share-page", args=[token]))
        return Response(MadeShareLinkSerializer(row).data, status=status.HTTP_201_CREATED)

    def revoked(self, of: Shareable, share_link_id: UUID) -> Response:
        """Revoke a link of *of*; raises Http404."""
        links = ShareLink.objects.for_tenant(self.tenant).select_related("tenant")
        link = get_object_or_404(links.filter(pk__in=of.rows().values("link")), pk=share_link_id)
        unshare(of=of, link=link, by=self.actor, now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def chosen(self, of: Shareable, _told: Mapping[str, Any]) -> Shareable:
        """Give what is shared, as the body chooses of it."""
        return of
