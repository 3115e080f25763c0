"""Library files: personas, stakeholders and stakeholder maps taken out and taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from cxm.collaboration.forms.imports import APPLY
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.operations.records import Source
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.errors import LibraryRefusedError, LibraryStaleError
from personas.forms.library_files import ExportForm, LibraryImportForm
from personas.rules.cxmap_import import Choice
from personas.selectors.library_files import maps_for_file, personas_for_file, register_for_file
from personas.services.library_export import Chosen, export_library
from personas.services.library_import import Asking, apply_library, preview_library

if TYPE_CHECKING:
    from personas.rules.cxmap_import import Preview

EXPORT, IMPORT = "personas/library_export.html", "personas/library_import.html"
CHOICES = (
    (Choice.TAKE.value, "Take"),
    (Choice.COPY.value, "As a copy"),
    (Choice.LEAVE.value, "Leave out"),
)
MOST_SHOWN = 200
# Of fewer parts than that the changes are shown at once.
FEW = 4


@require_safe
@tenant_page(Right.EXPORT_JOURNEYS)
def library_export(request: TenantRequest) -> HttpResponse:
    """Ask which personas and stakeholder maps go into a file."""
    context = {
        "personas": personas_for_file(request.tenant),
        "maps": maps_for_file(request.tenant, request.membership),
        "people": len(register_for_file(request.tenant)),
    }
    return page(request, EXPORT, context)


@require_safe
@tenant_page(Right.EXPORT_JOURNEYS)
def library_file(request: TenantRequest) -> HttpResponse:
    """Give the file with what `persona` and `map` name, and with `register` all stakeholders.

    `everything` takes all that is in use; `format=json` writes the same tree as JSON. What one
    may not see is no different from what is not there: 404.
    """
    form = ExportForm(request.GET)
    if not form.is_valid():
        raise Http404
    as_json = form.cleaned_data["format"] == "json"
    chosen = _chosen(request, form)
    text = export_library(
        tenant=request.tenant,
        chosen=chosen,
        by=request.membership,
        is_private=request.may(Right.EDIT_JOURNEYS),
        as_json=as_json,
    )
    kind, ending = ("application/json", "json") if as_json else ("application/yaml", "yaml")
    answer = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{chosen.name}.{ending}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def library_import(request: TenantRequest) -> HttpResponse:
    """Take a file: show what it would do, then do it; all of it or nothing."""
    if request.method != "POST":
        return page(request, IMPORT, {"form": LibraryImportForm()})
    form = LibraryImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, IMPORT, {"form": form}, status=422)
    content = form.cleaned_data["content"]
    asking = Asking(
        tenant=request.tenant,
        by=request.membership,
        now=now(),
        source=Source.IMPORT,
        choices=form.choices,
        may_bind=request.may(Right.SEE_CUSTOMERS),
    )
    if request.POST.get("do") != APPLY:
        preview = preview_library(asking=asking, content=content)
        return _previewed(request, form, preview)
    try:
        done = apply_library(asking=asking, content=content, seen=form.cleaned_data["seen"])
    except (LibraryRefusedError, LibraryStaleError) as error:
        return _previewed(request, form, error.preview, words=str(error))
    return page(request, IMPORT, {"form": LibraryImportForm(), "report": done})


def _previewed(
    request: TenantRequest, form: LibraryImportForm, preview: Preview, *, words: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "preview": preview,
        "shown": preview.parts[:MOST_SHOWN],
        "more": max(len(preview.parts) - MOST_SHOWN, 0),
        "is_short": len(preview.parts) < FEW,
        "choices": CHOICES,
        "words": words,
        "text": form.cleaned_data["content"].decode("utf-8", "replace"),
    }
    return page(request, IMPORT, context, status=422 if preview.faults or words else 200)


def _chosen(request: TenantRequest, form: ExportForm) -> Chosen:
    is_all = form.cleaned_data["everything"]
    try:
        persona_ids, map_ids = form.ids("persona"), form.ids("map")
    except ValueError as error:
        raise Http404 from error
    personas = personas_for_file(request.tenant, None if is_all else persona_ids)
    maps = maps_for_file(request.tenant, request.membership, None if is_all else map_ids)
    if not is_all and (len(personas), len(maps)) != (len(set(persona_ids)), len(set(map_ids))):
        raise Http404
    with_register = is_all or form.cleaned_data["register"]
    people = register_for_file(request.tenant) if with_register else []
    return Chosen(personas, people, maps)
