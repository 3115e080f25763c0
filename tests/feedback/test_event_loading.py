"""From a stored body to facts: everything once, and what was refused can be seen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from cxm.customers.models import Customer, EventName, Identity, IngestKey, Interaction
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.work.engine import drain
from cxm.work.models import Outbox
from feedback.errors import BodyGoneError
from feedback.models import Inbox, RejectedEvent
from feedback.services import event_loading, refusal_rows
from feedback.services.event_loading import give_up_loading, replay_inbox
from tests import make
from tests.feedback.senders import Sender, basic, deliver, send, sender

pytestmark = pytest.mark.django_db


def track(event: str = "Paid", *, user: str = "u1", **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "userId": user, **fields}


def interactions(of: Sender, *names: str) -> list[tuple[Any, ...]]:
    return of.rows(Interaction.objects.for_tenant(of.tenant), *(names or ("name",)))


def counts(**told: int) -> dict[str, int]:
    names = ("items", "loaded", "unchanged", "refused", "refused_again", "repeated", "ignored")
    return {name: told.get(name, 0) for name in names}


def test_events_become_interactions_of_their_customers() -> None:
    of = sender()
    make.touchpoint(of=of.tenant, key="checkout")

    deliver(
        of,
        "/v1/batch",
        {
            "batch": [
                {"type": "identify", "userId": "u1", "traits": {"email": "ana@example.com"}},
                track(timestamp="2026-11-20T09:00:00Z", properties={"touchpoint": "checkout"}),
                {"type": "group", "userId": "u1", "groupId": "acme", "traits": {"name": "ACME"}},
                {"type": "alias", "userId": "u1", "previousId": "a1"},
            ]
        },
        is_packed=True,
    )

    names = ("name", "touchpoint__key", "customer__email", "source", "is_zone_assumed")
    assert interactions(of, *names) == [
        ("Paid", "checkout", "ana@example.com", "events:web-shop", False)
    ]
    people = of.rows(Identity.objects.for_tenant(of.tenant), "kind", "value")
    assert people == [("anonymous", "a1"), ("email", "ana@example.com"), ("external", "u1")]
    [inbox] = of.bodies()
    assert (inbox.state, inbox.error) == ("parsed", "")
    assert inbox.counts == counts(items=4, loaded=4)


def test_what_is_refused_is_listed_and_the_rest_loads() -> None:
    of = sender()
    deliver(
        of,
        "/v1/batch",
        {
            "batch": [
                track(properties={"text": "x" * 33_000}),
                track("Kept", messageId="kept"),
                track(properties={"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {}}}}}}}}}),
                {"type": "page", "userId": "u1", "name": "Home"},
                track(timestamp="tomorrow", messageId="k5"),
                "broken",
            ]
        },
    )

    assert interactions(of) == [("Kept",)]
    [inbox] = of.bodies()
    assert inbox.state == "partly"
    assert inbox.counts == counts(items=6, loaded=1, refused=4, ignored=1)
    assert of.refusals() == [
        ("too_large", ""),
        ("too_deep", "properties.a.b.c.d.e.f.g"),
        ("bad_time", "timestamp"),
        ("not_an_object", ""),
    ]
    listed = of.rows(RejectedEvent.objects.for_tenant(of.tenant), "position", "key", "name", "raw")
    assert listed[2][:3] == (4, "k5", "Paid")
    assert json.loads(listed[2][3])["timestamp"] == "tomorrow"
    assert len(listed[0][3]) == 4_000


@pytest.mark.slow
def test_a_flood_of_refusals_is_counted_whole_and_listed_in_part() -> None:
    of = sender()
    deliver(of, "/v1/batch", {"batch": list(range(1_500))})

    assert of.bodies()[0].counts["refused"] == 1_500
    assert len(of.refusals()) == refusal_rows.MOST_LISTED


def test_the_same_message_counts_once_however_often_it_comes() -> None:
    of = sender()

    deliver(of, "/v1/batch", {"batch": [track(messageId="m1"), track(messageId="m1")]})
    deliver(of, "/v1/batch", {"batch": [track(messageId="m1"), track(messageId="m2")]})

    assert interactions(of) == [("Paid",), ("Paid",)]
    assert [body.counts["unchanged"] for body in of.bodies()] == [1, 1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_batch_fifty_times_at_once_has_one_effect() -> None:
    of = sender()
    batch = {"batch": [track(f"Event {n}", user=f"u{n}", messageId=f"m{n}") for n in range(20)]}

    def push(_: int) -> int:
        try:
            status = send("/v1/batch", batch, authorization=basic(of.key)).status_code
            drain(of.tenant.pk)
        finally:
            connection.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(push, range(50)))
    drain(of.tenant.pk)

    assert statuses == [200] * 50
    assert len(interactions(of)) == 20
    assert len(of.rows(Customer.objects.for_tenant(of.tenant), "pk")) == 20
    counts = [body.counts for body in of.bodies()]
    assert [c["loaded"] + c["unchanged"] for c in counts] == [20] * 50
    assert sum(c["loaded"] for c in counts) == 20


@pytest.mark.slow
def test_ten_thousand_names_are_loaded_and_counted() -> None:
    of = sender()
    deliver(of, "/v1/batch", {"batch": [track(f"n{n}") for n in range(10_000)]}, is_packed=True)

    assert len(interactions(of)) == 10_000
    names = of.rows(EventName.objects.for_tenant(of.tenant), "name", "seen")
    assert len(names) <= EventName.MOST_NAMES + 1
    assert sum(seen for _, seen in names) == 10_000


HOSTILE = [
    "",
    " ",
    "a\u0000b",
    "__proto__",
    "$where",
    "a.b.c",
    "'; DROP TABLE customers_customer; --",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe",
    "x" * 500,
    "👍" * 60,
    "%s%n",
    "id",
    "tenant_id",
    "constructor",
]


def test_hostile_names_of_traits_harm_nothing() -> None:
    of = sender()
    traits = {name: name or "empty" for name in HOSTILE}
    deliver(of, "/v1/identify", {"userId": "u1", "traits": traits})

    [inbox] = of.bodies()
    assert inbox.counts["loaded"] == 1
    [(attributes,)] = of.rows(Customer.objects.for_tenant(of.tenant), "attributes")
    assert attributes["'; DROP TABLE customers_customer; --"].startswith("'; DROP")
    assert attributes["__proto__"] == "__proto__"
    assert attributes["ab"] == "ab"
    assert {code for code, _ in of.refusals()} == {"bad_trait_name"}


def test_bodies_deeper_than_any_reader_are_told_or_refused() -> None:
    of = sender()
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    deliver(of, "/v1/batch", {"batch": [track(properties={"deep": deep}), track("Kept")]})

    assert (interactions(of), of.refusals()[0][0]) == ([("Kept",)], "too_deep")


def test_a_body_that_cannot_be_read_is_failed_with_its_reason_and_not_tried_again() -> None:
    of = sender()
    deliver(of, "/v1/batch", {"batch": []})
    [inbox] = of.bodies()
    with tenant_bound(of.tenant.pk):
        rows = Inbox.objects.for_tenant(of.tenant)
        rows.filter(pk=inbox.pk).update(body=b"{not json", state=Inbox.State.STORED)
        event_loading.load_inbox(tenant_id=of.tenant.pk, inbox_id=inbox.pk, now=now())

    [inbox] = of.bodies()
    assert inbox.state == "failed"
    assert "not JSON" in inbox.error
    told = inbox.counts
    assert (told["items"], told["loaded"], told["refused"]) == (1, 0, 1)
    with tenant_bound(of.tenant.pk):
        assert not Outbox.objects.for_tenant(of.tenant).exists()


def test_a_body_that_cannot_be_read_stands_among_the_refused_once_however_often_it_comes() -> None:
    of = sender()
    for _ in range(3):
        assert send("/v1/batch", {"batch": 5}, authorization=basic(of.key)).status_code == 200
    with tenant_bound(of.tenant.pk):
        drain(of.tenant.pk)
        [refused] = RejectedEvent.objects.for_tenant(of.tenant)
        inboxes = list(of.bodies())
        replay_inbox(inbox=inboxes[0], by=make.member(of=of.tenant), now=now())
        drain(of.tenant.pk)
        [again] = RejectedEvent.objects.for_tenant(of.tenant)

    assert (refused.position, refused.times, refused.raw) == (0, 3, "")
    assert refused.message == "`batch` is not a list of events."
    assert again.times == 3
    assert sum(inbox.counts["refused_again"] for inbox in inboxes) == 2


def test_work_that_cannot_be_done_marks_the_body_as_failed() -> None:
    of = sender()
    send("/v1/batch", {"batch": [track()]}, authorization=basic(of.key))
    [inbox] = of.bodies()

    with tenant_bound(of.tenant.pk):
        give_up_loading(tenant_id=of.tenant.pk, inbox_id=str(inbox.pk))

    [inbox] = of.bodies()
    assert (inbox.state, inbox.error) == ("failed", event_loading.GAVE_UP)


# Reading again


def replay(of: Sender) -> None:
    by = make.member(of=of.tenant)
    [inbox] = of.bodies()
    with tenant_bound(of.tenant.pk):
        replay_inbox(inbox=inbox, by=by, now=now())
    drain(of.tenant.pk)


def test_a_body_that_is_read_again_has_no_second_effect() -> None:
    of = sender()
    items = [track(messageId="m1"), {"type": "identify", "userId": "u1", "traits": {"": 1}}, 5]
    deliver(of, "/v1/batch", {"batch": items})
    before = of.refusals()

    replay(of)

    [inbox] = of.bodies()
    assert inbox.counts == counts(items=3, unchanged=2, refused=1)
    assert (len(interactions(of)), sorted(of.refusals())) == (1, sorted(before))
    actions = of.rows(AuditEntry.objects.for_tenant(of.tenant), "action")
    assert ("event-body-replayed",) in actions


def test_reading_again_brings_what_is_kept_now() -> None:
    of = sender()
    deliver(of, "/v1/batch", {"batch": [{"type": "page", "userId": "u1", "name": "Home"}]})
    with tenant_bound(of.tenant.pk):
        of.source.keeps_pages = True
        of.source.save(update_fields=["keeps_pages"])

    replay(of)

    assert interactions(of, "kind", "name") == [("page", "Home")]


def test_a_body_that_is_gone_cannot_be_read_again() -> None:
    of = sender()
    deliver(of, "/v1/batch", {"batch": [track()]})
    [inbox] = of.bodies()
    inbox.body = b""

    with tenant_bound(of.tenant.pk), pytest.raises(BodyGoneError):
        replay_inbox(inbox=inbox, by=make.member(of=of.tenant), now=now())


def test_times_without_an_offset_take_the_zone_of_the_source() -> None:
    of = sender(time_zone="America/New_York")
    deliver(of, "/v1/track", track(timestamp="2026-11-20T09:00:00"))

    [(at, is_assumed)] = interactions(of, "occurred_at", "is_zone_assumed")
    assert (at.isoformat(), is_assumed) == ("2026-11-20T14:00:00+00:00", True)


# Traits that hold only once


def first_touch(uuid: str, **once: Any) -> dict[str, Any]:
    properties = {"$set": {"plan": uuid}, "$set_once": once}
    return {"event": "seen", "distinct_id": "u1", "uuid": uuid, "properties": properties}


def test_what_is_set_once_is_not_set_again() -> None:
    of = sender()
    batch = [first_touch("p1", origin="ad"), first_touch("p2", origin="mail", campaign="c1")]
    deliver(of, "/batch/", {"batch": batch, "api_key": of.key})
    deliver(of, "/batch/", {"batch": [first_touch("p3", origin="link")], "api_key": of.key})

    [(attributes,)] = of.rows(Customer.objects.for_tenant(of.tenant), "attributes")
    assert attributes == {"origin": "ad", "campaign": "c1", "plan": "p3"}
    assert of.bodies()[0].counts["items"] == 2


def test_keys_of_two_sources_do_not_meet() -> None:
    of = sender()
    deliver(of, "/v1/track", track(messageId="m1"))

    keys = of.rows(IngestKey.objects.for_tenant(of.tenant), "source", "key")
    assert keys == [("events:web-shop", "m1")]
