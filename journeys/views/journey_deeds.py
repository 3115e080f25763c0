"""What is done with a journey as a whole: further maps, tags, stakeholder maps, putting away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.errors import JourneyError
from journeys.forms.journeys import NewMapForm, TagForm
from journeys.models import JourneyTag
from journeys.rules.templates import BLANK
from journeys.selectors.templates import templates
from journeys.services import archiving, tagging
from journeys.services.journeys import archive_journey, restore_journey
from journeys.services.map_templates import create_map
from journeys.views.finding import found_journey, found_map, journey_url, map_url
from journeys.views.journey_page import journey_shown
from personas.rules.map_access import Sight
from personas.selectors.maps import maps_listed

if TYPE_CHECKING:
    from personas.models import StakeholderMap

NEW_MAP = "journeys/journey_map_new.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def journey_map_new(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Make a further map of a journey, and open it."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    listed = templates(request.tenant)
    initial = {"template": query_text(request.GET, "template") or BLANK}
    form = NewMapForm(request.POST or None, templates=listed, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = create_map(
                journey=journey, by=request.membership, now=now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            return redirect(map_url(made))
    context = {"journey": journey, "form": form, "templates": listed}
    context |= {"chosen": form["template"].value()}
    return page(request, NEW_MAP, context, status=status)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def journey_archive(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Take a journey off the list; its maps rest until it is restored."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    archive_journey(journey=journey, by=request.membership, now=now())
    messages.success(request, f"“{journey}” is archived. You can restore it.")
    return redirect(reverse("journeys:journey-list", args=[request.tenant.slug]))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def journey_restore(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Bring an archived journey back to the list."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    restore_journey(journey=journey, by=request.membership, now=now())
    messages.success(request, f"“{journey}” is back on the list.")
    return redirect(journey_url(journey))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_archive(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Put a draft of a map away, or with an empty `archived` bring it back."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    deed = archiving.archive_map if request.POST.get("archived") else archiving.restore_map
    row.journey.tenant = row.tenant
    try:
        deed(of=row, by=request.membership, now=now())
    except DomainError as error:
        return journey_shown(request, row.journey, fault=str(error), status=error.status)
    return redirect(f"{journey_url(row.journey)}#maps")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def journey_tag(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Give a journey a word, or with a `dimension` one of its values."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    form = TagForm(request.POST)
    if not form.is_valid():
        words = f"Write a tag of 1 to {tagging.LONGEST_TAG} characters."
        return journey_shown(request, journey, fault=words, status=422)
    try:
        tagging.tag_journeys(journeys=[journey], **form.cleaned_data)
    except DomainError as error:
        return journey_shown(request, journey, fault=str(error), status=error.status)
    return redirect(f"{journey_url(journey)}#tags")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def journey_untag(request: TenantRequest, journey_id: UUID, tag_id: UUID) -> HttpResponse:
    """Take a word from a journey."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    rows = JourneyTag.objects.for_tenant(request.tenant).filter(journey=journey)
    tagging.untag_journey(journey=journey, tag=get_object_or_404(rows, pk=tag_id))
    return redirect(f"{journey_url(journey)}#tags")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def stakeholder_map_join(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Let the stakeholder map `map` belong to a journey."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    try:
        drawn = _stakeholder_map(request, request.POST.get("map", ""))
        tagging.join_stakeholder_map(journey=journey, drawn=drawn)
    except DomainError as error:
        return journey_shown(request, journey, fault=str(error), status=error.status)
    return redirect(f"{journey_url(journey)}#stakeholder-maps")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def stakeholder_map_part(request: TenantRequest, journey_id: UUID, map_id: UUID) -> HttpResponse:
    """Let a stakeholder map belong to a journey no more."""
    journey = found_journey(request, journey_id, Sight.CHANGE)
    drawn = get_object_or_404(maps_listed(request.tenant, request.membership), pk=map_id)
    tagging.part_stakeholder_map(journey=journey, drawn=drawn)
    return redirect(f"{journey_url(journey)}#stakeholder-maps")


def _stakeholder_map(request: TenantRequest, told: str) -> StakeholderMap:
    """Give the map that was chosen. Raises JourneyError for none, Http404 for a foreign one."""
    try:
        pk = UUID(told)
    except ValueError:
        words = "Choose a stakeholder map."
        raise JourneyError(words, field="map") from None
    return get_object_or_404(maps_listed(request.tenant, request.membership), pk=pk)
