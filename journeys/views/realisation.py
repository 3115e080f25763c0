"""The board that says how far a future map is real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.metric_values import metric_values
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import members
from journeys.forms.realisation import RealisationForm
from journeys.rules.kinds import MapState, MapStatus
from journeys.selectors.realisation import board_of, board_step
from journeys.services.realising import note_realisation, promised_steps
from journeys.views.finding import found_map, may_publish
from journeys.views.kinds import sight_for
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import JourneyMap

BOARD = "journeys/map_realisation.html"
STEP = "journeys/step_realisation.html"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_realisation(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show the steps of a future map by how far they are real, and the sum of it."""
    row = _ahead(found_map(request, journey_map_id, Sight.CONTENT, "baseline"))
    at = now()
    today = at.astimezone(ZoneInfo(row.tenant.time_zone)).date()
    is_in_use = row.status != MapStatus.RETIRED and not (row.archived_at or row.journey.archived_at)
    may_note = is_in_use and sight_for(request, row) >= Sight.CHANGE
    sees_answers = request.may(Right.SEE_RESPONSES)
    standing = metric_values.promises(journey_map=row, sees_answers=sees_answers, now=at)
    context = {
        "map": row,
        "board": board_of(row, promised_steps(row, now=at), today=today, standing=standing),
        "may_note": may_note,
        "may_promote": may_note and may_publish(request, row),
    }
    return page(request, BOARD, context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def step_realisation(request: TenantRequest, journey_map_id: UUID, step_id: UUID) -> HttpResponse:
    """Say how far one step of a future map is real, who sees to it, and until when."""
    row = _ahead(found_map(request, journey_map_id, Sight.CHANGE))
    step = board_step(row, step_id)
    if step is None:
        raise Http404
    noted = step.row
    initial: dict[str, Any] = {"state": step.state.value}
    if noted:
        initial |= {name: getattr(noted, name) for name in ("owner", "due", "live_on", "note")}
    among = members(request.tenant).filter(is_active=True)
    form = RealisationForm(request.POST or None, initial=initial, among=among)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            note_realisation(
                of=row, step=step_id, by=request.membership, now=now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, str(error))
            status = error.status
        else:
            return redirect(reverse("journeys:map-realisation", args=[request.tenant.slug, row.pk]))
    return page(request, STEP, {"map": row, "step": step, "form": form}, status=status)


def _ahead(row: JourneyMap) -> JourneyMap:
    """Give a map that promises something. Raises Http404 for others."""
    if not MapState(row.state).is_ahead:
        raise Http404
    return row
