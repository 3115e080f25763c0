"""What was refused and is sent again: one row that says how often, and counted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.customers.selectors.persons import Reader
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.models import Inbox, RejectedEvent
from feedback.rules.arrivals import Fate
from feedback.selectors.event_sources import refusal_counts, source_uses
from feedback.services import arrivals
from feedback.services.arrivals import recent_arrivals
from feedback.services.event_loading import load_inbox, replay_inbox
from tests import make
from tests.feedback.senders import Sender, basic, deliver, send, sender

if TYPE_CHECKING:
    from feedback.services.arrivals import Arrival

pytestmark = pytest.mark.django_db

LATE = {"type": "track", "event": "Paid", "userId": "u1", "messageId": "m1", "timestamp": "soon"}
GOOD = {"type": "track", "event": "Paid", "userId": "u1", "messageId": "good"}


def listed(of: Sender) -> list[tuple[Any, ...]]:
    return of.rows(RejectedEvent.objects.for_tenant(of.tenant), "code", "times")


def look(of: Sender) -> list[Arrival]:
    with tenant_bound(of.tenant.pk):
        return recent_arrivals(Reader(of.tenant, True), of.source).rows


def read_again(of: Sender, inbox: Inbox) -> None:
    with tenant_bound(of.tenant.pk):
        replay_inbox(inbox=inbox, by=make.member(of=of.tenant), now=now())
    drain(of.tenant.pk)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (LATE, "bad_time"),
        ({"type": "track", "event": "Paid", "userId": "u1", "timestamp": "soon"}, "bad_time"),
        ("words", "not_an_object"),
        ({**LATE, "properties": {"text": "x" * 33_000}}, "too_large"),
    ],
    ids=["with-id", "without-id", "no-object", "large"],
)
def test_what_is_refused_again_stays_one_row_that_says_how_often(item: Any, code: str) -> None:
    of = sender()

    for _ in range(3):
        deliver(of, "/v1/batch", {"batch": [item, GOOD]})

    assert listed(of) == [(code, 3)]
    assert [body.counts["refused"] for body in of.bodies()] == [1, 1, 1]
    assert [body.counts["refused_again"] for body in of.bodies()] == [0, 1, 1]


def test_totals_count_what_is_sent_again_once_also_when_it_is_read_again() -> None:
    of = sender()

    for _ in range(2):
        deliver(of, "/v1/batch", {"batch": [LATE, LATE, "words", GOOD, GOOD]})
    for inbox in of.bodies():
        read_again(of, inbox)

    with tenant_bound(of.tenant.pk):
        moment = now()
        since = moment - timedelta(hours=1)
        uses = source_uses(of.tenant, [of.source], since=since, now=moment)
        by_code = [(count.code, count.count) for count in refusal_counts(of.source)]
    assert (uses[of.source.pk].events, uses[of.source.pk].refused) == (3, 2)
    assert by_code == [("bad_time", 1), ("not_an_object", 1)]
    assert listed(of) == [("bad_time", 4), ("not_an_object", 2)]


def test_a_row_tells_when_it_came_last_and_stays_with_its_first_body() -> None:
    of = sender()

    for _ in range(2):
        deliver(of, "/v1/batch", {"batch": [GOOD, LATE]})

    first, last = of.bodies()
    rows = RejectedEvent.objects.for_tenant(of.tenant)
    assert of.rows(rows, "inbox", "position", "received_at") == [(first.pk, 1, last.received_at)]


def test_another_reason_or_another_source_is_another_refusal() -> None:
    of, other = sender(), sender()

    deliver(of, "/v1/batch", {"batch": [LATE]})
    deliver(of, "/v1/batch", {"batch": [{**LATE, "timestamp": "yesterday"}]})
    deliver(of, "/v1/batch", {"batch": [{**GOOD, "messageId": "m1", "event": ""}]})
    deliver(other, "/v1/batch", {"batch": [LATE]})

    assert listed(of) == [("bad_time", 1), ("bad_time", 1), ("no_name", 1)]
    assert listed(other) == [("bad_time", 1)]


def test_items_without_an_id_are_told_apart_by_what_they_are() -> None:
    of = sender()

    deliver(of, "/v1/batch", {"batch": ["words", "other words", 5, "words"]})

    assert listed(of) == [("not_an_object", 1), ("not_an_object", 1), ("not_an_object", 2)]


def test_the_live_view_says_why_at_each_arrival() -> None:
    of = sender()

    for _ in range(2):
        deliver(of, "/v1/batch", {"batch": [LATE]})

    seen = look(of)
    assert [arrival.fate for arrival in seen] == [Fate.REFUSED] * 2
    assert [[row.code for row in arrival.refused] for arrival in seen] == [["bad_time"]] * 2
    assert seen[0].why == seen[1].why == seen[0].refused[0].message


def test_the_live_view_says_why_when_the_first_arrival_is_long_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arrivals, "MOST_BODIES", 1)
    of = sender()

    for _ in range(2):
        deliver(of, "/v1/batch", {"batch": [LATE]})

    [last] = look(of)
    assert [(row.code, row.path, row.times) for row in last.refused] == [
        ("bad_time", "timestamp", 2)
    ]


def test_a_value_that_is_left_out_again_is_told_at_each_arrival() -> None:
    of = sender()
    person = {"type": "identify", "messageId": "m1", "userId": "u1", "traits": {"": 1}}

    deliver(of, "/v1/batch", {"batch": [person]})
    deliver(of, "/v1/batch", {"batch": [person]})
    deliver(of, "/v1/batch", {"batch": [{**person, "traits": {"plan": "pro"}}]})

    assert [arrival.has_losses for arrival in look(of)] == [False, True, True]
    assert listed(of) == [("bad_trait_name", 1)]


def test_a_body_that_is_read_again_counts_nothing_anew() -> None:
    of = sender()
    for _ in range(2):
        deliver(of, "/v1/batch", {"batch": [LATE]})

    for inbox in of.bodies():
        read_again(of, inbox)

    assert listed(of) == [("bad_time", 2)]
    assert [body.counts["refused_again"] for body in of.bodies()] == [0, 1]


def test_what_is_let_in_when_it_is_read_again_leaves_the_list() -> None:
    of = sender()
    deliver(of, "/v1/batch", {"batch": [LATE, "words"]})
    [inbox] = of.bodies()
    with tenant_bound(of.tenant.pk):
        rows = Inbox.objects.for_tenant(of.tenant).filter(pk=inbox.pk)
        rows.update(body=bytes(inbox.body).replace(b"soon", b"2026-11-20T09:00:00Z"))

    read_again(of, inbox)

    assert listed(of) == [("not_an_object", 1)]


def test_a_body_with_nothing_to_refuse_asks_nothing_about_refusals() -> None:
    of = sender()
    send("/v1/batch", {"batch": [GOOD]}, authorization=basic(of.key))
    [inbox] = of.bodies()

    with tenant_bound(of.tenant.pk), CaptureQueriesContext(connection) as asked:
        load_inbox(tenant_id=of.tenant.pk, inbox_id=inbox.pk, now=now())

    assert not [query["sql"] for query in asked if "rejectedevent" in query["sql"]]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_refusals_sent_at_once_from_all_sides_are_one_row_each() -> None:
    of = sender()
    items = [{**LATE, "messageId": f"m{n}"} for n in range(20)]

    def push(turn: int) -> None:
        mixed = items if turn % 2 else items[::-1]
        try:
            send("/v1/batch", {"batch": mixed}, authorization=basic(of.key))
            drain(of.tenant.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(push, range(24)))
    drain(of.tenant.pk)

    assert listed(of) == [("bad_time", 24)] * 20
    again = [body.counts["refused_again"] for body in of.bodies()]
    assert sorted(again) == [0, *[20] * 23]
