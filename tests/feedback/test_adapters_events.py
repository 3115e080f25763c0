"""What all readers of events share: unpacking, times, limits, hostile values."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from feedback.adapters.events.bodies import unpacked
from feedback.adapters.events.heads import keys_in
from feedback.adapters.events.parsed import BodyError, BodyTooLargeError, ParsedBody
from feedback.adapters.events.parsing import parse

RECEIVED = datetime(2026, 11, 20, 9, 55, 30, tzinfo=UTC)
TRACK: dict[str, Any] = {"type": "track", "event": "Paid", "userId": "u1", "messageId": "m1"}


def read(
    body: Any, *, path: str = "/v1/batch", adapter: str = "segment", **more: Any
) -> ParsedBody:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    envelope = {"adapter": adapter, "path": path, "query": {}, "headers": {}}
    given = {"zone": UTC, "received_at": RECEIVED, **more}
    return parse(envelope, sent, **given)


def one(**fields: Any) -> ParsedBody:
    return read({"batch": [{**TRACK, **fields}]})


def reasons(parsed: ParsedBody) -> list[tuple[int, str, str]]:
    return [(refusal.position, refusal.code, refusal.path) for refusal in parsed.refused]


# Packing

JSON_BODY = json.dumps({"batch": [TRACK]}).encode()
FORM = b"data=" + quote(base64.b64encode(JSON_BODY).decode()).encode() + b"&compression=base64"
PACKED = [
    ("plain", JSON_BODY),
    ("gzip", gzip.compress(JSON_BODY)),
    ("gzip in two parts", gzip.compress(JSON_BODY[:20]) + gzip.compress(JSON_BODY[20:])),
    ("zlib", zlib.compress(JSON_BODY)),
    ("form", FORM),
    ("marked", b"\xef\xbb\xbf" + JSON_BODY),
]


@pytest.mark.parametrize("body", [b for _, b in PACKED], ids=[name for name, _ in PACKED])
def test_a_body_is_unpacked_by_what_it_is(body: bytes) -> None:
    assert unpacked(body, limit=1_000) == JSON_BODY


@pytest.mark.parametrize("body", [b"x" * 101, gzip.compress(b"x" * 101)], ids=["plain", "packed"])
def test_a_body_over_the_limit_is_refused_packed_or_not(body: bytes) -> None:
    with pytest.raises(BodyTooLargeError):
        unpacked(body, limit=100)


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))

    with pytest.raises(BodyTooLargeError):
        unpacked(gzip.decompress(bomb), limit=4_000_000)


def test_a_body_of_endless_empty_parts_is_refused_before_it_keeps_us_busy() -> None:
    with pytest.raises(BodyError, match="more than 100 parts"):
        unpacked(gzip.compress(b"") * 101, limit=4_000_000)


@pytest.mark.parametrize("adapter", ["", "unknown"])
def test_an_unknown_reader_is_an_unreadable_body(adapter: str) -> None:
    with pytest.raises(BodyError, match="no reader"):
        read(JSON_BODY, adapter=adapter)


KEYS: list[tuple[bytes, list[str]]] = [
    (b'{"writeKey": "a", "batch": [1, {}]}', ["a"]),
    (b'{"batch": [], "api_key": "b", "token": 5}', ["b"]),
    (b'{"event": "x", "properties": {"token": "c"}}', ["c"]),
    (b'{"event": "x", "properties": [], "token": "d"}', ["d"]),
    (b'{"event": "x", "properties": 5}', []),
    (b' [{"event": "x", "properties": {"token": "e"}}, 5]', ["e"]),
    (b'[{"api_key": "f"}]', ["f"]),
    (b'{"writeKey": "g", "amount": NaN}', ["g"]),
    (b'[{"properties": {"token": "h", "amount": NaN}}]', ["h"]),
    (b"[]", []),
    (b"[5]", []),
    (b"{}", []),
]


@pytest.mark.parametrize(("text", "keys"), KEYS)
def test_the_key_is_found_without_reading_the_events(text: bytes, keys: list[str]) -> None:
    assert keys_in(text) == keys


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "bad_json"),
        (b'{"a": 1', "bad_json"),
        (b'[{"token": "a"}', "bad_json"),
        (b'[{"token": "a"}] x', "bad_json"),
        (b"[NaN," + b" " * 6_000_000 + b"1]", "bad_json"),
        (b"5", "not_readable"),
        (b"null", "not_readable"),
    ],
)
def test_what_is_no_json_is_known_before_it_is_stored(text: bytes, code: str) -> None:
    with pytest.raises(BodyError) as refused:
        keys_in(text)

    assert refused.value.code == code


# Times

CLOCKS: list[tuple[str, dict[str, Any], str, bool]] = [
    # The golden case of the specification: the sender's clock is ten minutes fast.
    (
        "corrected",
        {"originalTimestamp": "2026-11-20T10:00:00Z", "sentAt": "2026-11-20T10:05:00Z"},
        "2026-11-20T09:50:30+00:00",
        False,
    ),
    ("no sending time", {"timestamp": "2026-11-20T09:00:00Z"}, "2026-11-20T09:00:00+00:00", False),
    ("no time at all", {}, "2026-11-20T09:55:30+00:00", False),
    ("empty time", {"timestamp": ""}, "2026-11-20T09:55:30+00:00", False),
    (
        "unreadable sending time",
        {"timestamp": "2026-11-20T09:00:00Z", "sentAt": "soon"},
        "2026-11-20T09:00:00+00:00",
        False,
    ),
    (
        "original goes before timestamp",
        {"originalTimestamp": "2026-11-20T09:00:00Z", "timestamp": "2026-11-20T08:00:00Z"},
        "2026-11-20T09:00:00+00:00",
        False,
    ),
    ("offset", {"timestamp": "2026-11-20T10:00:00+02:00"}, "2026-11-20T08:00:00+00:00", False),
    ("naive", {"timestamp": "2026-11-20T10:00:00"}, "2026-11-20T09:00:00+00:00", True),
    ("naive date", {"timestamp": "2026-11-20"}, "2026-11-19T23:00:00+00:00", True),
    ("seconds", {"timestamp": 1795000000}, "2026-11-18T11:06:40+00:00", False),
    ("milliseconds", {"timestamp": 1795000000500}, "2026-11-18T11:06:40.500000+00:00", False),
    ("month by name", {"timestamp": "20 Nov 2026 09:00 UTC"}, "2026-11-20T09:00:00+00:00", False),
    ("23 hours ahead", {"timestamp": "2026-11-21T08:55:30Z"}, "2026-11-21T08:55:30+00:00", False),
]


@pytest.mark.parametrize(
    ("fields", "at", "is_assumed"), [c[1:] for c in CLOCKS], ids=[c[0] for c in CLOCKS]
)
def test_times_are_corrected_for_the_clock_of_the_sender(
    fields: dict[str, Any], at: str, is_assumed: bool
) -> None:
    parsed = read({"batch": [{**TRACK, **fields}]}, zone=ZoneInfo("Europe/Berlin"))

    [event] = parsed.events
    assert (event.occurred_at.isoformat(), event.is_zone_assumed) == (at, is_assumed)


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "1989-12-31T23:59:59Z",
        "2026-11-21T09:55:31Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        10**30,
        -1,
        True,
        {"at": 1},
        "\ud800",
    ],
)
def test_times_out_of_bounds_are_refused(written: Any) -> None:
    parsed = one(timestamp=written)

    assert reasons(parsed) == [(0, "bad_time", "timestamp")]
    parsed.refused[0].message.encode()


def test_a_time_is_corrected_by_the_time_of_sending_of_the_batch() -> None:
    parsed = read(
        {
            "batch": [{**TRACK, "timestamp": "2026-11-20T10:00:00Z"}],
            "sentAt": "2026-11-20T10:05:00Z",
        }
    )

    assert parsed.events[0].occurred_at == RECEIVED - timedelta(minutes=5)


# Limits


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def test_each_bad_item_is_refused_alone() -> None:
    items = [
        TRACK,
        {**TRACK, "messageId": "m2", "properties": {"text": "x" * 33_000}},
        {**TRACK, "messageId": "m3", "properties": nested(100)},
        {**TRACK, "messageId": "m4", "properties": {f"p{n}": n for n in range(201)}},
        5,
        None,
        [TRACK],
        {**TRACK, "messageId": "m5", "event": ""},
        {**TRACK, "messageId": "m6", "userId": None},
        {**TRACK, "messageId": "m7", "type": "explode"},
        {**TRACK, "messageId": "m8", "properties": "text"},
        {**TRACK, "messageId": "m9"},
    ]

    parsed = read({"batch": items})

    assert [event.key for event in parsed.events] == ["m1", "m9"]
    assert reasons(parsed) == [
        (1, "too_large", ""),
        (2, "too_deep", "properties" + ".a" * 7),
        (3, "too_many_properties", "properties"),
        (4, "not_an_object", ""),
        (5, "not_an_object", ""),
        (6, "not_an_object", ""),
        (7, "no_name", "event"),
        (8, "no_customer", ""),
        (9, "unknown_type", "type"),
        (10, "not_an_object", "properties"),
    ]
    assert len(parsed.raws) == len(items)
    assert all(refusal.message for refusal in parsed.refused)


def test_eight_levels_and_two_hundred_properties_are_taken() -> None:
    assert len(one(properties=nested(8)).events) == 1
    assert len(one(properties={f"p{n}": [n] for n in range(200)}).events) == 1
    assert len(one(properties=nested(9)).events) == 0


def test_what_stands_beside_the_items_is_left_out_when_it_is_long() -> None:
    parsed = read({"batch": [TRACK], "context": {"locale": "x" * 40_000}})

    assert parsed.events[0].props == {}


# Hostile values


def test_characters_that_do_harm_are_removed_from_everything_kept() -> None:
    parsed = one(
        event="Pa\u0000id\u202e",
        userId="u\u00001",
        properties={"na\u0007me": "a\u0000b\ud800c", "deep": [{"x\u0000": "\u200fy"}]},
    )

    [event] = parsed.events
    assert (event.name, event.refs[0].value) == ("Paid", "u1")
    assert event.props == {"name": "abc", "deep": [{"x": "y"}]}


HARMFUL = "\x00\x07\x08\x0b\x0c\x1f\x7f\x80\x9f\u200e\u200f\u202a\u202e\u2066\u2069\ufeff"


@pytest.mark.parametrize("character", list(HARMFUL), ids=[f"{ord(c):04x}" for c in HARMFUL])
def test_each_harmful_character_is_removed_escaped_or_not(character: str) -> None:
    item = {**TRACK, "properties": {"text": f"a{character}b"}}
    escaped = json.dumps({"batch": [item]}).encode()
    capital = escaped.replace(b"\\ufeff", b"\\uFEFF")
    # JSON has the characters below the blank escaped only.
    raw = json.dumps({"batch": [item]}, ensure_ascii=False).encode()

    texts = [read(body).events[0].props["text"] for body in (escaped, capital, raw)]

    assert texts == ["ab"] * 3


def test_harmless_text_of_all_the_world_is_kept() -> None:
    words = "Très bien 👍 مرحبا 你好 <b>=1+1</b> \\u0041"

    assert one(properties={"comment": words}).events[0].props == {"comment": words}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_json_does_not_have_become_null(number: str) -> None:
    item = json.dumps({**TRACK, "properties": {"a": 1, "b": "HERE"}}).replace('"HERE"', number)

    parsed = read(f'{{"batch": [{item}, {json.dumps({**TRACK, "messageId": "m2"})}]}}'.encode())

    assert [event.props for event in parsed.events] == [{"a": 1, "b": None}, {}]


def test_an_item_that_is_not_utf8_is_refused_alone() -> None:
    good, bad = json.dumps(TRACK).encode(), json.dumps(TRACK).encode().replace(b"Paid", b"\xff")

    parsed = read(b'{"batch": [' + bad + b"," + good + b"]}")

    assert (reasons(parsed), len(parsed.events)) == ([(0, "not_readable", "")], 1)


IDS: list[tuple[str, str]] = [
    ('"u-1"', "u-1"),
    ('" u-1 "', "u-1"),
    ("42", "42"),
    ("12345678901234567890123", "12345678901234567890123"),
    ("9007199254740993", "9007199254740993"),
    ("1.50", "1.50"),
    ("1e5", "1e5"),
]


@pytest.mark.parametrize(("written", "value"), IDS)
def test_an_id_is_kept_as_it_was_written(written: str, value: str) -> None:
    item = json.dumps({**TRACK, "userId": "HERE"}).replace('"HERE"', written)

    parsed = read(f'{{"batch": [{item}]}}'.encode())

    assert [ref.value for ref in parsed.events[0].refs] == [value]


@pytest.mark.parametrize(
    "value", ["", " ", "null", "undefined", "0", 0, "NaN", True, False, None, {}, [], "x" * 301]
)
def test_an_id_that_stands_for_nobody_names_nobody(value: Any) -> None:
    assert reasons(one(userId=value)) == [(0, "no_customer", "")]
    assert [ref.value for ref in one(userId=value, anonymousId="a1").events[0].refs] == ["a1"]


# Keys


def test_without_an_id_the_content_identifies_an_item() -> None:
    item = {k: v for k, v in TRACK.items() if k != "messageId"}
    again = {**dict(reversed(item.items())), "sentAt": "2026-11-20T10:00:00Z"}

    first, second, other = (
        read({"batch": [one]}).events[0].key for one in (item, again, {**item, "event": "Else"})
    )

    assert first.startswith("hash:")
    assert first == second != other


@pytest.mark.parametrize("key", ["x" * 181, "\ud800" * 200])
def test_a_key_that_does_not_fit_is_hashed(key: str) -> None:
    assert one(messageId=key).events[0].key.startswith("hash:")


def test_a_number_is_a_key_as_well() -> None:
    assert one(messageId=17).events[0].key == "17"


@pytest.mark.parametrize("body", [{"batch": None}, {"batch": {}}, {"batch": "text"}, 5, "x", None])
def test_a_body_of_another_shape_is_no_batch(body: Any) -> None:
    with pytest.raises(BodyError) as refused:
        read(body)

    assert refused.value.code == "not_readable"


@pytest.mark.slow
@pytest.mark.parametrize("items", [100_001, 2_000_002])
def test_more_events_than_can_be_looked_at_are_refused_whole(items: int) -> None:
    with pytest.raises(BodyError) as refused:
        read(b'{"batch": [' + b"0," * (items - 1) + b"0]}", adapter="posthog")

    assert refused.value.code == "too_many_events"


def test_an_empty_batch_is_nothing() -> None:
    parsed = read({"batch": []})

    assert (parsed.events, parsed.refused, parsed.raws) == ([], [], [])
