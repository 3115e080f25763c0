"""Links for people outside, to dashboards, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from analytics.rules.shared_boards import KINDS
from analytics.selectors.dashboards import dashboards_of, looker_of
from analytics.selectors.shared_boards import SharedBoard
from cxm.collaboration.api.share_links import (
    LinkBody,
    LinksApiView,
    MadeShareLinkSerializer,
    ShareLinkSerializer,
)
from cxm.kernel.api_schema import paged
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request
    from rest_framework.response import Response


class DashboardLinkBody(LinkBody):
    """A new link to a dashboard; none can be frozen."""

    shows = serializers.MultipleChoiceField(
        choices=KINDS,
        required=False,
        allow_empty=False,
        help_text="Kinds of tiles; left out, all that are about a metric.",
    )


class _LinkView(LinksApiView):
    """Base of what is about the links of one dashboard."""

    body = DashboardLinkBody

    def board(self, dashboard_id: UUID) -> SharedBoard:
        """Load the dashboard that the links are to; raises Http404 for who may not change it."""
        looker = looker_of(self.actor)
        row = get_object_or_404(dashboards_of(self.tenant, looker), pk=dashboard_id)
        if not looker.changes(row):
            raise Http404
        return SharedBoard(row)


class DashboardLinkListView(_LinkView):
    """The links to a dashboard."""

    rights = {"get": Right.SHARE_JOURNEYS, "post": Right.SHARE_JOURNEYS}

    @paged(ShareLinkSerializer, name="DashboardShareLink")
    def get(self, request: Request, dashboard_id: UUID) -> Response:
        """List the links to a dashboard, newest first, without their addresses."""
        return self.listed(request, self.board(dashboard_id))

    @extend_schema(
        operation_id="dashboard_share_link_make",
        request=DashboardLinkBody,
        responses={201: MadeShareLinkSerializer},
    )
    def post(self, request: Request, dashboard_id: UUID) -> Response:
        """Make a link that shows a dashboard to people outside.

        Its address is in this answer and kept nowhere, so that no key makes this repeatable.
        """
        return self.made(request, self.board(dashboard_id))


class DashboardLinkView(_LinkView):
    """One link to a dashboard."""

    rights = {"delete": Right.SHARE_JOURNEYS}

    @extend_schema(operation_id="dashboard_share_link_revoke", responses={204: None})
    def delete(self, _request: Request, dashboard_id: UUID, share_link_id: UUID) -> Response:
        """Revoke a link: it shows nothing any more, at once."""
        return self.revoked(self.board(dashboard_id), share_link_id)


api_urls = [
    path("dashboards/<uuid:dashboard_id>/share-links/", DashboardLinkListView.as_view()),
    path(
        "dashboards/<uuid:dashboard_id>/share-links/<uuid:share_link_id>/",
        DashboardLinkView.as_view(),
    ),
]
