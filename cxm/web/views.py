"""The pages around the product: the way in, the palette, words explained, health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import HtmxRequest, page
from cxm.kernel.palette import palette
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.web.forms import WorkspaceForm
from cxm.web.selectors import workspaces_of
from cxm.web.services import change_workspace
from cxm.web.terms import CHAPTERS

if TYPE_CHECKING:
    from cxm.accounts.models import User

LONGEST_QUERY = 200


class SignedInRequest(HtmxRequest):
    """A request of somebody who has signed in, in no workspace yet."""

    user: User


@require_safe
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """Send people to the start of their first workspace, or say that they have none yet."""
    spaces = workspaces_of(request.user)
    if not spaces:
        return render(request, "web/workspace_none.html")
    return redirect(spaces[0].url)


@require_safe
@login_required
def workspaces(request: SignedInRequest) -> HttpResponse:
    """List the workspaces a person belongs to, as a page or as the entries of the menu."""
    context = {"workspaces": workspaces_of(request.user), "current": request.GET.get("current", "")}
    return page(request, "web/workspace_list.html", context, part="workspace-entries")


@require_safe
@tenant_page(Right.SEE_FIGURES)
def palette_search(request: TenantRequest) -> HttpResponse:
    """Answer the command palette: what every app finds for the query, grouped by kind."""
    query = request.GET.get("q", "")[:LONGEST_QUERY]
    context = {"hits": palette.hits(request, query), "query": query}
    return page(request, "web/palette_results.html", context, part="palette-results")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_TENANT)
def workspace(request: TenantRequest) -> HttpResponse:
    """Show and change what concerns the workspace as a whole."""
    tenant, template = request.tenant, "web/workspace.html"
    if request.method != "POST":
        form = WorkspaceForm(initial={"name": tenant.name, "time_zone": tenant.time_zone})
        return page(request, template, {"form": form})
    form = WorkspaceForm(request.POST)
    if not form.is_valid():
        return page(request, template, {"form": form}, status=422)
    try:
        job = change_workspace(tenant=tenant, by=request.membership, now=now(), **form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field or None, str(error))
        return page(request, template, {"form": form}, status=422)
    is_moving = f" {tenant.time_zone} is in force until all days are moved." if job else ""
    messages.success(request, f"Saved.{is_moving}")
    return redirect("web:workspace", tenant.slug)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Explain the words of the product."""
    return render(request, "web/term_list.html", {"chapters": CHAPTERS})


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say that the web process answers; with `?deep=1` also whether the database does."""
    if not request.GET.get("deep"):
        return JsonResponse({"status": "ok"})
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "failing", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse what could not be read: 413 where there was too much of it."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return render(request, f"{status}.html", status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """Refuse a form whose token is missing or old; Django has logged the *reason* itself."""
    return render(request, "403_csrf.html", status=403)
