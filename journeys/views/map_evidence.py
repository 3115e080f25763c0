"""Evidence for and against steps and cards of a map: citing it, taking it off, grading by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from cxm.collaboration.views import citing
from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.look import look_asked
from journeys.selectors.grid import grid_of
from journeys.selectors.grid_names import names_of
from journeys.selectors.lane_grades import shows_grades
from journeys.selectors.map_elements import element_of
from journeys.views.finding import found_map
from journeys.views.grid_markup import lanes_markup
from journeys.views.map_live import PARTIAL
from journeys.views.map_panel import PANEL, panel_context, panel_on
from journeys.views.panel_evidence import KINDS, cited_for, others_selected
from journeys.views.panel_tabs import EVIDENCE, may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.views.citing import CitedFor
    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.map_elements import MapElement


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def element_evidence_add(
    request: TenantRequest, journey_map_id: UUID, lineage: UUID
) -> HttpResponse:
    """Write down new evidence and cite it for a step or card, and for those of `?also=`."""
    return citing.add(request, partial(_found, request, journey_map_id, lineage))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def element_cite(request: TenantRequest, journey_map_id: UUID, lineage: UUID) -> HttpResponse:
    """Cite evidence that is there for a step or card, and for those of `?also=`."""
    return citing.cite(request, partial(_found, request, journey_map_id, lineage))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def element_take_off(request: TenantRequest, journey_map_id: UUID, lineage: UUID) -> HttpResponse:
    """Take a piece of evidence off a step or card."""
    return citing.take_off(request, partial(_found, request, journey_map_id, lineage))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def element_grade(request: TenantRequest, journey_map_id: UUID, lineage: UUID) -> HttpResponse:
    """Grade a card of a draft by hand, or let its evidence speak again."""
    return citing.grade(request, partial(_found, request, journey_map_id, lineage))


def _found(request: TenantRequest, map_id: UUID, lineage: UUID) -> CitedFor:
    row = found_map(request, map_id, Sight.CHANGE)
    element = element_of(row, lineage)
    if element is None or element.kind not in KINDS:
        raise Http404
    subject = cited_for(request, row, element)
    # Without scripts there is no panel to answer with, but a page.
    drawn = partial(_drawn, request, row, element) if request.htmx else None
    return replace(subject, draw=drawn)


def _drawn(
    request: TenantRequest,
    row: JourneyMap,
    element: MapElement,
    context: dict[str, Any],
    status: int,
) -> HttpResponse:
    """Draw the panel, and the lanes of the page that show grades."""
    look = _look(request)
    told = {**context, "others": others_selected(request, element)}
    panel = panel_on(row, element, EVIDENCE, look, told)
    drawn = render_to_string(PANEL, panel_context(request, row, panel), request)
    return HttpResponse(drawn + _graded_lanes(request, row, look), status=status)


def _look(request: TenantRequest) -> Look:
    """Give how the page that asks looks at the map."""
    address = request.htmx.current_url or ""
    return look_asked(QueryDict(urlsplit(address).query))


def _graded_lanes(request: TenantRequest, row: JourneyMap, look: Look) -> str:
    may_change = may_edit(request, row)
    grid = grid_of(
        row,
        look,
        names=lambda: names_of(row, request.membership),
        now=now(),
        may_change=may_change,
        only=shows_grades,
    )
    drawn = lanes_markup(request, row, grid, may_change=may_change)
    parts = [format_html(PARTIAL, f"lane-{pk}", SafeString(lane)) for pk, lane in drawn.items()]
    return "".join(parts)
