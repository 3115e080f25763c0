"""The import wizard up to the mapping: list, file, columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import whole_number
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.adapters.event_mapping import EventMapping
from feedback.adapters.mapping import Mapping, from_json
from feedback.errors import MappingRefusedError
from feedback.forms.choices import choices_in
from feedback.forms.columns import ColumnsForm
from feedback.forms.defaults import treated_like
from feedback.forms.imports import DialectForm, MappingForm, UploadForm
from feedback.forms.mapped import column_of, mapping_from
from feedback.forms.offered import known_of, offered_to
from feedback.models import Import
from feedback.selectors.imports import STEPS, imports_listed, progress_of, recipes_listed, step_of
from feedback.services import importing, receiving
from feedback.services.preparing import readable_mapping
from feedback.services.sample import NAME, sample_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpResponse, QueryDict


LIST, NEW = "feedback/import_list.html", "feedback/import_new.html"
FILE, COLUMNS = "feedback/import_file.html", "feedback/import_columns.html"


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


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.IMPORT_FEEDBACK)
def import_columns(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Ask what the columns mean; keep the answer, or show it again with what is open."""
    imported = import_of(request, import_id)
    if "columns" not in imported.preview or imported.batch_id:
        return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    base = _mapping_so_far(imported)
    form = _columns_form(request, imported, base)
    if request.method == "POST":
        form = _columns_form(request, imported, base, data=request.POST)
        act = request.POST.get("act", "save")
        if act != "save" or form.has_new_roles:
            return _columns_page(request, imported, _changed(form, act))
        if form.is_valid() and _is_checked(request, imported, form, base):
            return redirect("feedback:import", request.tenant.slug, imported.pk)
    return _columns_page(request, imported, form, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def import_mapping_use(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Fill the columns in from a recipe or a mapping file.

    One whose lines are no answers has nothing to be filled in: the file is checked by it.
    """
    imported = import_of(request, import_id)
    form = MappingForm(request.POST, request.FILES, recipes=recipes_listed(request.tenant))
    if form.is_valid():
        recipe, read = form.cleaned_data["recipe"], form.cleaned_data.get("read")
        try:
            mapping = read or readable_mapping(recipe.mapping)
            if isinstance(mapping, EventMapping):
                moment = now()
                importing.check_with(
                    imported=imported, mapping=mapping, by=request.membership, now=moment
                )
                return redirect("feedback:import", request.tenant.slug, imported.pk)
            receiving.suggest_from(imported=imported, mapping=mapping)
        except MappingRefusedError as error:
            for problem in error.problems:
                form.add_error(None, f"{problem.field}: {problem.message}")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The columns are filled in. Look through them.")
            return redirect("feedback:import-columns", request.tenant.slug, imported.pk)
    columns = _columns_form(request, imported, _mapping_so_far(imported))
    return _columns_page(request, imported, columns, mapping_form=form, status=422)


def _received(request: TenantRequest, name: str, chunks: Iterable[bytes]) -> Import:
    moment = now()
    imported = receiving.receive_file(
        tenant=request.tenant, name=name, chunks=chunks, by=request.membership, now=moment
    )
    receiving.look_into(imported=imported, by=request.membership, now=moment)
    return imported


def _mapping_so_far(imported: Import) -> Mapping:
    kept = readable_mapping(imported.mapping or imported.preview["suggestion"])
    if isinstance(kept, Mapping):
        return kept
    return from_json(json.dumps(imported.preview["suggestion"]))


def _columns_form(
    request: TenantRequest, imported: Import, base: Mapping, data: QueryDict | None = None
) -> ColumnsForm:
    whole, choices = choices_in(base, imported.preview["heads"])
    return ColumnsForm(
        data,
        columns=imported.preview["columns"],
        choices=choices,
        whole=whole,
        offered=offered_to(request.tenant),
    )


def _changed(form: ColumnsForm, act: str) -> ColumnsForm:
    """Give the form anew with what was sent; *act* "like-3" spreads the fourth column's choice."""
    choices = form.choices
    verb, _, text = act.partition("-")
    number = whole_number(text)
    if verb == "like" and number is not None and number < len(choices):
        model = choices[number]
        choices = treated_like(model, choices, form.columns, form.offered.scales)
    return ColumnsForm(
        columns=form.columns, choices=choices, whole=form.whole, offered=form.offered
    )


def _is_checked(request: TenantRequest, imported: Import, form: ColumnsForm, base: Mapping) -> bool:
    """Keep the mapping and begin the dry run; what is wrong goes to the fields it is about."""
    mapping = mapping_from(form.whole, form.choices, base=base, known=known_of(imported))
    try:
        importing.check_with(imported=imported, mapping=mapping, by=request.membership, now=now())
    except MappingRefusedError as error:
        form.add_problems([(p, column_of(p.field, mapping)) for p in error.problems])
    except DomainError as error:
        form.add_error(None, str(error))
    return not form.errors


def _columns_page(
    request: TenantRequest,
    imported: Import,
    form: ColumnsForm,
    *,
    mapping_form: MappingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    recipes = recipes_listed(request.tenant)
    context = wizard(imported, form=form, mapping_form=mapping_form or MappingForm(recipes=recipes))
    context["step"] = 2
    return page(request, COLUMNS, context, part="import-columns-form", status=status)
