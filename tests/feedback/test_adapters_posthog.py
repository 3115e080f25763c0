"""The events of PostHog clients, read into records and answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cxm.customers.rules.records import Call, EventRecord, Ref
from feedback.adapters.events.parsed import IgnoredItem, ParsedBody
from feedback.adapters.events.parsing import parse
from feedback.adapters.records import CustomerRef
from tests.feedback.test_adapters_events import RECEIVED, read, reasons

U1, A1 = Ref("external", "", "u1"), Ref("anonymous", "", "a1")


def parsed(*items: dict[str, Any], keeps_pages: bool = True, **beside: Any) -> ParsedBody:
    return read({"batch": list(items), **beside}, adapter="posthog", keeps_pages=keeps_pages)


def record(event: str, distinct_id: Any = "u1", **fields: Any) -> EventRecord:
    read_ = parsed({"event": event, "distinct_id": distinct_id, "uuid": "p1", **fields})
    assert read_.refused == []
    [found] = read_.events
    return found


def usual(call: Call, **fields: Any) -> EventRecord:
    given = {"position": 0, "key": "p1", "occurred_at": RECEIVED, "refs": (U1,)}
    return EventRecord(call=call, **{**given, **fields})


EVENTS: list[tuple[str, dict[str, Any], EventRecord]] = [
    (
        "event",
        {"event": "paid", "properties": {"plan": "pro", "$os": "Linux", "$ip": "192.0.2.7"}},
        usual(Call.TRACK, name="paid", props={"plan": "pro"}),
    ),
    (
        "event of a company",
        {"event": "paid", "properties": {"$groups": {"company": "acme"}}},
        usual(Call.TRACK, name="paid", company="acme", namespace="company"),
    ),
    (
        "page view",
        {
            "event": "$pageview",
            "properties": {
                "$pathname": "/pay",
                "$referrer": "https://x.example/a?b=c",
                "$lib": "web",
                "$lib_version": "1.9",
            },
        },
        usual(
            Call.TRACK,
            kind="page",
            name="/pay",
            medium="web",
            props={
                "context": {
                    "library": {"name": "web", "version": "1.9"},
                    "page": {"path": "/pay", "referrer": "https://x.example/a"},
                }
            },
        ),
    ),
    (
        "screen",
        {"event": "$screen", "properties": {"$screen_name": "Cart"}},
        usual(Call.TRACK, kind="page", name="Cart", medium="app", props={"$screen_name": "Cart"}),
    ),
    (
        "set",
        {"event": "$set", "$set": {"email": "a@example.com", "$geo": 1}},
        usual(Call.IDENTIFY, traits={"email": "a@example.com"}),
    ),
    (
        "set among the properties",
        {"event": "$set", "properties": {"$set": {"plan": "pro"}}},
        usual(Call.IDENTIFY, traits={"plan": "pro"}),
    ),
    (
        "identify",
        {"event": "$identify", "properties": {"$anon_distinct_id": "a1"}, "$set": {"plan": "pro"}},
        usual(Call.IDENTIFY, refs=(U1, A1), traits={"plan": "pro"}),
    ),
    (
        "alias",
        {
            "event": "$create_alias",
            "distinct_id": "a1",
            "properties": {"distinct_id": "a1", "alias": "u1"},
        },
        usual(Call.ALIAS, previous=A1),
    ),
    (
        "group",
        {
            "event": "$groupidentify",
            "properties": {
                "$group_type": "company",
                "$group_key": "acme",
                "$group_set": {"name": "ACME"},
            },
        },
        usual(Call.GROUP, company="acme", namespace="company", traits={"name": "ACME"}),
    ),
    (
        "group without a person",
        {
            "event": "$groupidentify",
            "distinct_id": "$company_acme",
            "properties": {"$group_type": "company", "$group_key": "acme"},
        },
        usual(Call.GROUP, refs=(), company="acme", namespace="company"),
    ),
    (
        "id among the properties",
        {"event": "paid", "distinct_id": None, "properties": {"distinct_id": "u1", "token": "k"}},
        usual(Call.TRACK, name="paid"),
    ),
    (
        "survey that was shown",
        {"event": "survey shown", "properties": {"$survey_id": "s1", "$survey_name": "NPS"}},
        usual(Call.TRACK, name="survey shown", props={"$survey_id": "s1", "$survey_name": "NPS"}),
    ),
]


@pytest.mark.parametrize(("event", "expected"), [e[1:] for e in EVENTS], ids=[e[0] for e in EVENTS])
def test_each_event_becomes_its_record(event: dict[str, Any], expected: EventRecord) -> None:
    assert record(**event) == expected


UNKNOWN_PEOPLE: list[dict[str, Any]] = [
    {"$is_identified": False},
    {"$process_person_profile": False},
    {"$device_id": "a1"},
]


@pytest.mark.parametrize("properties", UNKNOWN_PEOPLE)
def test_who_is_not_known_is_a_visitor(properties: dict[str, Any]) -> None:
    assert record("paid", "a1", properties=properties).refs == (A1,)


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"order_id": 17, "total": 19.9, "currency": "eur"}, ("17", Decimal("19.90"), "EUR")),
        ({"checkout_id": "c-1", "$revenue": "5"}, ("c-1", Decimal("5.00"), "")),
        ({"revenue": 5, "total": 6}, ("", Decimal("5.00"), "")),
        ({"currency": "EUR"}, ("", None, "")),
    ],
)
def test_an_event_names_its_order_and_its_money(
    properties: dict[str, Any], told: tuple[str, Decimal | None, str]
) -> None:
    read = record(event="Paid", properties=properties)
    assert (read.thread_key, read.amount, read.currency) == told


def test_what_an_event_tells_of_its_person_stands_beside_it() -> None:
    read_ = parsed(
        {
            "event": "paid",
            "distinct_id": "u1",
            "uuid": "p1",
            "properties": {"$set": {"plan": "pro"}, "$set_once": {"first_plan": "free", "$x": 1}},
        }
    )

    assert [event.name for event in read_.events] == ["paid"]
    assert read_.besides == [usual(Call.IDENTIFY, key="p1#set", traits={"plan": "pro"})]
    first = usual(Call.IDENTIFY, key="p1#once", traits={"first_plan": "free"})
    assert read_.first_traits == [first]


def test_noise_and_unwanted_page_views_are_left_out() -> None:
    names = ["$autocapture", "$pageleave", "$pageview", "paid"]
    read_ = parsed(*({"event": name, "distinct_id": "u1"} for name in names), keeps_pages=False)

    assert [(i.why, i.name) for i in read_.ignored] == [
        ("noise", "$autocapture"),
        ("noise", "$pageleave"),
        ("page", "Page"),
    ]
    assert [event.name for event in read_.events] == ["paid"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"distinct_id": "u1"}, "no_name", "event"),
    ({"event": "paid"}, "no_customer", ""),
    ({"event": "paid", "distinct_id": "undefined"}, "no_customer", ""),
    ({"event": "survey sent", "distinct_id": "u1"}, "no_survey", "properties.$survey_id"),
    ({"event": "$groupidentify", "distinct_id": "u1"}, "no_group", "properties.$group_key"),
    (
        {"event": "$create_alias", "properties": {"alias": "u1"}},
        "no_previous",
        "properties.distinct_id",
    ),
    (
        {"event": "paid", "distinct_id": "u1", "properties": {"$set": 5}},
        "not_an_object",
        "properties.$set",
    ),
]


@pytest.mark.parametrize(("event", "code", "path"), REFUSED)
def test_an_event_that_lacks_something_is_refused(
    event: dict[str, Any], code: str, path: str
) -> None:
    assert reasons(parsed(event)) == [(0, code, path)]


TIMES: list[tuple[dict[str, Any], dict[str, str], timedelta]] = [
    ({"timestamp": "2026-11-20T10:00:00Z"}, {}, timedelta(minutes=-4, seconds=-30)),
    # The browser said in the query when it sent: 2026-11-20T10:05:00Z.
    ({"timestamp": "2026-11-20T10:00:00Z"}, {"_": "1795169100000"}, timedelta(minutes=5)),
    ({"timestamp": "2026-11-20T09:00:00Z"}, {"_": "none"}, timedelta(minutes=55, seconds=30)),
    ({"offset": 1500}, {}, timedelta(seconds=1.5)),
    ({"offset": "soon"}, {}, timedelta(0)),
]


@pytest.mark.parametrize(("fields", "query", "before"), TIMES)
def test_browsers_tell_times_in_their_own_ways(
    fields: dict[str, Any], query: dict[str, str], before: timedelta
) -> None:
    item = {"event": "paid", "distinct_id": "u1", **fields}
    envelope = {"adapter": "posthog", "path": "/e/", "query": query}
    read_ = parse(envelope, json.dumps([item]).encode(), zone=UTC, received_at=RECEIVED)

    assert RECEIVED - read_.events[0].occurred_at == before


# Surveys


def sent(
    properties: dict[str, Any], at: str = "2026-11-20T09:00:00Z", uuid: str = "p1"
) -> dict[str, Any]:
    return {
        "event": "survey sent",
        "distinct_id": "u1",
        "uuid": uuid,
        "timestamp": at,
        "properties": {"$survey_id": "S 1", **properties},
    }


ANSWERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("one, old form", {"$survey_response": 9}, {"q1": 9}),
    (
        "several, old form",
        {"$survey_response": 9, "$survey_response_1": "good"},
        {"q1": 9, "q2": "good"},
    ),
    ("by id", {"$survey_response_b2": "9"}, {"b2": "9"}),
    (
        "old form with ids at hand",
        {
            "$survey_questions": [{"id": "b2", "question": "NPS?"}, {"id": "c3"}],
            "$survey_response": 9,
            "$survey_response_1": "good",
        },
        {"b2": 9, "c3": "good"},
    ),
    (
        "both forms: the id's holds",
        {
            "$survey_questions": [{"id": "b2", "question": "NPS?"}],
            "$survey_response": 3,
            "$survey_response_b2": 9,
        },
        {"b2": 9},
    ),
    (
        "ids that are numbers",
        {"$survey_questions": [{"id": "1"}, {"id": "2"}], "$survey_response_1": "x"},
        {"1": "x"},
    ),
    (
        "choices",
        {"$survey_response_b2": ["a", "b"], "$survey_response_c3": None},
        {"b2": ["a", "b"]},
    ),
]


@pytest.mark.parametrize(
    ("properties", "answers"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS]
)
def test_answers_are_read_by_question(properties: dict[str, Any], answers: dict[str, Any]) -> None:
    [answer] = parsed(sent(properties)).answers

    assert answer.record.answers == answers


def test_an_answer_tells_its_survey_person_and_time() -> None:
    [answer] = parsed(
        sent(
            {
                "$survey_name": "Loyalty",
                "$survey_language": "de",
                "$survey_submission_id": "sub-1",
                "$survey_questions": [{"id": "b2", "question": "NPS?"}],
                "$survey_response_b2": 9,
            }
        )
    ).answers

    told = answer.record
    assert (told.survey, answer.title, answer.questions) == (
        "posthog-s-1",
        "Loyalty",
        {"b2": "NPS?"},
    )
    assert (told.key, told.language) == ("sub-1", "de")
    assert told.answered_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert told.customer == CustomerRef("external", "", "u1")


def test_without_a_submission_the_event_is_the_response() -> None:
    assert parsed(sent({})).answers[0].record.key == "p1"


def test_the_latest_event_of_a_submission_counts() -> None:
    one = {"$survey_submission_id": "sub-1"}
    read_ = parsed(
        sent({**one, "$survey_response": 2}, "2026-11-20T09:02:00Z", "p1"),
        sent({**one, "$survey_response": 3}, "2026-11-20T09:03:00Z", "p2"),
        sent({**one, "$survey_response": 1}, "2026-11-20T09:01:00Z", "p3"),
    )

    assert [answer.record.answers for answer in read_.answers] == [{"q1": 3}]
    replaced = {IgnoredItem(n, "replaced", "survey sent") for n in (0, 2)}
    assert set(read_.ignored) == replaced
