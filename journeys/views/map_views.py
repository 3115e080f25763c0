"""What a map can be looked at as: the switch that all its views show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from cxm.tenants.rules import Right
from journeys.rules.access import Action
from journeys.rules.kinds import MapState, MapStatus
from journeys.views.finding import may_with
from journeys.views.kinds import sight_for
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest
    from journeys.models import JourneyMap

# Key, words and route of each, in the order of the keys 1 to 7.
VIEWS = (
    ("map", "Map", "journeys:map-page"),
    ("table", "Table", "journeys:map-table"),
    ("matrix", "Matrix", "journeys:map-matrix"),
    ("story", "Story", "journeys:map-story"),
    ("diff", "Diff", "journeys:map-diff"),
)
_PRINT = ("print", "Print", "journeys:map-export")
# The others offer what lies beyond the map.
_FOR_GUESTS = frozenset({"map", "story", "diff", "print"})


def view_context(request: TenantRequest, row: JourneyMap, view: str, here: str) -> dict[str, Any]:
    """Give what all views of a map but the grid tell, and `journeys/_map_head.html` expects.

    *view* is the key of the one that is shown, *here* its address. The map comes with its journey
    and its baseline.
    """
    may_draw = sight_for(request, row) >= Sight.CHANGE and not row.journey.archived_at
    deeds = ("undo", "redo", "changes", "change")
    return {
        "map": row,
        "journey": row.journey,
        "state": MapState(row.state),
        "status": MapStatus(row.status),
        "may_draw": may_draw,
        "may_change": may_edit(request, row),
        "urls": {deed: route_of(f"journeys:map-{deed}", row) for deed in deeds},
        "change_url": route_of("journeys:map-change", row),
        "views": switch_of(request, row),
        "view": view,
        "here": here,
    }


def switch_of(request: TenantRequest, row: JourneyMap) -> list[tuple[str, str, str]]:
    """List the views that who asks may open: key, words and address of each."""
    views = (*VIEWS, _PRINT) if may_with(request, row, Action.EXPORT) else VIEWS
    sees_all = request.may(Right.SEE_JOURNEYS)
    shown = [one for one in views if sees_all or one[0] in _FOR_GUESTS]
    told = [(key, words, route_of(name, row)) for key, words, name in shown]
    return [one for one in told if one[2]]


def route_of(name: str, row: JourneyMap) -> str:
    """Give the address of a page of a map that may not be there in this release; "" for none."""
    try:
        return reverse(name, args=[row.tenant.slug, row.pk])
    except NoReverseMatch:
        return ""
