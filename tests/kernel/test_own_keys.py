"""What people put into files under keys of their own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.cxmap.own_keys import kept_own, own_fault, own_of, own_parts
from cxm.kernel.cxmap.shapes import Field, Item, Text

SHAPE = Item((Field("cxmap", Text(9), is_needed=True), Field("title", Text(20))))


def _nested(levels: int) -> Any:
    found: Any = "in here"
    for _ in range(levels):
        found = [found]
    return found


DEEP: Any = [[[[[["six"]]]]]]

KEPT = [
    pytest.param("x-team", "blue", id="a text"),
    pytest.param("x-a.b_C-1", ["blue", 1, 2.5, True], id="all signs that a key may have"),
    pytest.param("x-" + "a" * 61, {"any key": {"of": ["theirs"]}}, id="the longest key"),
    pytest.param("x-deep", DEEP, id="six levels"),
    pytest.param("x-long", "a" * 3_998, id="4,000 characters with their quotation marks"),
    pytest.param("x-n", -999_999_999_999_999, id="15 digits"),
]
REFUSED = [
    pytest.param("x-", "blue", "“x-” is no key of your own", id="no name"),
    pytest.param("x-my team", "blue", "“x-my team” is no key", id="a blank in it"),
    pytest.param("x-" + "a" * 62, "blue", "is no key of your own", id="too long a key"),
    pytest.param("x-deep", [DEEP], "“x-deep” is nested deeper than 6 levels.", id="seven levels"),
    pytest.param("x-deep", _nested(5_000), "“x-deep” is nested deeper", id="levels without end"),
    pytest.param(
        "x-long", "a" * 3_999, "“x-long” holds 4,001 characters as JSON; up to 4,000", id="too much"
    ),
    pytest.param("x-n", {"a": [10**15]}, "“x-n” holds a number of more than 15", id="too large"),
    pytest.param("x-nul", {"a\0": 1}, "“x-nul” holds a sign that cannot be stored", id="no sign"),
]


@pytest.mark.parametrize(("name", "value"), KEPT)
def test_what_fits_is_kept_as_it_is(name: str, value: Any) -> None:
    assert own_fault(name, value) == ""
    assert kept_own()({name: value}) == {name: value}


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_what_does_not_fit_is_refused_with_its_name(name: str, value: Any, words: str) -> None:
    assert words in own_fault(name, value)
    with pytest.raises(ValueError, match=re.escape(own_fault(name, value))):
        kept_own()({name: value})


def test_own_parts_are_in_order_and_without_what_is_empty() -> None:
    item = {"x-b": {"z": 1, "a": [None, {"none": None}]}, "title": "T", "x-a": "", "x-none": {}}

    assert list(own_parts(item).items()) == [("x-a", ""), ("x-b", {"z": 1})]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"team": "blue"}, "“team” is no key of your own"),
        ({"part/team": "blue"}, "“team” is no key of your own"),
        ({"thing/x-team": "blue"}, "“thing/x-team” is no key of your own"),
        ({f"x-{n:02}": n for n in range(21)}, "up to 20 of them in one place; “x-20” is more"),
    ],
)
def test_only_keys_of_ones_own_are_kept(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        kept_own("part")(told)


def test_a_part_keeps_its_own_keys_beside_those_of_the_whole() -> None:
    told = {"part/x-asked": 12, "x-team": "blue", "part/x-none": None}

    kept = kept_own("part", "other")(told)

    assert kept == {"x-team": "blue", "part/x-asked": 12}
    assert (own_of(kept), own_of(kept, "part")) == ({"x-team": "blue"}, {"x-asked": 12})
    assert own_parts({"x-asked": 12}, "part") == {"part/x-asked": 12}


def test_a_file_tells_every_key_that_cannot_be_kept() -> None:
    many = "".join(f"x-{number:02}: 1\n" for number in range(21))
    text = f'cxmap: 1\ntitle: T\n{many}"x-my team": blue\n'

    found = read_document(text.encode(), SHAPE)

    assert [(one.line, one.path) for one in found.faults] == [
        (23, "x-20"),
        (24, "x-my team"),
        (24, "x-my team"),
    ]
