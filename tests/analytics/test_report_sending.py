"""Reports as they are sent: what each reader gets, and that it is what the pages say."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from analytics.models import Dashboard, Report, ReportEdition
from analytics.selectors.report_sections import BOARD_GONE
from analytics.services.report_keeping import (
    archive_report,
    change_report,
    pause_report,
    switch_own_mail,
)
from analytics.services.report_mailing import mail_report
from analytics.services.report_runs import (
    begin_due_runs,
    make_run,
    purge_files,
    retry_run,
    send_now,
)
from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Role
from cxm.work.engine import drain, run_one
from cxm.work.models import Outbox
from cxm.work.services import cancel_job
from tests import make
from tests.analytics import boarding, churning
from tests.analytics.alerting import answers, rule, watch
from tests.analytics.page_reading import signed_in, text_of
from tests.analytics.reporting import (
    MADE_AT,
    NPS,
    OVERVIEW,
    attached,
    mails,
    pdf_text,
    report,
    runs,
    send,
    wanted,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.ANALYST, email="ann@example.com")


def test_the_page_the_mail_the_pdf_and_the_workbook_say_the_same_figure(
    acme: Tenant, ann: Membership
) -> None:
    answers([10] * 30 + [0] * 10 + [8] * 5, of=acme, day=2)
    report(ann, of=acme, has_xlsx=True)

    [letter] = send(acme)

    page = text_of(signed_in(Client(), acme), f"/t/{acme.slug}/metrics/nps/?period=28d")
    html = next(str(one) for one, _ in letter.alternatives)
    words = pdf_text(attached(letter, "pdf"))
    book = load_workbook(BytesIO(attached(letter, "xlsx")))
    # 30 promoters and 10 detractors of 45: (30 - 10) / 45 = 44.4.
    said = "Net Promoter Score: 44, 95% interval"
    assert all(said in text for text in (letter.body, html, words))
    limits = letter.body.partition(said)[2].partition(", from 45 answers")[0].strip()
    assert f"between {limits.replace(' to ', ' and ')}" in page or limits in page
    assert f"{said} {limits}, from 45 answers." in words
    row: list[Any] = [cell.value for cell in book["Figures"][2]]
    assert (row[2], row[6]) == (pytest.approx(100 * 20 / 45), 45)
    assert book.sheetnames[0] == "About"


def test_the_pdf_is_tagged_has_its_fonts_inside_and_names_workspace_and_time(
    acme: Tenant, ann: Membership
) -> None:
    answers([10] * 30, of=acme, day=2)
    report(ann, of=acme, pages=[OVERVIEW, NPS])

    [letter] = send(acme)

    pdf = PdfReader(BytesIO(attached(letter, "pdf")))
    words = pdf_text(attached(letter, "pdf"))
    root: Any = pdf.trailer["/Root"].get_object()
    assert bool(root["/MarkInfo"]["/Marked"])
    assert b"/FontFile" in attached(letter, "pdf")
    assert "Acme · Monday figures · Filter: period=28d · As of 20 Nov 2026, 12:00 (UTC)" in words
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Monday figures"


def test_the_mail_says_how_to_reproduce_the_page_and_how_to_stop(
    acme: Tenant, ann: Membership
) -> None:
    answers([10] * 30, of=acme, day=2)
    made = report(ann, of=acme)

    [letter] = send(acme)

    assert letter.subject == "Monday figures, 20 Nov 2026"
    assert letter.to == ["ann@example.com"]
    pinned = f"/t/{acme.slug}/metrics/nps/?from=2026-10-24&to=2026-11-20"
    assert f"http://localhost:8000{pinned}" in letter.body
    assert f"/t/{acme.slug}/reports/{made.pk}/" in letter.body
    assert letter.extra_headers["Message-ID"] == f"<report-{mails(acme)[0].pk}@localhost>"
    assert text_of(signed_in(Client(), acme), pinned)


def test_a_report_goes_once_for_each_moment_however_often_workers_look(
    acme: Tenant, ann: Membership
) -> None:
    report(ann, of=acme)

    first, again = send(acme), send(acme)
    next_day = send(acme, make.NOW + timedelta(days=1))

    assert (len(first), len(again), len(next_day)) == (1, 0, 1)
    assert [one.due_at.isoformat() for one in runs(acme)] == [
        "2026-11-20T07:00:00+00:00",
        "2026-11-21T07:00:00+00:00",
    ]


def test_moments_that_nobody_worked_at_are_made_up_for_once(acme: Tenant, ann: Membership) -> None:
    report(ann, of=acme)

    late = send(acme, make.NOW + timedelta(days=9))

    assert (len(late), len(runs(acme))) == (1, 1)


def test_a_reader_gets_what_the_role_opens_and_is_told_what_is_left_out(
    acme: Tenant, ann: Membership
) -> None:
    guest = make.member(of=acme, role=Role.GUEST, email="guest@example.com")
    private = boarding.board(ann, title="Mine")
    boarding.tile(private, ann)
    viewer = make.member(of=acme, role=Role.VIEWER, email="vic@example.com")
    answers([10] * 30, of=acme, day=2)
    pages = [NPS, {"page": "dashboard", "dashboard": str(private.pk)}]
    report(ann, viewer, guest, of=acme, by=ann, pages=pages)

    letters = {one.to[0]: one for one in send(acme)}

    assert set(letters) == {"ann@example.com", "vic@example.com"}
    assert "Mine: " in letters["ann@example.com"].body
    assert "left out" not in letters["ann@example.com"].body
    assert "1 page is left out: not for your role." in letters["vic@example.com"].body
    assert "Mine" not in letters["vic@example.com"].body
    assert "left out: not for your role" in pdf_text(attached(letters["vic@example.com"], "pdf"))


def test_a_reader_whose_role_changed_meanwhile_gets_nothing(acme: Tenant, ann: Membership) -> None:
    report(ann, of=acme)
    with tenant_bound(acme.pk):
        begin_due_runs(tenant=acme, now=make.NOW)
    run_one(acme.pk)
    with tenant_bound(acme.pk):
        Membership.objects.for_tenant(acme).filter(pk=ann.pk).update(role=Role.GUEST)

    drain(acme.pk)

    assert (mail.outbox, mails(acme)[0].state) == ([], "unwanted")


def test_a_worker_that_is_killed_between_reading_and_mailing_sends_once(
    acme: Tenant, ann: Membership
) -> None:
    report(ann, of=acme)
    with tenant_bound(acme.pk):
        begin_due_runs(tenant=acme, now=make.NOW)
    run_one(acme.pk)
    # The next worker dies in the middle of the mail: its transaction is gone, the promise stays.
    [waiting] = mails(acme)
    with (
        pytest.raises(KeyboardInterrupt),
        tenant_bound(acme.pk),
        transaction.atomic(),
        patch.object(EmailMultiAlternatives, "send", side_effect=KeyboardInterrupt),
    ):
        mail_report(tenant_id=acme.pk, mail_id=str(waiting.pk), now=make.NOW)

    drain(acme.pk)
    with tenant_bound(acme.pk):
        again = mail_report(tenant_id=acme.pk, mail_id=str(waiting.pk), now=make.NOW)
        made_again = make_run(run_id=runs(acme)[0].pk, tenant_id=acme.pk, now=make.NOW)

    assert (len(mail.outbox), again, made_again) == (1, False, 0)
    assert (len(runs(acme)), mails(acme)[0].state) == (1, "sent")


def test_a_report_is_not_sent_when_nothing_has_changed_if_one_says_so(
    acme: Tenant, ann: Membership
) -> None:
    answers([10] * 30, of=acme, day=200)
    pages = [{"page": "metric", "metric": "nps", "query": "period=all"}]
    report(ann, of=acme, pages=pages, skips_unchanged=True)
    first = send(acme)
    same = send(acme, make.NOW + timedelta(days=1))
    answers([0], of=acme)

    changed = send(acme, make.NOW + timedelta(days=2))

    assert (len(first), len(same), len(changed)) == (1, 0, 1)
    assert [one.state for one in runs(acme)] == ["made", "skipped", "made"]


def test_who_switched_it_off_gets_nothing_and_stays_off_when_it_is_changed(
    acme: Tenant, ann: Membership
) -> None:
    made = report(ann, of=acme)
    with tenant_bound(acme.pk):
        switch_own_mail(report=made, member=ann, is_wanted=False, now=make.NOW)
        change_report(report=made, wanted=wanted([ann.pk]), by=ann, now=MADE_AT)

    assert (send(acme), [one.state for one in runs(acme)]) == ([], ["skipped"])


def test_what_is_paused_or_archived_is_not_sent(acme: Tenant, ann: Membership) -> None:
    paused, archived = report(ann, of=acme), report(ann, of=acme)
    with tenant_bound(acme.pk):
        pause_report(report=paused, is_paused=True, by=ann, now=MADE_AT)
        archive_report(report=archived, by=ann, now=MADE_AT)

    assert (send(acme), runs(acme)) == ([], [])


def test_sending_now_is_for_oneself_alone(acme: Tenant, ann: Membership) -> None:
    ben = make.member(of=acme, role=Role.VIEWER, email="ben@example.com")
    made = report(ann, of=acme)
    with tenant_bound(acme.pk):
        job = send_now(report=made, member=ben, now=make.NOW)
        twice = send_now(report=made, member=ben, now=make.NOW)

    drain(acme.pk)

    assert job is not None
    assert (twice, [one.to for one in mail.outbox]) == (None, [["ben@example.com"]])
    assert "because you asked for it now" in str(mail.outbox[0].body)


def test_a_mail_server_that_refuses_is_tried_again_then_told_to_the_owner(
    acme: Tenant, ann: Membership
) -> None:
    report(ann, of=acme, by=ann)
    with patch.object(EmailMultiAlternatives, "send", side_effect=SMTPException("421 busy")):
        send(acme)
        for hours in range(1, 6):
            with time_machine.travel(make.NOW + timedelta(hours=hours), tick=False):
                drain(acme.pk)
    failed = mails(acme)[0]
    with tenant_bound(acme.pk):
        notice = Notice.objects.for_tenant(acme).get()
        is_tried = retry_run(run=runs(acme)[0], by=ann, now=make.NOW)
    drain(acme.pk)

    assert (failed.state, failed.error) == ("failed", "SMTPException: 421 busy")
    assert (notice.kind, notice.about) == ("unsent", "Monday figures")
    letters = [one for one in mail.outbox if one.subject.startswith("Monday figures,")]
    assert (is_tried, mails(acme)[0].state, len(letters)) == (True, "sent", 1)
    with tenant_bound(acme.pk):
        assert not Outbox.objects.for_tenant(acme).filter(state="parked").exists()


def test_a_report_that_cannot_be_made_fails_is_told_and_is_made_again(
    acme: Tenant, ann: Membership
) -> None:
    report(ann, of=acme, by=ann)
    with patch("analytics.services.report_runs.read_report", side_effect=OSError("disk")):
        send(acme)
        for hours in range(1, 6):
            with time_machine.travel(make.NOW + timedelta(hours=hours), tick=False):
                drain(acme.pk)
    [failed] = runs(acme)
    with tenant_bound(acme.pk):
        retry_run(run=failed, by=ann, now=make.NOW)
    drain(acme.pk)

    assert (failed.state, failed.error, failed.attempts) == ("failed", "OSError: disk", 5)
    assert runs(acme)[0].state == "made"
    assert len([one for one in mail.outbox if one.subject.startswith("Monday figures,")]) == 1


def test_files_go_after_90_days_and_what_they_said_stays(acme: Tenant, ann: Membership) -> None:
    report(ann, of=acme, has_xlsx=True)
    send(acme)

    with tenant_bound(acme.pk):
        early = purge_files(tenant=acme, now=make.NOW + timedelta(days=90))
        late = purge_files(tenant=acme, now=make.NOW + timedelta(days=91))
        kept = ReportEdition.objects.for_tenant(acme).count()

    assert (early, late, kept) == (0, 2, 1)


def test_every_page_can_be_sent(acme: Tenant, ann: Membership) -> None:
    answers([10] * 40 + [0] * 5, of=acme, day=2, touchpoint="checkout")
    answers([0] * 40 + [10] * 5, of=acme, day=40, touchpoint="help")
    rule(of=acme, target=100)
    watch(acme)
    churn = churning.definition(of=acme, title="Gone quiet")
    shared = boarding.board(ann, title="Monday", sharing="everybody")
    for kind in ("figure", "trend", "bars", "texts", "alerts", "response_rate"):
        boarding.tile(shared, ann, kind)
    boarding.tile(shared, ann, "note", text="Look here.")
    pages = [
        OVERVIEW,
        {"page": "why", "metric": "nps", "query": "period=28d"},
        {"page": "churn", "definition": churn.key},
        {"page": "alerts"},
        {"page": "dashboard", "dashboard": str(shared.pk)},
    ]
    report(ann, of=acme, pages=pages, has_xlsx=True)

    [letter] = send(acme)

    assert "Why Net Promoter Score changed" in letter.body
    assert "Churn: Gone quiet" in letter.body
    assert "Open alerts" in letter.body
    assert "Monday: Net Promoter Score" in letter.body
    assert "Comments are not sent" in letter.body
    assert "left out" not in letter.body
    assert pdf_text(attached(letter, "pdf"))


def test_what_a_report_is_about_may_be_gone(acme: Tenant, ann: Membership) -> None:
    report(ann, of=acme)
    with tenant_bound(acme.pk):
        Report.objects.for_tenant(acme).update(pages=[{"page": "metric", "metric": "nothing"}])

    [letter] = send(acme)

    assert "is not there any more" in letter.body


def test_an_archived_dashboard_is_told_to_those_who_saw_it(acme: Tenant, ann: Membership) -> None:
    ben = make.member(of=acme, role=Role.VIEWER, email="ben@example.com")
    private = boarding.board(ann, title="Plan")
    page = {"page": "dashboard", "dashboard": str(private.pk)}
    report(ann, ben, of=acme, by=ann, pages=[OVERVIEW, page])
    with tenant_bound(acme.pk):
        Dashboard.objects.for_tenant(acme).update(archived_at=make.NOW)

    letters = {one.to[0]: str(one.body) for one in send(acme)}

    assert BOARD_GONE in letters[ann.user.email]
    assert "Plan" not in letters["ben@example.com"]
    assert "1 page is left out" in letters["ben@example.com"]


def test_who_stopped_one_that_was_made_for_them_may_ask_again(
    acme: Tenant, ann: Membership
) -> None:
    made = report(ann, of=acme)
    with tenant_bound(acme.pk):
        job = send_now(report=made, member=ann, now=make.NOW)
        assert job
        cancel_job(job=job, by=ann, now=make.NOW)
    drain(acme.pk)
    with tenant_bound(acme.pk):
        again = send_now(report=made, member=ann, now=make.NOW + timedelta(minutes=1))

    assert again is not None
