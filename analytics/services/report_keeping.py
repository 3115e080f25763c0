"""Every write to reports by people: made, changed, paused, archived, switched off for oneself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from analytics.errors import ReportArchivedError, TooManyReportsError
from analytics.models import Report, ReportRecipient
from analytics.rules.report_rhythm import Pace, Rhythm, fault_of, next_due
from analytics.rules.reports import (
    MOST_RECIPIENTS,
    MOST_REPORTS,
    PageKind,
    ReportError,
    read_pages,
    read_report_title,
)
from analytics.selectors.churn import counted_definitions
from analytics.selectors.names import measures
from analytics.selectors.report_sections import BoardBook
from analytics.services.turns import take_turns
from cxm.collaboration.selectors.talk import people_of
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Membership
from cxm.work.models import Schedule
from cxm.work.services import schedule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from analytics.rules.reports import ReportPage
    from cxm.tenants.models import Tenant

DUE = "analytics.send-due-reports"
PURGE = "analytics.purge-report-files"
_PACES = {DUE: 300, PURGE: 86_400}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants of a report; *pages* is JSON, *recipients* are ids of members."""

    title: str
    pages: Any
    pace: str
    hour: int
    day: int
    recipients: Collection[UUID]
    has_pdf: bool = True
    has_xlsx: bool = False
    skips_unchanged: bool = False

    @property
    def rhythm(self) -> Rhythm:
        """Give when it is due."""
        return Rhythm(Pace(self.pace), self.hour, 0 if self.pace == Pace.DAILY else self.day)


@transaction.atomic
def create_report(
    *, tenant: Tenant, wanted: Wanted, by: Membership | ApiKey | None, now: datetime
) -> Report:
    """Make a report that is sent from its next moment on; who makes it owns it.

    Members who are not there, or not any more, are left out. Raises ReportError and
    TooManyReportsError.
    """
    take_turns("reports", tenant.pk)
    if Report.objects.for_tenant(tenant).filter(archived_at=None).count() >= MOST_REPORTS:
        raise TooManyReportsError(MOST_REPORTS)
    owner = by if isinstance(by, Membership) else None
    report = Report(tenant=tenant, owner=owner, created_at=now)
    _fill(report, wanted, by)
    report.next_at = next_after(report, now)
    report.save(force_insert=True)
    _send_to(report, wanted.recipients)
    _keep_pace(tenant, now)
    record(tenant=tenant, action="report-created", by=by, about=report)
    return report


@transaction.atomic
def change_report(
    *, report: Report, wanted: Wanted, by: Membership | ApiKey, now: datetime
) -> Report:
    """Change a report; who switched it off for themselves stays off.

    Raises ReportError and ReportArchivedError.
    """
    locked = _locked(report)
    before = _told(locked)
    _fill(locked, wanted, by)
    if not locked.is_paused:
        locked.next_at = next_after(locked, now)
    locked.save()
    changes: dict[str, object] = {
        name: [old, _told(locked)[name]]
        for name, old in before.items()
        if old != _told(locked)[name]
    }
    if _send_to(locked, wanted.recipients):
        changes["recipients"] = True
    if changes:
        record(tenant=locked.tenant, action="report-changed", by=by, about=locked, changes=changes)
    return locked


@transaction.atomic
def pause_report(
    *, report: Report, is_paused: bool, by: Membership | ApiKey, now: datetime
) -> Report:
    """Stop sending a report, or send it again from its next moment on."""
    locked = _locked(report)
    if locked.is_paused is is_paused:
        return locked
    locked.next_at = None if is_paused else next_after(locked, now)
    locked.save(update_fields=["next_at"])
    action = "report-paused" if is_paused else "report-resumed"
    record(tenant=locked.tenant, action=action, by=by, about=locked)
    return locked


@transaction.atomic
def archive_report(*, report: Report, by: Membership | ApiKey, now: datetime) -> None:
    """Take a report off the list for good; what was sent stays to be read."""
    locked = _locked(report)
    locked.next_at, locked.archived_at = None, now
    locked.save(update_fields=["next_at", "archived_at"])
    record(tenant=locked.tenant, action="report-archived", by=by, about=locked)


