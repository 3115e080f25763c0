"""The page of a stakeholder map: drawn in four layouts, listed, as a matrix."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views.talk import comments_context
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.stakeholders import MoveForm, PlaceForm, SeveralForm
from personas.models import StakeholderPlacement
from personas.rules.drawing_legend import legend
from personas.rules.drawing_places import drawing_of
from personas.rules.drawing_svg import svg_of
from personas.rules.kinds import Layout
from personas.rules.map_access import Sight
from personas.selectors.map_table import columns_of
from personas.selectors.map_view import Shown, map_shown
from personas.selectors.maps import sight_of
from personas.selectors.subjects import MapSubject
from personas.services import map_table
from personas.services import maps as services
from personas.views.map_choices import editing_choices, filter_choices, heads
from personas.views.map_looks import layout_asked, look_asked
from personas.views.maps import found_map, map_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.collaboration.selectors.panel import Panel
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
        return _page(request, row, form, status=error.status)
    return redirect(_address(request, row, chosen=str(placement)))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_move(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Move somebody in the drawing: by a step, or to where they were dropped.

    A script that accepts JSON gets 204; a form goes back to the page.
    """
    row = found_map(request, map_id, Sight.CHANGE)
    layout = layout_asked(request.GET, row, may_edit=True)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "refused", "errors": form.errors}, status=422)
    rows = StakeholderPlacement.objects.for_tenant(request.tenant).filter(map=row, deleted_at=None)
    placement = get_object_or_404(rows, pk=form.cleaned_data["placement"])
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    try:
        services.move_placement(
            of=row,
            placement=placement,
            layout=layout,
            by=request.membership,
            now=now(),
            to=form.point(),
            step=form.step_taken(),
            batch=form.cleaned_data["id"],
        )
    except DomainError as error:
        if wants_json:
            return JsonResponse({"code": "refused", "message": str(error)}, status=error.status)
        return _page(request, row, status=error.status)
    if wants_json:
        return HttpResponse(status=204)
    return redirect(_address(request, row, chosen=str(placement.pk)))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_tidy(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Move who overlaps to free seats, as the layout asked for draws the map."""
    row = found_map(request, map_id, Sight.CHANGE)
    layout = layout_asked(request.GET, row, may_edit=True)
    try:
        moved = services.tidy_map(of=row, layout=layout, by=request.membership, now=now())
    except DomainError as error:
        return _page(request, row, status=error.status)
    count = "1 stakeholder" if moved == 1 else f"{moved} stakeholders"
    words = f"Tidied: {count} moved. Undo takes it back." if moved else "It is tidy already."
    messages.success(request, words)
    return redirect(_address(request, row))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_several(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Change all who are selected in the table, or take them off the map, as one step of undo.

    Who was taken off by somebody else meanwhile is left out.
    """
    row = found_map(request, map_id, Sight.CHANGE)
    wanted = _selected(request)
    rows = StakeholderPlacement.objects.for_tenant(request.tenant).filter(map=row, pk__in=wanted)
    found = list(rows)
    if len(found) != len(wanted):
        raise Http404
    there = [one for one in found if one.deleted_at is None]
    told: dict[str, Any] = {"of": row, "placements": there, "by": request.membership, "now": now()}
    form = SeveralForm(request.POST, on=row)
    if not form.is_valid():
        return _page(request, row, status=422, several=form)
    try:
        if request.POST.get("action") == "remove":
            count, words = map_table.remove_several(**told), "taken off the map"
        else:
            count, words = map_table.change_several(**told, values=form.values()), "changed"
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _page(request, row, status=error.status, several=form)
    people = "1 stakeholder" if count == 1 else f"{count} stakeholders"
    messages.success(request, f"{people} {words}. Undo takes it back as one.")
    return redirect(f"{_address(request, row)}#people-words")


def map_shown_page(
    request: TenantRequest, row: StakeholderMap, *, panel: Panel, status: int
) -> HttpResponse:
    """Show the page of a map with *panel*, the comments on it, beside it."""
    return _page(request, row, status=status, panel=panel)


def _page(
    request: TenantRequest,
    row: StakeholderMap,
    form: PlaceForm | None = None,
    status: int = 200,
    *,
    panel: Panel | None = None,
    several: SeveralForm | None = None,
) -> HttpResponse:
    """Show the page; *form*, or *several*, is one that was refused."""
    shown = _shown(request, row)
    here = partial(_address, request, row)
    own, private = (
        sight_of(row, request.membership) >= Sight.CHANGE,
        request.may(Right.EDIT_JOURNEYS),
    )
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
        "is_private": private,
        "may_share": request.may(Right.SHARE_JOURNEYS),
        "is_owner": row.owner is None or row.owner == request.membership or not row.owner.is_active,
        "heads": heads(request.GET, columns_of(is_private=private, has_sectors=bool(row.sectors))),
        "selected": set(request.POST.getlist("placement")),
        "page_url": map_url(row),
        "here": here(chosen=shown.look.chosen, pair=shown.look.pair),
        "close_url": here(),
        "export_urls": _export_urls(request, row),
        **comments_context(request, MapSubject(row), panel),
    }
    if may_change:
        context |= editing_choices(row, request.membership) | _editing(request, row, form)
        context["several_form"] = several or SeveralForm(on=row)
    return page(request, PAGE, context, status=status)


def _selected(request: TenantRequest) -> set[UUID]:
    """Give the placements that were selected; what is no id is none of this map. Raises Http404."""
    try:
        return {UUID(text) for text in request.POST.getlist("placement")}
    except ValueError as error:
        raise Http404 from error


def _editing(request: TenantRequest, row: StakeholderMap, form: PlaceForm | None) -> dict[str, Any]:
    """Give the addresses and forms that only those need who may change the map."""
    known = PlaceForm(on=row, needed=["stakeholder"])
    new = PlaceForm(on=row, needed=["name", "kind"], auto_id="new_%s")
    is_of_known = form is not None and "stakeholder" in form.errors
    names = ("changes", "undo", "redo", "move")
    return {
        "change_url": _url(request, "change", row),
        "place_url": f"{_url(request, 'place', row)}?{request.GET.urlencode()}",
        "several_url": f"{_url(request, 'several', row)}?{request.GET.urlencode()}",
        "urls": {name: _url(request, name, row) for name in names},
        "place_form": form if form and is_of_known else known,
        "new_form": form if form and not is_of_known else new,
    }


def _export_urls(request: TenantRequest, row: StakeholderMap) -> dict[str, str]:
    """Give the addresses of the files of what is looked at, to those who may export."""
    if not request.may(Right.EXPORT_JOURNEYS):
        return {}
    query = request.GET.urlencode()
    urls = {
        name: f"{_url(request, name, row)}?{query}" for name in ("pdf", "png", "drawing", "xlsx")
    }
    large = request.GET.copy()
    large["scale"] = "4"
    return {**urls, "png_large": f"{_url(request, 'png', row)}?{large.urlencode()}"}


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
    look = look_asked(request.GET, row, may_edit=may_edit)
    return map_shown(row, look, is_private=may_edit)


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
