"""One element of a map as it was, beside the map as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from cxm.collaboration.selectors.documents import laid_out
from cxm.kernel.operations.state import is_there
from cxm.tenants.rules import Right
from journeys.rules.change_words import Names
from journeys.rules.shapes import MAP
from journeys.rules.taking_out import fields_of as words_in
from journeys.views.panel_tabs import may_edit

if TYPE_CHECKING:
    from collections.abc import Collection

    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.access import TenantRequest
    from journeys.models import JourneyMap
    from journeys.selectors.grid_names import Name


def element_then(
    request: TenantRequest,
    row: JourneyMap,
    state: State,
    names: Collection[Name],
    seq: int,
) -> dict[str, Any]:
    """Give what the panel shows of the element `?of=` of the map *state*; nothing for none."""
    element = _asked(request, state)
    if element is None:
        return {"element": None}
    told = Names(state, state, {str(name.id): name.title for name in names})
    here = [row.tenant.slug, row.pk]
    restore = reverse("journeys:map-bring-back", args=[*here, seq])
    take_out = reverse("journeys:element-take-out", args=[*here, element.id])
    may_take_out = request.may(Right.MANAGE_TENANT) and bool(words_in(element.kind))
    return {
        "element": element,
        "element_label": MAP.element(element.kind).label,
        "element_title": told.plain(element.id),
        "element_lines": laid_out(state, MAP, of=element),
        "restore_one_url": f"{restore}?of={element.id}" if may_edit(request, row) else "",
        "take_out_url": take_out if may_take_out else "",
    }


def _asked(request: TenantRequest, state: State) -> Element | None:
    try:
        lineage = UUID(request.GET.get("of", ""))
    except ValueError:
        return None
    return state.get(lineage) if is_there(state, lineage) else None
