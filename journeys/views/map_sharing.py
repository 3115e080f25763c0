"""The page with the links of a journey map to people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cxm.collaboration.views.sharing import Place, answer_links, answer_revoking
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.sharing import MapLinkForm
from journeys.selectors.shares import SharedJourneyMap
from journeys.views.finding import map_url, to_share

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SHARE_JOURNEYS)
def map_share(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """List the links, with the form for another; a new one's address is shown this once."""
    return answer_links(request, _place(request, journey_map_id))


@require_POST
@tenant_page(Right.SHARE_JOURNEYS)
def map_unshare(request: TenantRequest, journey_map_id: UUID, share_link_id: UUID) -> HttpResponse:
    """Make a link show nothing, at once."""
    return answer_revoking(request, _place(request, journey_map_id), share_link_id)


def sharing_paths(start: str) -> list[URLPattern]:
    """Give the routes of the links of a map, below *start*."""
    return [
        path(f"{start}/share/", map_share, name="map-share"),
        path(f"{start}/share/<uuid:share_link_id>/revoke/", map_unshare, name="map-unshare"),
    ]


def _place(request: TenantRequest, map_id: UUID) -> Place:
    """Find the map. Raises Http404 where who asks may not share it."""
    row = to_share(request, map_id)
    return Place(
        SharedJourneyMap(row),
        map_url(row),
        "journeys:map-share",
        "journeys:map-unshare",
        MapLinkForm,
    )
