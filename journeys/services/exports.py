"""Taking a map out as a file: at once, or in the background where it is large."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from cxm.kernel.drawing.paper import TEMPLATE, told_pages
from cxm.kernel.drawing.slides import presentation
from cxm.kernel.drawing.svg_pages import svg_page
from cxm.kernel.made_files import MadeFile, made_file
from cxm.kernel.typesetting.setting import typeset_pdf, typeset_png
from cxm.kernel.workbooks import csv_archive, workbook
from cxm.metrics.rules.days import local_date
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.work.models import Job
from cxm.work.services import schedule, start_job
from journeys.rules.export_errors import (
    FileGoneError,
    FileNotReadyError,
    PartUnknownError,
    TooLargeAtOnceError,
)
from journeys.rules.sheet_options import LARGE, FileKind, Options, placed, shown_part
from journeys.selectors.exports import EXPORT, KEPT, file_url
from journeys.selectors.sheet_tables import map_tables
from journeys.selectors.sheets import ground_of, map_sheet, pictures_on

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Tenant
    from journeys.models import JourneyMap
    from journeys.rules.sheet import MapSheet
    from journeys.selectors.lane_items import Ground

SWEEP = "journeys.exports-swept"
# Of the largest maps that may be; setting one takes some hundred megabytes.
MOST_SIGNS = 12_000_000
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map that was read for a file: what was read, and what files show of it."""

    ground: Ground
    sheet: MapSheet

    def is_large(self, options: Options) -> bool:
        """Whether its file takes longer than people wait."""
        shown = shown_part(self.sheet, options) if options.kind.is_drawn else self.sheet
        return shown.pieces > LARGE


def draw_map(
    *, of: JourneyMap, reader: Membership | None, sees_answers: bool, now: datetime
) -> Drawn:
    """Read a map, loaded with its tenant and its journey's owner, as *reader* finds it.

    Figures are those of a reader who does or does not see answers.
    """
    today = local_date(now, ZoneInfo(of.tenant.time_zone))
    ground = ground_of(of, reader, now=now)
    return Drawn(ground, map_sheet(of, ground, sees_answers=sees_answers, today=today))


@transaction.atomic
def export_map_file(
    *, of: JourneyMap, drawn: Drawn, options: Options, by: Membership | ApiKey, now: datetime
) -> MadeFile:
    """Make the file of a map at once; who took it out is kept in the audit log.

    Raises TooLargeError, PartUnknownError, and TooLargeAtOnceError for what is made in the
    background.
    """
    if drawn.is_large(options):
        raise TooLargeAtOnceError
    file = _made(of, drawn, options, now)
    _record(of, options, by)
    return file


@transaction.atomic
def start_map_export(
    *, of: JourneyMap, options: Options, by: Membership | ApiKey, sees_answers: bool, now: datetime
) -> Job:
    """Make the file of a map in the background; who took it out is kept in the audit log.

    The job's `result_url` is where the file will be for seven days, for who asked.
    """
    member = by if isinstance(by, Membership) else None
    job = start_job(
        tenant=of.tenant,
        kind=EXPORT,
        title=f"{options.kind.words} of {of.name}"[:200],
        by=member,
        now=now,
        total=2,
        unit="steps",
        map_id=str(of.pk),
        options=options.told(),
        sees_answers=sees_answers,
    )
    job.result_url = file_url(of, job.pk)
    job.save(update_fields=["result_url"])
    schedule(SWEEP, tenant=of.tenant, every_seconds=_DAY_SECONDS, now=now)
    _record(of, options, by)
    return job


def make_file(
    *, job: Job, of: JourneyMap, options: Options, sees_answers: bool, now: datetime
) -> None:
    """Make the file of *job* and keep it for seven days. Raises TooLargeError, PartUnknownError.

    Making it anew gives the same file in the same place.
    """
    drawn = draw_map(of=of, reader=job.by, sees_answers=sees_answers, now=now)
    file = _made(of, drawn, options, now)
    folder = _folder(of.tenant) / str(of.pk) / str(job.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.name).write_bytes(file.content)


