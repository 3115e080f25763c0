"""Sending reports: finding those that are due, reading them for each sight, making the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.models import (
    Report,
    ReportEdition,
    ReportFile,
    ReportMail,
    ReportRecipient,
    ReportRun,
)
from analytics.rules.reports import FILES_KEPT, digest_of
from analytics.selectors.report_sections import BoardBook, read_report, sight_of, stored_pages
from analytics.selectors.report_sheets import report_pdf, report_workbook
from analytics.services.report_keeping import next_after
from cxm.collaboration.selectors.talk import people_of
from cxm.tenants.audit import record
from cxm.work.models import Outbox
from cxm.work.services import later, start_job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from analytics.selectors.report_sections import Sight
    from cxm.tenants.models import Membership, Tenant
    from cxm.work.models import Job

MAKE = "analytics.make-report"
MAKE_NOW = "analytics.make-report-now"
MAIL = "analytics.mail-report"
_OPEN = (ReportRun.State.WAITING, ReportRun.State.FAILED)


@transaction.atomic
def begin_due_runs(*, tenant: Tenant, now: datetime) -> int:
    """Begin one run for each report that is due; give how many.

    Who finds a report holds it until its next moment is set, so two workers begin it once. Of
    moments that passed while nobody worked only the earliest one is made up for.
    """
    due = Report.objects.for_tenant(tenant).filter(next_at__lte=now).select_related("tenant")
    held = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    begun = 0
    for report in held.order_by("next_at", "pk"):
        due_at: Any = report.next_at
        rows = ReportRun.objects.for_tenant(tenant)
        run, is_new = rows.get_or_create(
            report=report, due_at=due_at, only_for=None, defaults={"tenant": tenant}
        )
        report.next_at = next_after(report, now)
        report.save(update_fields=["next_at"])
        if is_new:
            later(MAKE, tenant=tenant, now=now, run_id=str(run.pk))
            begun += 1
    return begun


@transaction.atomic
def send_now(*, report: Report, member: Membership, now: datetime) -> Job | None:
    """Have a report made for *member* alone; None while one is being made for them already.

    The report is held, so that of two that are asked for at once one is made.
    """
    held = Report.objects.for_tenant(report.tenant_id).select_for_update(no_key=True)
    held.get(pk=report.pk)
    rows = ReportRun.objects.for_tenant(report.tenant_id).filter(report=report, only_for=member)
    if rows.filter(state=ReportRun.State.WAITING).exists():
        return None
    run = ReportRun.objects.create(tenant=report.tenant, report=report, due_at=now, only_for=member)
    record(tenant=report.tenant, action="report-sent-now", by=member, about=report)
    return start_job(
        tenant=report.tenant,
        kind=MAKE_NOW,
        title=f"“{report.title}” for {member.user.get_full_name()}",
        by=member,
        now=now,
        unit="mails",
        run_id=str(run.pk),
    )


@transaction.atomic
def make_run(*, run_id: UUID | str, tenant_id: UUID, now: datetime) -> int:
    """Read a report once for each sight among its readers, and promise each reader's mail.

    Gives the number of mails. Nothing for a run that is made already: who comes second, or again
    after a kill, finds it so. Raises TooLargeError.
    """
    rows = ReportRun.objects.for_tenant(tenant_id).filter(pk=run_id, state__in=_OPEN)
    held = rows.select_related("report__tenant").select_for_update(of=("self",), no_key=True)
    run = held.first()
    if run is None:
        return 0
    run.attempts, run.made_at, run.error = run.attempts + _tries(run), now, ""
    run.pages = run.report.pages
    readers = [] if run.report.archived_at else _readers(run)
    pages = stored_pages(run.report.pages)
    book = BoardBook(run.report.tenant, pages)
    by_sight: dict[Sight, list[Membership]] = {}
    for member in readers:
        by_sight.setdefault(sight_of(member, book), []).append(member)
    mails = sum(_make_edition(run, sight, book, who, now) for sight, who in by_sight.items())
    run.state = ReportRun.State.MADE if mails else ReportRun.State.SKIPPED
    run.save(update_fields=["state", "attempts", "made_at", "error", "pages"])
    return mails


@transaction.atomic
def retry_run(*, run: ReportRun, by: Membership, now: datetime) -> bool:
    """Try a failed run, or the failed mails of one, again; tell whether there was any to try.

    What workers had given up and parked is promised anew in its stead.
    """
    rows = ReportRun.objects.for_tenant(run.tenant_id).filter(pk=run.pk)
    if rows.filter(state=ReportRun.State.FAILED).update(state=ReportRun.State.WAITING, error=""):
        _forget_parked(run.tenant_id, (MAKE, MAKE_NOW), run_id=str(run.pk))
        later(MAKE, tenant=run.tenant_id, now=now, run_id=str(run.pk))
    elif not _retry_mails(run, now):
        return False
    record(tenant=run.tenant, action="report-run-retried", by=by, about=run)
    return True


def purge_files(*, tenant: Tenant, now: datetime) -> int:
    """Take away files that are older than 90 days; what they said stays. Gives how many."""
    old = ReportFile.objects.for_tenant(tenant).filter(made_at__lt=now - FILES_KEPT)
    return old.delete()[0]


def _tries(run: ReportRun) -> int:
    """Count how often workers have tried this time, the one at hand included."""
    rows = Outbox.objects.for_tenant(run.tenant_id).filter(task__in=(MAKE, MAKE_NOW))
    mine = rows.filter(arguments__contains={"run_id": str(run.pk)})
    return mine.order_by("-attempts").values_list("attempts", flat=True).first() or 1


def _readers(run: ReportRun) -> Sequence[Membership]:
    """Give the members whom a run is for, who are there still."""
    people = people_of(run.report.tenant)
    if run.only_for_id:
        return list(people.filter(pk=run.only_for_id))
    rows = ReportRecipient.objects.for_tenant(run.tenant_id)
    wanted = rows.filter(report=run.report_id, stopped_at=None).values("member")
    return list(people.filter(pk__in=wanted))


def _make_edition(
    run: ReportRun, sight: Sight, book: BoardBook, readers: Sequence[Membership], now: datetime
) -> int:
    """Keep what readers with one sight are told, and promise their mails; give how many."""
    report = run.report
    read = read_report(report.tenant, stored_pages(report.pages), sight, book, now=now)
    sections = [one.as_json() for one in read.sections]
    digest = digest_of(sections)
    is_same = report.skips_unchanged and not run.only_for_id and _last_digest(run, sight) == digest
    edition = ReportEdition.objects.create(
        tenant=report.tenant,
        run=run,
        sight=sight.key,
        sections=sections,
        left_out=read.left_out,
        digest=digest,
        as_of=now,
    )
    if is_same or not sections:
        return 0
    _make_files(report, edition, now)
    mails = ReportMail.objects.bulk_create(
        ReportMail(tenant=report.tenant, run=run, edition=edition, member=one) for one in readers
    )
    for mail in mails:
        later(MAIL, tenant=report.tenant, now=now, mail_id=str(mail.pk))
    return len(mails)


def _last_digest(run: ReportRun, sight: Sight) -> str:
    """Give the digest of what readers with this sight were told at the last moment before."""
    rows = ReportEdition.objects.for_tenant(run.tenant_id).filter(sight=sight.key)
    before = rows.filter(run__report=run.report_id, run__only_for=None, run__due_at__lt=run.due_at)
    newest = before.order_by("-run__due_at").values_list("digest", flat=True).first()
    return newest or ""


def _make_files(report: Report, edition: ReportEdition, now: datetime) -> None:
    makers: dict[str, Any] = {}
    if report.has_pdf:
        makers["pdf"] = report_pdf
    if report.has_xlsx:
        makers["xlsx"] = report_workbook
    ReportFile.objects.bulk_create(
        ReportFile(
            tenant=report.tenant,
            edition=edition,
            ending=ending,
            content=make(report, edition),
            made_at=now,
        )
        for ending, make in makers.items()
    )


def _retry_mails(run: ReportRun, now: datetime) -> bool:
    rows = ReportMail.objects.for_tenant(run.tenant_id).filter(run=run)
    failed = rows.filter(state=ReportMail.State.FAILED).select_for_update()
    ids = list(failed.values_list("pk", flat=True))
    rows.filter(pk__in=ids).update(state=ReportMail.State.WAITING, error="")
    for pk in ids:
        _forget_parked(run.tenant_id, (MAIL,), mail_id=str(pk))
        later(MAIL, tenant=run.tenant_id, now=now, mail_id=str(pk))
    return bool(ids)


def _forget_parked(tenant_id: UUID, tasks: Sequence[str], **arguments: str) -> None:
    parked = Outbox.objects.for_tenant(tenant_id).filter(state=Outbox.State.PARKED)
    parked.filter(task__in=tasks, arguments__contains=arguments).delete()
