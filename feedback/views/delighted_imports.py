"""Pages that bring an account of Delighted over: its key, what is in it, how far it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.delighted import AccountForm
from feedback.selectors.delighted_imports import delighted_imports, parts_taken
from feedback.selectors.imports import progress_of
from feedback.services.delighted_account.preparing import forget_key, prepare, start_import

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from feedback.models import DelightedImport

LIST, ONE = "feedback/delighted_import_list.html", "feedback/delighted_import.html"
REFUSED = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_SOURCES)
def import_list(request: TenantRequest) -> HttpResponse:
    """List what was brought over; look into an account by its key, and keep what is found."""
    form = AccountForm(request.POST if request.method == "POST" else None, tenant=request.tenant)
    if form.is_valid():
        try:
            made = prepare(tenant=request.tenant, by=request.membership, now=now(), **form.wishes)
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            return redirect("feedback:delighted-import", request.tenant.slug, made.pk)
    context = {"form": form, "page": page_of(delighted_imports(request.tenant), request)}
    return page(request, LIST, context, status=REFUSED if form.errors else 200)


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def import_one(request: TenantRequest, delighted_import_id: UUID) -> HttpResponse:
    """Show what is in an account, how far it is fetched, and what came of it."""
    return _shown(request, _found(request, delighted_import_id))


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def import_start(request: TenantRequest, delighted_import_id: UUID) -> HttpResponse:
    """Begin to fetch an account, or fetch it again."""
    row = _found(request, delighted_import_id)
    try:
        start_import(row=row, by=request.membership, now=now())
    except DomainError as error:
        return _shown(request, row, refused=str(error))
    return redirect("feedback:delighted-import", request.tenant.slug, row.pk)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def import_forget(request: TenantRequest, delighted_import_id: UUID) -> HttpResponse:
    """Forget the key of an account."""
    row = _found(request, delighted_import_id)
    forget_key(row=row, by=request.membership)
    messages.success(request, "The key is forgotten.")
    return redirect("feedback:delighted-import", request.tenant.slug, row.pk)


def _shown(request: TenantRequest, row: DelightedImport, *, refused: str = "") -> HttpResponse:
    context = {
        "row": row,
        "progress": progress_of(row.job, now=now()),
        "parts": parts_taken(row),
        "oldest": _moment(row.found.get("oldest")),
        "newest": _moment(row.found.get("newest")),
        "last_day": row.until - timedelta(days=1) if row.until else None,
        "refused": refused,
    }
    status = REFUSED if refused else 200
    return page(request, ONE, context, part="delighted-standing", status=status)


def _moment(seconds: int | None) -> datetime | None:
    """Read seconds since 1970 as another server wrote them; None for what is no moment."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    except (OverflowError, OSError, ValueError):
        return None


def _found(request: TenantRequest, delighted_import_id: UUID) -> DelightedImport:
    return get_object_or_404(delighted_imports(request.tenant), pk=delighted_import_id)