@transaction.atomic
def switch_own_mail(*, report: Report, member: Membership, is_wanted: bool, now: datetime) -> bool:
    """Let a recipient stop getting a report, or get it again; tell whether that was a change."""
    rows = ReportRecipient.objects.for_tenant(report.tenant_id)
    own = rows.filter(report=report, member=member, stopped_at__isnull=not is_wanted)
    if not own.update(stopped_at=None if is_wanted else now):
        return False
    action = "report-wanted-again" if is_wanted else "report-switched-off"
    record(tenant=report.tenant, action=action, by=member, about=report)
    return True


def rhythm_of(report: Report) -> Rhythm:
    """Give when a report is due."""
    return Rhythm(Pace(report.pace), report.hour, report.day)


def next_after(report: Report, now: datetime) -> datetime:
    """Give the first moment after *now* at which a report, with its tenant, is due."""
    return next_due(rhythm_of(report), after=now, zone=ZoneInfo(report.tenant.time_zone))


def _fill(report: Report, wanted: Wanted, by: Membership | ApiKey | None) -> None:
    """Check what is wanted and put it in; nothing is saved."""
    fault = fault_of(wanted.pace, wanted.hour, wanted.day)
    if fault:
        raise ReportError(*fault)
    pages = read_pages(wanted.pages)
    _check_there(report.tenant, pages, by)
    report.title = read_report_title(wanted.title)
    report.pages = [one.as_json() for one in pages]
    rhythm = wanted.rhythm
    report.pace, report.hour, report.day = rhythm.pace.value, rhythm.hour, rhythm.day
    report.has_pdf, report.has_xlsx = wanted.has_pdf, wanted.has_xlsx
    report.skips_unchanged = wanted.skips_unchanged


def _check_there(
    tenant: Tenant, pages: Iterable[ReportPage], by: Membership | ApiKey | None
) -> None:
    """Refuse pages about what is not there, or is not shown to who asks."""
    every = list(pages)
    keys = {one.of for one in every if one.kind in {PageKind.METRIC, PageKind.WHY}}
    known = {one.metric.key for one in measures(tenant)} if keys else set()
    for key in sorted(keys - known):
        raise ReportError("pages", f"There is no metric “{key}”.")
    churn = {one.of for one in every if one.kind is PageKind.CHURN and one.of}
    defined = {one.definition.key for one in counted_definitions(tenant)} if churn else set()
    for key in sorted(churn - defined):
        raise ReportError("pages", f"There is no definition of churn “{key}”.")
    book = BoardBook(tenant, every)
    live = {pk for pk, board in book.boards.items() if not board.archived_at}
    seen = live & book.seen_by(by) if by else live
    if len(seen) < len({one.of for one in every if one.kind is PageKind.DASHBOARD}):
        raise ReportError("pages", "There is no such dashboard, or you do not see it.")


def _send_to(report: Report, recipients: Collection[UUID]) -> bool:
    """Let just these members get the report; tell whether anything changed."""
    if len(recipients) > MOST_RECIPIENTS:
        raise ReportError("recipients", f"Choose at most {MOST_RECIPIENTS} people.")
    there_now = people_of(report.tenant).filter(pk__in=set(recipients))
    wanted = set(there_now.values_list("pk", flat=True))
    rows = ReportRecipient.objects.for_tenant(report.tenant_id).filter(report=report)
    there = set(rows.values_list("member_id", flat=True))
    rows.exclude(member_id__in=wanted).delete()
    ReportRecipient.objects.bulk_create(
        ReportRecipient(tenant=report.tenant, report=report, member_id=pk)
        for pk in sorted(wanted - there)
    )
    return wanted != there


def _keep_pace(tenant: Tenant, now: datetime) -> None:
    """Have due reports looked for, and old files taken away, once there is any report."""
    known = set(Schedule.objects.for_tenant(tenant).values_list("task", flat=True))
    for task, seconds in _PACES.items():
        if task not in known:
            schedule(task, tenant=tenant, every_seconds=seconds, now=now)


def _told(report: Report) -> dict[str, object]:
    names = ("title", "pages", "pace", "hour", "day", "has_pdf", "has_xlsx", "skips_unchanged")
    return {name: getattr(report, name) for name in names}


def _locked(report: Report) -> Report:
    rows = Report.objects.for_tenant(report.tenant_id).select_related("tenant")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    if locked.archived_at:
        raise ReportArchivedError
    return locked
