"""The page of a stakeholder map: drawn in four layouts, listed, as a matrix; and its drawing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.stakeholders import MoveForm, PlaceForm
from personas.models import StakeholderPlacement
from personas.rules.drawing_legend import legend
from personas.rules.drawing_places import drawing_of
from personas.rules.drawing_svg import svg_of
from personas.rules.kinds import Layout
from personas.rules.map_access import Sight
from personas.selectors.map_view import FILTERS, MATRIX, Look, Shown, map_shown
from personas.selectors.maps import sight_of
from personas.services import maps as services
from personas.views.map_choices import editing_choices, filter_choices
from personas.views.maps import found_map, map_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from cxm.kernel.svg import Element
    from personas.models import StakeholderMap

PAGE = "personas/map_page.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def map_page(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Show a map; `?layout=` and `?view=matrix` choose how, `?chosen=` what is edited beside it.

    Who may only know that it is there gets its title and its owner.
    """
    row = found_map(request, map_id, Sight.TITLE)
    if sight_of(row, request.membership) < Sight.CONTENT:
        return page(request, "personas/map_listed.html", {"map": row})
    return _page(request, row)


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def map_drawing(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Give the drawing of a map as an SVG file, in the layout and with the filter asked for."""
    row = found_map(request, map_id, Sight.CONTENT)
    shown = _shown(request, row)
    drawing = drawing_of(shown.ground, shown.marks)
    answer = HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{svg_of(drawing, shown.links, title=row.title)}',
        content_type="image/svg+xml",
    )
    name = f"{row.key}-{shown.ground.layout.value.replace('_', '-')}.svg"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_place(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Put somebody on a map, from the register or new, and show them chosen."""
    row = found_map(request, map_id, Sight.CHANGE)
    form = PlaceForm(request.POST, on=row)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    told = dict(form.cleaned_data)
    stakeholder, name, kind = told.pop("stakeholder"), told.pop("name"), told.pop("kind")
    who = {"stakeholder": stakeholder} if stakeholder else {"name": name, "kind": kind}
    place = services.place_stakeholder if stakeholder else services.place_new
    try:
        placement = place(on=row, by=request.membership, now=now(), **who, **told)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _page(request, row, form, status=422)
    return redirect(_address(request, row, chosen=str(placement)))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_move(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Move somebody in the drawing: by a step, or to where they were dropped.

    A script that accepts JSON gets 204; a form goes back to the page.
    """
    row = found_map(request, map_id, Sight.CHANGE)
    layout = _layout(request, row, may_edit=True)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "refused", "errors": form.errors}, status=422)
    rows = StakeholderPlacement.objects.for_tenant(request.tenant).filter(map=row, deleted_at=None)
    placement = get_object_or_404(rows, pk=form.cleaned_data["placement"])
    services.move_placement(
        of=row,
        placement=placement,
        layout=layout,
        by=request.membership,
        now=now(),
        to=form.point(),
        step=form.step_taken(),
    )
    if request.headers.get("Accept", "").startswith("application/json"):
        return HttpResponse(status=204)
    return redirect(_address(request, row, chosen=str(placement.pk)))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_tidy(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Move who overlaps to free seats, as the layout asked for draws the map."""
    row = found_map(request, map_id, Sight.CHANGE)
    layout = _layout(request, row, may_edit=True)
    moved = services.tidy_map(of=row, layout=layout, by=request.membership, now=now())
    count = "1 stakeholder" if moved == 1 else f"{moved} stakeholders"
    words = f"Tidied: {count} moved. Undo takes it back." if moved else "It is tidy already."
    messages.success(request, words)
    return redirect(_address(request, row))


def _page(
    request: TenantRequest, row: StakeholderMap, form: PlaceForm | None = None, status: int = 200
) -> HttpResponse:
    """Show the page; *form* is one that was refused."""
    shown = _shown(request, row)
    here = partial(_address, request, row)
    own = sight_of(row, request.membership) >= Sight.CHANGE
    may_change = own and row.archived_at is None
    context: dict[str, Any] = {
        "map": row,
        "shown": shown,
        "svg": format_html("{}", _drawn(row, shown, lambda mark_id: f"{here(chosen=mark_id)}")),
        "legend": _legend(shown),
        "filters": filter_choices(shown),
        "looks": _looks(request),
        "may_change": may_change,
        "may_restore": own and row.archived_at is not None,
        "is_private": request.may(Right.EDIT_JOURNEYS),
        "is_owner": row.owner_id in {None, request.membership.pk},
        "page_url": map_url(row),
        "here": here(chosen=shown.look.chosen, pair=shown.look.pair),
        "close_url": here(),
        "drawing_url": f"{_url(request, 'drawing', row)}?{request.GET.urlencode()}",
    }
    if may_change:
        context |= editing_choices(row) | _editing(request, row, form)
    return page(request, PAGE, context, status=status)


def _editing(request: TenantRequest, row: StakeholderMap, form: PlaceForm | None) -> dict[str, Any]:
    """Give the addresses and forms that only those need who may change the map."""
    known = PlaceForm(on=row, needed=["stakeholder"])
    new = PlaceForm(on=row, needed=["name", "kind"], auto_id="new_%s")
    is_of_known = form is not None and "stakeholder" in form.errors
    names = ("changes", "undo", "redo", "move")
    return {
        "change_url": _url(request, "change", row),
        "place_url": f"{_url(request, 'place', row)}?{request.GET.urlencode()}",
        "urls": {name: _url(request, name, row) for name in names},
        "place_form": form if form and is_of_known else known,
        "new_form": form if form and not is_of_known else new,
    }


def _drawn(row: StakeholderMap, shown: Shown, link_to: Callable[[str], str]) -> Element:
    drawing = drawing_of(shown.ground, shown.marks)
    return svg_of(
        drawing,
        shown.links,
        title=row.title,
        link_to=lambda placed: link_to(placed.mark.id),
        chosen=shown.look.chosen,
    )


def _legend(shown: Shown) -> list[tuple[str, str]]:
    kinds = {link.kind for link in shown.links}
    pictures = legend(shown.look.layout, kinds)
    return [(format_html("{}", picture), words) for picture, words in pictures]


def _looks(request: TenantRequest) -> list[tuple[str, str]]:
    """List the layouts that the reader may look at."""
    may_edit = request.may(Right.EDIT_JOURNEYS)
    seen = [one for one in Layout if may_edit or one is not Layout.POWER_INTEREST]
    return [(one.value, one.words) for one in seen]


def _shown(request: TenantRequest, row: StakeholderMap) -> Shown:
    may_edit = request.may(Right.EDIT_JOURNEYS)
    query = request.GET
    look = Look(
        layout=_layout(request, row, may_edit=may_edit),
        is_matrix=query.get("view") == MATRIX,
        chosen=query_text(query, "chosen"),
        pair=query_text(query, "pair"),
        told={name: query_text(query, name) for name in FILTERS},
    )
    return map_shown(row, look, is_private=may_edit)


def _layout(request: TenantRequest, row: StakeholderMap, *, may_edit: bool) -> Layout:
    """Give the layout asked for, else the map's own; the grid is for those who may edit."""
    asked = query_text(request.GET, "layout") or row.layout
    layout = Layout(asked) if asked in set(Layout) else Layout(row.layout)
    return Layout.RINGS if layout is Layout.POWER_INTEREST and not may_edit else layout


def _address(request: TenantRequest, row: StakeholderMap, **changes: str) -> str:
    """Give the address of the page as it is looked at, with *changes*; without what was chosen."""
    query = request.GET.copy()
    for name in ("chosen", "pair", "page"):
        query.pop(name, None)
    for name, value in changes.items():
        if value:
            query[name] = value
    text = query.urlencode()
    return f"{map_url(row)}?{text}" if text else map_url(row)


def _url(request: TenantRequest, name: str, row: StakeholderMap) -> str:
    return reverse(f"personas:map-{name}", args=[request.tenant.slug, row.pk])
