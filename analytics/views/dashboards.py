"""Dashboards: the list, the page of one, the wall, and making, changing and copying them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.errors import DashboardArchivedError, TooManyDashboardsError
from analytics.forms.dashboards import DashboardForm
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import Sharing, TileError
from analytics.selectors.dashboards import dashboards_of, looker_of
from analytics.selectors.freshness import figures_sequence
from analytics.services import dashboards as services
from analytics.views.asking import viewer_of
from analytics.views.board import board_context, wall_token
from analytics.views.overview import NOTHING_NEW
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from analytics.models import Dashboard

REFUSED = 422
PAGE = "analytics/dashboard_page.html"
WALL = "analytics/dashboard_wall.html"
WRONG = (TileError, TooManyDashboardsError, DashboardArchivedError)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def dashboard_list(request: TenantRequest) -> HttpResponse:
    """List the dashboards that the reader sees; `?show=archived` those that were archived."""
    shows_archived = query_text(request.GET, "show") == "archived"
    looker = looker_of(request.membership)
    shown = page_of(dashboards_of(request.tenant, looker, has_archived=shows_archived), request)
    context = {
        "page": shown,
        "rows": [(board, Sharing(board.sharing), looker.changes(board)) for board in shown.rows],
        "shows_archived": shows_archived,
    }
    return render(request, "analytics/dashboard_list.html", context)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def dashboard_page(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Show a dashboard within the filter of the address; `?edit=1` with what changes it."""
    board = seen_board(request, dashboard_id)
    return page(request, PAGE, board_context(request, board), part="dashboard-body")


@require_safe
@tenant_page(Right.SEE_FIGURES)
def dashboard_wall(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Show a dashboard without a frame; it asks for news itself, 204 when there are none."""
    board = seen_board(request, dashboard_id)
    token = wall_token(figures_sequence(request.tenant), viewer_of(request))
    if request.htmx and request.GET.get("seen") == token:
        return HttpResponse(status=NOTHING_NEW)
    context = {**board_context(request, board), "token": token}
    return page(request, WALL, context, part="wall-body")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SEE_FIGURES)
@sent_once
def dashboard_new(request: TenantRequest) -> HttpResponse:
    """Make a dashboard."""
    initial = {"sharing": Sharing.PRIVATE.value, "position": 0}
    form = _form(request, initial)
    if form.is_valid():
        try:
            made = services.create_dashboard(
                tenant=request.tenant, by=request.membership, now=now(), **form.values()
            )
        except WRONG as error:
            form.refuse(error)
        else:
            return redirect(f"{board_url(request, made)}?edit=1")
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SEE_FIGURES)
@sent_once
def dashboard_settings(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Change what a dashboard is called, who sees it, and its place in the list."""
    board = changed_board(request, dashboard_id)
    form = _form(request, DashboardForm.initial_of(board))
    if form.is_valid():
        try:
            services.change_dashboard(board=board, by=request.membership, **form.values())
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{form.cleaned_data['title']}” is saved.")
            return redirect(board_url(request, board))
    return _form_page(request, form, board)


@require_POST
@tenant_page(Right.SEE_FIGURES)
@sent_once
def dashboard_copy(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Make a dashboard of one's own with the same tiles."""
    board = seen_board(request, dashboard_id)
    try:
        made = services.copy_dashboard(board=board, by=request.membership, now=now())
    except TooManyDashboardsError as error:
        messages.error(request, str(error))
        return redirect(board_url(request, board))
    messages.success(request, "This copy is yours alone until you share it.")
    return redirect(f"{board_url(request, made)}?edit=1")


@require_POST
@tenant_page(Right.SEE_FIGURES)
def dashboard_archive(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Take a dashboard off the list."""
    board = changed_board(request, dashboard_id)
    services.archive_dashboard(board=board, by=request.membership, now=now())
    messages.success(request, f"“{board}” is archived. You find it below the list.")
    return redirect("analytics:dashboard-list", request.tenant.slug)


@require_POST
@tenant_page(Right.SEE_FIGURES)
def dashboard_restore(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Bring an archived dashboard back."""
    looker = looker_of(request.membership)
    rows = dashboards_of(request.tenant, looker, has_archived=True)
    board = get_object_or_404(rows, pk=dashboard_id)
    if not looker.changes(board):
        raise Http404
    services.restore_dashboard(board=board, by=request.membership)
    messages.success(request, f"“{board}” is back.")
    return redirect(board_url(request, board))


def seen_board(request: TenantRequest, dashboard_id: UUID) -> Dashboard:
    """Load a dashboard that the reader sees; raises Http404."""
    rows = dashboards_of(request.tenant, looker_of(request.membership))
    found: Dashboard = get_object_or_404(rows, pk=dashboard_id)
    return found


def changed_board(request: TenantRequest, dashboard_id: UUID) -> Dashboard:
    """Load a dashboard that the reader may change; raises Http404."""
    board = seen_board(request, dashboard_id)
    if not looker_of(request.membership).changes(board):
        raise Http404
    return board


def board_url(request: TenantRequest, board: Dashboard) -> str:
    """Give the address of a dashboard."""
    return reverse("analytics:dashboard-page", args=[request.tenant.slug, board.pk])


def _form(request: TenantRequest, initial: dict[str, Any]) -> DashboardForm:
    may_share = request.may(Right.EDIT_SEGMENTS)
    return DashboardForm(request.POST or None, initial=initial, may_share=may_share)


def _form_page(
    request: TenantRequest, form: DashboardForm, board: Dashboard | None
) -> HttpResponse:
    list_url = reverse("analytics:dashboard-list", args=[request.tenant.slug])
    context = {
        "form": form,
        "board": board,
        "back_url": board_url(request, board) if board else list_url,
        "kinds": [one.label for one in TileKind],
    }
    status = REFUSED if form.errors else 200
    return render(request, "analytics/dashboard_form.html", context, status=status)
