"""Import a file of answers, customers or events from the shell."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.tenants.selectors import tenant_by_slug
from cxm.work.engine import run_one
from cxm.work.models import Job
from feedback.adapters.errors import MappingError
from feedback.adapters.event_mapping import FileMapping, read_mapping
from feedback.errors import MappingRefusedError
from feedback.models import Import
from feedback.services.importing import save_mapping, start_check, start_load
from feedback.services.receiving import receive_file

PATIENCE_SECONDS = 0.2
READ_BYTES = 1 << 20
PRINTED = ("rows_read", "loaded", "unchanged", "refused", "ratings", "created")
OF_EVENTS = ("events", "flagged")


class Command(BaseCommand):
    """`manage.py import_feedback FILE --tenant SLUG --mapping FILE [--dry-run] [--json]`."""

    help = "Import a file of answers, customers or events by a mapping; it can be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("file", type=Path, help="CSV, TSV or XLSX file")
        parser.add_argument("--tenant", required=True, help="short name of the tenant")
        parser.add_argument(
            "--mapping", required=True, type=Path, help="what the columns mean (suggest_mapping)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything, load nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object at the end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Receive, check or load, and print the report; raises CommandError in words."""
        tenant = tenant_by_slug(options["tenant"])
        if tenant is None:
            raise CommandError(
                f"There is no tenant “{options['tenant']}”. Make one with create_tenant."
            )
        mapping = _mapping(options["mapping"])
        try:
            import_id, job_id = self._begun(
                tenant, options["file"], mapping, is_dry=options["dry_run"]
            )
        except MappingRefusedError as error:
            lines = [f"{problem.field}: {problem.message}" for problem in error.problems]
            raise CommandError("\n".join(["The mapping cannot be used:", *lines])) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self._see_through(tenant, job_id)
        report = self._report(tenant, import_id, is_dry=options["dry_run"])
        if options["json"]:
            counted = {name: _counted(report, name) for name in OF_EVENTS if report.get(name)}
            self.stdout.write(json.dumps({name: report[name] for name in PRINTED} | counted))
        else:
            self._tell(report, is_dry=options["dry_run"])

    def _begun(
        self, tenant: Tenant, path: Path, mapping: FileMapping, *, is_dry: bool
    ) -> tuple[UUID, UUID]:
        with tenant_bound(tenant.pk):
            imported = receive_file(
                tenant=tenant, name=path.name, chunks=_chunks(path), by=None, now=now()
            )
            save_mapping(imported=imported, mapping=mapping)
            start = start_check if is_dry else start_load
            job = start(imported=imported, by=None, now=now())
        return imported.pk, job.pk

    def _see_through(self, tenant: Tenant, job_id: UUID) -> None:
        """Do the steps of the job, beside workers that may do some too, until it is over."""
        told = ""
        while (job := _job(tenant, job_id)).state in Job.OPEN_STATES:
            told = self._say(job, told)
            if not run_one(tenant.pk):
                time.sleep(PATIENCE_SECONDS)
        self._say(job, told)
        if job.state != Job.State.DONE:
            words = "Somebody stopped it." if job.state == Job.State.CANCELLED else job.message
            raise CommandError(words)

    def _say(self, job: Job, told: str) -> str:
        """Tell how far *job* is, unless that was told already."""
        if job.message != told:
            self.stderr.write(f"{job.done:,} rows read, {job.message}")
        return job.message

    def _report(self, tenant: Tenant, import_id: UUID, *, is_dry: bool) -> dict[str, Any]:
        with tenant_bound(tenant.pk):
            imported = Import.objects.for_tenant(tenant).get(pk=import_id)
        report: dict[str, Any] = imported.check_report if is_dry else imported.report  # type: ignore[assignment]  # a job that is done has written it
        return report

    def _tell(self, report: dict[str, Any], *, is_dry: bool) -> None:
        verb = "would be loaded" if is_dry else "loaded"
        read, loaded, there = (report[name] for name in ("rows_read", "loaded", "unchanged"))
        what = "lines" if "line" in report else "responses"
        lines = [f"{read:,} rows read, {loaded:,} {what} {verb}, {there:,} were there already."]
        lines += [f"Refused, {code}: {count:,}" for code, count in report["refused"].items()]
        lines += [f"Scores, {metric}: {count:,}" for metric, count in report["ratings"].items()]
        lines += [
            f"Events, {name}: {count:,}" for name, count in _counted(report, "events").items()
        ]
        lines += [
            f"Flagged, {flag}: {count:,}" for flag, count in _counted(report, "flagged").items()
        ]
        for kind, titles in report["created"].items():
            if titles:
                made = "would be made" if is_dry else "made"
                lines.append(f"{kind.capitalize()} {made}: {', '.join(titles)}")
        self.stdout.write("\n".join(lines))


def _counted(report: dict[str, Any], name: str) -> dict[str, int]:
    return {one["name"]: one["count"] for one in report.get(name, ())}


def _mapping(path: Path) -> FileMapping:
    try:
        return read_mapping(path.read_bytes())
    except OSError as error:
        raise CommandError(f"The mapping “{path}” cannot be read: {error.strerror}.") from error
    except MappingError as error:
        raise CommandError(f"The mapping cannot be used:\n{error}") from error


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            yield from iter(partial(stream.read, READ_BYTES), b"")
    except OSError as error:
        raise CommandError(f"The file “{path}” cannot be read: {error.strerror}.") from error


def _job(tenant: Tenant, job_id: UUID) -> Job:
    with tenant_bound(tenant.pk):
        return Job.objects.for_tenant(tenant).get(pk=job_id)
