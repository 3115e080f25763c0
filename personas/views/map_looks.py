"""How a stakeholder map is looked at, as addresses of its page, its drawing and its files say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.queries import query_text
from personas.rules.kinds import Layout
from personas.selectors.map_view import FILTERS, MATRIX, Look

if TYPE_CHECKING:
    from django.http import QueryDict

    from personas.models import StakeholderMap


def look_asked(query: QueryDict, row: StakeholderMap, *, may_edit: bool) -> Look:
    """Read layout, view, what is chosen and the filter; what makes no sense is left out."""
    return Look(
        layout=layout_asked(query, row, may_edit=may_edit),
        is_matrix=query.get("view") == MATRIX,
        chosen=query_text(query, "chosen"),
        pair=query_text(query, "pair"),
        told={name: query_text(query, name) for name in FILTERS},
        sort=query_text(query, "sort"),
    )


def layout_asked(query: QueryDict, row: StakeholderMap, *, may_edit: bool) -> Layout:
    """Give the layout asked for, else the map's own; the grid is for those who may edit."""
    asked = query_text(query, "layout") or row.layout
    layout = Layout(asked) if asked in set(Layout) else Layout(row.layout)
    return Layout.RINGS if layout is Layout.POWER_INTEREST and not may_edit else layout
