"""Splitting a step of a map in two, and joining it with a neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from cxm.collaboration.views.documents import to_change
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import read_state
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.splitting import MergeForm, SplitForm
from journeys.rules.laws import steps_in_order
from journeys.selectors.step_parts import parts_at, parts_left_out
from journeys.services.splitting import merge_steps, split_step
from journeys.services.stores import MAPS
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from journeys.models import JourneyMap

SPLIT, MERGE = "journeys/step_split.html", "journeys/step_merge.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def step_split(request: TenantRequest, journey_map_id: UUID, step_id: UUID) -> HttpResponse:
    """Ask where what lies at a step goes, and split it; then show the later part."""
    row, state = _found(request, journey_map_id, step_id)
    title = str(state[step_id].values["title"])
    parts = parts_at(row, state, step_id, request.membership)
    initial = {"earlier_title": title}
    form = SplitForm(request.POST or None, parts=parts, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = split_step(
                row=row, step=step_id, by=request.membership, now=now(), **form.told()
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            messages.success(request, f"“{title}” is split. Undo joins it again.")
            return redirect(f"{map_url(row)}?of={made}")
    context = {
        "map": row,
        "step": step_id,
        "title": title,
        "form": form,
        "back": _back(row, step_id),
    }
    return page(request, SPLIT, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def step_merge(request: TenantRequest, journey_map_id: UUID, step_id: UUID) -> HttpResponse:
    """Ask with which neighbour a step is joined, and do it; then show that."""
    row, state = _found(request, journey_map_id, step_id)
    neighbours = _neighbours(state, step_id)
    form = MergeForm(request.POST or None, neighbours=neighbours)
    status = 422 if form.is_bound else 200
    title = str(state[step_id].values["title"])
    if form.is_valid():
        into = form.cleaned_data["into"]
        try:
            merge_steps(row=row, kept=into, gone=step_id, by=request.membership, now=now())
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            messages.success(request, f"“{title}” is joined. Undo brings it back.")
            return redirect(f"{map_url(row)}?of={into}")
    context: dict[str, Any] = {"map": row, "title": title, "form": form}
    left_out = [
        (words, parts_left_out(row, state, pk, step_id, request.membership))
        for pk, words in neighbours
    ]
    context |= {"left_out": [one for one in left_out if one[1]], "back": _back(row, step_id)}
    return page(request, MERGE, context, status=status)


def splitting_paths(one: str) -> list[URLPattern]:
    """Give the routes, below the address of *one* map."""
    step = f"{one}/steps/<uuid:step_id>"
    return [
        path(f"{step}/split/", step_split, name="step-split"),
        path(f"{step}/merge/", step_merge, name="step-merge"),
    ]


def _found(request: TenantRequest, map_id: UUID, step_id: UUID) -> tuple[JourneyMap, State]:
    asked = to_change(request, MAP, map_id)
    row = found_map(request, map_id, Sight.CHANGE)
    state = read_state(MAPS, asked)
    found = state.get(step_id)
    if found is None or found.kind != "step" or not is_there(state, step_id):
        raise Http404
    return row, state


def _neighbours(state: State, step: UUID) -> list[tuple[UUID, str]]:
    order = [one.id for one in steps_in_order(state)]
    at = order.index(step)
    told = [(pk, "The step before") for pk in order[max(at - 1, 0) : at]]
    told += [(pk, "The step after") for pk in order[at + 1 : at + 2]]
    return [(pk, f"{where}: {state[pk].values['title']}") for pk, where in told]


def _back(row: JourneyMap, step: UUID) -> str:
    return f"{reverse('journeys:map-page', args=[row.tenant.slug, row.pk])}?of={step}"
