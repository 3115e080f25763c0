"""Keeping ways of looking at a page, from the page itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cxm.collaboration.models import SavedView
from cxm.collaboration.rules.saved_views import SavedViewError
from cxm.collaboration.services.saved_views import change_view, remove_view, save_view
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID


@require_POST
@tenant_page(Right.SEE_JOURNEYS)
def view_save(request: TenantRequest) -> HttpResponse:
    """Keep the way of looking at a page that the form tells, and go back to it."""
    told = {name: request.POST.get(name, "") for name in ("scope", "name", "query")}
    is_shared = bool(request.POST.get("shared"))
    try:
        view = save_view(owner=request.membership, now=now(), is_shared=is_shared, **told)
    except SavedViewError as error:
        return _refused(request, error, told)
    messages.success(request, f"“{view}” is kept.")
    return HttpResponseRedirect(_back(request))


@require_POST
@tenant_page(Right.SEE_JOURNEYS)
def view_change(request: TenantRequest, view_id: UUID) -> HttpResponse:
    """Rename one of one's own ways of looking at a page, or share it: `name` and `shared`."""
    rows = SavedView.objects.for_tenant(request.tenant).filter(owner=request.membership)
    view, name = get_object_or_404(rows, pk=view_id), request.POST.get("name", "")
    try:
        change_view(view=view, name=name, is_shared=bool(request.POST.get("shared")))
    except SavedViewError as error:
        return _refused(request, error, {"name": name})
    return HttpResponseRedirect(_back(request))


@require_POST
@tenant_page(Right.SEE_JOURNEYS)
def view_remove(request: TenantRequest, view_id: UUID) -> HttpResponse:
    """Let one of one's own ways of looking at a page go."""
    rows = SavedView.objects.for_tenant(request.tenant).filter(owner=request.membership)
    remove_view(view=get_object_or_404(rows, pk=view_id))
    return HttpResponseRedirect(_back(request))


def _refused(request: TenantRequest, error: SavedViewError, typed: dict[str, str]) -> HttpResponse:
    reason = f"{error.field.capitalize()}: {error}"
    context = {"back": _back(request), "reason": reason, "typed": list(typed.items())}
    return page(request, "collaboration/refused.html", context, status=422)


def _back(request: TenantRequest) -> str:
    """Give the address of ours to go back to, else the workspace's first page."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_ours else f"/t/{request.tenant.slug}/"
