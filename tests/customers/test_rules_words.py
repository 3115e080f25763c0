"""How moments, identifiers, events and a whole person are put into words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cxm.customers.rules.event_words import readable_name, source_words
from cxm.customers.rules.identity_words import (
    Strength,
    labelled,
    masked_identifier,
    numbering_words,
    spelled,
    strength_of,
)
from cxm.customers.rules.origins import clean_origin
from cxm.customers.rules.summary import (
    Lately,
    last_contact_line,
    lately_line,
    promises_line,
    who_line,
)
from cxm.customers.rules.time_words import ago, day_words, due_words

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        pytest.param(timedelta(seconds=59), "less than a minute left", id="seconds"),
        pytest.param(timedelta(minutes=1), "1 minute left", id="one-is-not-plural"),
        pytest.param(timedelta(minutes=59, seconds=59), "59 minutes left", id="rounded-down"),
        pytest.param(timedelta(hours=47), "47 hours left", id="hours-until-two-days"),
        pytest.param(timedelta(days=2), "2 days left", id="days"),
        pytest.param(timedelta(days=59), "59 days left", id="days-until-two-months"),
        pytest.param(timedelta(days=61), "2 months left", id="months"),
        pytest.param(timedelta(days=730), "2 years left", id="years"),
        pytest.param(timedelta(0), "less than a minute left", id="now"),
        pytest.param(timedelta(seconds=-1), "less than a minute overdue", id="just-over"),
        pytest.param(timedelta(days=-3), "3 days overdue", id="overdue"),
    ],
)
def test_due_words_tell_the_time_left(span: timedelta, words: str) -> None:
    assert due_words(NOW + span, NOW) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        pytest.param(timedelta(seconds=30), "just now", id="seconds"),
        pytest.param(timedelta(hours=3), "3 hours ago", id="past"),
        pytest.param(timedelta(hours=-3), "in 3 hours", id="future"),
    ],
)
def test_ago_tells_how_long(span: timedelta, words: str) -> None:
    assert ago(NOW - span, NOW) == words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 22), "Today"),
        (date(2026, 11, 21), "Yesterday"),
        (date(2026, 11, 12), "Thursday, 12 November"),
        (date(2025, 11, 22), "Saturday, 22 November 2025"),
    ],
)
def test_day_words_name_a_day(on: date, words: str) -> None:
    assert day_words(on, date(2026, 11, 22)) == words


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("order_delivered", "Order delivered"),
        ("Order Completed", "Order completed"),
        ("checkoutStarted", "Checkout started"),
        ("SMS sent", "SMS sent"),
        ("app.opened/first-time", "App opened first time"),
        ("___", "___"),
        ("42", "42"),
    ],
)
def test_readable_name_begins_a_sentence(name: str, readable: str) -> None:
    assert readable_name(name) == readable


@pytest.mark.parametrize(
    ("source", "batch", "words"),
    [
        ("events:web-shop", "", "Web shop"),
        ("file:orders", "orders.csv", "Imported from orders.csv"),
        ("api", "", "API"),
        ("notes", "", "Written by hand"),
        ("survey-tool", "", "Survey tool"),
    ],
)
def test_source_words_say_where_from(source: str, batch: str, words: str) -> None:
    assert source_words(source, batch) == words


@pytest.mark.parametrize(
    ("kind", "is_verified", "strength"),
    [
        ("external", False, Strength.STRONG),
        ("card", False, Strength.STRONG),
        ("email", True, Strength.STRONG),
        ("email", False, Strength.FAIR),
        ("phone", True, Strength.STRONG),
        ("phone", False, Strength.FAIR),
        ("social", False, Strength.FAIR),
        ("anonymous", True, Strength.WEAK),
        ("device", False, Strength.WEAK),
    ],
)
def test_strength_follows_who_gave_the_identifier(
    kind: str, is_verified: bool, strength: Strength
) -> None:
    assert strength_of(kind, is_verified=is_verified) == strength


def test_masked_identifiers_keep_no_more_than_they_may() -> None:
    shown = [
        masked_identifier("email", "maya@example.com", key=b"a"),
        masked_identifier("phone", "+4915112345678", key=b"a"),
    ]

    assert shown == ["m…@…", "…78"]


def test_masked_ids_are_alike_in_one_tenant_and_differ_between_tenants() -> None:
    first = masked_identifier("external", "C-1", key=b"one")

    assert first == masked_identifier("external", "C-1", key=b"one")
    assert first != masked_identifier("external", "C-1", key=b"two")
    assert "C-1" not in first


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        pytest.param("https://acme.zendesk.com", "https://acme.zendesk.com", id="plain"),
        pytest.param(" HTTPS://Acme.Zendesk.com/ ", "https://acme.zendesk.com", id="forgiven"),
        pytest.param("https://acme.com:443", "https://acme.com", id="usual-port"),
        pytest.param("https://acme.com:8443", "https://acme.com:8443", id="port"),
        pytest.param("http://localhost:3000", "http://localhost:3000", id="this-machine"),
        pytest.param("http://acme.com", None, id="not-secure"),
        pytest.param("https://acme.com/agent", None, id="path"),
        pytest.param("https://acme.com?x=1", None, id="query"),
        pytest.param("https://a:b@acme.com", None, id="password"),
        pytest.param("https://*.acme.com", None, id="wildcard"),
        pytest.param("https://acme.com https://evil.com", None, id="two"),
        pytest.param("https://acme.com; script-src *", None, id="policy"),
        pytest.param("https://acme..com", None, id="dots"),
        pytest.param("https://acme.com:99999", None, id="no-such-port"),
        pytest.param("https://acme.com:x", None, id="port-in-letters"),
        pytest.param("https://[::1", None, id="half-an-address"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("'self'", None, id="keyword"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("https://" + "a" * 300 + ".com", None, id="too-long"),
    ],
)
def test_clean_origin_takes_scheme_host_and_port_only(text: str, origin: str | None) -> None:
    assert clean_origin(text) == origin


def test_who_line_names_company_and_age() -> None:
    assert [
        who_line("Ann", companies=["Acme", "Bolt"], since="March 2024", is_visitor=False),
        who_line("Ann", companies=["Acme", "Bolt", "Core"], since="", is_visitor=False),
        who_line("Customer 7f3a", companies=[], since="May 2025", is_visitor=True),
    ] == [
        "Ann of Acme and Bolt, customer since March 2024.",
        "Ann of Acme, Bolt and Core, customer.",
        "Customer 7f3a, visitor since May 2025.",
    ]


def test_last_contact_line_says_nothing_twice() -> None:
    assert [
        last_contact_line("Order", channel="App", touchpoint="Checkout", when="just now"),
        last_contact_line("Checkout", channel="", touchpoint="Checkout", when="2 days ago"),
    ] == ["Last contact just now: Order (App, Checkout).", "Last contact 2 days ago: Checkout."]


def test_promises_line_tells_the_first_and_how_many_more() -> None:
    assert [
        promises_line([]),
        promises_line([("Call back.", "3 hours left")]),
        promises_line([("Call back", "2 days overdue"), ("Refund", "1 day left")]),
    ] == [
        "No open promises.",
        "One open promise: Call back (3 hours left).",
        "Promised: Call back (2 days overdue), and 1 more.",
    ]


def test_lately_line_tells_how_lively_it_was() -> None:
    assert [
        lately_line(Lately(90, 0, (), "")),
        lately_line(Lately(90, 1, (), "")),
        lately_line(Lately(90, 1400, ("App", "E-mail"), "Checkout")),
    ] == [
        "Nothing happened in the last 90 days.",
        "1 interaction in the last 90 days.",
        "1,400 interactions in the last 90 days over App and E-mail, most at Checkout.",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "told", "expected"),
    [
        ("phone", "+498999998013", ["+49 89 99998-013"], "+49 89 99998-013"),
        ("phone", "+498999998013", ["089 1"], "+49 899 999 8013"),
        ("phone", "+447700900880", [], "+44 770 090 0880"),
        ("phone", "+12945550199", [], "+1 294 555 0199"),
        ("phone", "+3531234567", [], "+353 123 4567"),
        ("phone", "04066969005", [], "04066969005"),
        ("phone", "04066969005", ["", "040 66969 005"], "040 66969 005"),
        ("phone", "+12345", [], "+12345"),
        ("external", "100200300", ["100 200 300"], "100200300"),
    ],
)
def test_an_identifier_is_spelled_as_it_was_told(
    kind: str, value: str, told: list[str], expected: str
) -> None:
    assert spelled(kind, value, told) == expected


@pytest.mark.parametrize(
    ("namespace", "words"),
    [("crm", "CRM"), ("web_shop", "Web shop"), ("loyalty-id", "Loyalty ID"), ("", "")],
)
def test_a_numbering_is_named_in_words(namespace: str, words: str) -> None:
    assert numbering_words(namespace) == words


def test_an_identifier_says_whose_it_is() -> None:
    assert labelled("Customer number", "crm") == "Customer number, CRM"
    assert labelled("E-mail", "") == "E-mail"
