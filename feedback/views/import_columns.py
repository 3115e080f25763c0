"""The import wizard from what a line is to what the columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import MappingRefusedError
from feedback.forms.imports import MappingForm
from feedback.forms.lines import LineForm
from feedback.forms.offered import known_of, offered_to
from feedback.forms.wizard import columns_form
from feedback.selectors.imports import recipes_listed
from feedback.services import importing, line_choosing, receiving
from feedback.services.preparing import readable_mapping
from feedback.views.imports import import_of, wizard

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from feedback.forms.wizard import AnyColumnsForm
    from feedback.models import Import

LINE, COLUMNS = "feedback/import_line.html", "feedback/import_columns.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.IMPORT_FEEDBACK)
def import_line(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Ask what a line of the file is, and fill the columns in for that."""
    imported = import_of(request, import_id)
    if "columns" not in imported.preview or imported.batch_id:
        return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    form = LineForm(
        request.POST if request.method == "POST" else None,
        columns=imported.preview["columns"],
        likely=line_choosing.likely_line_of(imported),
        chosen=line_choosing.line_so_far(imported),
    )
    if form.is_bound and form.is_valid():
        try:
            line_choosing.choose_line(imported=imported, line=form.cleaned_data["line"])
        except DomainError as error:
            form.add_error("line", str(error))
        else:
            return redirect("feedback:import-columns", request.tenant.slug, imported.pk)
    context = wizard(imported, form=form) | {"step": 2}
    return page(request, LINE, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.IMPORT_FEEDBACK)
def import_columns(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Ask what the columns mean; keep the answer, or show it again with what is open."""
    imported = import_of(request, import_id)
    if "columns" not in imported.preview or imported.batch_id:
        return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    form = _form(request, imported)
    if request.method == "POST":
        act = request.POST.get("act", "save")
        if act == "line":
            return _left_for_line(request, imported, form)
        if act != "save" or form.has_new_roles:
            return _columns_page(request, imported, form.anew(act))
        if form.is_valid() and _is_checked(request, imported, form):
            return redirect("feedback:import", request.tenant.slug, imported.pk)
    return _columns_page(request, imported, form, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_mapping_use(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Fill the columns in from a recipe or a mapping file."""
    imported = import_of(request, import_id)
    if "columns" not in imported.preview:
        return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    form = MappingForm(request.POST, request.FILES, recipes=recipes_listed(request.tenant))
    if form.is_valid():
        recipe, read = form.cleaned_data["recipe"], form.cleaned_data.get("read")
        try:
            receiving.suggest_from(
                imported=imported, mapping=read or readable_mapping(recipe.mapping)
            )
        except MappingRefusedError as error:
            for problem in error.problems:
                form.add_error(None, f"{problem.field}: {problem.message}")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The columns are filled in. Look through them.")
            return redirect("feedback:import-columns", request.tenant.slug, imported.pk)
    columns = columns_form(
        line_choosing.mapping_so_far(imported), imported.preview, offered_to(request.tenant)
    )
    return _columns_page(request, imported, columns, mapping_form=form, status=422)


def _form(request: TenantRequest, imported: Import) -> AnyColumnsForm:
    """Make the form of what was sent, else of what is said or suggested so far."""
    sent = request.POST if request.method == "POST" else None
    mapping = line_choosing.mapping_so_far(imported)
    return columns_form(mapping, imported.preview, offered_to(request.tenant), sent)


def _is_checked(request: TenantRequest, imported: Import, form: AnyColumnsForm) -> bool:
    """Keep the mapping and begin the dry run; what is wrong goes to the fields it is about."""
    mapping = form.mapping(known_of(imported))
    try:
        importing.check_with(imported=imported, mapping=mapping, by=request.membership, now=now())
    except MappingRefusedError as error:
        form.add_problems(error.problems, mapping)
    except DomainError as error:
        form.add_error(None, str(error))
    return not form.errors


def _left_for_line(request: TenantRequest, imported: Import, form: AnyColumnsForm) -> HttpResponse:
    """Keep what was typed, and go back to what a line is."""
    try:
        line_choosing.keep_draft(imported=imported, mapping=form.mapping(known_of(imported)))
    except DomainError as error:
        form.add_error(None, str(error))
        return _columns_page(request, imported, form, status=422)
    return redirect("feedback:import-line", request.tenant.slug, imported.pk)


def _columns_page(
    request: TenantRequest,
    imported: Import,
    form: AnyColumnsForm,
    *,
    mapping_form: MappingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    recipes = recipes_listed(request.tenant)
    context = wizard(imported, form=form, mapping_form=mapping_form or MappingForm(recipes=recipes))
    return page(request, COLUMNS, context | {"step": 3}, part="import-columns-form", status=status)
