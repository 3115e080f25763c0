"""What is done with a map as a whole: adding to it, forking, publishing, opening a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cxm.collaboration.views.documents import to_change
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.maps import AddForm, ForkForm, MapForm
from journeys.rules.kinds import MapState, MapStatus
from journeys.selectors.journeys import journeys_drawn_by
from journeys.services import adding, maps
from journeys.services import map_naming as naming
from journeys.services.map_copying import copy_map
from journeys.views.finding import found_map, map_url, to_publish
from journeys.views.kinds import MAP, sight_for
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from journeys.models import JourneyMap
    from journeys.services.map_copying import LeftBehind

# So many journeys are offered for a copy.
MOST_JOURNEYS = 500
FORK, NAME = "journeys/map_fork.html", "journeys/map_name.html"
_IN_REVIEW = (
    "This is the draft of the published map. It is in review: it is changed once that is over, or "
    "taken back."
)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def map_add(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Add a stage, a step or a lane at the end, and show it."""
    asked = to_change(request, MAP, journey_map_id)
    row = found_map(request, journey_map_id, Sight.CHANGE)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _refused(request, row, "Choose a stage, a step or a lane to add.")
    try:
        made = _add(asked, **form.cleaned_data)
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    return redirect(f"{map_url(row)}?of={made}")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_fork(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Make a map that begins as this one is, in its journey or in another, and open it."""
    # To read the map is enough: the form offers the journeys in which who asks may draw.
    row = found_map(request, journey_map_id)
    initial = {"name": f"{row.name}, as it shall be"[: maps.LONGEST_NAME]}
    drawn = list(journeys_drawn_by(request.membership)[:MOST_JOURNEYS])
    if sight_for(request, row) >= Sight.CHANGE and not row.journey.archived_at:
        drawn = [row.journey, *(one for one in drawn if one.pk != row.journey_id)]
    form = ForkForm(request.POST or None, of=row, journeys=drawn, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = _fork(request, row, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            return redirect(map_url(made))
    return page(request, FORK, {"map": row, "form": form, "drawn": drawn}, status=status)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def map_draft(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Open the draft in which a published map is changed; made where there is none."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    try:
        draft = maps.open_draft(of=row, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    if draft.status == MapStatus.IN_REVIEW:
        messages.info(request, _IN_REVIEW)
    return redirect(map_url(draft))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def map_name(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Change what a draft is called, its label, and by when it shall be real."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    form = MapForm(request.POST or None, of=row)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            naming.describe_map(of=row, by=request.membership, now=now(), **form.told())
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            return redirect(map_url(row))
    return page(request, NAME, {"map": row, "form": form}, status=status)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_retire(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Take a published map out of use."""
    row = to_publish(request, journey_map_id)
    try:
        maps.retire_map(of=row, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    messages.success(request, f"“{row.name}” is retired.")
    return redirect(map_url(row))


def _fork(request: TenantRequest, row: JourneyMap, **told: Any) -> JourneyMap:
    """Fork a map in its own journey, or copy it into another and say what stayed behind."""
    into, told["state"] = told.pop("journey"), MapState(told["state"])
    told |= {"by": request.membership, "now": now()}
    if into.pk == row.journey_id:
        return maps.fork_map(of=row, **told)
    told.pop("with_targets", None)
    copied = copy_map(of=row, into=into, **told)
    messages.success(request, f"Copied into “{into}”. {_stayed(copied.left)}")
    return copied.map


def _stayed(left: LeftBehind) -> str:
    """Say what of a map did not come along into another journey."""
    counted = {
        "promise": left.targets,
        "thread": left.threads,
        "link to evidence": left.evidence,
        "figure": left.figures,
    }
    names = {"link to evidence": "links to evidence"}
    said = [
        f"{n} {what if n == 1 else names.get(what, f'{what}s')}" for what, n in counted.items() if n
    ]
    return f"What stayed there: {', '.join(said)}." if said else "Nothing stayed behind."


def _add(asked: Request, *, what: str, title: str, preset: str) -> UUID:
    if what == "lane":
        return adding.add_lane(asked, preset=preset or "text", title=title)
    return (adding.add_stage if what == "stage" else adding.add_step)(asked, title=title)


def _refused(
    request: TenantRequest, row: JourneyMap, words: str, *, status: int = 422
) -> HttpResponse:
    """Say why on a page of its own, with the way back."""
    context = {"map": row, "words": words, "back": map_url(row)}
    return page(request, "journeys/map_refused.html", context, status=status)
