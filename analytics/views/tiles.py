"""Changing the tiles of a dashboard: added, changed, moved, resized, taken away, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from analytics.errors import DashboardArchivedError, TooManyTilesError
from analytics.forms.tiles import TileForm
from analytics.models import Tile
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import TileError
from analytics.services import tiles as services
from analytics.views.asking import viewer_of
from analytics.views.board import board_context
from analytics.views.dashboards import PAGE, REFUSED, board_url, changed_board
from analytics.views.filter_bar import Choice
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text, whole_number
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from uuid import UUID

    from analytics.models import Dashboard

WRONG = (TileError, TooManyTilesError, DashboardArchivedError)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SEE_FIGURES)
@sent_once
def tile_new(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """Put a tile on a dashboard; `?kind=` says what it shows."""
    board = changed_board(request, dashboard_id)
    asked = query_text(request.GET, "kind")
    kind = TileKind(asked) if asked in set(TileKind) else TileKind.FIGURE
    form = TileForm(
        request.POST or None, tenant=request.tenant, kind=kind, initial={"width": kind.usual_width}
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = services.add_tile(
                board=board,
                kind=kind,
                title=told["title"],
                query=form.query(),
                width=told["width"],
                by=request.membership,
                now=now(),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            return redirect(f"{board_url(request, board)}?edit=1#tile-{made.pk}")
    kinds = [Choice(one.label, f"?kind={one.value}", one is kind) for one in TileKind]
    return _form_page(request, board, form, {"kind": kind, "kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SEE_FIGURES)
@sent_once
def tile_edit(request: TenantRequest, dashboard_id: UUID, tile_id: UUID) -> HttpResponse:
    """Let a tile ask something else, or give it another title or width."""
    board = changed_board(request, dashboard_id)
    tile = _tile(board, tile_id)
    kind = TileKind(tile.kind)
    initial = TileForm.initial_of(tile, viewer_of(request).today)
    form = TileForm(request.POST or None, tenant=request.tenant, kind=kind, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        try:
            services.change_tile(
                tile=tile,
                title=told["title"],
                query=form.query(),
                width=told["width"],
                by=request.membership,
                now=now(),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            return redirect(f"{board_url(request, board)}?edit=1#tile-{tile.pk}")
    return _form_page(request, board, form, {"kind": kind, "tile": tile})


@require_POST
@tenant_page(Right.SEE_FIGURES)
def tile_move(request: TenantRequest, dashboard_id: UUID, tile_id: UUID) -> HttpResponse:
    """Put a tile at `place` among the others, counted from 0."""
    board = changed_board(request, dashboard_id)
    tile, place = _tile(board, tile_id), whole_number(request.POST.get("place", ""))
    if place is None:
        return _changed(request, board, tile, "Not moved: it was not said where to.")
    found = services.move_tile(tile=tile, place=place, by=request.membership)
    return _changed(request, board, tile, f"Moved to place {found + 1}.")


@require_POST
@tenant_page(Right.SEE_FIGURES)
def tile_resize(request: TenantRequest, dashboard_id: UUID, tile_id: UUID) -> HttpResponse:
    """Let a tile take `width` of the three columns."""
    board = changed_board(request, dashboard_id)
    tile, width = _tile(board, tile_id), whole_number(request.POST.get("width", ""))
    try:
        services.change_tile(tile=tile, width=width or 0, by=request.membership, now=now())
    except TileError as error:
        return _changed(request, board, tile, str(error))
    return _changed(request, board, tile, f"It takes {width} of 3 columns.")


@require_POST
@tenant_page(Right.SEE_FIGURES)
def tile_remove(request: TenantRequest, dashboard_id: UUID, tile_id: UUID) -> HttpResponse:
    """Take a tile off a dashboard; the page offers it back."""
    board = changed_board(request, dashboard_id)
    tile = _tile(board, tile_id)
    services.remove_tile(tile=tile, by=request.membership, now=now())
    return redirect(f"{board_url(request, board)}?edit=1&removed={tile.pk}")


@require_POST
@tenant_page(Right.SEE_FIGURES)
def tile_restore(request: TenantRequest, dashboard_id: UUID, tile_id: UUID) -> HttpResponse:
    """Bring back a tile that was taken away."""
    board = changed_board(request, dashboard_id)
    tile = get_object_or_404(_tiles(board), pk=tile_id)
    try:
        services.restore_tile(tile=tile, by=request.membership)
    except TooManyTilesError as error:
        raise Http404 from error
    return redirect(f"{board_url(request, board)}?edit=1#tile-{tile.pk}")


def _tile(board: Dashboard, tile_id: UUID) -> Tile:
    found: Tile = get_object_or_404(_tiles(board).filter(removed_at=None), pk=tile_id)
    return found


def _tiles(board: Dashboard) -> Any:
    rows = Tile.objects.for_tenant(board.tenant_id).filter(dashboard=board)
    return rows.select_related("tenant", "dashboard")


def _changed(request: TenantRequest, board: Dashboard, tile: Tile, says: str) -> HttpResponse:
    """Answer htmx with the board as it is now, and lead everybody else there."""
    query = request.GET.urlencode()
    if not request.htmx:
        return redirect(f"{board_url(request, board)}?{query or 'edit=1'}#tile-{tile.pk}")
    return page(request, PAGE, board_context(request, board, says=says), part="dashboard-body")


def _form_page(
    request: TenantRequest, board: Dashboard, form: TileForm, more: dict[str, Any]
) -> HttpResponse:
    back_url = f"{board_url(request, board)}?edit=1"
    context = {"board": board, "form": form, "back_url": back_url, **more}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/tile_form.html", context, status=status)
