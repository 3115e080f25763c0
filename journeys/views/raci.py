"""The RACI matrix of a map: read, changed by choosing, and taken out as a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views.documents import to_change
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.operations.records import UnknownElementError
from cxm.kernel.workbooks import workbook
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from journeys.forms.raci import PartForm
from journeys.rules.access import Action
from journeys.rules.raci import CHOICES
from journeys.selectors.raci import raci_of, raci_table
from journeys.services.raci import set_roles
from journeys.views.finding import found_map, may_with, to_export
from journeys.views.kinds import MAP
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from journeys.models import JourneyMap

PAGE = "journeys/raci_page.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_raci(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show who has which part in which step; `?with=` adds a column for somebody."""
    return _shown(request, found_map(request, journey_map_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_raci_set(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Give the stakeholder `stakeholder` the parts `roles` in the step `step`."""
    asked = to_change(request, MAP, journey_map_id)
    row = found_map(request, journey_map_id, Sight.CHANGE)
    form = PartForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, fault="Choose a step, a stakeholder and a part.", status=422)
    try:
        set_roles(asked, **form.cleaned_data)
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return _shown(request, row, fault=str(error), status=error.status)
    who = form.cleaned_data["stakeholder"]
    return redirect(f"{_url(row)}?with={who}#{form.cleaned_data['step']}.{who}")


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_raci_file(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Give the matrix as an XLSX file."""
    row = to_export(request, journey_map_id)
    written = workbook([raci_table(raci_of(row))])
    record(tenant=row.tenant, action="map-exported", by=request.membership, about=row)
    answer = HttpResponse(written, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="raci-map-{row.number}.xlsx"'
    return answer


def _shown(
    request: TenantRequest, row: JourneyMap, *, fault: str = "", status: int = 200
) -> HttpResponse:
    raci = raci_of(row, extra=_extra(request))
    context = {
        "map": row,
        "journey": row.journey,
        "raci": raci,
        "choices": CHOICES,
        "may_change": may_edit(request, row),
        "may_export": may_with(request, row, Action.EXPORT),
        "fault": fault,
    }
    return page(request, PAGE, context, status=status)


def _extra(request: TenantRequest) -> set[UUID]:
    """Give who was asked to have a column; what is no id is nobody."""
    found = set()
    for text in request.GET.getlist("with"):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def _url(row: JourneyMap) -> str:
    return reverse("journeys:map-raci", args=[row.tenant.slug, row.pk])
