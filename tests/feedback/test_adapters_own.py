"""Our own format of events, read into records."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.rules.records import Call, EventRecord, Ref
from feedback.adapters.events.parsed import BodyError, IgnoredItem
from tests.feedback.test_adapters_events import RECEIVED, read, reasons

if TYPE_CHECKING:
    from feedback.adapters.events.parsed import ParsedBody

U1 = Ref("external", "", "u1")


def parsed(*events: Any, keeps_pages: bool = True, **beside: Any) -> ParsedBody:
    return read({"events": list(events), **beside}, adapter="events", keeps_pages=keeps_pages)


def usual(call: Call, **fields: Any) -> EventRecord:
    given = {"position": 0, "key": "e1", "occurred_at": RECEIVED, "refs": (U1,)}
    return EventRecord(call=call, **{**given, **fields})


EVENTS: list[tuple[str, dict[str, Any], EventRecord]] = [
    ("shortest", {"event": "Paid"}, usual(Call.TRACK, name="Paid")),
    (
        "everything",
        {
            "type": "track",
            "event": "Delivered",
            "kind": "order_step",
            "touchpoint": "delivery",
            "channel": "post",
            "title": "Parcel handed over",
            "text": "At the door",
            "direction": "out",
            "actor": "agent",
            "thread": "order-7",
            "amount": "19.90",
            "currency": "eur",
            "company": "acme",
            "properties": {"parcels": 2},
        },
        usual(
            Call.TRACK,
            name="Delivered",
            kind="order_step",
            touchpoint="delivery",
            channel="post",
            title="Parcel handed over",
            text="At the door",
            direction="out",
            actor="agent",
            thread_key="order-7",
            amount=Decimal("19.90"),
            currency="EUR",
            company="acme",
            props={"parcels": 2},
        ),
    ),
    (
        "many identifiers",
        {
            "event": "Paid",
            "customer": {
                "id": 42,
                "email": "Ana@Example.com",
                "phone": "+49 30 123456",
                "device_id": "d1",
                "anonymous_id": "a1",
                "namespace": "shop",
            },
        },
        usual(
            Call.TRACK,
            name="Paid",
            refs=(
                Ref("external", "shop", "42"),
                Ref("email", "", "ana@example.com"),
                Ref("phone", "", "+4930123456"),
                Ref("device", "shop", "d1"),
                Ref("anonymous", "", "a1"),
            ),
        ),
    ),
    ("page", {"type": "page", "event": "Home"}, usual(Call.TRACK, kind="page", name="Home")),
    (
        "identify",
        {"type": "identify", "traits": {"plan": "pro"}},
        usual(Call.IDENTIFY, traits={"plan": "pro"}),
    ),
    (
        "group",
        {"type": "group", "company": 7, "traits": {"name": "ACME"}},
        usual(Call.GROUP, company="7", traits={"name": "ACME"}),
    ),
    (
        "alias",
        {"type": "alias", "previous_id": "a1"},
        usual(Call.ALIAS, previous=Ref("anonymous", "", "a1")),
    ),
]


@pytest.mark.parametrize(("event", "expected"), [e[1:] for e in EVENTS], ids=[e[0] for e in EVENTS])
def test_each_event_becomes_its_record(event: dict[str, Any], expected: EventRecord) -> None:
    read_ = parsed({"id": "e1", "customer": {"id": "u1"}, **event})

    assert (read_.events, read_.refused) == ([expected], [])


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "explode"}, "unknown_type", "type"),
    ({"type": 5}, "unknown_type", "type"),
    ({}, "no_name", "event"),
    ({"event": "Paid", "customer": None}, "no_customer", ""),
    ({"event": "Paid", "customer": "u1"}, "not_an_object", "customer"),
    ({"event": "Paid", "customer": {"id": 1.5}}, "bad_value", "customer.id"),
    ({"event": "Paid", "kind": "merge"}, "bad_value", "kind"),
    ({"event": "Paid", "direction": "up"}, "bad_value", "direction"),
    ({"event": "Paid", "actor": "robot"}, "bad_value", "actor"),
    ({"event": "Paid", "amount": "a lot"}, "bad_value", "amount"),
    ({"event": "Paid", "currency": "euro"}, "bad_value", "currency"),
    ({"event": "Paid", "at": "soon"}, "bad_time", "at"),
    ({"event": "Paid", "properties": []}, "not_an_object", "properties"),
    ({"type": "group"}, "no_group", "company"),
    ({"type": "alias"}, "no_previous", "previous_id"),
]


@pytest.mark.parametrize(("event", "code", "path"), REFUSED)
def test_an_event_that_is_wrong_is_refused(event: dict[str, Any], code: str, path: str) -> None:
    assert reasons(parsed({"customer": {"id": "u1"}, **event})) == [(0, code, path)]


def test_page_views_are_left_out_where_the_source_keeps_none() -> None:
    read_ = parsed({"type": "page", "customer": {"id": "u1"}, "event": "Home"}, keeps_pages=False)

    assert (read_.ignored, read_.events) == ([IgnoredItem(0, "page", "Home")], [])


def test_a_time_of_sending_corrects_the_clock() -> None:
    event = {"event": "Paid", "customer": {"id": "u1"}, "at": "2026-11-20T10:00:00Z"}

    [found] = parsed(event, sent_at="2026-11-20T10:05:00Z").events

    assert found.occurred_at.isoformat() == "2026-11-20T09:50:30+00:00"


@pytest.mark.parametrize("body", [{}, {"events": 5}, {"event": "Paid"}])
def test_a_body_without_events_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        read(body, adapter="events")
