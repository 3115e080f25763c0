"""The calls of Segment and RudderStack, read into records."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.rules.records import Call, EventRecord, Ref
from feedback.adapters.events.parsed import IgnoredItem
from feedback.adapters.events.parsing import parse
from tests.feedback.test_adapters_events import RECEIVED, read, reasons

if TYPE_CHECKING:
    from feedback.adapters.events.parsed import ParsedBody

U1, A1 = Ref("external", "", "u1"), Ref("anonymous", "", "a1")


def parsed(*items: dict[str, Any], keeps_pages: bool = True, **beside: Any) -> ParsedBody:
    return read({"batch": list(items), **beside}, keeps_pages=keeps_pages)


def record(**fields: Any) -> EventRecord:
    read_ = parsed({"messageId": "m1", **fields})
    assert read_.refused == []
    [event] = read_.events
    return event


def usual(call: Call, **fields: Any) -> EventRecord:
    given = {"position": 0, "key": "m1", "occurred_at": RECEIVED, "refs": (U1,)}
    return EventRecord(call=call, **{**given, **fields})


CALLS: list[tuple[str, dict[str, Any], EventRecord]] = [
    (
        "identify",
        {"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": {"plan": "pro"}},
        usual(Call.IDENTIFY, refs=(U1, A1), traits={"plan": "pro"}),
    ),
    (
        "identify of rudderstack",
        {"type": "identify", "userId": "u1", "context": {"traits": {"plan": "pro"}}},
        usual(Call.IDENTIFY, traits={"plan": "pro"}),
    ),
    (
        "identify with traits twice",
        {
            "type": "identify",
            "userId": "u1",
            "traits": {"a": 2},
            "context": {"traits": {"a": 1, "b": 1}},
        },
        usual(Call.IDENTIFY, traits={"a": 2, "b": 1}),
    ),
    (
        "identify by address alone",
        {"type": "identify", "traits": {"email": "ana@example.com"}},
        usual(Call.IDENTIFY, refs=(), traits={"email": "ana@example.com"}),
    ),
    (
        "track",
        {"type": "track", "userId": "u1", "event": "Paid", "properties": {"score": 9}},
        usual(Call.TRACK, name="Paid", props={"score": 9}),
    ),
    (
        "track of an order",
        {
            "type": "track",
            "userId": "u1",
            "event": "Order Completed",
            "properties": {"order_id": 17, "revenue": 10.5, "currency": "eur"},
        },
        usual(
            Call.TRACK,
            name="Order Completed",
            thread_key="17",
            amount=Decimal("10.50"),
            currency="EUR",
            props={"order_id": 17, "revenue": 10.5, "currency": "eur"},
        ),
    ),
    (
        "track that names its place",
        {
            "type": "track",
            "userId": "u1",
            "event": "Paid",
            "properties": {"touchpoint": "checkout"},
            "context": {"channel": "shop"},
        },
        usual(
            Call.TRACK,
            name="Paid",
            touchpoint="checkout",
            channel="shop",
            props={"touchpoint": "checkout"},
        ),
    ),
    (
        "page",
        {"type": "page", "anonymousId": "a1", "name": "Home", "category": "Docs"},
        usual(Call.TRACK, refs=(A1,), kind="page", name="Home", props={"category": "Docs"}),
    ),
    (
        "screen",
        {"type": "screen", "userId": "u1", "name": "Home"},
        usual(Call.TRACK, kind="page", name="Home", medium="app"),
    ),
    (
        "group",
        {"type": "group", "userId": "u1", "groupId": 7, "traits": {"name": "ACME"}},
        usual(Call.GROUP, company="7", traits={"name": "ACME"}),
    ),
    (
        "alias",
        {"type": "alias", "userId": "u1", "previousId": "a1"},
        usual(Call.ALIAS, previous=A1),
    ),
    (
        "merge of rudderstack",
        {
            "type": "merge",
            "mergeProperties": [
                {"type": "email", "value": "Ana@example.com"},
                {"type": "mobile", "value": "+49 30 123456"},
            ],
        },
        usual(
            Call.ALIAS,
            refs=(Ref("email", "", "ana@example.com"),),
            previous=Ref("phone", "", "+4930123456"),
        ),
    ),
]


@pytest.mark.parametrize(("call", "expected"), [c[1:] for c in CALLS], ids=[c[0] for c in CALLS])
def test_each_call_becomes_its_record(call: dict[str, Any], expected: EventRecord) -> None:
    assert record(**call) == expected


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("no type", {"userId": "u1"}, "unknown_type", "type"),
    ("no name", {"type": "track", "userId": "u1"}, "no_name", "event"),
    ("nobody", {"type": "track", "event": "Paid"}, "no_customer", ""),
    ("nobody identified", {"type": "identify", "traits": {"plan": "x"}}, "no_customer", ""),
    ("shared word", {"type": "identify", "traits": {"email": "none"}}, "no_customer", ""),
    ("no company", {"type": "group", "userId": "u1"}, "no_group", "groupId"),
    ("no previous", {"type": "alias", "userId": "u1"}, "no_previous", "previousId"),
    ("alias of nobody", {"type": "alias", "previousId": "a1"}, "no_customer", ""),
    ("merge of one", {"type": "merge", "mergeProperties": [5]}, "no_previous", "mergeProperties"),
    (
        "traits that are none",
        {"type": "identify", "userId": "u", "traits": [1]},
        "not_an_object",
        "traits",
    ),
]


@pytest.mark.parametrize(
    ("call", "code", "path"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_a_call_that_lacks_something_is_refused(call: dict[str, Any], code: str, path: str) -> None:
    assert reasons(parsed(call)) == [(0, code, path)]


PATHS = [
    ("/v1/track", {"event": "Paid"}, "Paid"),
    ("/v1/t/", {"event": "Paid", "type": "identify"}, "Paid"),
    ("/v1/page", {"name": "Home"}, "Home"),
    ("/v1/p", {"context": {"page": {"path": "/pricing"}}}, "/pricing"),
    ("/v1/s/", {}, "Screen"),
]


@pytest.mark.parametrize(("path", "call", "name"), PATHS)
def test_the_address_of_a_single_call_says_what_it_is(
    path: str, call: dict[str, Any], name: str
) -> None:
    [event] = read({**call, "userId": "u1"}, path=path, keeps_pages=True).events

    assert (event.call, event.name) == (Call.TRACK, name)


def test_page_views_are_left_out_where_the_source_keeps_none() -> None:
    read_ = parsed(
        {"type": "page", "userId": "u1", "name": "Home"},
        {"type": "screen", "userId": "u1", "name": "Cart"},
        {"type": "track", "userId": "u1", "event": "Paid"},
        keeps_pages=False,
    )

    assert read_.ignored == [IgnoredItem(0, "page", "Home"), IgnoredItem(1, "page", "Cart")]
    assert [event.name for event in read_.events] == ["Paid"]


def test_of_the_context_little_is_kept_and_no_address() -> None:
    event = record(
        type="track",
        event="Paid",
        userId="u1",
        properties={"plan": "pro"},
        context={
            "ip": "192.0.2.7",
            "userAgent": "Mozilla",
            "library": {"name": "analytics.js", "version": "4.2", "more": 1},
            "page": {
                "path": "/pay",
                "url": "https://shop.example/pay?token=s",
                "referrer": "https://search.example/find?q=me#top",
            },
            "device": {"id": "d1", "type": "ios"},
            "app": {"name": "Shop", "version": 3, "build": 9},
            "locale": "de-DE",
            "traits": {"email": "ana@example.com"},
        },
    )

    assert event.props == {
        "plan": "pro",
        "context": {
            "library": {"name": "analytics.js", "version": "4.2"},
            "page": {"path": "/pay", "referrer": "https://search.example/find"},
            "device": {"type": "ios"},
            "app": {"name": "Shop", "version": "3"},
            "locale": "de-DE",
        },
    }


def test_the_context_of_a_batch_holds_for_each_item() -> None:
    own = {"type": "track", "event": "Paid", "userId": "u1", "context": {"locale": "de"}}
    shared = {"library": {"name": "analytics.js"}, "locale": "en"}

    [event] = parsed(own, context=shared).events

    assert event.props["context"] == {"library": {"name": "analytics.js"}, "locale": "de"}


MEDIA: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"channel": "server"}, ""),
    ({"channel": "web"}, "web"),
    ({"channel": "mobile"}, "app"),
    ({"context": {"library": {"name": "@segment/analytics-next"}}}, "web"),
    ({"context": {"library": {"name": "analytics-python"}}}, ""),
    ({"context": {"library": {"name": "analytics-ios"}}}, "app"),
    ({"context": {"library": {"name": "x"}, "os": {"name": "Android"}}}, "app"),
    ({"context": {"page": {"path": "/"}}}, "web"),
    ({"context": {"library": "text", "os": 5, "page": None}}, ""),
]


@pytest.mark.parametrize(("fields", "medium"), MEDIA)
def test_the_client_tells_what_it_runs_on(fields: dict[str, Any], medium: str) -> None:
    assert record(type="track", event="Paid", userId="u1", **fields).medium == medium


def test_a_time_beside_the_batch_is_the_time_of_its_items() -> None:
    read_ = parsed(
        {"type": "track", "event": "Paid", "userId": "u1"}, timestamp="2026-11-20T08:00:00Z"
    )

    assert read_.events[0].occurred_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_the_visitor_may_be_named_by_a_header() -> None:
    envelope = {"adapter": "segment", "path": "/v1/track", "headers": {"anonymousid": "a1"}}

    read_ = parse(envelope, b'{"event": "Paid"}', zone=UTC, received_at=RECEIVED)

    assert read_.events[0].refs == (A1,)


def test_amounts_that_are_none_are_just_properties() -> None:
    for value in ("free", None, True, 10**13, {"a": 1}, "NaN"):
        event = record(type="track", event="Paid", userId="u1", properties={"revenue": value})
        assert (event.amount, event.currency) == (None, "")
