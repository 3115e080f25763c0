"""Reports as their pages show them: which one may see, when they come, what each run became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import FETCH_RAISE, Q

from analytics.models import (
    ChurnDefinition,
    Report,
    ReportEdition,
    ReportFile,
    ReportMail,
    ReportRecipient,
    ReportRun,
)
from analytics.rules.report_rhythm import Pace, Rhythm
from analytics.rules.reports import FILES_KEPT, PageKind
from analytics.selectors.report_sections import BoardBook, pages_of_run, sight_of, stored_pages
from cxm.collaboration.selectors.sights import pages_of_folder
from cxm.metrics.models import Metric
from cxm.tenants.models import ApiKey, Membership
from cxm.tenants.rules import Right, may
from cxm.work.models import Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from analytics.rules.reports import ReportPage
    from cxm.tenants.models import Tenant

FOLDER = "reports/"
RUN_TASKS = ("analytics.make-report", "analytics.make-report-now")
MOST_RUNS = 30


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report in the list: when it comes, its last run, and whether the reader gets it."""

    report: Report
    rhythm: Rhythm
    parts: tuple[str, ...]
    recipients: tuple[ReportRecipient, ...]
    last: ReportRun | None
    is_mine: bool

    @property
    def readers(self) -> int:
        """Count who gets it, without those who switched it off."""
        return sum(one.stopped_at is None for one in self.recipients)


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run: its mails by state, the files and edition that the reader may open, its trouble."""

    run: ReportRun
    sent: int
    failed: int
    waiting: int
    unwanted: int
    edition: ReportEdition | None
    files: tuple[ReportFile, ...]
    errors: tuple[str, ...]
    tries: int

    @property
    def words(self) -> str:
        """Say how far it is."""
        if self.run.state == ReportRun.State.MADE:
            return "Being sent" if self.waiting else "Partly failed" if self.failed else "Sent"
        return str(self.run.get_state_display())

    @property
    def has_failed(self) -> bool:
        """Whether any of it is to be tried again."""
        return self.run.state == ReportRun.State.FAILED or self.failed > 0


def reports_of(tenant: Tenant, actor: Membership | ApiKey) -> QuerySet[Report]:
    """List the reports that are not archived, by title: all to who may build, else one's own."""
    rows = Report.objects.for_tenant(tenant).filter(archived_at=None)
    if not _builds(actor):
        pk = actor.pk if isinstance(actor, Membership) else None
        got = ReportRecipient.objects.for_tenant(tenant).filter(member=pk).values("report")
        rows = rows.filter(Q(pk__in=got) | Q(owner=pk)) if pk else rows.none()
    ordered = rows.select_related("tenant", "owner__user").order_by("title", "pk")
    return ordered.fetch_mode(FETCH_RAISE)


def reports_shown(
    tenant: Tenant, actor: Membership | ApiKey, *, only: UUID | None = None
) -> list[ReportShown]:
    """Show the reports that one may see, or *only* one of them. Five queries."""
    rows = reports_of(tenant, actor)
    reports = list(rows.filter(pk=only) if only else rows)
    ids = [one.pk for one in reports]
    runs = ReportRun.objects.for_tenant(tenant).filter(report__in=ids, only_for=None)
    last = {one.report_id: one for one in runs.order_by("report", "-due_at").distinct("report")}
    listed: dict[UUID, list[ReportRecipient]] = {}
    wanted = ReportRecipient.objects.for_tenant(tenant).filter(report__in=ids)
    for row in wanted.select_related("member__user").order_by("member__user__name", "pk"):
        listed.setdefault(row.report_id, []).append(row)
    pages = [page for one in reports for page in stored_pages(one.pages)]
    titles = part_titles(tenant, pages, actor)
    mine = actor.pk if isinstance(actor, Membership) else None
    return [
        ReportShown(
            report=one,
            rhythm=Rhythm(Pace(one.pace), one.hour, one.day),
            parts=tuple(titles[page.kind, page.of] for page in stored_pages(one.pages)),
            recipients=tuple(listed.get(one.pk, ())),
            last=last.get(one.pk),
            is_mine=any(
                row.member_id == mine and row.stopped_at is None for row in listed.get(one.pk, ())
            ),
        )
        for one in reports
    ]


def part_titles(
    tenant: Tenant, pages: Sequence[ReportPage], actor: Membership | ApiKey
) -> dict[tuple[PageKind, str], str]:
    """Name pages for *actor*; what is gone keeps its key. One query for each kind named.

    A dashboard that they do not see is just called one.
    """
    book = BoardBook(tenant, pages)
    seen = {str(pk): book.boards[pk].title for pk in book.seen_by(actor)}
    titles = {page.of: seen.get(page.of, "") for page in pages if page.kind is PageKind.DASHBOARD}
    kinds = {page.kind for page in pages}
    if kinds & {PageKind.METRIC, PageKind.WHY}:
        rows = Metric.objects.for_tenant(tenant)
        titles |= dict(rows.values_list("key", "title"))
    churn: dict[str, str] = {}
    if PageKind.CHURN in kinds:
        definitions = ChurnDefinition.objects.for_tenant(tenant)
        churn = dict(definitions.values_list("key", "title"))
    found = {}
    for page in pages:
        named = churn if page.kind is PageKind.CHURN else titles
        of = named.get(page.of, page.of)
        found[page.kind, page.of] = f"{page.kind.label}: {of}" if of else page.kind.label
    return found


