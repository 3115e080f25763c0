"""Files from the desktop on a map: chosen beside it, or dropped on a cell."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from cxm.collaboration.views.documents import to_change
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.card_files import FORMS, CardFileForm
from journeys.models import Card, JourneyMap, Lane, Step
from journeys.services.card_files import add_file, give_file
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP
from personas.rules.map_access import Sight

PAGE = "journeys/card_file.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
def card_file(request: TenantRequest, journey_map_id: UUID, card_id: UUID) -> HttpResponse:
    """Let a card show an uploaded file, and go back to it; a refused one says why."""
    row = _found(request, journey_map_id)
    cards = Card.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    card = get_object_or_404(cards, lineage=card_id)
    lane = _lane(row, card.lane)
    kind = FORMS[lane.kind]
    form = kind(request.POST, request.FILES) if request.method == "POST" else kind()
    status, back = 422 if form.is_bound else 200, f"{map_url(row)}?of={card.lineage}"
    if form.is_valid():
        told: dict[str, Any] = {"upload": form.cleaned_data["file"], **form.words()}
        try:
            give_file(row=row, card=card, lane=lane, by=request.membership, now=now(), **told)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            return redirect(back)
    context = {"map": row, "lane": lane, "form": form, "back": back}
    return page(request, PAGE, context, status=status)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def cell_file(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Make a card of a `file` in the cell of `lane` and `step`, known by their lineages.

    Answers `{lineage}`, or 422 with `message` and `field`.
    """
    row = _found(request, journey_map_id)
    lane = _lane(row, _id(request.POST.get("lane")))
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    step = get_object_or_404(steps, lineage=_id(request.POST.get("step")))
    form = CardFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(str(form.errors["file"][0]), "file", 422)
    upload, by = form.cleaned_data["file"], request.membership
    try:
        made = add_file(row=row, lane=lane, step=step.lineage, upload=upload, by=by, now=now())
    except DomainError as error:
        return _refused(str(error), error.field, error.status)
    return JsonResponse({"lineage": str(made)}, status=201)


def card_file_paths(one: str) -> list[URLPattern]:
    """Give the routes, below the address of *one* map."""
    return [
        path(f"{one}/cards/<uuid:card_id>/file/", card_file, name="card-file"),
        path(f"{one}/cell-file/", cell_file, name="cell-file"),
    ]


def _found(request: TenantRequest, map_id: UUID) -> JourneyMap:
    to_change(request, MAP, map_id)
    return found_map(request, map_id, Sight.CHANGE)


def _lane(row: JourneyMap, lineage: UUID | None) -> Lane:
    """Give a lane that holds pictures or files. Raises Http404."""
    rows = Lane.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    found = get_object_or_404(rows, lineage=lineage)
    if found.kind not in FORMS:
        raise Http404
    return found


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _refused(message: str, field: str | None, status: int) -> JsonResponse:
    return JsonResponse({"code": "refused", "message": message, "field": field}, status=status)
