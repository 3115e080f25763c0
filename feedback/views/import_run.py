"""The import wizard from the check on: dry run, load, report, undo, what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.imports import RecipeForm
from feedback.models import Import
from feedback.selectors.imports import REASONS, progress_of, refusals_of, refused_words
from feedback.services import importing
from feedback.services.replaying import refused_rows_csv
from feedback.views.imports import import_of, wizard

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from cxm.work.models import Job

IMPORT, REFUSED = "feedback/import.html", "feedback/import_refused.html"


@require_safe
@tenant_page(Right.IMPORT_FEEDBACK)
def import_page(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Show how far an import is: to be checked, being checked, its report, undone."""
    imported = import_of(request, import_id)
    if imported.mapping is None and imported.state == Import.State.UPLOADED:
        return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    return page(request, IMPORT, _standing(imported), part="import-standing")


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_check(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Begin the dry run."""
    return _begun(request, import_id, importing.start_check)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_load(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Begin loading, or go on with it."""
    return _begun(request, import_id, importing.start_load)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_undo(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Begin to take the import back."""
    return _begun(request, import_id, importing.start_undo)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_cancel(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Ask the running step to stop."""
    imported = import_of(request, import_id)
    importing.cancel_import(imported=imported, by=request.membership, now=now())
    return redirect("feedback:import", request.tenant.slug, imported.pk)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_again(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Begin a new import of the same file with the same mapping."""
    again = importing.repeat_import(
        imported=import_of(request, import_id), by=request.membership, now=now()
    )
    return redirect("feedback:import", request.tenant.slug, again.pk)


@require_safe
@tenant_page(Right.IMPORT_FEEDBACK)
def import_refused(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """List what was kept out, with lines and reasons."""
    imported = import_of(request, import_id)
    rows = page_of(refusals_of(imported), request)
    context = wizard(imported, page=rows, reasons=REASONS)
    return page(request, REFUSED, context)


@require_safe
@tenant_page(Right.IMPORT_FEEDBACK)  # type: ignore[arg-type]  # a stream is no HttpResponse
def import_refused_file(request: TenantRequest, import_id: UUID) -> StreamingHttpResponse:
    """Send the rows that did not load as CSV, to be corrected and imported."""
    imported = import_of(request, import_id)
    rows = refused_rows_csv(
        tenant_id=imported.tenant_id,
        batch_id=imported.batch_id or imported.pk,
        heads=imported.preview["heads"],
    )
    name = slugify(imported.file_name.rpartition(".")[0]) or "file"
    headers = {"Content-Disposition": f'attachment; filename="{name}-refused.csv"'}
    return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


def _begun(request: TenantRequest, import_id: UUID, start: Callable[..., Job]) -> HttpResponse:
    """Begin a step and show its progress; when it is not the moment, say why."""
    imported = import_of(request, import_id)
    try:
        start(imported=imported, by=request.membership, now=now())
    except DomainError as error:
        context = _standing(import_of(request, import_id), refused=str(error))
        return page(request, IMPORT, context, part="import-standing", status=422)
    return redirect("feedback:import", request.tenant.slug, imported.pk)


def _standing(imported: Import, refused: str = "") -> dict[str, object]:
    report = imported.report or imported.check_report
    return wizard(
        imported,
        refused=refused,
        progress=progress_of(imported.job, now=now()),
        refusals=refused_words(report),
        reasons=REASONS,
        can_undo=imported.batch_id is not None and imported.state in importing.UNDOABLE,
        recipe_form=RecipeForm(initial={"name": imported.file_name.rpartition(".")[0][:120]}),
    )
