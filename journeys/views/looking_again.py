"""Looking at a map again, in one screen: keep it, change it, or hand it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.selectors.evidence import day_in
from cxm.collaboration.views.documents import to_change
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import member_choices
from journeys.forms.looking_again import HandOverForm, HandOverStepsForm
from journeys.selectors.grid_rows import stages_and_steps
from journeys.selectors.looking_again import due_of, freshness_of
from journeys.selectors.looking_over import review_due_on
from journeys.services import looking_again as services
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP, sight_for
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from journeys.models import JourneyMap

PAGE = "journeys/map_look_again.html"
MOST_SHOWN = 200


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_look_again(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show how fresh a map is, line by line, and what of it is to be looked at again."""
    return _shown(
        request, found_map(request, journey_map_id, Sight.CONTENT, "journey__owner__user")
    )


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_keep(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Note that the journey was looked at today."""
    row = _to_review(request, journey_map_id)
    try:
        services.keep_as_is(journey=row.journey, by=request.membership, now=now())
    except DomainError as error:
        return _shown(request, row, fault=str(error), status=error.status)
    messages.success(request, "It stays as it is, looked at today.")
    return redirect(_url(row))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_hand_over(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Let the journey belong to `owner`."""
    row = _to_review(request, journey_map_id)
    form = HandOverForm(request.POST, owners=_owners(request, row))
    if not form.is_valid():
        return _shown(request, row, fault="Choose somebody of the list.", status=422)
    try:
        services.hand_over_journey(
            journey=row.journey,
            owner=form.cleaned_data["owner"],
            by=request.membership,
            now=now(),
        )
    except DomainError as error:
        return _shown(request, row, fault=str(error), status=error.status)
    messages.success(request, "The journey is handed over.")
    return redirect(_url(row))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_hand_over_steps(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Let the member `owner` see to the `steps` that are ticked, of a draft."""
    row = _to_review(request, journey_map_id)
    asked = to_change(request, MAP, journey_map_id)
    _, steps = stages_and_steps(row)
    there = [step.lineage for step in steps]
    form = HandOverStepsForm(request.POST, owners=_owners(request, row), steps=there)
    if not form.is_valid():
        fault = "Tick a line, and choose somebody of the list."
        return _shown(request, row, fault=fault, status=422)
    told = form.cleaned_data
    try:
        services.hand_over_steps(asked, steps=told["steps"], owner=told["owner"])
    except DomainError as error:
        return _shown(request, row, fault=str(error), status=error.status)
    count = len(told["steps"])
    messages.success(request, f"{count} step{'' if count == 1 else 's'} handed over.")
    return redirect(_url(row))


def _to_review(request: TenantRequest, map_id: UUID) -> JourneyMap:
    row = found_map(request, map_id, Sight.CHANGE, "journey__owner__user")
    if row.journey.archived_at is not None:
        raise Http404
    return row


def _owners(request: TenantRequest, row: JourneyMap) -> list[tuple[str, str]]:
    return member_choices(row.journey.owner, request.membership)


def _today(request: TenantRequest) -> date:
    return day_in(request.tenant, now())


def _url(row: JourneyMap) -> str:
    return reverse("journeys:map-look-again", args=[row.tenant.slug, row.pk])


def _shown(
    request: TenantRequest, row: JourneyMap, *, fault: str = "", status: int = 200
) -> HttpResponse:
    today = _today(request)
    due = due_of(row, today)
    may_review = sight_for(request, row) >= Sight.CHANGE and row.journey.archived_at is None
    due_on = review_due_on(row.journey)
    context = {
        "map": row,
        "journey": row.journey,
        "freshness": freshness_of(row, today),
        "due": due[:MOST_SHOWN],
        "more": max(0, len(due) - MOST_SHOWN),
        "due_on": due_on,
        "is_overdue": due_on is not None and due_on < today,
        "may_review": may_review,
        "may_hand_over": may_review and may_edit(request, row),
        "owners": _owners(request, row) if may_review else [],
        "fault": fault,
        "back": map_url(row),
    }
    return page(request, PAGE, context, status=status)
