"""Maps as files: what one would look like, making it, and fetching what was made before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.made_files import answer_with_made
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.work.models import Job
from cxm.work.rules import state_words
from journeys.forms.exports import ExportForm
from journeys.rules.access import Action
from journeys.rules.export_errors import FileGoneError, FileNotReadyError
from journeys.rules.sheet_preview import preview_of
from journeys.selectors.access import may_do
from journeys.selectors.exports import KEPT, MOST_LISTED, export_jobs, file_url
from journeys.services import exports as services
from journeys.views.finding import map_url, to_export

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from journeys.models import JourneyMap
    from journeys.rules.sheet_preview import Preview

PAGE = "journeys/map_export.html"
# A map as text, as `map_file` gives it.
TEXTS = (
    ("YAML", "?syntax=yaml"),
    ("JSON", "?syntax=json"),
    ("YAML, keys only", "?syntax=yaml&profile=map"),
    ("Mermaid", "?syntax=mermaid"),
    ("Markdown", "?syntax=markdown"),
)


@dataclass(frozen=True, slots=True)
class MadeLine:
    """A file that was asked for; *url* is empty while it is not there."""

    title: str
    state: str
    url: str
    until: datetime | None


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
def map_export(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show what a file of a map would look like; a POST makes it.

    The query chooses (`journeys.forms.exports.ExportForm`). Large files are made in the
    background; others are the answer.
    """
    row = _found(request, journey_map_id)
    moment = now()
    drawn = services.draw_map(
        of=row,
        reader=request.membership,
        sees_answers=request.may(Right.SEE_RESPONSES),
        now=moment,
    )
    asked = request.POST if request.method == "POST" else request.GET
    form = ExportForm(asked, drawn.sheet)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, drawn, form, moment)
    return _made(request, row, drawn, form, moment)


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_exports(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """List the files of a map that were asked for before, with how far they are."""
    row = _found(request, journey_map_id)
    context = _made_before(request, row, now())
    return page(request, "journeys/map_exports.html", {"map": row, **context}, part="export-made")


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_export_file(request: TenantRequest, journey_map_id: UUID, job_id: UUID) -> HttpResponse:
    """Hand over a file that was made in the background, to who asked for it."""
    row = _found(request, journey_map_id)
    moment = now()
    job = get_object_or_404(export_jobs(row, request.membership, now=None), pk=job_id)
    try:
        file = services.kept_file(of=row, job=job, now=moment)
    except (FileNotReadyError, FileGoneError) as error:
        context = {"reason": str(error), "back": _url(row)}
        return page(request, "personas/export_refused.html", context, status=error.status)
    return answer_with_made(file)


def _found(request: TenantRequest, map_id: UUID) -> JourneyMap:
    return to_export(request, map_id, "journey__owner__user")


def _made(
    request: TenantRequest,
    row: JourneyMap,
    drawn: services.Drawn,
    form: ExportForm,
    moment: datetime,
) -> HttpResponse:
    options = form.options
    if drawn.is_large(options):
        services.start_map_export(
            of=row,
            options=options,
            by=request.membership,
            sees_answers=request.may(Right.SEE_RESPONSES),
            now=moment,
        )
        messages.success(request, "The file is being made. You find it below when it is done.")
        return redirect(_url(row))
    try:
        file = services.export_map_file(
            of=row, drawn=drawn, options=options, by=request.membership, now=moment
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _page(request, row, drawn, form, moment)
    return answer_with_made(file)


def _page(
    request: TenantRequest,
    row: JourneyMap,
    drawn: services.Drawn,
    form: ExportForm,
    moment: datetime,
) -> HttpResponse:
    is_valid = form.is_valid()
    preview = preview_of(drawn.sheet, form.options) if is_valid else None
    context = {
        "map": row,
        "map_url": map_url(row),
        "form": form,
        "preview": preview,
        "drawings": _drawings(preview),
        "is_large": is_valid and drawn.is_large(form.options),
        "chosen": form.chosen if is_valid else [],
        "texts": TEXTS,
        "takes_journey": may_do(Action.EXPORT, row.journey, request.membership),
        **_made_before(request, row, moment),
    }
    return page(request, PAGE, context, part="export-preview", status=200 if is_valid else 422)


def _drawings(preview: Preview | None) -> list[tuple[int, SafeString]]:
    """Give the pages of a preview by number; their markup escapes what people wrote."""
    pages = preview.drawings if preview else ()
    return [(number, mark_safe(str(one))) for number, one in enumerate(pages, start=1)]  # noqa: S308 - see it


def _made_before(request: TenantRequest, row: JourneyMap, moment: datetime) -> dict[str, Any]:
    jobs = list(export_jobs(row, request.membership, now=moment)[:MOST_LISTED])
    return {
        "made": [_line(row, job) for job in jobs],
        "is_live": any(job.state in Job.OPEN_STATES for job in jobs),
        "made_url": reverse("journeys:map-exports", args=[request.tenant.slug, row.pk]),
    }


def _line(row: JourneyMap, job: Job) -> MadeLine:
    is_done = job.state == Job.State.DONE
    return MadeLine(
        title=job.title,
        state=state_words(job.state, message=job.message),
        url=file_url(row, job.pk) if is_done else "",
        until=job.finished_at + KEPT if is_done and job.finished_at else None,
    )


def _url(row: JourneyMap) -> str:
    return reverse("journeys:map-export", args=[row.tenant.slug, row.pk])
