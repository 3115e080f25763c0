"""Lanes of a map by themselves: one, or several of a big map as they are scrolled to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.look import ids_in, look_asked
from journeys.selectors.grid import grid_of
from journeys.selectors.grid_names import names_of
from journeys.selectors.lane_sizes import AtOnce, lanes_holding
from journeys.views.finding import found_map, map_url
from journeys.views.grid_markup import hidden_lanes_of, lanes_markup
from journeys.views.map_views import route_of
from journeys.views.panel_tabs import may_edit

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.utils.safestring import SafeString

    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid import Grid

HIDDEN = "journeys/_map_hidden_lanes.html"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_lane(request: TenantRequest, journey_map_id: UUID, lane_id: UUID) -> HttpResponse:
    """Give one lane of a map as its `<tbody>`, as the address looks at it."""
    row = found_map(request, journey_map_id)
    drawn = _drawn(request, row, {lane_id})
    if lane_id not in drawn:
        raise Http404
    return HttpResponse(drawn[lane_id])


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_lanes(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Give the lanes `?of=` (lineages, by commas) as JSON, each as its `<tbody>` by its lineage.

    `?holding=` asks for the lanes that show an element. What is not on the map, or not looked at,
    is left out; `head` is the operation that the map had come to.
    """
    row = found_map(request, journey_map_id)
    wanted = set(ids_in(request.GET.get("of", "")))
    if holding := ids_in(request.GET.get("holding", "")):
        wanted |= lanes_holding(row, holding)
    drawn = _drawn(request, row, wanted)
    return JsonResponse({"head": row.head_seq, "lanes": {str(k): v for k, v in drawn.items()}})


def at_once_on(request: TenantRequest, row: JourneyMap) -> AtOnce:
    """Say which lanes of a big map are drawn at once for what is asked.

    For a page those that fill a screen, and what the address is about (`?of=`, `?about=`, `?at=`);
    for a page that is there already those that it has in sight, as it tells by `?near=`.
    """
    if near := ids_in(request.GET.get("near", "")):
        return AtOnce(near, fills_screen=False)
    about = {pk for name in ("of", "about", "at") for pk in ids_in(request.GET.get(name, ""))}
    return AtOnce(lanes_holding(row, about) if about else ())


def hidden_lanes_markup(
    request: TenantRequest, row: JourneyMap, look: Look, grid: Grid, *, may_change: bool
) -> SafeString:
    """Draw the list of the lanes that a map hides, as the bar above it shows it."""
    told = {
        "hidden_lanes": hidden_lanes_of(look, grid),
        "page_url": map_url(row),
        "change_url": route_of("journeys:map-change", row),
        "here": f"{map_url(row)}{look.address()}",
        "may_change": may_change,
    }
    return render_to_string(HIDDEN, told, request)


def _drawn(request: TenantRequest, row: JourneyMap, wanted: Collection[UUID]) -> dict[UUID, str]:
    may_change = may_edit(request, row)
    grid = grid_of(
        row,
        look_asked(request.GET),
        names=lambda: names_of(row, request.membership),
        now=now(),
        may_change=may_change,
        only=lambda lane: lane.lineage in wanted,
    )
    return lanes_markup(request, row, grid, may_change=may_change)
