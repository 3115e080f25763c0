"""What is kept of what happens, for whom, and for how long."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cxm.integrations.models import Delivery, DeliveryAttempt, Webhook, WebhookEvent
from cxm.integrations.services import forgetting
from cxm.integrations.services.forgetting import erase_events, forget_old
from cxm.integrations.services.webhooks import pause_webhook
from cxm.integrations.tasks import send, sweep
from cxm.kernel.announcing import NewsKind, Newsroom
from cxm.kernel.erasing import Leaving
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.integrations.hooking import (
    attempts,
    database_failing,
    deliveries,
    happens,
    turn,
    webhook,
)
from tests.integrations.receiver import receiving

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from tests.conftest import Bell

pytestmark = pytest.mark.django_db


def _events(member: Membership) -> list[WebhookEvent]:
    with tenant_bound(member.tenant_id):
        return list(WebhookEvent.objects.for_tenant(member.tenant).order_by("pk"))


def _unasked() -> dict[str, Any]:
    raise AssertionError


def test_where_nobody_wants_to_know_nothing_is_kept_and_one_query_asked(
    member: Membership,
) -> None:
    webhook(member, kinds=["import.finished"])
    with tenant_bound(member.tenant_id), CaptureQueriesContext(connection) as queries:
        happens(member.tenant, content=_unasked)

    assert _events(member) == []
    assert len([one for one in queries if "integrations_" in one["sql"]]) == 1


def test_every_webhook_that_wants_a_kind_gets_it_once(
    member: Membership, bells: list[Bell], django_capture_on_commit_callbacks
) -> None:
    webhook(member)
    webhook(member)
    paused, _ = webhook(member)
    ended, _ = webhook(member)
    with tenant_bound(member.tenant_id):
        pause_webhook(webhook=paused, by=member, now=make.NOW)
        rows = Webhook.objects.for_tenant(member.tenant).filter(pk=ended.pk)
        rows.update(state="disabled", reason="gone")
    with django_capture_on_commit_callbacks(execute=True):
        happens(member.tenant)

    assert len(_events(member)) == 1
    assert ended.pk not in {one.webhook_id for one in deliveries(member.tenant)}
    assert len(deliveries(member.tenant)) == 3
    assert bells == [("integrations.send", {"tenant_id": str(member.tenant_id)})]


def test_what_is_rolled_back_was_never_said(member: Membership) -> None:
    webhook(member)
    with tenant_bound(member.tenant_id), transaction.atomic():
        happens(member.tenant)
        transaction.set_rollback(True)

    assert _events(member) == []


def test_events_of_one_object_are_in_order_though_their_moment_is_the_same(
    member: Membership,
) -> None:
    webhook(member)
    about = happens(member.tenant)
    happens(member.tenant, about=about)
    happens(member.tenant, about=about, at=make.NOW - timedelta(days=1))
    happens(member.tenant, about=about, at=make.NOW + timedelta(days=1))

    numbers = [one.number for one in _events(member)]
    assert numbers == sorted(set(numbers))
    first = int(make.NOW.timestamp() * 1_000)
    assert numbers == [first, first + 1, first + 2, first + 86_400_000]


def test_two_numbers_of_one_object_cannot_be_the_same(member: Membership) -> None:
    webhook(member)
    happens(member.tenant)
    with tenant_bound(member.tenant_id):
        event = WebhookEvent.objects.for_tenant(member.tenant).get()
        event.pk = new_id()

        with pytest.raises(IntegrityError), transaction.atomic():
            event.save(force_insert=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "waiting", "next_at": None},
        {"state": "dead"},
        {"state": "dead", "next_at": None},
        {"state": "lost"},
    ],
    ids=["waits for nothing", "over and due", "over at no time", "unknown"],
)
def test_a_delivery_waits_or_is_over(changes: dict[str, Any], member: Membership) -> None:
    webhook(member)
    happens(member.tenant)
    with tenant_bound(member.tenant_id):
        rows = Delivery.objects.for_tenant(member.tenant)

        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)


@pytest.mark.parametrize("changes", [{"state": "paused"}, {"reason": "gone"}, {"state": "asleep"}])
def test_a_webhook_that_is_not_active_says_why(changes: dict[str, str], member: Membership) -> None:
    hook, _ = webhook(member)
    with tenant_bound(member.tenant_id):
        rows = Webhook.objects.for_tenant(member.tenant).filter(pk=hook.pk)

        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)


def test_what_is_a_month_old_is_forgotten_with_its_log(member: Membership, settings) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    with receiving() as receiver:
        webhook(member, receiver.url())
        happens(member.tenant)
        turn(member.tenant)
        kept = happens(member.tenant, at=make.NOW + timedelta(days=1))
        with tenant_bound(member.tenant_id):
            forget_old(tenant_id=member.tenant_id, now=make.NOW + timedelta(days=30, seconds=1))

    assert [one.object_id for one in _events(member)] == [kept]
    assert len(deliveries(member.tenant)) == 1
    assert attempts(member.tenant) == []


def test_erasing_a_person_takes_what_was_told_of_them_and_what_names_them(
    member: Membership, settings
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    ana = new_id()
    told = [
        {"customer": {"id": str(ana), "name": "Ana"}},
        {"texts": [{"text": "call ANA@example.com"}]},
        {"texts": [{"text": "all well"}], "customer": None},
    ]
    with receiving() as receiver:
        webhook(member, receiver.url())
        for content in told:
            happens(member.tenant, content=partial(dict, content))
        turn(member.tenant)
    person = Leaving(
        tenant_id=member.tenant_id,
        customer_ids=(ana,),
        at=make.NOW,
        identifiers=(("email", "ana@example.com"),),
    )

    with tenant_bound(member.tenant_id):
        erased = erase_events(person, "")
        left = DeliveryAttempt.objects.for_tenant(member.tenant).count()

    assert [one.content for one in _events(member)] == told[2:]
    assert erased.counts == {"webhook attempts": 2, "webhook events": 2}
    assert (erased.cursor, left) == (None, 1)


def test_erasing_by_a_short_identifier_leaves_the_events_of_others(member: Membership) -> None:
    webhook(member)
    told = [
        {"scores": [{"question": "q7", "value": 7}], "answered_epoch": 1_713_497_376},
        {"customer": {"external_id": "7"}},
        {"texts": [{"text": "7 of 10"}], "external_id": 7},
    ]
    for content in told:
        happens(member.tenant, content=partial(dict, content))
    person = Leaving(
        tenant_id=member.tenant_id,
        customer_ids=(new_id(),),
        at=make.NOW,
        identifiers=(("external", "7"),),
    )

    with tenant_bound(member.tenant_id):
        erased = erase_events(person, "")

    assert [one.content for one in _events(member)] == told[:1]
    assert erased.counts == {"webhook attempts": 0, "webhook events": 2}


def test_erasing_goes_on_behind_what_was_looked_at(
    member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    webhook(member)
    told = [{"value": 7}, {"value": 17}, {"external_id": "7"}]
    for content in told:
        happens(member.tenant, content=partial(dict, content))
    person = Leaving(
        tenant_id=member.tenant_id, customer_ids=(), at=make.NOW, identifiers=(("external", "7"),)
    )

    with tenant_bound(member.tenant_id):
        first = erase_events(person, "")
        second = erase_events(person, first.cursor or "")

    assert [one.content for one in _events(member)] == told[:2]
    assert (first.counts["webhook events"], second.counts["webhook events"]) == (0, 1)
    assert second.cursor is None


def test_the_sweeper_finds_what_no_bell_announced(member: Membership, settings) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    other = make.member()
    with receiving() as receiver:
        for one in (member, other):
            webhook(one, receiver.url())
            happens(one.tenant)
        swept = sweep()
        happens(other.tenant)
        sent = send(tenant_id=str(other.tenant_id))

    assert (swept, sent, len(receiver.got)) == (2, 1, 3)


def test_a_tenant_that_fails_does_not_stop_the_sweep(member: Membership, settings) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    other = make.member()
    with receiving() as receiver:
        for one in (member, other):
            webhook(one, receiver.url())
            happens(one.tenant)
        with database_failing('FROM "integrations_delivery"', about=member.tenant_id):
            swept = sweep()

    assert (swept, len(receiver.got)) == (1, 1)


def test_a_kind_is_offered_once_and_only_offered_kinds_are_told(member: Membership) -> None:
    room = Newsroom()
    room.offer(NewsKind("case.created", "A case was opened", "Cases"))

    room.offer(NewsKind("case.created", "A case was opened", "Cases"))
    with pytest.raises(ValueError, match=r"case\.created"):
        room.offer(NewsKind("case.created", "Something else", "Cases"))
    with pytest.raises(LookupError, match=r"no\.such"):
        happens(member.tenant, "no.such")
