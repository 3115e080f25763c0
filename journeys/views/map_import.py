"""Files with maps: looked at, taken in, and taken out as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from cxm.collaboration.forms.imports import APPLY
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.operations.records import Source
from cxm.kernel.sheets import DELIMITERS, ENCODINGS
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.errors import RestrictedError
from journeys.forms.map_import import MapImportForm
from journeys.rules.access import Action
from journeys.rules.import_choices import part_lines
from journeys.selectors.access import may_do
from journeys.selectors.journeys import maps_of
from journeys.services.map_files_in import apply_files, preview_files
from journeys.services.map_files_out import export_journey
from journeys.services.map_incoming import Read, read_incoming
from journeys.services.map_library_in import MapAsking
from journeys.services.map_texts_out import SYNTAXES, export_text
from journeys.views.finding import found_journey, found_map, map_url, to_export
from personas.errors import LibraryRefusedError, LibraryStaleError
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import Journey, JourneyMap
    from personas.rules.cxmap_import import Preview

IMPORT = "journeys/map_import.html"
MOST_SHOWN = 200
# Of fewer parts than that the changes are shown at once.
FEW = 4


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def journey_import(request: TenantRequest) -> HttpResponse:
    """Take a file with maps: show what it would do, then do it; all of it or nothing.

    `onto` is the map that it is put on, `journey` the one that its map is added to.
    """
    data = request.POST if request.method == "POST" else request.GET
    form = MapImportForm(data, request.FILES)
    is_valid = form.is_valid()
    target = _target(request, form)
    if request.method != "POST":
        return page(request, IMPORT, {"form": MapImportForm(), **target})
    if not is_valid:
        return page(request, IMPORT, {"form": form, **target}, status=422)
    read = _read(request, form, target)
    if request.POST.get("do") != APPLY:
        found = preview_files(asking=read.asking, files=read.files)
        return _previewed(request, form, found.preview, target, read)
    try:
        done = apply_files(asking=read.asking, files=read.files, seen=form.cleaned_data["seen"])
    except (LibraryRefusedError, LibraryStaleError) as error:
        return _previewed(request, form, error.preview, target, read, words=str(error))
    if len(done.maps) == 1:
        messages.success(request, "The file is imported. Undo takes it back, as one step.")
        return redirect(map_url(done.maps[0]))
    report = {"report": done.preview, "lines": part_lines(done.preview, most=MOST_SHOWN)}
    return page(request, IMPORT, {"form": MapImportForm(), **report, "maps": done.maps, **target})


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_file(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Give a map as text: `syntax` is yaml, json, mermaid or markdown, `profile` bundle or map."""
    row = to_export(request, journey_map_id, "journey__parent", "baseline")
    syntax = request.GET.get("syntax", "yaml")
    if syntax not in SYNTAXES:
        raise Http404
    try:
        told = export_text(
            of=row,
            syntax=syntax,
            is_keys_only=request.GET.get("profile") == "map",
            by=request.membership,
            may_edit=request.may(Right.EDIT_JOURNEYS),
        )
    except RestrictedError as error:
        return _refused(request, str(error), map_url(row))
    answer = HttpResponse(told.text, content_type=f"{SYNTAXES[syntax]}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{told.name}"'
    return answer


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_file(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Give a journey as a zip: each of its maps as a file, and the library that they share."""
    journey = found_journey(request, journey_id, Sight.CONTENT)
    if not may_do(Action.EXPORT, journey, request.membership):
        raise Http404
    rows = maps_of(journey).filter(archived_at=None, deleted_at=None).order_by("number")
    maps = list(rows.select_related("tenant", "journey__tenant", "journey__parent", "baseline"))
    try:
        content = export_journey(
            journey=journey,
            maps=maps,
            by=request.membership,
            may_edit=request.may(Right.EDIT_JOURNEYS),
        )
    except RestrictedError as error:
        return _refused(request, str(error), "")
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{journey.key}.zip"'
    return answer


def _refused(request: TenantRequest, reason: str, back: str) -> HttpResponse:
    context = {"reason": reason, "back": back}
    return page(request, "personas/export_refused.html", context, status=403)


def _target(request: TenantRequest, form: MapImportForm) -> dict[str, JourneyMap | Journey | None]:
    """Find the map or journey that the file is for. Raises Http404, whatever else is wrong."""
    wanted = [name for name in ("onto", "journey") if name in form.errors]
    if wanted:
        raise Http404
    told = getattr(form, "cleaned_data", {})
    onto, journey = told.get("onto"), told.get("journey")
    found: dict[str, JourneyMap | Journey | None] = {"onto": None, "journey": None}
    if onto:
        found["onto"] = found_map(request, onto, Sight.CHANGE, "journey__tenant")
    if journey:
        found["journey"] = found_journey(request, journey, Sight.CHANGE)
    return found


def _read(request: TenantRequest, form: MapImportForm, target: dict[str, Any]) -> Read:
    asking = MapAsking(
        tenant=request.tenant,
        by=request.membership,
        now=now(),
        source=Source.IMPORT,
        choices=form.choices,
        may_bind=request.may(Right.SEE_CUSTOMERS),
        may_register=request.may(Right.EDIT_REGISTRIES),
        **target,
    )
    told = form.cleaned_data
    return read_incoming(
        asking=asking, content=told["content"], name=told["name"], reading=form.reading
    )


def _previewed(
    request: TenantRequest,
    form: MapImportForm,
    preview: Preview,
    target: dict[str, Any],
    read: Read,
    *,
    words: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "preview": preview,
        "lines": part_lines(preview, most=MOST_SHOWN),
        "more": max(len(preview.parts) - MOST_SHOWN, 0),
        "is_short": len(preview.parts) < FEW,
        "words": words,
        "carried": form.carried,
        "name": form.cleaned_data["name"],
        "encodings": ENCODINGS,
        "delimiters": list(DELIMITERS.items()),
        "reading": read.reading,
        **target,
    }
    return page(request, IMPORT, context, status=422 if preview.faults or words else 200)
