"""The schedule of retries, addresses that may be sent to, and bodies: tables of cases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cxm.integrations.rules.addresses import AddressRefusedError, Target, is_public, read_target
from cxm.integrations.rules.bodies import MOST_BYTES, Told, body_of, fits, fitted
from cxm.integrations.rules.retrying import Outcome, Verdict, retry_after, verdict

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [
        (1, timedelta(seconds=5)),
        (2, 5 * MINUTE),
        (3, 30 * MINUTE),
        (4, 2 * HOUR),
        (5, 5 * HOUR),
        (6, 10 * HOUR),
        (7, 14 * HOUR),
        (8, 20 * HOUR),
        (9, 24 * HOUR),
    ],
)
def test_the_pauses_are_those_of_the_specification(attempts: int, pause: timedelta) -> None:
    def after(chance: float) -> Verdict:
        return verdict(attempts=attempts, status=500, wish=None, chance=chance, is_test=False)

    assert after(0.0) == Verdict(Outcome.AGAIN, pause)
    assert after(1.0) == Verdict(Outcome.AGAIN, pause * 1.1)


@pytest.mark.parametrize(
    ("status", "outcome", "throttle"),
    [
        (200, Outcome.DELIVERED, None),
        (299, Outcome.DELIVERED, None),
        (300, Outcome.DEAD, None),
        (302, Outcome.DEAD, None),
        (400, Outcome.DEAD, None),
        (410, Outcome.GONE, None),
        (429, Outcome.DEAD, MINUTE),
        (500, Outcome.DEAD, None),
        (502, Outcome.DEAD, MINUTE),
        (503, Outcome.DEAD, None),
        (504, Outcome.DEAD, MINUTE),
        (199, Outcome.DEAD, None),
        (None, Outcome.DEAD, None),
    ],
)
def test_the_tenth_attempt_is_the_last(
    status: int | None, outcome: Outcome, throttle: timedelta | None
) -> None:
    decided = verdict(attempts=10, status=status, wish=None, chance=0.0, is_test=False)

    assert decided == Verdict(outcome, None, throttle)


def test_a_receiver_that_asks_for_a_rest_gets_it() -> None:
    """Retry-After lengthens a pause and never shortens it."""
    for wish, pause in ((timedelta(0), 5), (timedelta(seconds=90), 90)):
        decided = verdict(attempts=1, status=503, wish=wish, chance=0.0, is_test=False)
        assert decided == Verdict(Outcome.AGAIN, timedelta(seconds=pause))
    throttled = verdict(attempts=1, status=429, wish=10 * MINUTE, chance=0.0, is_test=False)
    assert throttled == Verdict(Outcome.AGAIN, 10 * MINUTE, 10 * MINUTE)


def test_a_test_is_tried_once() -> None:
    decided = verdict(attempts=1, status=500, wish=None, chance=0.0, is_test=True)

    assert decided.outcome is Outcome.DEAD


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("99999999999999999999", 24 * HOUR),
        ("Fri, 20 Nov 2026 12:05:00 GMT", 5 * MINUTE),
        ("Fri, 20 Nov 2020 12:05:00 GMT", timedelta(0)),
        ("Fri, 20 Nov 2036 12:05:00 GMT", 24 * HOUR),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Fri, 99 Nov 2026 12:05:00 GMT", None),
    ],
)
def test_a_wish_is_read_as_rfc_9110_writes_it(text: str, wish: timedelta | None) -> None:
    assert retry_after(text, now=NOW) == wish


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1"),
        *("192.0.0.9", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
        *("239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::", "2001::1"),
        *("2001:db8::1", "3fff::1", "100::1", "4000::1", "5f00::1"),
        *("", "example.com", "2130706433", "0x7f.1", "127.1", "8.8.8.8 ", "1.2.3"),
    ],
)
def test_addresses_that_are_not_of_the_internet_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]
)
def test_addresses_of_the_internet_are_sent_to(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("", "crm.example", "http://crm.example/", "ftp://crm.example/", "https://", "https:///x"),
        *("https://crm.example:22/", "https://crm.example:80/", "https://crm.example:0/"),
        *("https://crm.example:99999/", "https://user@crm.example/", "https://u:p@crm.example/"),
        *("https://crm.example/#x", "https://crm.example/\r\nX: y", "https://crm.example/ä"),
        *("https://crm example/", "file:///etc/passwd", "https://[::1", "javascript:alert(1)"),
        "https://crm.example/" + "x" * 500,
    ],
)
def test_addresses_that_nothing_may_be_sent_to_are_refused_in_words(url: str) -> None:
    with pytest.raises(AddressRefusedError, match=r"\w{3}.*[.:/]"):
        read_target(url, allowed_hosts=[])


def test_an_address_is_taken_apart() -> None:
    assert read_target("https://Crm.Example:8443/in?a=1&b", allowed_hosts=[]) == Target(
        is_secure=True, host="crm.example", port=8443, path="/in?a=1&b", is_allowed_by_name=False
    )
    local = read_target("http://inner:9000", allowed_hosts=["inner"])
    assert (local.shown, local.path, local.is_allowed_by_name) == ("inner:9000", "/", True)
    assert read_target("https://crm.example.", allowed_hosts=[]).shown == "crm.example"


def _told(content: dict[str, Any], kind: str = "response.created") -> Told:
    return Told("evt_1", kind, NOW, "obj", 7, "https://cx.example/t/acme/responses/obj/", content)


@pytest.mark.parametrize(
    "content",
    [
        {"texts": [{"text": "ü" * 30_000}]},
        {"texts": [{"text": "x" * 900} for _ in range(40)]},
        {"texts": [{"text": "short"} for _ in range(4_000)]},
        {str(number): number for number in range(5_000)},
    ],
    ids=["one long", "many long", "very many", "many keys"],
)
def test_bodies_stay_under_20_kb_and_say_that_they_are_shortened(content: dict[str, Any]) -> None:
    body = body_of(_told(fitted(content)), form="standard", is_thin=False)

    assert len(body) < MOST_BYTES
    assert json.loads(body)["data"]["is_shortened"] is True
    assert json.loads(body)["data"]["url"] == "https://cx.example/t/acme/responses/obj/"


def test_what_is_short_stays_whole() -> None:
    content = {"texts": [{"text": "x" * 10_000}]}

    assert fitted(content) == content


def test_the_envelope_is_that_of_standard_webhooks() -> None:
    told = _told({"scores": [9], "id": "not this"})

    assert json.loads(body_of(told, form="standard", is_thin=False)) == {
        "type": "response.created",
        "timestamp": "2026-11-20T12:00:00+00:00",
        "data": {"id": "obj", "order": 7, "url": told.url, "scores": [9]},
    }
    assert json.loads(body_of(told, form="standard", is_thin=True))["data"] == {
        "id": "obj",
        "order": 7,
        "url": told.url,
    }


def test_only_events_that_delighted_had_fit_its_shape() -> None:
    assert fits("unsubscribe.created", "delighted")
    assert not fits("import.finished", "delighted")
    assert fits("import.finished", "standard")


def test_an_unsubscribe_has_the_shape_that_delighted_gave_it() -> None:
    customer = {"id": "c1", "email": "ana@example.com", "name": "Ana"}
    told = _told({"customer": customer}, "unsubscribe.created")

    assert json.loads(body_of(told, form="delighted", is_thin=False)) == {
        "event_type": "unsubscribe.created",
        "event_id": "evt_1",
        "event_data": {
            "person_id": "c1",
            "email": "ana@example.com",
            "name": "Ana",
            "unsubscribed_at": 1_795_176_000,
        },
    }
