"""What was done to a map: its history, its named versions, and bringing back how it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.collaboration.selectors.documents import names_of
from cxm.collaboration.views.documents import number_in, to_read
from cxm.collaboration.views.history import stretch_of
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.history import RestoreForm, VersionForm
from journeys.models import Snapshot
from journeys.selectors.moments import kept_versions, moment_of
from journeys.services import snapshots
from journeys.services.restoring import look_at_restoring, restore_map
from journeys.services.versions import keep_version
from journeys.views.change_lines import MOST_LINES, parts_of
from journeys.views.finding import found_map, found_then, map_url
from journeys.views.kinds import MAP, sight_for
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.undoing import Undo
    from journeys.models import JourneyMap

HISTORY = "journeys/map_history.html"
RESTORE = "journeys/map_restore.html"
NOT_READ = "Choose all of the map, or one element of it."


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_history(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """List what was done to a map, by person and sitting, and the versions that are kept of it.

    `?before=` an operation shows what was done earlier.
    """
    return page(request, HISTORY, _history(request, journey_map_id))


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def version_new(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Keep the map as it is now, under a name."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _with_fault(request, row, form)
    try:
        label = form.cleaned_data["label"]
        keep_version(of=row, label=label, by=request.membership, now=now())
    except DomainError as error:
        form.add_error("label", str(error))
        return _with_fault(request, row, form)
    messages.success(request, f"This version is kept as “{label}”.")
    return redirect(_url(row, "map-history"))


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def version_rename(request: TenantRequest, journey_map_id: UUID, snapshot_id: UUID) -> HttpResponse:
    """Give a named version another name."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    snapshot = _snapshot(row, snapshot_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _with_fault(request, row, form)
    try:
        snapshots.rename_snapshot(snapshot=snapshot, label=form.cleaned_data["label"])
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_url(row, "map-history"))


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def version_remove(request: TenantRequest, journey_map_id: UUID, snapshot_id: UUID) -> HttpResponse:
    """Forget a named version; the map as it was then is still found by its operations."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    snapshot = _snapshot(row, snapshot_id)
    try:
        snapshots.remove_snapshot(snapshot=snapshot)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{snapshot.label}” is no longer kept by name.")
    return redirect(_url(row, "map-history"))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def map_bring_back(request: TenantRequest, journey_map_id: UUID, seq: int) -> HttpResponse:
    """Show what bringing back the map, or the element `of`, would change, and do it.

    What it referred to then and is lost since is asked about (409).
    """
    row = found_map(request, journey_map_id, Sight.CHANGE)
    if moment_of(row, seq) is None:
        raise Http404
    form = RestoreForm(request.POST or request.GET)
    if not form.is_valid():
        return _refused(request, row, NOT_READ)
    only = form.cleaned_data["of"]
    if request.method != "POST":
        return _preview(request, row, seq, only)
    choice = Choice(form.cleaned_data["choice"] or Choice.ASK)
    try:
        done = restore_map(
            of=row, until=seq, only=only, choice=choice, by=request.membership, now=now()
        )
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    if done.clashes and choice is Choice.ASK:
        return _preview(request, row, seq, only, done=done)
    if done.operations:
        messages.success(request, "It is as it was then. Undo takes this back.")
    else:
        messages.info(request, "It is like that already: nothing was changed.")
    return redirect(map_url(row))


def _preview(
    request: TenantRequest,
    row: JourneyMap,
    seq: int,
    only: UUID | None,
    *,
    done: Undo | None = None,
) -> HttpResponse:
    try:
        found = look_at_restoring(of=row, until=seq, only=only, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    name_of = names_of(request.tenant, found.others)
    context = {
        "map": row,
        "seq": seq,
        "at": moment_of(row, seq),
        "only": only,
        "what": found.names.plain(only) if only else "",
        "then_url": _url(row, "map-then", seq),
        "parts": parts_of(found.changes, found.names),
        "more": max(0, len(found.changes) - MOST_LINES),
        "others": [(name_of(actor), count) for actor, count in found.others.items()],
        "left_out": found.left_out,
        "removed": found.removed,
        "reasons": sorted({clash.reason for clash in done.clashes}) if done else [],
        "may_restore": may_edit(request, row),
    }
    return page(request, RESTORE, context, status=409 if done else 200)


def _history(request: TenantRequest, journey_map_id: UUID) -> dict[str, Any]:
    found_then(request, journey_map_id)
    asked, row = to_read(request, MAP, journey_map_id)
    found, older = stretch_of(MAP, asked, row.head_seq, number_in(request, "before"))
    name_of = names_of(request.tenant, [sitting.actor for sitting in found])
    return {
        "map": row,
        "document": row,
        "named": [(sitting, name_of(sitting.actor)) for sitting in found],
        "older": older,
        "kept": kept_versions(row),
        "then_start": _url(row, "map-then", 1).removesuffix("1/"),
        "may_name": sight_for(request, row) >= Sight.CHANGE,
        "form": VersionForm(),
    }


def _with_fault(request: TenantRequest, row: JourneyMap, form: VersionForm) -> HttpResponse:
    context = {**_history(request, row.pk), "form": form}
    return page(request, HISTORY, context, status=422)


def _snapshot(row: JourneyMap, snapshot_id: UUID) -> Snapshot:
    rows = Snapshot.objects.for_tenant(row.tenant_id).filter(map=row)
    return get_object_or_404(rows.defer("document"), pk=snapshot_id)


def _refused(
    request: TenantRequest, row: JourneyMap, words: str, *, status: int = 422
) -> HttpResponse:
    context = {"map": row, "words": words, "back": _url(row, "map-history")}
    return page(request, "journeys/map_refused.html", context, status=status)


def _url(row: JourneyMap, name: str, *more: Any) -> str:
    return reverse(f"journeys:{name}", args=[row.tenant.slug, row.pk, *more])
