"""Personas, stakeholder maps and the register as files to be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.made_files import answer_with_made
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.exports import ScaleForm
from personas.rules.map_access import Sight
from personas.selectors.map_view import map_shown
from personas.selectors.stakeholders import stakeholders_listed
from personas.services import exports as services
from personas.views.finding import found_persona, persona_url
from personas.views.map_looks import look_asked
from personas.views.maps import found_map, map_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from personas.services.exports import MapEnding, PersonaEnding

REFUSED = "personas/export_refused.html"


@require_GET
@tenant_page(Right.EXPORT_JOURNEYS)
def persona_file(request: TenantRequest, persona_id: UUID, ending: PersonaEnding) -> HttpResponse:
    """Give a persona as a PDF, or as a picture of `?scale=`."""
    persona = found_persona(request, persona_id)
    form = ScaleForm(request.GET)
    if not form.is_valid():
        return _refused(request, str(form.errors["scale"][0]), persona_url(persona))
    try:
        file = services.export_persona(
            persona=persona,
            ending=ending,
            scale=form.cleaned_data["scale"],
            sees_answers=request.may(Right.SEE_RESPONSES),
            by=request.membership,
            now=now(),
        )
    except DomainError as error:
        return _refused(request, str(error), persona_url(persona))
    return answer_with_made(file)


@require_GET
@tenant_page(Right.EXPORT_JOURNEYS)
def map_file(request: TenantRequest, map_id: UUID, ending: MapEnding) -> HttpResponse:
    """Give a stakeholder map as a file, in the layout and with the filter of its page's query."""
    row = found_map(request, map_id, Sight.CONTENT)
    is_private = request.may(Right.EDIT_JOURNEYS)
    form = ScaleForm(request.GET)
    if not form.is_valid():
        return _refused(request, str(form.errors["scale"][0]), map_url(row))
    look = look_asked(request.GET, row, may_edit=is_private)
    try:
        file = services.export_map(
            of=row,
            shown=map_shown(row, look, is_private=is_private),
            ending=ending,
            scale=form.cleaned_data["scale"],
            is_private=is_private,
            by=request.membership,
            now=now(),
        )
    except DomainError as error:
        return _refused(request, str(error), map_url(row))
    return answer_with_made(file)


@require_GET
@tenant_page(Right.EXPORT_JOURNEYS)
def register_file(request: TenantRequest) -> HttpResponse:
    """Give the register as a workbook; `?q=`, `?kind=` and `?archived=1` filter as on its page."""
    rows = stakeholders_listed(
        request.tenant,
        q=query_text(request.GET, "q"),
        kind=query_text(request.GET, "kind"),
        is_archived=bool(request.GET.get("archived")),
    )
    file = services.export_register(tenant=request.tenant, stakeholders=rows, by=request.membership)
    return answer_with_made(file)


def _refused(request: TenantRequest, reason: str, back: str) -> HttpResponse:
    return page(request, REFUSED, {"reason": reason, "back": back}, status=422)
