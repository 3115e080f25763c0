"""The page of a map as a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.saved_views import views_of
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.access import Action
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.lane_kinds import PRESETS, RULES
from journeys.rules.look import ZOOMS, look_asked, map_scope
from journeys.selectors.grid_names import names_of
from journeys.selectors.locks import lock_on
from journeys.views.finding import found_map, map_url, may_publish, may_share, may_with
from journeys.views.grid_markup import TABLE_PLACE, kept_grid, with_table
from journeys.views.inside import above_of
from journeys.views.kinds import sight_for
from journeys.views.map_cast import cast_told
from journeys.views.map_filters import filters_of, kept_of, ways_back
from journeys.views.map_lanes import at_once_on
from journeys.views.map_talk import beside
from journeys.views.map_views import route_of, switch_of
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.selectors.panel import Panel
    from journeys.models import JourneyMap
    from journeys.rules.look import Look

PAGE = "journeys/map_page.html"
# An overview is worth its room from so many steps on.
OVERVIEW_FROM = 21
_DEEDS = ("ops", "changes", "change", "undo", "redo", "history", "panel")


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_page(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show a map as a grid; the address says how (`journeys.rules.look`), `?of=` what is beside it.

    `?asof=` a day or an operation leads to the map as it was then. Who may only know that it is
    there gets its title and its owner.
    """
    row = found_map(request, journey_map_id, Sight.TITLE, "baseline", "journey__parent")
    if sight_for(request, row) < Sight.CONTENT:
        return page(request, "journeys/map_listed.html", {"map": row})
    if "asof" in request.GET or "compare" in request.GET:
        return redirect(f"{_url(request.tenant.slug, row, 'then-door')}?{request.GET.urlencode()}")
    return map_shown(request, row)


def map_shown(
    request: TenantRequest, row: JourneyMap, *, comments: Panel | None = None, status: int = 200
) -> HttpResponse:
    """Show the page of a map, with *comments* or what the address asks for beside it."""
    context = {**_context(request, row, look_asked(request.GET)), **beside(request, row, comments)}
    answer = page(request, PAGE, context, part="map-view", status=status)
    return with_table(answer, context["grid"].table)


def _context(request: TenantRequest, row: JourneyMap, look: Look) -> dict[str, Any]:
    may_change = may_edit(request, row)
    names = names_of(row, request.membership)
    grid = kept_grid(
        request,
        row,
        look,
        names=names,
        now=now(),
        may_change=may_change,
        at_once=at_once_on(request, row),
    )
    slug = request.tenant.slug
    may_export = may_with(request, row, Action.EXPORT)
    export_url = route_of("journeys:map-export", row) if may_export else ""
    may_draw = sight_for(request, row) >= Sight.CHANGE and not row.journey.archived_at
    return {
        "map": row,
        "journey": row.journey,
        "above": above_of(request, row),
        "grid": grid,
        "table": TABLE_PLACE,
        "look": look,
        "may_change": may_change,
        "may_draw": may_draw,
        "may_take": request.may(Right.SEE_JOURNEYS),
        "may_add": request.may(Right.EDIT_JOURNEYS),
        "may_publish": may_draw and may_publish(request, row),
        "lock": lock_on(row),
        "may_share": may_share(request, row),
        "state": MapState(row.state),
        "status": MapStatus(row.status),
        "urls": {deed: _url(slug, row, deed) for deed in _DEEDS},
        "lanes_url": _url(slug, row, "lanes"),
        "all_lanes": look.address(is_whole=True),
        "here": f"{map_url(row)}{look.address()}",
        "page_url": map_url(row),
        "views": switch_of(request, row),
        "view": "map",
        "export_url": export_url,
        "picker_url": route_of("journeys:map-picker", row) if may_change else "",
        "copies_url": route_of("journeys:map-copies", row),
        "filters": filters_of(look, names),
        "zooms": [
            (zoom, f"{zoom} %" if zoom.isdigit() else "Fit", look.address(zoom=zoom))
            for zoom in ZOOMS
        ],
        "kept": kept_of(look),
        "has_overview": grid.steps >= OVERVIEW_FROM,
        **ways_back(look),
        **cast_told(request, row, names, may_change=may_change),
        "kept_views": views_of(map_scope(row.journey_id), request.membership, look.address()),
        "presets": [(one.key, one.title) for one in PRESETS],
        "lane_kinds": [(one.kind.value, one.words) for one in RULES.values()],
    }


def _url(slug: str, row: JourneyMap, deed: str, *more: Any) -> str:
    return reverse(f"journeys:map-{deed}", args=[slug, row.pk, *more])
