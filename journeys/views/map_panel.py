"""What is beside a map: one element of it, in tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.look import look_asked
from journeys.selectors.map_elements import MapElement, element_of
from journeys.views.finding import found_map, map_url
from journeys.views.panel_tabs import PanelTab, may_edit, tabs_of

if TYPE_CHECKING:
    from journeys.models import JourneyMap
    from journeys.rules.look import Look

PANEL = "journeys/_map_panel.html"


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel as it is shown: the element, the tab, and what that tab tells."""

    element: MapElement
    title: str
    tab: PanelTab
    tabs: list[tuple[PanelTab, str, str]]
    close_url: str
    told: dict[str, Any]


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_panel(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show the element `?of=` of a map, in the tab `?tab=`; 404 where it is not on the map."""
    row = found_map(request, journey_map_id)
    panel = panel_asked(request, row)
    if panel is None:
        raise Http404
    return render(request, PANEL, panel_context(request, row, panel))


def panel_asked(request: TenantRequest, row: JourneyMap) -> Panel | None:
    """Give the panel that the address asks for with `?of=`; None where it asks for none."""
    lineage = _id(request.GET.get("of", ""))
    element = element_of(row, lineage) if lineage else None
    if element is None:
        return None
    tabs = tabs_of(element)
    chosen = next((tab for tab in tabs if tab.key == request.GET.get("tab")), tabs[0])
    look = look_asked(request.GET)
    return panel_on(row, element, chosen, look, chosen.load(request, row, element))


def panel_on(
    row: JourneyMap, element: MapElement, chosen: PanelTab, look: Look, told: dict[str, Any]
) -> Panel:
    """Give the panel of an element in one tab; *told* is what the template of that expects."""
    page, panel = map_url(row), reverse("journeys:map-panel", args=[row.tenant.slug, row.pk])
    address = look.address()
    found = [(tab, urlencode({"of": str(element.id), "tab": tab.key})) for tab in tabs_of(element)]
    return Panel(
        element,
        element.title,
        chosen,
        [(tab, f"{panel}?{query}", f"{page}{_joined(address, query)}") for tab, query in found],
        f"{page}{address}" if address != "?" else page,
        told,
    )


def panel_context(request: TenantRequest, row: JourneyMap, panel: Panel | None) -> dict[str, Any]:
    """Give what the template of the panel expects."""
    if panel is None:
        return {"panel": None}
    here = next(page for tab, _, page in panel.tabs if tab is panel.tab)
    change_url = reverse("journeys:map-change", args=[row.tenant.slug, row.pk])
    told = {"panel": panel, "map": row, "here": here, "change_url": change_url}
    return {**told, "may_change": may_edit(request, row), **panel.told}


def _joined(look: str, query: str) -> str:
    return f"{look}{'' if look == '?' else '&'}{query}"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
