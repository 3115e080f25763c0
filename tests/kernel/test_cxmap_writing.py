"""The canonical form of cxmap files: one text per content, read alike by every YAML."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.cxmap.shapes import (
    Choice,
    Date,
    Field,
    Flag,
    Free,
    Item,
    Many,
    Named,
    Number,
    Text,
)
from cxm.kernel.cxmap.writing import decimal, is_plain, written, written_json

ITEM = Item(
    (
        Field("key", Text(63, 1), is_needed=True),
        Field("title", Text(5_000), default=""),
        Field("mood", Choice(("good", "bad")), default="good"),
        Field("share", Number(-1e9, 1e9)),
        Field("is_open", Flag(), default=False),
        Field("due", Date()),
        Field("notes", Many(Text(5_000), 50)),
    ),
    short="key",
)
SHAPE = Item(
    (
        Field("cxmap", Text(9), is_needed=True),
        Field("items", Many(ITEM, 50, by="key")),
        Field("path", Many(ITEM, 50)),
    )
)


def one(text: str) -> str:
    """Write a file with *text* as its only title, and give the lines of the title."""
    tree = {"cxmap": 1, "items": [{"key": "a", "title": text}]}
    return written(tree, SHAPE).removeprefix("cxmap: 1\nitems:\n  - key: a\n")


def test_the_example_is_written_as_the_rules_say() -> None:
    tree = {
        "items": [
            {"mood": "bad", "key": "wait-refund", "share": 0.30, "due": "2027-09-30"},
            {"key": "busy-parent", "mood": "good", "notes": [], "title": ""},
            {
                "key": "both",
                "x-team": {"b": [1, None, ["deep"]], "a": None, "empty": {}},
                "notes": ["one", "two\nlines"],
            },
        ],
        "cxmap": 1,
        "path": [{"key": "z"}, {"key": "a"}],
        "x-from": "us",
    }

    assert written(tree, SHAPE) == (
        "cxmap: 1\n"
        "items:\n"
        "  - key: both\n"
        "    notes:\n"
        "      - one\n"
        "      - |-\n"
        "        two\n"
        "        lines\n"
        "    x-team:\n"
        "      b:\n"
        "        - 1\n"
        "        - - deep\n"
        "  - busy-parent\n"
        "  - key: wait-refund\n"
        "    mood: bad\n"
        "    share: 0.3\n"
        '    due: "2027-09-30"\n'
        "path:\n"
        "  - z\n"
        "  - a\n"
        "x-from: us\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain words", "I’m here", "a:b", "a#b", "-x", "?x", ":x", "a, b", "x [y]", "1 of 3", "2a",
        "v1.2.3", "Ärger", "日本語", "🙂", "a 'quote'", 'a "quote"', "yesterday", "5 %",
    ],
)  # fmt: skip
def test_text_that_every_yaml_reads_alike_stands_plain(text: str) -> None:
    assert one(text) == f"    title: {text}\n"
    assert yaml.safe_load(one(text).strip()) == {"title": text}


@pytest.mark.parametrize(
    "text",
    [
        "yes", "No", "ON", "off", "y", "N", "true", "FALSE", "null", "~", "=", "<<",
        "1", "-1", "+1", "007", "1_000", "0x1F", "0o17", "0b1", "1.5", ".5", "1.", "1e3", "-.inf",
        ".NaN", "12:30", "1:30:15.5", "2027-09-30", "2027-9-3", "2027-09-30T10:00:00Z",
        "2027-09-30 10:00", "- x", "-", "? x", ": x", "? ", "a: b", "a:", "a #b", "#a", "&a", "*a",
        "!a", "|", ">", "'a", '"a', "%a", "@a", "`a", "[a", "]", "{a", "}", ",", " a", "a ",
        "---", "--- a", "...", "a\tb", "\x07", "a\x85b", "a\u2028b", "\ufeffa", "a\r\nb",
        "\x7f", "\ufffe",
    ],
)  # fmt: skip
def test_text_that_some_yaml_reads_as_something_else_is_quoted(text: str) -> None:
    line = one(text)

    assert line.startswith('    title: "')
    assert not is_plain(text)
    assert yaml.safe_load(line.strip()) == {"title": text}


@pytest.mark.parametrize(
    ("text", "is_block"),
    [
        ("a\nb", True),
        ("a\n\n  b: c\n# d", True),
        ("a\n", False),
        ("\na", False),
        (" a\nb", False),
        ("a \nb", False),
        ("a\n \nb", False),
        ("a\tb\nc", False),
        ("a\r\nb", False),
    ],
)
def test_several_lines_are_a_block_where_nothing_of_them_is_lost(
    text: str, *, is_block: bool
) -> None:
    assert one(text).startswith("    title: |-\n") is is_block
    assert yaml.safe_load(one(text).replace("\n    ", "\n").strip()) == {"title": text}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"), (3.0, "3"), (-0.0, "0"), (0.1, "0.1"), (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"), (0.1 + 0.2, "0.30000000000000004"), (-2.50, "-2.5"),
    ],
)  # fmt: skip
def test_numbers_are_shortest_decimals(value: float, text: str) -> None:
    assert decimal(value) == text
    assert float(text) == value


# Nothing that a database refuses: no NUL, and no half of a pair.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
NAUGHTY = st.sampled_from(["no", "1e3", "- a", "a\nb", " ", "a: b", "\u2028", "x\n\n y", "#"])
OWN: st.SearchStrategy[Any] = st.recursive(
    TEXTS.filter(bool) | NAUGHTY | st.integers(-(10**9), 10**9) | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(TEXTS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
ITEMS = st.fixed_dictionaries(
    {"key": st.text("abc-1", min_size=1, max_size=6)},
    optional={
        "title": TEXTS | NAUGHTY,
        "mood": st.sampled_from(["good", "bad"]),
        "share": st.floats(-1e9, 1e9) | st.integers(-5, 5),
        "is_open": st.booleans(),
        "due": st.dates().map(str),
        "notes": st.lists(TEXTS | NAUGHTY, max_size=4),
        "x-own": OWN,
    },
)
TREES = st.fixed_dictionaries(
    {"cxmap": st.just(1)},
    optional={
        "items": st.lists(ITEMS, max_size=5, unique_by=lambda item: item["key"]),
        "path": st.lists(ITEMS, max_size=5),
        "x-top": OWN,
    },
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(TREES)
def test_what_is_written_reads_back_and_is_written_alike(tree: dict[str, Any]) -> None:
    text = written(tree, SHAPE)
    found = read_document(text.encode(), SHAPE)

    assert found.faults == []
    assert written({**found.tree, "cxmap": 1}, SHAPE) == text
    as_json = written_json(tree, SHAPE)
    again = read_document(as_json.encode(), SHAPE)
    assert written({**again.tree, "cxmap": 1}, SHAPE) == text
    # A reader of YAML 1.1 that is none of ours reads the same as JSON says.
    assert yaml.safe_load(text) == json.loads(as_json)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(TEXTS.filter(bool))
def test_any_text_reads_back_as_itself(text: str) -> None:
    tree = {"cxmap": 1, "items": [{"key": "a", "title": text}]}

    found = read_document(written(tree, SHAPE).encode(), SHAPE)

    assert found.tree["items"] == [{"key": "a", "title": text}]


def test_mappings_keep_their_order_and_free_ones_lose_it() -> None:
    shape = Item((Field("values", Named(Named(ITEM, 9), 9)), Field("config", Free())))
    tree = {
        "values": {
            "uma": {"b": {"key": "x"}, "a": {"key": "w"}},
            "_": {"a": {"key": "z"}},
            "o": {},
        },
        "config": {"b": [1, {"d": 1, "c": None}], "a": "no"},
    }

    text = written(tree, shape)

    assert text == (
        "values:\n  uma:\n    b: x\n    a: w\n  _:\n    a: z\n"
        'config:\n  a: "no"\n  b:\n    - 1\n    - d: 1\n'
    )