def count_pages(
    *, of: JourneyMap, options: Options, reader: Membership | None, now: datetime
) -> int:
    """Say how many pages the file of a map will have; 0 for one of tables.

    Raises PartUnknownError.
    """
    if not options.kind.is_drawn:
        return 0
    drawn = draw_map(of=of, reader=reader, sees_answers=False, now=now)
    return len(placed(_part(drawn.sheet, options), options))


def kept_file(*, of: JourneyMap, job: Job, now: datetime) -> MadeFile:
    """Give the file that *job* made of a map. Raises FileNotReadyError and FileGoneError.

    Whoever asks must have been found to be who asked for the file.
    """
    if job.state in Job.OPEN_STATES:
        raise FileNotReadyError
    is_kept = job.finished_at is not None and job.finished_at + KEPT > now
    folder = _folder(of.tenant) / str(of.pk) / str(job.pk)
    found = next(folder.iterdir(), None) if is_kept and folder.is_dir() else None
    if found is None:
        raise FileGoneError
    return MadeFile(found.name, found.name.rpartition(".")[2], found.read_bytes())


def sweep_exports(*, tenant: Tenant, now: datetime) -> int:
    """Remove the files that were kept for seven days; say how many."""
    ended = Job.objects.for_tenant(tenant).filter(kind=EXPORT, finished_at__lte=now - KEPT)
    old = {str(pk) for pk in ended.values_list("pk", flat=True)}
    found = [path for path in _folder(tenant).glob("*/*") if path.name in old]
    for path in found:
        shutil.rmtree(path)
    return len(found)


def _folder(tenant: Tenant) -> Path:
    return Path(settings.MEDIA_ROOT) / str(tenant.pk) / "exports"


def _record(of: JourneyMap, options: Options, by: Membership | ApiKey) -> None:
    told = {"as": options.kind.value}
    if options.kind is FileKind.PDF:
        told["pages"] = options.pages.value
    record(tenant=of.tenant, action="map-exported", by=by, about=of, changes=told)


def _made(of: JourneyMap, drawn: Drawn, options: Options, now: datetime) -> MadeFile:
    title = f"{of.journey.title}, {of.name}"
    return made_file(title, options.kind.ending, _content(of, drawn, options, now))


def _part(sheet: MapSheet, options: Options) -> MapSheet:
    """Give the part that a file shows. Raises PartUnknownError."""
    for field, asked, there in (
        ("stages", options.stages, sheet.stages),
        ("lanes", options.lanes, sheet.lanes),
    ):
        if not {one.id for one in there}.issuperset(asked):
            raise PartUnknownError(field)
    return shown_part(sheet, options)


def _content(of: JourneyMap, drawn: Drawn, options: Options, now: datetime) -> bytes:
    if not options.kind.is_drawn:
        at = now.astimezone(ZoneInfo(of.tenant.time_zone))
        tables = map_tables(of, drawn.sheet, drawn.ground, at=at)
        return workbook(tables) if options.kind is FileKind.XLSX else csv_archive(tables)
    shown = _part(drawn.sheet, options)
    title, author = shown.heading, of.tenant.name
    pages = placed(shown, options)
    if options.kind is FileKind.PPTX:
        return presentation(pages, title=title, author=author, at=now)
    pictures = pictures_on(of, shown)
    if options.kind is FileKind.SVG:
        drawing = svg_page(pages[0], pictures=pictures)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}'.encode()
    told = told_pages(pages, title=title, author=author)
    if options.kind is FileKind.PNG:
        return typeset_png(
            TEMPLATE, told, pictures=pictures, scale=options.scale, most_signs=MOST_SIGNS
        )
    return typeset_pdf(TEMPLATE, told, at=now, pictures=pictures, most_signs=MOST_SIGNS)
