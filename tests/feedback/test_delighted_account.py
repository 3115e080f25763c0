"""An account of Delighted is brought over: from our own server as one, and from one that fails."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import Consent, Customer, Suppression
from cxm.customers.rules.records import Ref
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain, run_one
from cxm.work.models import Job, Outbox
from cxm.work.services import cancel_job
from feedback.errors import DelightedError
from feedback.models import DelightedImport, EventSource, Rating, Response, Verbatim
from feedback.rules.delighted import read_person
from feedback.rules.delighted_account import MOST_TRIES, PEOPLE, Period, webhooks_of
from feedback.services.accepting import Delivery, store_once
from feedback.services.delighted import Said, add_person, add_response, unsubscribe
from feedback.services.delighted_account.preparing import forget_key, prepare, start_import
from feedback.services.delighted_projects import make_project
from feedback.services.event_loading import give_up_loading
from tests import make
from tests.feedback.delighted_accounts import ANA, BOB, Account, account_served, answer
from tests.feedback.drafting import asked_survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ALL = Period()
TOLD = {"loaded": 0, "unchanged": 0, "refused": 0, "back": 0}


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def account(settings: Any) -> Iterator[Account]:
    people = [ANA, BOB]
    responses = [answer(1, 9), answer(2, 3, BOB)]
    with account_served(settings, people=people, survey_responses=responses) as served:
        yield served


def _prepared(member: Membership, **more: Any) -> DelightedImport:
    wishes = {"key": "KEY123", "source": "Delighted", "period": ALL, "keeps_key": False, **more}
    with tenant_bound(member.tenant_id):
        return prepare(tenant=member.tenant, by=member, now=now(), **wishes)


def _begin(row: DelightedImport, member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        start_import(row=row, by=member, now=now())


def _fetched(member: Membership, **more: Any) -> DelightedImport:
    """Look, begin, and go on until nothing is due."""
    row = _prepared(member, **more)
    _begin(row, member)
    drain(member.tenant_id)
    return _now(row)


def _now(row: DelightedImport) -> DelightedImport:
    with tenant_bound(row.tenant_id):
        rows = DelightedImport.objects.for_tenant(row.tenant_id).select_related("job", "tenant")
        return rows.select_related("event_source").get(pk=row.pk)


def _rows(member: Membership, model: Any, *names: str) -> list[Any]:
    with tenant_bound(member.tenant_id):
        return sorted(model.objects.for_tenant(member.tenant).values_list(*names), key=str)


@pytest.mark.django_db(transaction=True)
def test_an_account_comes_over_whole_and_once(
    member: Membership, live_server: LiveServer, settings: Any
) -> None:
    settings.DELIGHTED_API_URL = f"{live_server.url}/v1/"
    key = _account_of_ours()

    row = _fetched(member, key=key, keeps_key=True)

    assert row.found["responses"] == 3
    assert row.found["oldest"] < row.found["newest"]
    assert row.job is not None
    assert row.job.state == Job.State.DONE, row.job.message
    assert row.counts == {
        "people": {**TOLD, "loaded": 3},
        "survey_responses": {**TOLD, "loaded": 3},
        "unsubscribes": {**TOLD, "loaded": 1},
        "bounces": TOLD,
    }
    assert _rows(member, Customer, "email") == [
        ("ana@example.com",),
        ("bob@example.com",),
        ("cleo@example.com",),
    ]
    assert _rows(member, Rating, "metric__key", "value") == [("nps", 10), ("nps", 2), ("nps", 9)]
    assert _rows(member, Verbatim, "text") == [("Slow",)]
    assert _rows(member, Suppression, "reason") == [("unsubscribed",)]

    _begin(row, member)
    drain(member.tenant_id)

    again = _now(row).counts
    assert again["people"] == {**TOLD, "unchanged": 3}
    assert again["survey_responses"] == {**TOLD, "unchanged": 3}
    assert again["unsubscribes"] == {**TOLD, "unchanged": 1}
    assert len(_rows(member, Response, "pk")) == 3
    assert len(_rows(member, Consent, "pk")) == 1


def _account_of_ours() -> str:
    """Make a workspace that answers as Delighted, with people and answers; give its key."""
    other = make.member(of=make.tenant(name="Before"), role=Role.ADMIN)
    with tenant_bound(other.tenant_id):
        project, key = make_project(survey=asked_survey(other), by=other, now=now())
        scores = {"ana": (9, ""), "bob": (2, "Slow"), "cleo": (10, "")}
        for day, (name, (score, comment)) in enumerate(scores.items(), 1):
            wish = read_person({"email": f"{name}@example.com", "send": "false"})
            customer, _ = add_person(project=project, asked=wish, now=now())
            said = Said(score, comment, datetime(2026, 5, day, tzinfo=UTC), {})
            add_response(project=project, customer=customer, said=said, now=now())
        unsubscribe(project, "cleo@example.com", now=now())
    return key


def test_pages_are_followed_to_their_end(member: Membership, settings: Any) -> None:
    people = [{**ANA, "id": str(n), "email": f"p{n}@example.com"} for n in range(205)]
    responses = [answer(n, n % 11, people[n]) for n in range(205)]
    with account_served(settings, people=people, survey_responses=responses) as account:
        row = _fetched(member)

    assert row.counts["people"] == {**TOLD, "loaded": 205}
    assert row.counts["survey_responses"] == {**TOLD, "loaded": 205}
    assert len(_rows(member, Rating, "pk")) == 205
    assert len(_rows(member, Customer, "pk")) == 205
    # A link leads nowhere but to this server, and the key is sent as its clients send it.
    assert [query.get("page") for path, query in account.asked if path == "people"] == [
        *(None, "2", "3")
    ]
    assert account.keys == {"Basic S0VZMTIzOg=="}


def test_the_key_is_forgotten_when_all_is_there(member: Membership, account: Account) -> None:
    row = _prepared(member)
    assert row.sealed
    assert "KEY123" not in row.sealed

    _begin(row, member)
    drain(member.tenant_id)

    assert _now(row).sealed == ""
    with pytest.raises(DelightedError, match="key is forgotten"):
        _begin(row, member)


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param((429, {"Retry-After": "120"}, b"{}"), id="too many requests"),
        pytest.param((500, {}, b"oops"), id="broken"),
        pytest.param((503, {}, b""), id="away"),
    ],
)
def test_a_page_that_does_not_come_is_waited_for(
    member: Membership, account: Account, refusal: tuple[int, dict[str, str], bytes]
) -> None:
    row = _prepared(member)
    account.instead["survey_responses"] = [refusal]
    _begin(row, member)

    before = now()
    drain(member.tenant_id)

    job = _now(row).job
    assert job is not None
    assert job.state == Job.State.RUNNING
    assert "It goes on in" in job.message
    assert _waits_until(member) > before + timedelta(seconds=4 if refusal[0] != 429 else 119)
    _let_time_pass(member)
    drain(member.tenant_id)
    assert _now(row).counts["survey_responses"] == {**TOLD, "loaded": 2}


def _waits_until(member: Membership) -> datetime:
    with tenant_bound(member.tenant_id):
        return Outbox.objects.for_tenant(member.tenant).values_list("due_at", flat=True).get()


def _let_time_pass(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        Outbox.objects.for_tenant(member.tenant).update(due_at=now())


def test_an_account_that_never_answers_fails_in_words_and_goes_on_later(
    member: Membership, account: Account
) -> None:
    row = _prepared(member)
    account.instead["survey_responses"] = [(500, {}, b"")] * MOST_TRIES
    _begin(row, member)

    for _ in range(MOST_TRIES):
        drain(member.tenant_id)
        _let_time_pass(member)

    stopped = _now(row)
    assert stopped.job is not None
    assert stopped.job.state == Job.State.FAILED
    assert stopped.job.message.startswith("Delighted answers 500. It was tried 12 times.")
    assert stopped.counts["people"] == {**TOLD, "loaded": 2}
    _begin(row, member)
    drain(member.tenant_id)
    assert _now(row).counts["people"] == {**TOLD, "unchanged": 2}
    assert len(_rows(member, Response, "pk")) == 2


def test_what_was_stopped_half_way_is_begun_again_without_doubles(
    member: Membership, account: Account
) -> None:
    row = _prepared(member)
    _begin(row, member)
    while "survey_responses" not in _now(row).counts:
        run_one(member.tenant_id)
    job = _now(row).job
    assert job is not None
    with tenant_bound(member.tenant_id):
        cancel_job(job=job, by=member, now=now())
    drain(member.tenant_id)
    half = _now(row)

    _begin(half, member)
    drain(member.tenant_id)

    assert half.sealed
    assert len(_rows(member, Customer, "pk")) == 2
    assert len(_rows(member, Response, "pk")) == 2
    assert _now(row).counts["survey_responses"] == {**TOLD, "unchanged": 2}


def test_two_who_begin_at_once_begin_one_run(member: Membership, account: Account) -> None:
    row = _prepared(member)

    _begin(row, member)
    _begin(row, member)

    assert len(_rows(member, Job, "pk")) == 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b"{}", "does not take this key"),
        (302, b"", "none of Delighted’s answers"),
        (200, b"<html>", "none of Delighted’s answers"),
        (200, b"[" * 100_000, "none of Delighted’s answers"),
        (429, b"", "Delighted asks to go slower. Nothing is kept."),
        (500, b"", "Delighted answers 500. Nothing is kept."),
    ],
)
def test_an_account_that_cannot_be_looked_at_leaves_nothing(
    member: Membership, account: Account, status: int, body: bytes, words: str
) -> None:
    account.instead["survey_responses"] = [(status, {"Location": account.url}, body)]

    with pytest.raises(DelightedError, match=words):
        _prepared(member)

    assert _rows(member, DelightedImport, "pk") == []
    assert _rows(member, EventSource, "pk") == []


def test_nobody_listens_there(member: Membership, settings: Any) -> None:
    settings.DELIGHTED_API_URL = "http://127.0.0.1:9/v1/"

    with pytest.raises(DelightedError, match="cannot be reached"):
        _prepared(member)


def test_what_cannot_be_read_is_kept_out_with_its_reason(member: Membership, settings: Any) -> None:
    people = [ANA, {"id": "", "email": "null"}]
    responses = [answer(1, 9), answer(2, 99, BOB), answer(3, 5, created_at="soon")]
    gone = [{"person_id": "1", "email": "none"}, {"email": "Bob@Example.com"}]
    with account_served(
        settings, people=people, survey_responses=responses, unsubscribes=gone, bounces=[]
    ):
        row = _fetched(member)

    assert row.counts["people"] == {**TOLD, "loaded": 1, "refused": 1}
    assert row.counts["survey_responses"] == {**TOLD, "loaded": 2, "refused": 1}
    assert row.counts["unsubscribes"] == {**TOLD, "loaded": 1, "refused": 1}
    assert _rows(member, Rating, "value") == [(9,)]


def test_a_paused_source_stops_the_fetching_in_words(member: Membership, account: Account) -> None:
    row = _prepared(member)
    _pause(row, now())
    _begin(row, member)
    drain(member.tenant_id)
    stopped = _now(row)

    _pause(row, None)
    _begin(row, member)
    drain(member.tenant_id)

    assert stopped.job is not None
    assert stopped.job.state == Job.State.FAILED
    assert "“Delighted” is paused, so nothing of it is read" in stopped.job.message
    assert stopped.counts == {}
    assert _now(row).counts["people"] == {**TOLD, "loaded": 2}
    assert _now(row).counts["survey_responses"] == {**TOLD, "loaded": 2}


def _pause(row: DelightedImport, at: datetime | None) -> None:
    with tenant_bound(row.tenant_id):
        sources = EventSource.objects.for_tenant(row.tenant_id)
        sources.filter(pk=row.event_source_id).update(paused_at=at)


def test_a_page_that_cannot_be_read_stops_the_fetching_in_words(
    member: Membership, settings: Any
) -> None:
    endless = {**ANA, "name": "x" * 4_300_000}
    with account_served(settings, people=[endless]):
        row = _fetched(member)

    assert row.job is not None
    assert row.job.state == Job.State.FAILED
    assert row.job.message.startswith("A page could not be read: ")
    assert row.counts == {}


def test_a_page_that_was_stored_and_never_read_is_read_now(
    member: Membership, account: Account
) -> None:
    row = _prepared(member)
    body = json.dumps(webhooks_of(PEOPLE, [ANA, BOB])).encode()
    key = f"fetched:{hashlib.sha256(body).hexdigest()}"
    delivery = Delivery(adapter="delighted", path="/v1/people", body=body)
    with tenant_bound(member.tenant_id):
        stored = store_once(source=row.event_source, delivery=delivery, key=key, now=now())
        give_up_loading(tenant_id=member.tenant_id, inbox_id=str(stored))

    _begin(row, member)
    drain(member.tenant_id)

    assert _now(row).counts["people"] == {**TOLD, "loaded": 2}


def test_who_agreed_again_here_stays_askable(member: Membership, account: Account) -> None:
    row = _prepared(member, keeps_key=True)
    account.lists["unsubscribes"] = [{"email": "ana@example.com", "unsubscribed_at": 1_700_000_000}]
    with tenant_bound(member.tenant_id):
        make.events("seen", of=member.tenant, refs=(Ref("email", "", "ana@example.com"),))
        customer = Customer.objects.for_tenant(member.tenant).get()
        Consent.objects.create(
            tenant=member.tenant,
            customer=customer,
            purpose="surveys",
            state=Consent.State.GIVEN,
            at=now(),
            source="page",
        )

    _begin(row, member)
    drain(member.tenant_id)

    assert _now(row).counts["unsubscribes"] == {**TOLD, "back": 1}
    assert _rows(member, Suppression, "pk") == []


def test_a_forgotten_key_stops_what_runs(member: Membership, account: Account) -> None:
    row = _prepared(member)
    _begin(row, member)
    run_one(member.tenant_id)
    with tenant_bound(member.tenant_id):
        forget_key(row=row, by=member)

    drain(member.tenant_id)

    stopped = _now(row)
    assert stopped.job is not None
    assert (stopped.job.state, stopped.sealed) == (Job.State.FAILED, "")
    assert stopped.job.message == "The account’s key is forgotten. Enter it again."
    assert _rows(member, Response, "pk") == []
