"""Mailing what a run of a report said, once to each reader, and telling when that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from analytics.models import ReportFile, ReportMail, ReportRecipient, ReportRun
from analytics.selectors.report_mails import LetterWords, letter_words
from analytics.selectors.report_sections import BoardBook, pages_of_run, sight_of
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import tell_of_page
from cxm.kernel.made_files import CONTENT_TYPES, made_file
from cxm.work.engine import MAX_ATTEMPTS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from analytics.models import Report

FOLDER = "reports/"
LONGEST_ERROR = 500
_WAITING = ReportMail.State.WAITING


def mail_report(*, tenant_id: UUID, mail_id: str, now: datetime) -> bool:
    """Send one mail of a run; tell whether it was sent.

    It is sent once, and not to who has left, has switched the report off, or whose role opens
    other pages by now than it did when the report was read. Raises what the mail server's
    refusal raises.
    """
    rows = ReportMail.objects.for_tenant(tenant_id).filter(pk=mail_id, state=_WAITING)
    held = rows.select_related("run__report__tenant", "edition", "member__user")
    mail = held.select_for_update(of=("self",)).first()
    if mail is None:
        return False
    if not _is_wanted(mail):
        mail.state = ReportMail.State.UNWANTED
        mail.save(update_fields=["state"])
        return False
    _letter(mail, letter_words(mail)).send()
    mail.state, mail.sent_at = ReportMail.State.SENT, now
    mail.save(update_fields=["state", "sent_at"])
    return True


def give_up_run(tenant_id: UUID, arguments: dict[str, Any], error: str, *, now: datetime) -> None:
    """Keep why a run could not be made, and tell the owner of the report."""
    rows = ReportRun.objects.for_tenant(tenant_id).filter(pk=arguments["run_id"])
    run = rows.select_related("report__tenant").first()
    if run is None or run.state == ReportRun.State.MADE:
        return
    run.state, run.error = ReportRun.State.FAILED, error[:LONGEST_ERROR]
    run.attempts += MAX_ATTEMPTS
    run.save(update_fields=["state", "error", "attempts"])
    _tell_owner(run.report, now)


def give_up_mail(tenant_id: UUID, arguments: dict[str, Any], error: str, *, now: datetime) -> None:
    """Keep why a mail could not be sent, and tell the owner of the report."""
    rows = ReportMail.objects.for_tenant(tenant_id).filter(pk=arguments["mail_id"], state=_WAITING)
    mail = rows.select_related("run__report__tenant").first()
    if mail is None:
        return
    mail.state, mail.error = ReportMail.State.FAILED, error[:LONGEST_ERROR]
    mail.save(update_fields=["state", "error"])
    _tell_owner(mail.run.report, now)


def fail_run(*, run_id: str, tenant_id: UUID, error: str, now: datetime) -> None:
    """Keep why a run that somebody waits for could not be made; they see it where they wait."""
    rows = ReportRun.objects.for_tenant(tenant_id).filter(pk=run_id)
    rows.filter(state=ReportRun.State.WAITING).update(
        state=ReportRun.State.FAILED, error=error[:LONGEST_ERROR], made_at=now
    )


def _is_wanted(mail: ReportMail) -> bool:
    """Say whether the reader still gets the report, and still sees what it says."""
    member, report = mail.member, mail.run.report
    if report.archived_at or not (member.is_active and member.user.is_active):
        return False
    if mail.run.only_for_id is None:
        rows = ReportRecipient.objects.for_tenant(mail.tenant_id).filter(report=report)
        if not rows.filter(member=member, stopped_at=None).exists():
            return False
    book = BoardBook(report.tenant, pages_of_run(mail.run, report))
    sight: str = mail.edition.sight
    return sight_of(member, book).key == sight


def _letter(mail: ReportMail, words: LetterWords) -> EmailMultiAlternatives:
    """Make the mail: text, its HTML twin, and the files of the edition."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
    letter = EmailMultiAlternatives(
        subject=words.subject,
        body=words.text,
        to=[mail.member.user.email],
        headers={
            # The same for each try: who gets it twice after a kill sees one.
            "Message-ID": f"<report-{mail.pk}@{domain}>",
            "List-Unsubscribe": f"<{words.page_url}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    letter.attach_alternative(words.html, "text/html")
    files = ReportFile.objects.for_tenant(mail.tenant_id).filter(edition=mail.edition)
    for file in files.order_by("ending"):
        made = made_file(words.file_name, file.ending, bytes(file.content))
        letter.attach(made.name, made.content, CONTENT_TYPES[made.ending])
    return letter


@transaction.atomic
def _tell_owner(report: Report, now: datetime) -> None:
    if report.owner_id is None:
        return
    tell_of_page(
        tenant=report.tenant,
        kind=NoticeKind.UNSENT,
        page=f"{FOLDER}{report.pk}/",
        about=report.title,
        to=[report.owner_id],
        by=None,
        now=now,
        site=settings.PUBLIC_URL,
    )
