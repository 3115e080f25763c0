"""The steps of a map between two axes: read, and moved by pointer, by keys or by the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views.documents import next_address, to_change, wants_json
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.placing import StepPlaceForm
from journeys.rules.look import Look, look_asked
from journeys.selectors.grid_names import names_of
from journeys.selectors.step_matrix import StepAxes, step_axes, step_matrix
from journeys.services.placing import place_step
from journeys.views.finding import found_map
from journeys.views.kinds import MAP
from journeys.views.map_views import view_context
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import JourneyMap

PAGE = "journeys/map_matrix.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def map_matrix(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show the steps of a map between the axes `?x=` and `?y=`, as a drawing and as a table."""
    row = found_map(request, journey_map_id, Sight.CONTENT, "baseline")
    return _shown(request, row)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_matrix_place(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Put a step at a place; to a script that asks for JSON the answer is empty."""
    asked = to_change(request, MAP, journey_map_id)
    row = found_map(request, journey_map_id, Sight.CHANGE, "baseline")
    form = StepPlaceForm(request.POST)
    if not form.is_valid():
        return _refused(request, row, form.words, status=422)
    axes = _axes(request, row, Look())
    try:
        step = form.cleaned_data["step"]
        place_step(request=asked, axes=axes, step=step, values=form.values())
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    if wants_json(request):
        return HttpResponse(status=204)
    return redirect(next_address(request, MAP, row.pk))


def _refused(request: TenantRequest, row: JourneyMap, words: str, *, status: int) -> HttpResponse:
    if wants_json(request):
        return HttpResponse(words, status=status, content_type="text/plain")
    return _shown(request, row, fault=words, status=status)


def _shown(
    request: TenantRequest, row: JourneyMap, *, fault: str = "", status: int = 200
) -> HttpResponse:
    look = look_asked(request.GET)
    axes = _axes(request, row, look)
    asked = request.GET or request.POST
    x, y = asked.get("x_axis", "customers"), asked.get("y_axis", "")
    x = axes.chosen(x, "customers")
    y = axes.chosen(y, _usual(axes))
    rest = look.address().removeprefix("?")
    told = "&".join(filter(None, (urlencode({"x_axis": x, "y_axis": y}), rest)))
    url = reverse("journeys:map-matrix", args=[row.tenant.slug, row.pk])
    context: dict[str, Any] = {
        **view_context(request, row, "matrix", f"{url}?{told}"),
        "matrix": step_matrix(axes, look, x, y),
        "look": look,
        "axes": axes.choices,
        "x": x,
        "y": y,
        "kept": parse_qsl(rest),
        "page_url": url,
        "item_name": "step",
        "item_words": "Step",
        "matrix_label": "Steps between the axes",
        "fault": fault,
    }
    if context["may_change"]:
        context["place_url"] = reverse("journeys:map-matrix-place", args=[row.tenant.slug, row.pk])
    return page(request, PAGE, context, part="document", status=status)


def _axes(request: TenantRequest, row: JourneyMap, look: Look) -> StepAxes:
    return step_axes(
        row,
        look,
        names=names_of(row, request.membership),
        sees_answers=request.may(Right.SEE_RESPONSES),
        now=now(),
    )


def _usual(axes: StepAxes) -> str:
    """Give the axis up that tells most: what somebody feels where that is drawn."""
    keys = [key for key, _ in axes.choices]
    return next((key for key in keys if key.startswith("feeling-")), "us")
