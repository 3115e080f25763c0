"""What cannot be signed, written or written down holds up nothing else; turns end in time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook as Verifier

from cxm.integrations.models import Delivery, WebhookSecret
from cxm.integrations.rules.kinds import Grace
from cxm.integrations.services import delivering
from cxm.integrations.services.webhooks import rotate_secret
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.integrations.hooking import database_failing, deliveries, happens, turn, webhook
from tests.integrations.receiver import receiving

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_here_is_allowed")]
DAY = timedelta(days=1)


@pytest.mark.parametrize("unreadable", ["old", "new"])
def test_a_secret_that_cannot_be_read_leaves_the_other_one_signing(
    unreadable: str, member: Membership
) -> None:
    with receiving() as receiver:
        hook, old = webhook(member, receiver.url())
        with tenant_bound(member.tenant_id):
            new = rotate_secret(webhook=hook, grace=Grace.DAY, by=member, now=now())
            rows = WebhookSecret.objects.for_tenant(member.tenant)
            rows.filter(expires_at__isnull=unreadable == "new").update(sealed="v1.altered")
        happens(member.tenant, at=now())
        turn(member.tenant, now())

    (got,) = receiver.got
    Verifier(new if unreadable == "old" else old).verify(got.body, got.headers)
    assert " " not in got.headers["webhook-signature"]


def test_where_no_secret_can_be_read_nothing_is_sent(member: Membership) -> None:
    with receiving() as receiver:
        webhook(member, receiver.url())
        with tenant_bound(member.tenant_id):
            WebhookSecret.objects.for_tenant(member.tenant).update(sealed="v1.altered")
        happens(member.tenant)
        turn(member.tenant)

    (delivery,) = deliveries(member.tenant)
    assert receiver.got == []
    assert (delivery.state, delivery.error) == (
        "dead",
        "No secret can sign this: make a new one.",
    )


def test_an_event_that_cannot_be_written_ends_and_the_next_one_goes(member: Membership) -> None:
    with receiving() as receiver:
        webhook(member, receiver.url(), form="delighted")
        happens(member.tenant, content=lambda: {"scores": [{"value": 9}]})
        good = happens(member.tenant, content=dict)
        turn(member.tenant)

    (got,) = receiver.got
    ended, sent = deliveries(member.tenant)
    assert json.loads(got.body)["event_data"]["id"] == str(good)
    assert (ended.state, sent.state) == ("dead", "delivered")
    assert ended.error == "This event could not be written in the webhook's form."


def test_an_answer_that_cannot_be_written_down_leaves_the_others(member: Membership) -> None:
    with receiving() as receiver:
        webhook(member, receiver.url())
        happens(member.tenant)
        happens(member.tenant)
        first, _ = deliveries(member.tenant)
        with database_failing('INSERT INTO "integrations_deliveryattempt"', about=first.pk):
            turn(member.tenant)

    waiting, sent = deliveries(member.tenant)
    assert len(receiver.got) == 2
    assert (waiting.state, waiting.attempts, sent.state) == ("waiting", 1, "delivered")


def test_no_turn_claims_more_than_it_posts_at_once_and_who_waits_longest_is_first(
    member: Membership,
) -> None:
    hooks = [webhook(member)[0] for _ in range(6)]
    for _ in range(4):
        happens(member.tenant)
    with tenant_bound(member.tenant_id):
        rows = Delivery.objects.for_tenant(member.tenant)
        rows.filter(webhook=hooks[5]).update(next_at=make.NOW - DAY)

        claimed = list(delivering._claim(member.tenant_id, make.NOW))

    assert len(claimed) == 16
    assert [one.delivery.webhook_id for one in claimed[:4]] == [hooks[5].pk] * 4
