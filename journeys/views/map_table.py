"""A map as a table: read, edited in place, and one thing done with several rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views.documents import next_address, to_change
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of_list
from cxm.kernel.queries import MOST_DIGITS, whole_number
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.several import SeveralForm
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES
from journeys.rules.look import UNFILTERED, look_asked
from journeys.rules.several import DEEDS
from journeys.rules.shapes import COLOUR_WORDS
from journeys.rules.table_looks import CARDS, SHOWN, SHOWN_FIELDS, SIZES, STEPS, table_asked
from journeys.selectors.grid_names import names_of
from journeys.selectors.map_table import map_table as table_of
from journeys.services.several import change_several
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP
from journeys.views.map_filters import filters_of, kept_of
from journeys.views.map_views import view_context
from journeys.views.panel_fields import Offers, fields_of
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.rules.table_looks import TableColumn, TableLook
    from journeys.selectors.map_table import MapTable, TableRow
    from journeys.views.panel_fields import Control

PAGE = "journeys/map_table.html"
# Filters of cards mean nothing to steps; these do.
_OF_STEPS = frozenset({"owner", "changed", "tag"})


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: its column, its words, and the control that edits it, if any."""

    column: TableColumn
    words: str
    control: Control | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row as it is drawn: what it is about, where its details are, and its cells."""

    row: TableRow
    details_url: str
    cells: list[TableCell]


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def map_table(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show a map as a table of steps or cards; the address says how (`rules.table_looks`)."""
    row = found_map(request, journey_map_id, Sight.CONTENT, "baseline")
    return _shown(request, row)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_table_several(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Do `deed` with the ticked rows `element`, all or none, as one batch."""
    asked = to_change(request, MAP, journey_map_id)
    row = found_map(request, journey_map_id, Sight.CHANGE, "baseline")
    form = SeveralForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, fault=form.fault(), status=422)
    rows, deed = form.cleaned_data["rows"], form.cleaned_data["deed"]
    try:
        change_several(
            request=asked, row=row, rows=rows, deed=deed, ids=form.ids(), value=form.value()
        )
    except DomainError as error:
        return _shown(request, row, fault=_fault(error), status=error.status)
    count, noun = len(form.ids()), rows.removesuffix("s")
    words = f"{count} {noun}{'s' if count != 1 else ''} {DEEDS[rows][deed].words}."
    messages.success(request, f"{words} Undo takes it back.")
    return redirect(next_address(request, MAP, row.pk))


def _fault(error: DomainError) -> str:
    if error.status == HttpResponse(status=404).status_code:
        return "One of these is not on the map any more. Nothing was done."
    return str(error)


def _shown(
    request: TenantRequest, row: JourneyMap, *, fault: str = "", status: int = 200
) -> HttpResponse:
    table = table_asked(request.GET, look_asked(request.GET), request.GET.getlist("columns"))
    names = names_of(row, request.membership)
    found = table_of(row, table, names=names, now=now())
    cut = page_of_list(found.lines, request, size=table.size)
    offers = Offers(row) if may_edit(request, row) else None
    number = whole_number(request.GET.get("page", "")[:MOST_DIGITS]) or 1
    address = f"{table.address()}{f'&page={number}' if number > 1 else ''}"
    context: dict[str, Any] = {
        **view_context(request, row, "table", f"{_url(row)}{address}"),
        "page": cut,
        "table": table,
        "lines": [_line(row, one, found, offers) for one in found.rows_of(cut.rows)],
        "hidden": found.hidden,
        "fault": fault,
        "look": table.look,
        "filters": [one for one in filters_of(table.look, names) if _is_of(one.name, table)],
        "kept": [*table.pairs, *kept_of(table.look)],
        "look_pairs": parse_qsl(table.look.address().removeprefix("?")),
        "heads": [(c, table.sorting(c), table.direction(c)) for c in table.shown],
        "switch": [(key, words, table.address(**_FRESH, rows=key)) for key, words in _ROWS],
        "choosable": [(c, c in table.shown) for c in table.all_columns[1:]],
        "sizes": [(size, table.address(size=size)) for size in SIZES],
        "show_all": table.address(look=_unfiltered(table)),
        "page_url": _url(row),
        "find_words": f"Find in {table.rows}",
        **(_bulk(row, found, offers, address) if offers else {}),
    }
    return page(request, PAGE, context, part="document", status=status)


def _line(row: JourneyMap, told: TableRow, found: MapTable, offers: Offers | None) -> TableLine:
    fields = fields_of(row, told.element, offers) if offers else []
    controls = {SHOWN if one.name in SHOWN_FIELDS else one.name: one for one in fields}
    if "text" in controls:
        # A row is called by it: where there is nothing, the control says so.
        controls["text"] = replace(controls["text"], hint="Nothing written")
    cells = []
    for column in found.table.shown:
        words, control = told.words[column.key], controls.get(column.field)
        label = f"{column.words}: {told.name[:_LONGEST]}"
        cells.append(TableCell(column, words, control and _offering(control, words), label))
    return TableLine(told, f"{map_url(row)}?of={told.element.id}", cells)


def _offering(control: Control, words: str) -> Control:
    """Let a list offer what holds now, also where it is archived or the list was cut."""
    value = "" if control.value is None else str(control.value)
    if control.control != "choice" or value in dict(control.choices):
        return control
    return replace(control, choices=[*control.choices, (value, words or value)])


def _bulk(row: JourneyMap, found: MapTable, offers: Offers, address: str) -> dict[str, Any]:
    """Give what several rows can be changed to."""
    url = reverse("journeys:map-table-several", args=[row.tenant.slug, row.pk])
    told: dict[str, Any] = {"several_url": f"{url}{address}", "tags": offers.of("tag")}
    if found.table.rows == STEPS:
        stages = [(str(one.lineage), one.title) for one in found.ground.columns.all_stages]
        return told | {"stages": stages, "members": offers.of("member")}
    lanes = [
        (str(one.lineage), one.title or RULES[LaneKind(one.kind)].words)
        for one in found.lanes
        if RULES[LaneKind(one.kind)].takes_cards
    ]
    return told | {"lanes": lanes, "steps": offers.of("step"), "colours": COLOUR_WORDS.items()}


def _is_of(name: str, table: TableLook) -> bool:
    # A table has a column for tags.
    return (table.rows == CARDS and name != "tags") or name in _OF_STEPS


def _unfiltered(table: TableLook) -> Look:
    return replace(table.look, **UNFILTERED)


def _url(row: JourneyMap) -> str:
    return reverse("journeys:map-table", args=[row.tenant.slug, row.pk])


# A control is told with its row; beyond this a name only delays.
_LONGEST = 60
_ROWS = ((STEPS, "Steps"), (CARDS, "Cards"))
# Columns and order of the one mean nothing to the other.
_FRESH: dict[str, Any] = {"sort": "", "is_down": False, "columns": ()}
