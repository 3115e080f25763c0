"""The page with the settings of one lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cxm.collaboration.views.documents import to_change
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.lane_settings import LaneSettingsForm
from journeys.selectors.map_elements import element_of
from journeys.services.editing import change_map
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

PAGE = "journeys/lane_settings.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
def lane_settings(request: TenantRequest, journey_map_id: UUID, lane_id: UUID) -> HttpResponse:
    """Change what a lane is set to; a setting that does not fit is named at its field."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    element = element_of(row, lane_id)
    if element is None or element.kind != "lane" or element.lane_kind is None:
        raise Http404
    form = LaneSettingsForm(request.POST or None, kind=element.lane_kind, config=element.row.config)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        pk = new_id()
        asked = Asked(
            id=pk, batch=pk, op=Deed.SET, lineage=lane_id, field="config", value=form.config()
        )
        try:
            change_map(to_change(request, MAP, journey_map_id), [asked])
        except DomainError as error:
            name = error.field.removeprefix("config.").partition(".")[0]
            form.add_error(name if name in form.fields else None, str(error))
            status = error.status
        else:
            return redirect(f"{map_url(row)}?of={lane_id}")
    context = {"map": row, "element": element, "form": form, "back": map_url(row)}
    return page(request, PAGE, context, status=status)
