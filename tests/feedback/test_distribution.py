"""Asking by event: planned once, sent through a mail server, answered, and not when not allowed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from cxm.customers.models import Customer, Suppression
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.models import Batch
from feedback.models import Invitation, InvitationEvent, Rating, Response
from feedback.rules.distribution.words import DistributionState, InvitationState, Reason
from feedback.selectors.distributions import Rate
from feedback.selectors.trying_out import DEMO
from feedback.services.distribution.messages import address_of, stop_address
from feedback.services.distribution.running import ask, send_due, start, stop
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import (
    MailServer,
    content,
    delivered,
    distribution,
    mail_taken,
    rule,
)
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_django.fixtures import Settings

    from cxm.tenants.models import Membership

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def post(settings: Settings) -> Iterator[MailServer]:
    with mail_taken(settings) as server:
        yield server


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)


def _work(member: Membership, *, at: datetime = LATER) -> None:
    """Be the worker, as if it were *at*."""
    again = ask(tenant_id=member.tenant_id, now=at)
    while again:
        again = ask(tenant_id=member.tenant_id, now=at, **again.arguments)
    while send_due(tenant_id=member.tenant_id, now=at):
        pass


def test_an_event_becomes_a_mail_and_the_answer_a_score(
    member: Membership, post: MailServer, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://cx.example"
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        distribution(survey, by=member)
        delivered(member.tenant, "ana@example.com", order="A-1")
        _work(member)
        _work(member)
        invitation = Invitation.objects.for_tenant(member.tenant).get()
        address = address_of(invitation)

    [mail] = post.mails
    assert mail["To"] == "ana@example.com"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in content(mail, "plain")
    html = content(mail, "html")
    assert f"{address}?q.nps=9" in html.replace("&amp;", "&")

    client = Client()
    path = address.removeprefix("https://cx.example")
    page = client.get(f"{path}?q.nps=9")
    assert page.status_code == 200
    with tenant_bound(member.tenant_id):
        assert not Response.objects.for_tenant(member.tenant).exists()
    token = path.strip("/").rpartition("/")[2]
    client.post(path, {"pass": token, "at": "nps", "q.nps": "9", "to": "on"})
    with tenant_bound(member.tenant_id):
        response = Response.objects.for_tenant(member.tenant).get()
        invitation.refresh_from_db()
        assert response.customer_id == invitation.customer_id
        assert invitation.response_id == response.pk
        assert invitation.state in (InvitationState.PARTIAL, InvitationState.COMPLETE)
        assert Rating.objects.for_tenant(member.tenant).get().value == 9


def _states(member: Membership) -> list[tuple[str, str]]:
    rows = Invitation.objects.for_tenant(member.tenant).order_by("created_at", "pk")
    return list(rows.values_list("state", "reason"))


@pytest.mark.usefixtures("post")
def test_an_address_that_is_refused_is_written_to_no_more(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member)
        delivered(member.tenant, "nobody@example.com", order="A-1")
        _work(member)
        delivered(member.tenant, "nobody@example.com", order="A-2")
        _work(member)

        assert _states(member) == [("bounced", "bounced"), ("suppressed", "bounced")]
        assert Suppression.objects.for_tenant(member.tenant).get().reason == "bounced"


@pytest.mark.usefixtures("post")
def test_a_busy_server_is_tried_again_and_given_up_in_the_end(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member, expires_hours=8)
        delivered(member.tenant, "busy@example.com")
        for hours in range(8):
            _work(member, at=LATER + timedelta(hours=hours))
            if hours < 5:
                assert _states(member) == [("queued", "")]

        assert _states(member) == [("failed", "too_late")]
        kinds = InvitationEvent.objects.for_tenant(member.tenant).values_list("kind", flat=True)
        assert set(kinds) == {"failed", "not sent yet", "queued"}
        assert not Suppression.objects.for_tenant(member.tenant).exists()


def test_several_events_of_one_order_ask_once_and_a_quiet_period_holds_over_all_surveys(
    member: Membership, post: MailServer
) -> None:
    with tenant_bound(member.tenant_id):
        rule("quiet_period", of=member.tenant, days=30)
        distribution(asked_survey(member), by=member)
        distribution(asked_survey(member), by=member, title="Another survey", priority=200)
        for order in ("A-1", "A-1", "A-2"):
            delivered(member.tenant, "ana@example.com", order=order)
        _work(member)

        asked = [state for state, _ in _states(member)]
        reasons = [reason for _, reason in _states(member) if reason]
        assert asked.count("sent") == 1
        assert set(reasons) == {"quiet_period"}
        assert len(asked) == 4
    assert len(post.mails) == 1


def test_who_ends_invitations_gets_none_and_opening_the_page_ends_nothing(
    member: Membership, post: MailServer, settings: Settings
) -> None:
    settings.PUBLIC_URL = ""
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member)
        delivered(member.tenant, "ana@example.com", order="A-1")
        _work(member)
        path = stop_address(Invitation.objects.for_tenant(member.tenant).get())
    client = Client()

    assert b"no more surveys from Harbour" in client.get(path).content
    with tenant_bound(member.tenant_id):
        assert not Suppression.objects.for_tenant(member.tenant).exists()
    # As mail programs send it.
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with tenant_bound(member.tenant_id):
        delivered(member.tenant, "ana@example.com", order="A-2")
        _work(member)
        assert _states(member) == [("opted_out", ""), ("suppressed", "unsubscribed")]
    client.post(path, {"back": "1"})
    with tenant_bound(member.tenant_id):
        delivered(member.tenant, "ana@example.com", order="A-3")
        _work(member)
    assert len(post.mails) == 2


def test_what_waits_is_called_off_when_the_survey_closes_or_the_distribution_ends(
    member: Membership, post: MailServer
) -> None:
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        first = distribution(survey, by=member, delay_minutes=120)
        delivered(member.tenant, "ana@example.com", order="A-1")
        _work(member)
        assert _states(member) == [("queued", "")]
        survey.status = "closed"
        survey.save(update_fields=["status"])
        _work(member, at=LATER + timedelta(hours=3))
        assert _states(member) == [("cancelled", "cancelled")]

        survey.status = "live"
        survey.save(update_fields=["status"])
        delivered(member.tenant, "bob@example.com", order="B-1")
        _work(member, at=LATER + timedelta(hours=3))
        stop(distribution=first, to=DistributionState.ENDED, by=member, now=LATER)
        assert {state for state, _ in _states(member)} == {"cancelled"}
    assert post.mails == []


def test_two_reminders_at_most_and_none_after_an_answer(
    member: Membership, post: MailServer
) -> None:
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member, reminders=[3, 7])
        delivered(member.tenant, "ana@example.com", order="A-1")
        delivered(member.tenant, "bob@example.com", order="B-1")
        for day in (0, 1, 2, 3, 4):
            _work(member, at=LATER + timedelta(days=day))
        bob = Invitation.objects.for_tenant(member.tenant).get(natural_key="B-1")
        Invitation.objects.for_tenant(member.tenant).filter(pk=bob.pk).update(state="complete")
        for day in range(5, 40):
            _work(member, at=LATER + timedelta(days=day))

        assert sorted(_states(member)) == [("complete", ""), ("expired", "")]
    assert [mail["To"] for mail in post.mails].count("ana@example.com") == 3
    assert [mail["To"] for mail in post.mails].count("bob@example.com") == 2
    assert sum("Reminder: " in mail["Subject"] for mail in post.mails) == 3


def test_an_old_event_that_comes_late_asks_nobody(member: Membership, post: MailServer) -> None:
    with tenant_bound(member.tenant_id):
        row = distribution(asked_survey(member), by=member)
        row.starts_at = NOW - timedelta(days=400)
        row.save()
        delivered(member.tenant, "ana@example.com", order="A-1", day=300)
        _work(member)

        assert _states(member) == [("suppressed", Reason.TOO_LATE)]
    assert post.mails == []


@pytest.mark.usefixtures("post")
def test_a_closed_or_foreign_invitation_answers_nothing(
    member: Membership, settings: Settings
) -> None:
    settings.PUBLIC_URL = ""
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        distribution(survey, by=member, open_days=1)
        delivered(member.tenant, "ana@example.com", order="A-1")
        _work(member)
        invitation = Invitation.objects.for_tenant(member.tenant).get()
        path = address_of(invitation)
        Invitation.objects.for_tenant(member.tenant).update(closes_at=NOW - timedelta(days=900))
    client = Client()
    token = path.strip("/").rpartition("/")[2]

    assert client.get(path).status_code == 410
    sent = client.post(path, {"pass": token, "at": "nps", "q.nps": "9", "to": "on"})
    assert sent.status_code == 410
    other = make.member(of=make.tenant(), role=Role.MANAGER)
    foreign = path.replace(f"/{member.tenant.slug}/", f"/{other.tenant.slug}/")
    assert client.get(foreign).status_code == 404
    stop_path = f"/stop/{other.tenant.slug}/{token}/"
    assert client.post(stop_path).status_code == 404
    with tenant_bound(member.tenant_id):
        assert not Response.objects.for_tenant(member.tenant).exists()


@pytest.mark.parametrize("address", ["ana..b@example.com", "a,b@example.com"])
def test_one_address_that_no_mail_can_hold_stops_nobody_else(
    address: str, member: Membership, post: MailServer
) -> None:
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member)
        delivered(member.tenant, address, order="A-1", day=0)
        delivered(member.tenant, "bob@example.com", order="B-1")
        _work(member)

        assert sorted(_states(member)) == [("sent", ""), ("suppressed", "bad_address")]
        assert not Suppression.objects.for_tenant(member.tenant).exists()
    assert [mail["To"] for mail in post.mails] == ["bob@example.com"]


def test_a_zone_that_is_none_is_that_of_the_workspace(member: Membership, post: MailServer) -> None:
    with tenant_bound(member.tenant_id):
        rule("hours", of=member.tenant, **{"from": "23:00", "to": "06:00"})
        distribution(asked_survey(member), by=member)
        event = delivered(member.tenant, "ana@example.com")
        assert event.customer_id
        Customer.objects.for_tenant(member.tenant).filter(pk=event.customer_id).update(
            time_zone="Central European Time"
        )
        _work(member)

        assert _states(member) == [("sent", "")]
    assert len(post.mails) == 1


def test_a_rate_lets_the_rest_wait_and_everything_else_go_on(
    member: Membership, post: MailServer
) -> None:
    with tenant_bound(member.tenant_id):
        rule("rate", of=member.tenant, per_minute=2)
        distribution(asked_survey(member), by=member)
        for number in range(5):
            delivered(member.tenant, f"p{number}@example.com")
        _work(member)
        assert len(post.mails) == 2
        for minutes in (1, 2, 3):
            _work(member, at=LATER + timedelta(minutes=minutes, seconds=1))

    assert len(post.mails) == 5


def test_reminders_that_a_pause_held_back_are_one(member: Membership, post: MailServer) -> None:
    with tenant_bound(member.tenant_id):
        row = distribution(asked_survey(member), by=member, reminders=[3, 7])
        delivered(member.tenant, "ana@example.com")
        _work(member)
        stop(distribution=row, to=DistributionState.PAUSED, by=member, now=LATER)
        _work(member, at=LATER + timedelta(days=1, minutes=1))
        start(distribution=row, by=member, now=LATER + timedelta(days=9))
        _work(member, at=LATER + timedelta(days=9))
        _work(member, at=LATER + timedelta(days=9, minutes=1))

    # The two reminders that were missed are one.
    assert len(post.mails) == 2


# Spec, metrics, sections 2 and 9.
@pytest.mark.parametrize(
    ("delivered_n", "answered", "value", "ends"),
    [
        (460, 138, 30.0, (25.9920, 34.3393)),
        (500, 138, 27.6, (23.8638, 31.6778)),
        (1, 1, 100.0, (20.6549, 100.0)),
        (1, 0, 0.0, (0.0, 79.3451)),
    ],
)
def test_a_response_rate_is_in_percent_with_its_wilson_interval(
    delivered_n: int, answered: int, value: float, ends: tuple[float, float]
) -> None:
    rate = Rate(delivered_n, answered, waiting=0)

    assert rate.value == pytest.approx(value)
    assert rate.interval == pytest.approx(ends, abs=5e-5)


def test_a_response_rate_of_nothing_delivered_is_none() -> None:
    rate = Rate(0, 0, waiting=3)

    assert (rate.value, rate.interval) == (None, None)


def test_a_made_up_workspace_sends_nothing_and_counts_it(
    member: Membership, post: MailServer
) -> None:
    with tenant_bound(member.tenant_id):
        Batch.objects.create(tenant=member.tenant, kind=DEMO, title="Demo", started_at=NOW)
        distribution(asked_survey(member), by=member)
        delivered(member.tenant, "ana@example.com")
        ask(tenant_id=member.tenant_id, now=NOW)

        send_due(tenant_id=member.tenant_id, now=LATER)

        states = list(Invitation.objects.for_tenant(member.tenant).values_list("state", flat=True))
    assert (states, post.mails) == ([InvitationState.SENT], [])
