"""The job strip, the list of jobs and parked work, through the browser's door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from cxm.work import services
from cxm.work.models import Job, Outbox
from cxm.work.services import advance_job, finish_job
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _url(of: Tenant, name: str, *args: UUID) -> str:
    return reverse(f"work:{name}", args=[of.slug, *args])


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _finish(
    job: Job,
    state: Job.State = Job.State.DONE,
    message: str = "",
    ago: timedelta = timedelta(0),
) -> None:
    with tenant_bound(job.tenant_id):
        finish_job(job, state=state, now=now() - ago, message=message)


def _again(job: Job) -> Job:
    with tenant_bound(job.tenant_id):
        return Job.objects.for_tenant(job.tenant_id).get(pk=job.pk)


def _strip(client: Client, of: Tenant, seen: str = "") -> tuple[int, str, str]:
    """Give status, markup and the sequence of the strip."""
    answer = client.get(_url(of, "job-strip"), {"seen": seen} if seen else {}, headers=HTMX)
    shown = answer.content.decode()
    found = re.search(r'name="seen"[^>]*value="([^"]*)"', shown)
    return answer.status_code, shown, found[1] if found else ""


def test_the_strip_shows_running_work_and_how_far_it_is() -> None:
    member = make.member()
    job = make.job(of=member.tenant, title="Import of march.csv")
    with tenant_bound(member.tenant_id):
        advance_job(job, now=now(), done=25)

    status, shown, _ = _strip(_client(member), member.tenant)

    assert status == 200
    assert "Import of march.csv" in shown
    assert re.search(r"Running,\s+25 of\s+100", shown)
    assert _url(member.tenant, "job-cancel", job.pk) in shown


def test_the_strip_is_silent_until_something_changes() -> None:
    member = make.member()
    client, job = _client(member), make.job(of=member.tenant)
    _, _, sequence = _strip(client, member.tenant)

    unchanged, nothing, _ = _strip(client, member.tenant, seen=sequence)
    with tenant_bound(member.tenant_id):
        advance_job(job, now=now(), done=1)
    changed, _, _ = _strip(client, member.tenant, seen=sequence)

    assert (unchanged, nothing, changed) == (204, "", 200)


def test_a_job_that_is_over_links_to_its_result_until_it_is_put_away() -> None:
    member = make.member()
    client, job = _client(member), make.job(of=member.tenant)
    with tenant_bound(member.tenant_id):
        advance_job(job, now=now(), result_url="/t/acme/imports/1/")
    _finish(job)

    _, before, _ = _strip(client, member.tenant)
    client.post(_url(member.tenant, "job-dismiss", job.pk), headers=HTMX)
    _, after, _ = _strip(client, member.tenant)

    assert f'href="{_url(member.tenant, "job-result", job.pk)}"' in before
    assert "/cancel/" not in before
    assert job.title not in after


def test_a_running_job_cannot_be_put_away() -> None:
    member = make.member()
    client, job = _client(member), make.job(of=member.tenant)

    client.post(_url(member.tenant, "job-dismiss", job.pk))

    assert job.title in _strip(client, member.tenant)[1]


def test_a_failed_job_says_why() -> None:
    member = make.member()
    _finish(make.job(of=member.tenant), Job.State.FAILED, "The file is empty.")

    assert "Failed: The file is empty." in _strip(_client(member), member.tenant)[1]


def test_whoever_began_a_job_may_stop_it() -> None:
    member = make.member(role=Role.ANALYST)
    job = make.job(of=member.tenant, by=member)

    answer = _client(member).post(_url(member.tenant, "job-cancel", job.pk), headers=HTMX)

    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "job-started")
    assert _again(job).cancel_asked_at is not None
    assert "Stopping" in _strip(_client(member), member.tenant)[1]


def test_jobs_of_others_are_stopped_by_those_who_manage_jobs_only() -> None:
    analyst = make.member(role=Role.ANALYST)
    job = make.job(of=analyst.tenant)
    manager = make.member(of=analyst.tenant, role=Role.MANAGER)
    url = _url(analyst.tenant, "job-cancel", job.pk)

    refused = _client(analyst).post(url)
    is_untouched = _again(job).cancel_asked_at is None
    done = _client(manager).post(url)

    assert (refused.status_code, is_untouched, done.status_code) == (404, True, 302)
    assert _again(job).cancel_asked_at is not None


@pytest.mark.parametrize(
    ("state", "ago", "is_shown"),
    [
        (Job.State.DONE, timedelta(seconds=50), True),
        (Job.State.DONE, timedelta(seconds=70), False),
        (Job.State.CANCELLED, timedelta(seconds=70), False),
        (Job.State.FAILED, timedelta(days=6), True),
        (Job.State.FAILED, timedelta(days=8), False),
    ],
)
def test_the_strip_lets_go_of_what_is_done_and_keeps_what_failed(
    state: Job.State, ago: timedelta, is_shown: bool
) -> None:
    member = make.member()
    _finish(make.job(of=member.tenant, title="Import of march.csv"), state, ago=ago)

    assert ("Import of march.csv" in _strip(_client(member), member.tenant)[1]) is is_shown


@pytest.mark.parametrize(
    ("state", "stays"),
    [(Job.State.DONE, False), (Job.State.FAILED, True), (Job.State.RUNNING, True)],
)
def test_only_what_is_done_leaves_the_strip_when_its_result_is_opened(
    state: Job.State, stays: bool
) -> None:
    member = make.member()
    client, job = _client(member), make.job(of=member.tenant)
    with tenant_bound(member.tenant_id):
        advance_job(job, now=now(), result_url="/t/acme/imports/1/")
    if state is not Job.State.RUNNING:
        _finish(job, state)

    answer = client.get(_url(member.tenant, "job-result", job.pk))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/t/acme/imports/1/")
    assert (job.title in _strip(client, member.tenant)[1]) is stays


def test_the_result_of_a_job_without_one_is_not_found() -> None:
    member = make.member()
    job = make.job(of=member.tenant)

    assert _client(member).get(_url(member.tenant, "job-result", job.pk)).status_code == 404


def test_all_that_is_over_is_put_away_at_once() -> None:
    member = make.member()
    client = _client(member)
    jobs = [make.job(of=member.tenant, title=f"Job {key}!") for key in "abc"]
    _finish(jobs[0])
    _, one_is_over, _ = _strip(client, member.tenant)
    _finish(jobs[1], Job.State.FAILED)
    _, two_are_over, _ = _strip(client, member.tenant)

    answer = client.post(_url(member.tenant, "job-dismiss-all"), headers=HTMX)

    _, after, _ = _strip(client, member.tenant)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "job-started")
    assert ["Put all away" in shown for shown in (one_is_over, two_are_over, after)] == [
        False,
        True,
        False,
    ]
    assert [job.title in after for job in jobs] == [False, False, True]


def test_putting_all_away_is_not_found_by_strangers() -> None:
    stranger = make.member()

    answer = _client(stranger).post(_url(make.tenant(), "job-dismiss-all"))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["job-cancel", "job-dismiss"])
def test_jobs_are_not_found_by_strangers(name: str) -> None:
    job, stranger = make.job(of=make.tenant()), make.member()
    tenant = job.tenant

    answers = [
        _client(stranger).post(_url(tenant, name, job.pk)),
        _client(stranger).post(_url(stranger.tenant, name, job.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("", {"a", "b", "c"}),
        ("open", {"a"}),
        ("done", {"b"}),
        ("failed", {"c"}),
        ("other", set()),
        ("\0", {"a", "b", "c"}),
    ],
)
def test_jobs_are_listed_by_state(state: str, shown: set[str]) -> None:
    member = make.member()
    jobs = {key: make.job(of=member.tenant, title=f"Job {key}!") for key in "abc"}
    _finish(jobs["b"])
    _finish(jobs["c"], Job.State.FAILED)

    url = _url(member.tenant, "job-list")
    page = _client(member).get(url, {"state": state}, headers=HTMX).content.decode()

    assert {key for key in jobs if f"Job {key}!" in page} == shown


def test_the_list_asks_again_only_while_something_runs() -> None:
    member = make.member()
    client, job = _client(member), make.job(of=member.tenant)

    running = client.get(_url(member.tenant, "job-list"), headers=HTMX).content.decode()
    _finish(job)
    over = client.get(_url(member.tenant, "job-list"), headers=HTMX).content.decode()

    assert ("every 5s" in running, "every 5s" in over) == (True, False)


@pytest.mark.parametrize("name", ["job-list", "parked-list"])
def test_a_list_costs_the_same_for_one_row_and_for_three(name: str) -> None:
    member = make.member()
    client, counts = _client(member), []

    for more in (1, 2):
        for _ in range(more):
            make.job(of=member.tenant, by=member)
            make.parked(of=member.tenant)
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(member.tenant, name))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_parked_work_is_tried_again() -> None:
    member = make.member()
    row = make.parked(of=member.tenant, error="The disk is full.")
    client = _client(member)

    shown = client.get(_url(member.tenant, "parked-list")).content.decode()
    answer = client.post(_url(member.tenant, "parked-retry", row.pk), follow=True)

    assert "The disk is full." in shown
    assert "“test.broken” is tried again." in answer.content.decode()
    with tenant_bound(member.tenant_id):
        again = Outbox.objects.for_tenant(member.tenant).get(pk=row.pk)
        assert (again.state, again.attempts) == (Outbox.State.WAITING, 0)


def test_parked_work_is_dropped() -> None:
    member = make.member()
    row = make.parked(of=member.tenant)

    _client(member).post(_url(member.tenant, "parked-drop", row.pk))

    with tenant_bound(member.tenant_id):
        assert not Outbox.objects.for_tenant(member.tenant).filter(pk=row.pk).exists()


def test_work_that_still_waits_is_not_parked() -> None:
    member = make.member()
    make.job(of=member.tenant)
    with tenant_bound(member.tenant_id):
        waiting = Outbox.objects.for_tenant(member.tenant).get(task="test.nothing")

    answer = _client(member).post(_url(member.tenant, "parked-drop", waiting.pk))

    assert answer.status_code == 404


def test_parked_work_that_somebody_else_has_dropped_is_left_alone() -> None:
    member = make.member(role=Role.MANAGER)
    row = make.parked(of=member.tenant)
    with tenant_bound(member.tenant_id):
        services.drop_parked(row=Outbox.objects.for_tenant(member.tenant).get(), by=member)

        services.retry_parked(row=row, by=member, now=now())

        deeds = AuditEntry.objects.for_tenant(member.tenant).filter(action__startswith="work-")
        assert list(deeds.values_list("action", flat=True)) == ["work-dropped"]


def test_parked_work_that_is_tried_again_is_not_dropped() -> None:
    member = make.member(role=Role.MANAGER)
    row = make.parked(of=member.tenant)
    with tenant_bound(member.tenant_id):
        retried = Outbox.objects.for_tenant(member.tenant).get()
        services.retry_parked(row=retried, by=member, now=now())

        services.drop_parked(row=row, by=member)

        assert Outbox.objects.for_tenant(member.tenant).get().state == Outbox.State.WAITING


@pytest.mark.parametrize("name", ["parked-retry", "parked-drop"])
def test_parked_work_is_not_found_by_viewers_nor_by_strangers(name: str) -> None:
    viewer, stranger = make.member(role=Role.VIEWER), make.member()
    row = make.parked(of=viewer.tenant)
    url = _url(viewer.tenant, name, row.pk)

    answers = [
        _client(viewer).post(url),
        _client(stranger).post(url),
        _client(stranger).post(_url(stranger.tenant, name, row.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    with tenant_bound(viewer.tenant_id):
        assert Outbox.objects.for_tenant(viewer.tenant).filter(pk=row.pk).exists()
