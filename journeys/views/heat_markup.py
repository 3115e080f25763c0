"""The rows of the heat map as markup: thousands of cells, which a template draws too slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from journeys.rules.heat import Columns
from journeys.rules.kinds import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.selectors.heat import HeatCell, HeatRow

_NOBODY = UUID(int=0)


def rows_drawn(slug: str, rows: Sequence[HeatRow], by: Columns) -> SafeString:
    """Draw the `<tr>` of each of *rows*; what people wrote is escaped here."""
    journey, on = (_address(slug, name) for name in ("journey-page", "map-page"))
    lines = [
        f'<tr><th scope="row"><a href="{journey.replace(str(_NOBODY), str(row.journey.pk))}">'
        f"{escape(row.journey.title)}</a></th>"
        f"{_cells(row, on.replace(str(_NOBODY), str(row.map.pk)), by)}</tr>"
        for row in rows
    ]
    return SafeString("".join(lines))


def _address(slug: str, name: str) -> str:
    return escape(reverse(f"journeys:{name}", args=[slug, _NOBODY]))


def _cells(row: HeatRow, address: str, by: Columns) -> str:
    if by is Columns.LEVELS:
        own = _cell(row.whole, address, with_title=False)
        return "".join(own if level == row.journey.level else "<td></td>" for level in Level)
    stages = (_cell(cell, f"{address}?of={cell.stage_id}") for cell in row.stages)
    return _cell(row.whole, address) + "".join(stages)


def _cell(cell: HeatCell, address: str, *, with_title: bool = True) -> str:
    title, heat = escape(cell.title), cell.heat
    said = f'<span class="sr">, {heat.words}{", " if with_title else ""}</span>'
    shown = f'<span class="heat-title">{title}</span>' if with_title else ""
    link = f'<a href="{address}"><b>{escape(heat.text)}</b>{said}{shown}</a>'
    return f'<td class="heat-{heat.level}">{link}{_note(cell, title)}</td>'


def _note(cell: HeatCell, title: str) -> str:
    """Draw from how many answers a figure is; a link to these where there are any to read."""
    if not cell.words:
        return ""
    words = escape(cell.words)
    if not cell.url:
        return f'<span class="heat-note">{words}</span>'
    said = f'<span class="sr">: read the answers at {title}</span>'
    return f'<a class="heat-note" href="{escape(cell.url)}">{words}{said}</a>'
