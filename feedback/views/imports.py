"""The import wizard up to what is in the file: list, upload, first lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.imports import DialectForm, UploadForm
from feedback.models import Import
from feedback.selectors.imports import STEPS, imports_listed, progress_of, step_of
from feedback.services import receiving
from feedback.services.sample import NAME, sample_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpResponse

LIST, NEW = "feedback/import_list.html", "feedback/import_new.html"
FILE = "feedback/import_file.html"


def import_of(request: TenantRequest, import_id: UUID) -> Import:
    """Find an import of the tenant at hand with its job and sender, or answer 404."""
    imports = Import.objects.for_tenant(request.tenant)
    return get_object_or_404(
        imports.select_related("tenant", "job", "batch", "by__user"), pk=import_id
    )


def wizard(imported: Import, **context: Any) -> dict[str, Any]:
    """Give what every page of the wizard shows: the import, and where one is in the steps."""
    return {"imported": imported, "steps": STEPS, "step": step_of(imported), **context}


@require_safe
@tenant_page(Right.IMPORT_FEEDBACK)
def import_list(request: TenantRequest) -> HttpResponse:
    """List the imports, newest first."""
    return page(request, LIST, {"page": page_of(imports_listed(request.tenant), request)})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.IMPORT_FEEDBACK)
def import_new(request: TenantRequest) -> HttpResponse:
    """Ask for a file; go on to its first lines, or say why it cannot be read."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            imported = _received(request, file.name, file.chunks())
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    context = {"form": form, "steps": STEPS, "step": 1}
    return page(request, NEW, context, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_sample(request: TenantRequest) -> HttpResponse:
    """Take the sample file in, to try the wizard with."""
    imported = _received(request, NAME, [sample_file()])
    return redirect("feedback:import-file", request.tenant.slug, imported.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.IMPORT_FEEDBACK)
def import_file(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Show how the file was read, and read it anew when that was wrong."""
    imported = import_of(request, import_id)
    form = DialectForm(request.POST or None, dialect=imported.preview["dialect"])
    if form.is_bound and form.is_valid():
        try:
            receiving.change_dialect(
                imported=imported, choices=form.choices(), by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The file was read anew.")
            return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    progress = progress_of(imported.job, now=now())
    context = wizard(imported, form=form, progress=progress)
    context["step"] = 1
    status = 422 if form.errors else 200
    return page(request, FILE, context, part="import-columns-found", status=status)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_look(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Look into the columns of a file that a program sent with its mapping."""
    imported = import_of(request, import_id)
    try:
        receiving.look_into(imported=imported, by=request.membership, now=now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("feedback:import-file", request.tenant.slug, imported.pk)


def _received(request: TenantRequest, name: str, chunks: Iterable[bytes]) -> Import:
    moment = now()
    imported = receiving.receive_file(
        tenant=request.tenant, name=name, chunks=chunks, by=request.membership, now=moment
    )
    receiving.look_into(imported=imported, by=request.membership, now=moment)
    return imported
