"""The pages of reports, and who may do what there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.models import Report
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics import boarding
from tests.analytics.alerting import answers
from tests.analytics.reporting import NPS, OVERVIEW, pdf_text, report, runs, send

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.ANALYST, email="ann@example.com")


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def got(member: Membership, path: str = "") -> Any:
    return signed_in(member).get(f"/t/{member.tenant.slug}/reports/{path}")


def posted(member: Membership, path: str, **data: object) -> Any:
    return signed_in(member).post(f"/t/{member.tenant.slug}/reports/{path}", data)


def asked(*to: Membership, **changes: object) -> dict[str, object]:
    """What the form sends: NPS every Monday at seven, with a PDF."""
    usual: dict[str, object] = {"title": "Monday figures", "parts": ["metric:nps"], "hour": "7"}
    usual |= {"period": "28d", "compare": "previous", "weekday": "0", "month_day": "1"}
    usual |= {"pace": "weekly", "has_pdf": "on", "recipients": [str(one.pk) for one in to]}
    return {**usual, **changes}


def the_report(tenant: Tenant) -> Report:
    with tenant_bound(tenant.pk):
        return Report.objects.for_tenant(tenant).select_related("tenant").get()


def test_a_report_is_shown_made_sent_and_read_again(ann: Membership) -> None:
    answers([10] * 30 + [0] * 10, of=ann.tenant, day=2)
    empty = got(ann).content.decode()
    preview = posted(ann, "new/", **asked(ann), show="preview").content.decode()

    made = posted(ann, "new/", **asked(ann))
    page = signed_in(ann).get(made["Location"]).content.decode()
    posted(ann, f"{the_report(ann.tenant).pk}/send/")
    drain(ann.tenant_id)
    after = signed_in(ann).get(made["Location"]).content.decode()
    [run] = runs(ann.tenant)
    kept = got(ann, f"{run.report_id}/runs/{run.pk}/").content.decode()
    file = got(ann, f"{run.report_id}/runs/{run.pk}/file.pdf")

    said = "Net Promoter Score: 50, 95% interval"
    assert "Who should not have to look?" in empty
    assert said in preview
    assert "Nothing is saved or sent yet." in preview
    assert "Comes every Monday at 07:00, next on 23 Nov 2026, 07:00" in page
    assert "1 sent" in after
    assert said in kept
    assert said in pdf_text(file.content)
    assert said in str(mail.outbox[0].body)
    assert file["Content-Disposition"] == 'attachment; filename="Monday figures, 2026-11-20.pdf"'


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "This field is required"),
        ({"parts": []}, "Choose at least one page"),
        ({"parts": ["metric:nothing"]}, "not one of the available choices"),
        ({"hour": "24"}, "not one of the available choices"),
        ({"pace": "hourly"}, "not one of the available choices"),
        ({"period": "always"}, "not one of the available choices"),
        ({"recipients": ["me"]}, "not one of the available choices"),
        ({"title": "\0"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_typed_is_lost(
    ann: Membership, changes: dict[str, object], words: str
) -> None:
    answer = posted(ann, "new/", **asked(ann, **{"weekday": "3", **changes}))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert '<option value="3" selected>Thursday</option>' in answer.content.decode()


def test_a_form_that_is_sent_twice_makes_one_report(ann: Membership) -> None:
    sent = asked(ann, sent_as="0190163d86")

    first, second = posted(ann, "new/", **sent), posted(ann, "new/", **sent)

    assert first["Location"] == second["Location"]
    assert str(the_report(ann.tenant)) == "Monday figures"


def test_a_report_is_changed_and_parts_keep_filters_of_their_own(ann: Membership) -> None:
    pages = [NPS, {"page": "metric", "metric": "nps", "query": "by=channel&from=2026-01-01"}]
    made = report(ann, of=ann.tenant, by=ann, pages=pages)
    form = got(ann, f"{made.pk}/edit/").content.decode()
    parts = ["overview:", "metric:nps?by=channel&from=2026-01-01"]

    posted(ann, f"{made.pk}/edit/", **asked(ann, title="New", parts=parts, pace="monthly"))

    changed = the_report(ann.tenant)
    assert 'value="metric:nps?by=channel&amp;from=2026-01-01"' in form
    assert (changed.title, changed.pace, changed.day) == ("New", "monthly", 1)
    assert changed.pages == [{"page": "overview", "query": "period=28d"}, pages[1]]


def test_a_page_with_its_filter_begins_a_report(ann: Membership) -> None:
    form = got(ann, "new/?part=metric:nps&period=52w").content.decode()

    assert 'value="metric:nps" id="id_parts_1" checked' in form
    assert '<option value="52w" selected>' in form


def test_pausing_resuming_and_archiving(ann: Membership) -> None:
    made = report(ann, of=ann.tenant, by=ann)

    posted(ann, f"{made.pk}/pause/", paused="1")
    paused = got(ann, f"{made.pk}/").content.decode()
    posted(ann, f"{made.pk}/pause/")
    resumed = the_report(ann.tenant).next_at
    posted(ann, f"{made.pk}/archive/")

    assert "Paused; it came every day at 07:00" in paused
    assert resumed is not None
    assert resumed.isoformat() == "2026-11-21T07:00:00+00:00"
    assert got(ann, f"{made.pk}/").status_code == 404
    assert the_report(ann.tenant).archived_at == make.NOW


def test_a_reader_switches_it_off_and_on_and_sees_no_others_report(ann: Membership) -> None:
    vic = make.member(of=ann.tenant, role=Role.VIEWER)
    mine, other = report(vic, of=ann.tenant), report(ann, of=ann.tenant, title="Not for Vic")

    listed = got(vic).content.decode()
    posted(vic, f"{mine.pk}/own/")
    off = got(vic, f"{mine.pk}/").content.decode()
    posted(vic, f"{mine.pk}/own/", wanted="1")
    back = got(vic, f"{mine.pk}/").content.decode()

    assert "Not for Vic" not in listed
    assert got(vic, f"{other.pk}/").status_code == 404
    assert "You are on its list and have switched it off" in off
    assert "You get this report" in back


@pytest.mark.parametrize("path", ["edit/", "pause/", "archive/"])
def test_a_reader_may_not_change_it(ann: Membership, path: str) -> None:
    vic = make.member(of=ann.tenant, role=Role.VIEWER)
    made = report(vic, of=ann.tenant)

    assert posted(vic, f"{made.pk}/{path}", **asked(vic)).status_code == 404
    assert "Archive" not in got(vic, f"{made.pk}/").content.decode()


def test_a_file_is_for_those_who_see_the_same(ann: Membership) -> None:
    private = boarding.board(ann, title="Mine")
    vic = make.member(of=ann.tenant, role=Role.VIEWER)
    pages = [NPS, {"page": "dashboard", "dashboard": str(private.pk)}]
    made = report(ann, vic, of=ann.tenant, by=ann, pages=pages)
    send(ann.tenant)
    [run] = runs(ann.tenant)
    path = f"{made.pk}/runs/{run.pk}/file.pdf"

    mine, theirs = got(ann, path), got(vic, path)
    late = make.member(of=ann.tenant, role=Role.AGENT)

    assert "Mine" in pdf_text(mine.content)
    assert "Mine" not in pdf_text(theirs.content)
    assert got(late, path).status_code == 404
    assert got(ann, f"{made.pk}/runs/{run.pk}/file.xlsx").status_code == 404


def test_another_persons_dashboard_cannot_be_sent(ann: Membership) -> None:
    ben = make.member(of=ann.tenant, role=Role.ANALYST)
    private = boarding.board(ben, title="Secret")

    answer = posted(ann, "new/", **asked(ann, parts=[f"dashboard:{private.pk}"]))

    assert answer.status_code == 422
    assert "Secret" not in answer.content.decode()


def test_a_private_dashboard_is_named_to_nobody_else(ann: Membership) -> None:
    ben = make.member(of=ann.tenant, role=Role.VIEWER, email="ben@example.com")
    private = boarding.board(ann, title="Layoff plan")
    made = report(
        ben, of=ann.tenant, by=ann, pages=[{"page": "dashboard", "dashboard": str(private.pk)}]
    )

    for path in ("", f"{made.pk}/"):
        own, others = (got(member, path).content.decode() for member in (ann, ben))
        assert "Dashboard: Layoff plan" in own
        assert "Layoff" not in others
        assert "Dashboard" in others


@pytest.mark.parametrize("path", ["", "preview/", "edit/"])
def test_another_workspace_knows_nothing_of_it(ann: Membership, path: str) -> None:
    made = report(ann, of=ann.tenant)
    stranger = make.member(of=make.tenant(), role=Role.OWNER)

    assert got(stranger, f"{made.pk}/{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_questions_for_one_report_as_for_three(
    ann: Membership, count: int
) -> None:
    for number in range(count):
        report(ann, of=ann.tenant, by=ann, title=f"Report {number}", pages=[OVERVIEW, NPS])
    send(ann.tenant)
    client = signed_in(ann)
    client.get(f"/t/{ann.tenant.slug}/reports/")

    with CaptureQueriesContext(connection) as queries:
        client.get(f"/t/{ann.tenant.slug}/reports/")

    assert len([one for one in queries if "analytics_report" in one["sql"]]) == 3
