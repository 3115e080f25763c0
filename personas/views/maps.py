"""The list of stakeholder maps, and what is done with a map as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from personas.forms.stakeholders import MapForm, PartsForm
from personas.models import StakeholderMap
from personas.rules.map_access import Sight
from personas.selectors.maps import maps_listed, sight_of
from personas.services import maps as services
from personas.views.finding import SHORTEST_QUERY

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

LIST = "personas/map_list.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def map_list(request: TenantRequest) -> HttpResponse:
    """List the stakeholder maps that one finds; `?q=` and `?archived=1` filter."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_add(request: TenantRequest) -> HttpResponse:
    """Make a stakeholder map, and open it."""
    form = MapForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.create_map(
                tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            return redirect(map_url(made))
    url = reverse("personas:map-list", args=[request.tenant.slug])
    panel = FormPanel("Make a stakeholder map", form, request.path, "Make", url)
    status = 422 if form.is_bound and form.errors else 200
    return _list(request, panel=panel, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def map_parts(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Rename, add and take away the rings and sectors of a map, and colour its rings."""
    row = found_map(request, map_id, Sight.CHANGE)
    form = PartsForm(request.POST or None, of=row)
    refused = 422
    if form.is_valid():
        try:
            services.change_ground(of=row, by=request.membership, now=now(), **form.ground())
        except DomainError as error:
            # The law speaks of who stands in what would be gone.
            named = {"ring": "rings", "sector": "sectors"}.get(error.field, error.field)
            form.add_error(named or None, str(error))
            refused = error.status
        else:
            return redirect(map_url(row))
    panel = FormPanel("Rings and sectors", form, request.path, "Save", map_url(row))
    status = refused if form.is_bound and form.errors else 200
    context = {"map": row, "panel": panel}
    return page(request, "personas/map_parts.html", context, status=status)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_archive(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Take a map off the list; it can be restored."""
    row = found_map(request, map_id, Sight.CHANGE)
    services.archive_map(of=row, by=request.membership, now=now())
    messages.success(request, f"“{row}” is archived. You can restore it.")
    return redirect(reverse("personas:map-list", args=[request.tenant.slug]))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_restore(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Bring an archived map back to the list."""
    row = found_map(request, map_id, Sight.CHANGE)
    services.restore_map(of=row, by=request.membership, now=now())
    messages.success(request, f"“{row}” is back on the list.")
    return redirect(map_url(row))


def found_map(request: TenantRequest, map_id: UUID, needed: Sight) -> StakeholderMap:
    """Load a map that the reader gets at least *needed* of; raises Http404."""
    rows = StakeholderMap.objects.for_tenant(request.tenant).filter(deleted_at=None)
    row = get_object_or_404(rows.select_related("tenant", "owner__user"), pk=map_id)
    if sight_of(row, request.membership) < needed:
        raise Http404
    return row


def map_url(row: StakeholderMap) -> str:
    """Give the address of a map's page."""
    return reverse("personas:map-page", args=[row.tenant.slug, row.pk])


def maps_called(request: HttpRequest, query: str) -> list[Hit]:
    """Find stakeholder maps for the command palette by a part of their title. One query."""
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST_QUERY or not inside.may(Right.SEE_JOURNEYS):
        return []
    rows = maps_listed(inside.tenant, inside.membership, q=query)[:MOST_FROM_ONE_SOURCE]
    return [Hit(row.title, map_url(row), "Stakeholder maps", "waypoints") for row in rows]


def _list(
    request: TenantRequest, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "is_archived": bool(request.GET.get("archived")),
    }
    rows = maps_listed(request.tenant, request.membership, **asked)
    shown = page_of(rows, request)
    context = {
        **asked,
        "page": shown,
        "rows": [(row, sight_of(row, request.membership) > Sight.TITLE) for row in shown.rows],
        "is_filtered": any(asked.values()),
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "panel": panel,
    }
    return page(request, LIST, context, part="map-panel" if panel else "map-rows", status=status)
