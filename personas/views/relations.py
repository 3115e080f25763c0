"""Pages of relations that hold everywhere: their list, and making one from a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.relations import KINDS, CommonRelationForm
from personas.models import CommonRelation
from personas.rules.map_access import Sight
from personas.selectors.relations import common_relations_listed
from personas.services import relations as services
from personas.views.maps import found_map, map_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

LIST = "personas/relation_list.html"
# What a form on a map calls its fields, for it may also make a relation of that map alone.
_ON_MAPS = "value."


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def relation_list(request: TenantRequest) -> HttpResponse:
    """List the relations on every map; `?q=`, `?kind=` and `?archived=1` filter."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def relation_add(request: TenantRequest) -> HttpResponse:
    """Relate two of the register on every map; `?start=` is chosen already."""
    start = {"start": query_text(request.GET, "start")}
    form = CommonRelationForm(request.POST or None, tenant=request.tenant, initial=start)
    if form.is_valid() and _made(request, form):
        return redirect(_back(request))
    return _form(request, "Add a relation on every map", form, "Add")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def relation_edit(request: TenantRequest, relation_id: UUID) -> HttpResponse:
    """Change a relation on every map; `?back=` is where one came from."""
    row = _found(request, relation_id)
    form = CommonRelationForm(request.POST or None, tenant=request.tenant, row=row)
    if form.is_valid():
        try:
            services.change_common_relation(
                relation=row, by=request.membership, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, "The relation is changed on every map.")
            return redirect(_back(request))
    return _form(request, f"Edit {row.start.name} → {row.end.name}", form, "Save")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def relation_archive(request: TenantRequest, relation_id: UUID) -> HttpResponse:
    """Take a relation off all maps."""
    row = _found(request, relation_id)
    services.archive_common_relation(relation=row, by=request.membership, now=now())
    messages.success(request, "The relation is off all maps. You find it among the archived ones.")
    return redirect(_back(request))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def relation_restore(request: TenantRequest, relation_id: UUID) -> HttpResponse:
    """Bring a relation back to all maps."""
    services.restore_common_relation(relation=_found(request, relation_id), by=request.membership)
    messages.success(request, "The relation is back on every map that has both ends.")
    return redirect(_list_url(request))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_relate(request: TenantRequest, map_id: UUID) -> HttpResponse:
    """Relate two who stand on a map, on every map, and go back to it; or show what is wrong."""
    row = found_map(request, map_id, Sight.CHANGE)
    told = {name.removeprefix(_ON_MAPS): text for name, text in request.POST.items()}
    form = CommonRelationForm(told, tenant=request.tenant)
    if form.is_valid() and _made(request, form):
        return redirect(_back(request, map_url(row)))
    return _form(request, "Add a relation on every map", form, "Add")


def _made(request: TenantRequest, form: CommonRelationForm) -> bool:
    try:
        services.create_common_relation(
            tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
        )
    except DomainError as error:
        form.add_error(error.field or None, str(error))
        return False
    messages.success(request, "The relation holds on every map that has both ends.")
    return True


def _found(request: TenantRequest, relation_id: UUID) -> CommonRelation:
    rows = CommonRelation.objects.for_tenant(request.tenant)
    return get_object_or_404(rows.select_related("tenant", "start", "end"), pk=relation_id)


def _list_url(request: TenantRequest) -> str:
    return reverse("personas:relation-list", args=[request.tenant.slug])


def _back(request: TenantRequest, usual: str = "") -> str:
    wanted = request.POST.get("next", "") or query_text(request.GET, "back")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_ours else usual or _list_url(request)


def _form(
    request: TenantRequest, title: str, form: CommonRelationForm, submit: str
) -> HttpResponse:
    back = _back(request)
    is_on_map = request.resolver_match and request.resolver_match.url_name == "map-relate"
    add_url = reverse("personas:relation-add", args=[request.tenant.slug])
    # What was refused on a map is mended here, and then one is back there.
    action = f"{add_url}?{urlencode({'back': back})}" if is_on_map else request.get_full_path()
    panel = FormPanel(title, form, action, submit, back)
    return _list(request, panel=panel, status=422 if form.is_bound and form.errors else 200)


def _list(
    request: TenantRequest, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "kind": query_text(request.GET, "kind"),
        "is_archived": bool(request.GET.get("archived")),
    }
    context = {
        **asked,
        "page": page_of(common_relations_listed(request.tenant, **asked), request),
        "is_filtered": any(asked.values()),
        "kinds": KINDS,
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "panel": panel,
    }
    part = "relation-panel" if panel else "relation-rows"
    return page(request, LIST, context, part=part, status=status)