def runs_shown(report: Report, member: Membership, *, is_keeper: bool) -> list[RunShown]:
    """Show the last runs of a report, the newest first, with what *member* may open.

    Those that were made for one person alone are shown to that person. Errors of servers are for
    whoever *is_keeper*. Five queries.
    """
    rows = ReportRun.objects.for_tenant(report.tenant_id).filter(report=report)
    rows = rows.filter(Q(only_for=None) | Q(only_for=member)).select_related("tenant")
    runs = list(rows.order_by("-due_at", "-pk")[:MOST_RUNS])
    pages = {run.pk: pages_of_run(run, report) for run in runs}
    book = BoardBook(report.tenant, [page for each in pages.values() for page in each])
    sights = {pk: sight_of(member, book, each).key for pk, each in pages.items()}
    editions = ReportEdition.objects.for_tenant(report.tenant_id).filter(
        run__in=runs, sight__in=set(sights.values())
    )
    own = {one.run_id: one for one in editions.defer("sections") if one.sight == sights[one.run_id]}
    files: dict[UUID, list[ReportFile]] = {}
    found = ReportFile.objects.for_tenant(report.tenant_id).filter(edition__in=own.values())
    for file in found.defer("content").order_by("ending"):
        files.setdefault(file.edition_id, []).append(file)
    mails: dict[UUID, list[ReportMail]] = {}
    for mail in ReportMail.objects.for_tenant(report.tenant_id).filter(run__in=runs):
        mails.setdefault(mail.run_id, []).append(mail)
    tries = _tries(report.tenant)
    return [
        _run_shown(
            run,
            mails.get(run.pk, []),
            own.get(run.pk),
            tuple(files.get(own[run.pk].pk, ())) if run.pk in own else (),
            tries=tries.get(str(run.pk), 0),
            is_keeper=is_keeper,
        )
        for run in runs
    ]


def edition_in_sight(report: Report, run_id: UUID, member: Membership) -> ReportEdition | None:
    """Load what a run said to those who see what *member* sees now; None where nobody did."""
    runs = ReportRun.objects.for_tenant(report.tenant_id).filter(pk=run_id, report=report)
    run = runs.filter(Q(only_for=None) | Q(only_for=member)).first()
    if run is None:
        return None
    sight = sight_of(member, BoardBook(report.tenant, pages_of_run(run, report)))
    rows = ReportEdition.objects.for_tenant(report.tenant_id).filter(run=run, sight=sight.key)
    return rows.select_related("run").first()


def pages_in_sight(member: Membership, pages: Sequence[str]) -> set[str]:
    """Tell which of *pages*, addresses below the tenant's, are of reports one may read now."""
    named = pages_of_folder(FOLDER, pages)
    if not named or not may(member.role, Right.SEE_FIGURES):
        return set()
    known = set(reports_of(member.tenant, member).values_list("pk", flat=True))
    return {page for page, pk in named.items() if pk in known}


def files_end_at(run: ReportRun) -> datetime:
    """Say until when the files of a run are kept."""
    return (run.made_at or run.due_at) + FILES_KEPT


def _builds(actor: Membership | ApiKey) -> bool:
    if isinstance(actor, ApiKey):
        return Right.EDIT_SEGMENTS in actor.rights
    return may(actor.role, Right.EDIT_SEGMENTS)


def _tries(tenant: Tenant) -> dict[str, int]:
    """Count how often workers have tried the runs that are still promised."""
    waiting = Outbox.objects.for_tenant(tenant).filter(task__in=RUN_TASKS)
    return {row.arguments.get("run_id", ""): row.attempts for row in waiting}


def _run_shown(
    run: ReportRun,
    mails: Sequence[ReportMail],
    edition: ReportEdition | None,
    files: tuple[ReportFile, ...],
    *,
    tries: int,
    is_keeper: bool,
) -> RunShown:
    def count(state: ReportMail.State) -> int:
        return sum(one.state == state for one in mails)

    errors = {run.error, *(one.error for one in mails)} - {""}
    return RunShown(
        run=run,
        sent=count(ReportMail.State.SENT),
        failed=count(ReportMail.State.FAILED),
        waiting=count(ReportMail.State.WAITING),
        unwanted=count(ReportMail.State.UNWANTED),
        edition=edition,
        files=files,
        errors=tuple(sorted(errors)) if is_keeper else (),
        tries=tries,
    )
