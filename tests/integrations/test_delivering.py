"""Sending: what a real receiver gets, and what follows from what it answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.notices import mail_text
from cxm.integrations.models import Delivery, WebhookSecret
from cxm.integrations.rules.kinds import Grace
from cxm.integrations.rules.retrying import PAUSES
from cxm.integrations.services import delivering
from cxm.integrations.services.webhooks import pause_webhook, resume_webhook, rotate_secret
from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from tests import make
from tests.integrations.hooking import (
    again,
    attempts,
    deliveries,
    happens,
    turn,
    webhook,
)
from tests.integrations.receiver import Answer, receiving

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_here_is_allowed")]
DAY = timedelta(days=1)


def test_an_independent_library_verifies_what_arrives_byte_for_byte(member: Membership) -> None:
    with receiving() as receiver:
        _, secret = webhook(member, receiver.url("/in?team=1"))
        about = happens(member.tenant, content=lambda: {"texts": [{"text": "süß & <b>"}]})
        turn(member.tenant, now())

    (got,) = receiver.got
    told = Verifier(secret).verify(got.body, got.headers)
    assert (got.path, got.headers["content-type"]) == ("/in?team=1", "application/json")
    assert told["type"] == "response.created"
    assert told["data"]["id"] == str(about)
    assert told["data"]["texts"] == [{"text": "süß & <b>"}]
    assert told["data"]["url"].startswith("https://cx.example/t/")
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(got.body.replace(b"b>", b"i>"), got.headers)


def test_both_secrets_sign_while_one_replaces_the_other(member: Membership) -> None:
    with receiving() as receiver:
        hook, old = webhook(member, receiver.url())
        with tenant_bound(member.tenant_id):
            new = rotate_secret(webhook=hook, grace=Grace.DAY, by=member, now=now())
        for wait in (timedelta(0), timedelta(hours=25)):
            happens(member.tenant, at=now())
            turn(member.tenant, now() + wait)

    during, after = receiver.got
    for secret in (old, new):
        Verifier(secret).verify(during.body, during.headers)
    first, *more = after.headers["webhook-signature"].split(" ")
    assert (first[:3], more) == ("v1,", [])


def test_no_secret_is_kept_in_clear(member: Membership) -> None:
    _, secret = webhook(member)

    with tenant_bound(member.tenant_id):
        (row,) = WebhookSecret.objects.for_tenant(member.tenant)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in row.sealed
    assert secret.startswith(row.hint)
    assert len(row.hint) < 11


def test_a_receiver_that_fails_is_tried_ten_times_on_schedule(member: Membership) -> None:
    moments, at = [], make.NOW
    with receiving(Answer(500, body=b"down")) as receiver:
        webhook(member, receiver.url())
        happens(member.tenant)
        for pause in (timedelta(0), *PAUSES):
            at += pause
            # Nothing goes before its time.
            if pause:
                turn(member.tenant, at - timedelta(milliseconds=1))
            at += pause / 10
            turn(member.tenant, at)
            moments.append(len(receiver.got))

    (delivery,) = deliveries(member.tenant)
    assert moments == list(range(1, 11))
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len({got.body for got in receiver.got}) == 1
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 10
    assert (delivery.state, delivery.attempts, delivery.status) == ("dead", 10, 500)
    assert delivery.error == "The receiver answered 500."
    assert [one.response_head for one in attempts(member.tenant)] == ["down"] * 10


def test_a_receiver_that_recovers_has_it_and_is_not_failing_any_more(member: Membership) -> None:
    with receiving(Answer(503), Answer(204, body=b"")) as receiver:
        hook, _ = webhook(member, receiver.url())
        happens(member.tenant)
        turn(member.tenant)
        failing = again(hook).failing_since
        turn(member.tenant, make.NOW + timedelta(seconds=6))

    (delivery,) = deliveries(member.tenant)
    assert (failing, again(hook).failing_since) == (make.NOW, None)
    assert (delivery.state, delivery.attempts, delivery.error) == ("delivered", 2, "")
    assert turn(member.tenant, make.NOW + DAY) == 0


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(302, (("Location", "/elsewhere"),)), "The receiver answered 302."),
        (Answer(404), "The receiver answered 404."),
        (Answer(raw=b"nonsense\r\n\r\n"), "What came back is not HTTP."),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000), "What came back is not HTTP."),
    ],
    ids=["redirect", "not found", "broken", "huge header"],
)
def test_what_is_no_success_is_tried_again(answer: Answer, error: str, member: Membership) -> None:
    with receiving(answer) as receiver:
        webhook(member, receiver.url())
        happens(member.tenant)
        turn(member.tenant)

    (delivery,) = deliveries(member.tenant)
    assert [got.path for got in receiver.got] == ["/hook"]
    assert (delivery.state, delivery.error) == ("waiting", error)


def test_gone_ends_the_webhook_and_tells_the_admins(member: Membership) -> None:
    viewer = make.member(of=member.tenant, role=Role.VIEWER)
    with receiving(Answer(410)) as receiver:
        hook, _ = webhook(member, receiver.url())
        happens(member.tenant)
        turn(member.tenant)
        happens(member.tenant)
        turn(member.tenant, make.NOW + DAY)

    stopped = again(hook)
    with tenant_bound(member.tenant_id):
        told = {one.member_id: one.page for one in Notice.objects.for_tenant(member.tenant)}
        audited = AuditEntry.objects.for_tenant(member.tenant).filter(action="webhook-disabled")
        assert audited.count() == 1
    assert (stopped.state, stopped.reason, len(receiver.got)) == ("disabled", "gone", 1)
    assert told == {member.pk: f"webhooks/{hook.pk}/"}
    assert viewer.pk not in told


@pytest.mark.parametrize("status", [429, 502, 504])
def test_a_receiver_that_is_overrun_gets_nothing_until_it_asked_for(
    status: int, member: Membership
) -> None:
    with receiving(Answer(status, (("Retry-After", "600"),)), Answer(200)) as receiver:
        hook, _ = webhook(member, receiver.url())
        happens(member.tenant)
        turn(member.tenant)
        happens(member.tenant, at=make.NOW + timedelta(seconds=1))
        early = turn(member.tenant, make.NOW + timedelta(seconds=599))
        late = turn(member.tenant, make.NOW + timedelta(seconds=600))

    assert again(hook).throttled_until == make.NOW + timedelta(seconds=600)
    assert (early, late, len(receiver.got)) == (0, 2, 3)


def test_a_receiver_that_fails_for_five_days_is_paused_and_what_waits_goes_when_resumed(
    member: Membership,
) -> None:
    with receiving(Answer(500), Answer(500), Answer(200)) as receiver:
        hook, _ = webhook(member, receiver.url())
        happens(member.tenant)
        turn(member.tenant)
        turn(member.tenant, make.NOW + 5 * DAY)
        paused = again(hook)
        was = (paused.state, paused.reason)
        happens(member.tenant, at=make.NOW + 5 * DAY)
        while_paused = turn(member.tenant, make.NOW + 6 * DAY)
        with tenant_bound(member.tenant_id):
            resume_webhook(webhook=paused, by=member, now=make.NOW + 6 * DAY)
        turn(member.tenant, make.NOW + 6 * DAY)

    assert (was, while_paused) == (("paused", "failing"), 0)
    assert [one.state for one in deliveries(member.tenant)] == ["delivered", "delivered"]
    assert again(hook).state == "active"


def test_a_worker_that_dies_while_sending_sends_the_same_again(member: Membership) -> None:
    """Its claim ends after a minute: at least once, under the same id."""
    with receiving() as receiver:
        webhook(member, receiver.url())
        happens(member.tenant)
        lease = timedelta(seconds=60)
        with tenant_bound(member.tenant_id):
            begun = list(delivering._claim(member.tenant_id, make.NOW))
        early = turn(member.tenant, make.NOW + timedelta(seconds=59))
        turn(member.tenant, make.NOW + lease)

    (delivery,) = deliveries(member.tenant)
    assert (len(begun), early, delivery.state, delivery.attempts) == (1, 0, "delivered", 2)
    assert receiver.got[0].body == begun[0].body
    assert receiver.got[0].headers["webhook-id"] == delivery.event.message_id
    assert "." not in delivery.event.message_id


def test_work_that_kills_its_worker_each_time_stops(member: Membership) -> None:
    webhook(member)
    happens(member.tenant)
    with tenant_bound(member.tenant_id):
        Delivery.objects.for_tenant(member.tenant).update(attempts=10)

    turn(member.tenant)

    (delivery,) = deliveries(member.tenant)
    assert (delivery.state, delivery.error) == (
        "dead",
        "The worker stopped each time this was tried.",
    )


def test_the_notice_says_what_is_wrong_and_comes_once_until_it_is_read(member: Membership) -> None:
    webhook(member, title="Our CRM")
    for _ in range(3):
        happens(member.tenant)
    with tenant_bound(member.tenant_id):
        Delivery.objects.for_tenant(member.tenant).update(attempts=10)

    turn(member.tenant)

    client = Client()
    client.force_login(member.user)
    page = client.get(reverse("collaboration:notice-list", args=[member.tenant.slug]))
    words = " ".join(strip_tags(page.content.decode()).split())
    assert words.count("Wayfare could not deliver to") == 1
    assert "Our CRM" in words
    with tenant_bound(member.tenant_id):
        (notice,) = Notice.objects.for_tenant(member.tenant)
    opened = client.get(
        reverse("collaboration:notice-open", args=[member.tenant.slug, notice.pk]), follow=True
    )
    assert opened.status_code == 200
    assert "Our CRM" in opened.content.decode()
    mailed = mail_text(
        "stopped",
        by="Wayfare",
        about="Our CRM",
        workspace="Acme",
        url="u",
        settings_url="s",
        is_of_a_thread=False,
    )
    assert "you look after webhooks" in mailed


def test_one_who_pauses_keeps_what_happens_meanwhile(member: Membership) -> None:
    with receiving() as receiver:
        hook, _ = webhook(member, receiver.url())
        with tenant_bound(member.tenant_id):
            pause_webhook(webhook=hook, by=member, now=make.NOW)
        happens(member.tenant)
        while_paused = turn(member.tenant)
        with tenant_bound(member.tenant_id):
            resume_webhook(webhook=hook, by=member, now=make.NOW)
        turn(member.tenant)

    assert (while_paused, len(receiver.got)) == (0, 1)


def test_a_delighted_receiver_gets_its_own_shape_and_signature(member: Membership) -> None:
    customer = {"id": str(new_id()), "email": "ana@example.com", "name": "Ana"}
    content = {
        "answered_epoch": 1_713_497_396,
        "customer": customer,
        "scores": [
            {"question": "q2", "metric": "csat", "value": 4},
            {"question": "q1", "metric": "nps", "value": 9},
        ],
        "texts": [{"question": "why", "text": "Fast"}],
    }
    with receiving() as receiver:
        _, secret = webhook(member, receiver.url(), form="delighted")
        about = happens(member.tenant, content=lambda: content)
        turn(member.tenant)

    (got,) = receiver.got
    (delivery,) = deliveries(member.tenant)
    body = json.loads(got.body)
    assert list(body) == ["event_data", "event_id", "event_type"]
    assert body["event_type"] == "survey_response.created"
    assert body["event_id"] == delivery.event.message_id
    assert body["event_data"] == {
        "id": str(about),
        "person": customer,
        "survey_type": "nps",
        "score": 9,
        "comment": "Fast",
        "permalink": f"https://cx.example/t/{member.tenant.slug}/responses/{about}/",
        "created_at": 1_713_497_396,
        "updated_at": None,
        "person_properties": None,
        "notes": [],
        "tags": [],
        "additional_answers": [
            {
                "id": "q2",
                "value": {
                    "free_response": None,
                    "scale": 4,
                    "select_one": None,
                    "select_many": None,
                },
                "question": {"id": "q2", "type": "scale", "text": "q2"},
            }
        ],
    }
    assert got.headers["x-delighted-webhook-signature"] == _hex(secret, got.body)


def _hex(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
