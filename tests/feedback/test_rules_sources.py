"""The plain decisions about event sources: snippets, hidden values, words for identifiers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cxm.customers.rules.records import Ref
from feedback.rules.arrivals import Fate, customer_words
from feedback.rules.hiding import hidden_json, hidden_values, readable_json
from feedback.rules.snippets import KEY_PLACE, connect_snippets
from feedback.rules.write_keys import Grace, key_hint

ADDRESS = "https://cx.example.com"
SNIPPETS = connect_snippets(address=ADDRESS, key="wf_0123")


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.key)
def test_a_snippet_names_this_site_and_the_key(snippet: Any) -> None:
    assert (ADDRESS in snippet.code, "wf_0123" in snippet.code) == (True, True)
    assert "$" not in snippet.code


def test_without_a_key_a_snippet_has_a_place_for_one() -> None:
    assert all(KEY_PLACE in snippet.code for snippet in connect_snippets(address=ADDRESS))


@pytest.mark.parametrize("key", ["python", "rudder", "posthog"])
def test_a_snippet_of_python_compiles(key: str) -> None:
    [code] = [snippet.code for snippet in SNIPPETS if snippet.key == key]

    assert compile(code, key, "exec").co_names


def test_the_body_of_the_shell_snippet_is_json() -> None:
    [code] = [snippet.code for snippet in SNIPPETS if snippet.key == "curl"]

    body = re.search(r"--json '(.*)'", code, re.DOTALL)

    assert body
    assert json.loads(body[1])["event"] == "Order placed"


@pytest.mark.parametrize(
    "value",
    [
        {"type": "track", "event": "Order placed", "channel": "server"},
        {"timestamp": "2026-11-21T10:30:00.5+01:00", "sentAt": "2026-11-21T10:30:01Z"},
        {"ok": True, "no": None},
        {"properties": {"$lib": "web", "$lib_version": "1.2"}},
        {"context": {"library": {"name": "analytics-python", "version": "2.4.0"}}},
    ],
    ids=["head", "times", "constants", "posthog-library", "segment-library"],
)
def test_what_tells_nothing_of_a_person_is_shown(value: Any) -> None:
    assert hidden_values(value) == value


@pytest.mark.parametrize(
    "place",
    [
        ("userId",),
        ("timestamp",),
        ("messageId",),
        ("properties", "event"),
        ("properties", "$ip"),
        ("traits", "library", "name"),
        ("context", "library", "name", "event"),
    ],
    ids=".".join,
)
def test_values_that_may_tell_of_a_person_are_hidden(place: tuple[str, ...]) -> None:
    def nested(value: Any) -> Any:
        for name in reversed(place):
            value = {name: value}
        return value

    assert hidden_values(nested("Ada")) == nested("(hidden, 3 characters)")
    assert hidden_values(nested(36)) == nested("(hidden number)")
    assert hidden_values(nested(["Ada"])) == nested(["(hidden, 3 characters)"])


def test_an_address_in_the_name_of_an_event_is_hidden() -> None:
    assert hidden_values({"event": "Call ada@example.com"}) == {"event": "Call [e-mail]"}


def test_values_nested_absurdly_deep_are_hidden_as_one() -> None:
    value: Any = "Ada"
    for _ in range(100):
        value = {"a": value}

    assert "Ada" not in json.dumps(hidden_values(value))
    assert "(hidden)" in json.dumps(hidden_values(value))


@pytest.mark.parametrize(
    "text", ["", "{", "Ada", "[" * 100_000], ids=["none", "cut", "text", "deep"]
)
def test_what_is_no_json_is_hidden_whole(text: str) -> None:
    assert hidden_json(text) == ""


def test_json_is_shown_in_lines_with_every_digit() -> None:
    assert readable_json('{"a":49.90,"b":[]}') == '{\n  "a": 49.90,\n  "b": []\n}'
    assert readable_json('{"cut') == '{"cut'


@pytest.mark.parametrize(
    ("ref", "plain", "masked"),
    [
        (Ref("email", "", "ada@example.com"), "e-mail ada@example.com", "e-mail a…@…"),
        (Ref("phone", "", "+4930123456"), "phone +4930123456", "phone …56"),
    ],
)
def test_a_customer_is_named_as_far_as_the_reader_may_know(
    ref: Ref, plain: str, masked: str
) -> None:
    assert customer_words([ref], mask_key=None) == plain
    assert customer_words([ref], mask_key=b"salt") == masked


def test_a_hidden_id_is_the_same_for_the_same_customer_only() -> None:
    refs = [Ref("external", "", value) for value in ("u1", "u1", "u2")]

    first, again, other = (customer_words([ref], mask_key=b"salt") for ref in refs)

    assert first == again
    assert first != other
    assert first.startswith("id #")
    assert customer_words([], mask_key=None) == ""


def test_every_fate_and_grace_has_words() -> None:
    assert [bool(fate.label) for fate in Fate] == [True] * len(Fate)
    assert {fate.tone for fate in Fate} == {"", "good", "bad", "accent"}
    assert [bool(grace.label) for grace in Grace] == [True] * len(Grace)


def test_the_hint_of_a_key_is_its_beginning() -> None:
    assert key_hint("wf_abcdefghij") == "wf_abcde"
