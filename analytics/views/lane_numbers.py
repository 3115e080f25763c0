"""The numbers of a lane of a journey map: cells for the map, and a table of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from analytics.selectors.lane_numbers import lane_numbers as read_lane
from analytics.selectors.map_outline import read_outline
from analytics.views.asking import viewer_of
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.models import JourneyMap
from journeys.selectors.journeys import map_sight_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

PAGE = "analytics/lane_numbers.html"
CELLS = "analytics/_lane_parts.html"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def lane_numbers(request: TenantRequest, journey_map_id: UUID, lane_id: UUID) -> HttpResponse:
    """Show what a lane measures: htmx gets a part for each cell, others a table."""
    found = map_seen(request, journey_map_id)
    outline = read_outline(found)
    lane = outline.lane(lane_id)
    if lane is None:
        raise Http404
    context = {"map": found, "shown": read_lane(viewer_of(request), outline, lane)}
    is_part = request.htmx and not request.htmx.boosted
    return page(request, CELLS if is_part else PAGE, context)


def map_seen(request: TenantRequest, map_id: UUID) -> JourneyMap:
    """Give a map whose content may be seen by who asks. Raises Http404."""
    rows = JourneyMap.objects.for_tenant(request.tenant).select_related("tenant", "journey")
    found: JourneyMap = get_object_or_404(rows, pk=map_id)
    may_edit = request.may(Right.EDIT_JOURNEYS)
    if map_sight_of(found, request.membership, may_edit=may_edit) < Sight.CONTENT:
        raise Http404
    return found
