"""Reading cxmap files: every fault with its place, and nothing that a hostile file could do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.cxmap.schema import json_schema
from cxm.kernel.cxmap.shapes import Date, Field, Flag, Item, Many, Number, Text, document, keyed

if TYPE_CHECKING:
    from cxm.kernel.cxmap.documents import Document

SHAPE = document(
    Field(
        "people",
        Many(
            keyed(
                Field("name", Text(10, 1), is_needed=True),
                Field("age", Number(0, 120, is_whole=True)),
                Field("share", Number(0, 1)),
                Field("is_known", Flag(), default=False),
                Field("since", Date()),
            ),
            3,
            by="key",
        ),
    ),
    Field("places", Many(keyed(), 50)),
)
HEAD = "cxmap: 1\nprofile: library\nlibrary:\n"


def found(text: str) -> Document:
    return read_document(text.encode(), SHAPE)


def faults(text: str) -> list[tuple[int, int, str]]:
    return [(f.line, f.column, f.path) for f in found(text).faults]


def test_yaml_is_read_as_its_version_1_2_means_it() -> None:
    text = (
        "# a comment\ncxmap: 1\nprofile: library\n"
        "library: {people: [{key: a, name: no, since: 2027-09-30, age: 38, share: .5e0}]}\n"
    )

    read = found(text.replace(".5e0", "0.5"))

    assert read.faults == []
    assert read.tree["library"]["people"] == [
        {"key": "a", "name": "no", "since": "2027-09-30", "age": 38, "share": 0.5}
    ]


def test_json_and_yaml_give_the_same_tree() -> None:
    yaml_tree = found(f'{HEAD}  people:\n    - key: a\n      name: "\\U0001F642"\n').tree
    json_text = (
        '{"cxmap": 1, "profile": "library",'
        ' "library": {"people": [{"key": "a", "name": "\\ud83d\\ude42"}]}}'
    )

    assert found(json_text).tree == yaml_tree
    assert yaml_tree["library"]["people"][0]["name"] == "🙂"


def test_every_fault_is_told_with_line_column_and_path() -> None:
    text = (
        f"{HEAD}  people:\n"
        "    - key: Upper\n      name: a much too long name\n"
        "    - key: b\n      name: 5\n      age: 1.5\n      share: 2\n      is_known: yes\n"
        "      since: 2027-02-30\n      nick: x\n"
        "    - key: b\n"
        "  things: 3\n"
    )
    at = "library.people"

    assert faults(text) == [
        (5, 12, f"{at}[0].key"),
        (6, 13, f"{at}[0].name"),
        (8, 13, f"{at}[1].name"),
        (9, 12, f"{at}[1].age"),
        (10, 14, f"{at}[1].share"),
        (11, 17, f"{at}[1].is_known"),
        (12, 14, f"{at}[1].since"),
        (13, 13, f"{at}[1].nick"),
        (14, 7, f"{at}[2]"),
        (14, 7, f"{at}[2].key"),
        (15, 11, "library.things"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty"),
        ("- a\n", "begins with “cxmap: 1”"),
        ("profile: library\n", "begins with “cxmap: 1”"),
        ("cxmap: one\n", "Write the version"),
        ("cxmap: 0\n", "Write the version"),
        ("cxmap: 2\nfoo: 1\n", "Only version 1 can be read"),
        ("cxmap: 99999999999\n", "Write the version"),
        ("cxmap: 1\ncxmap: 1\n", "stands here twice, first on line 1"),
        ("cxmap: 1\nprofile: &a library\n", "Anchors (&)"),
        ("cxmap: 1\nprofile: *a\n", "Aliases (*)"),
        ("cxmap: 1\nprofile: !!str library\n", "Tags (!)"),
        ("cxmap: 1\nprofile: !!python/object/apply:os.system [id]\n", "Tags (!)"),
        ("cxmap: 1\n<<: {a: 1}\n", "Merge keys (<<)"),
        ("? [a]\n: 1\n", "not a list or a mapping"),
        ("cxmap: 1\n---\ncxmap: 1\n", "one document"),
        ("cxmap: [1\n", "not YAML"),
        ("cxmap: 1\nprofile: 'x\n", "not YAML"),
        ("cxmap: 1\n\tprofile: x\n", "not YAML"),
        ("cxmap: \x01\n", "U+0001"),
        ('{"cxmap": 1,}', "a key in double quotes is missing"),
        ('{"cxmap": 1 "a": 2}', "comma or “}” is missing"),
        ('{"cxmap": NaN}', "none of JSON"),
        ('{"cxmap": 1e999}', "none of JSON"),
        ('{"a": 1} {"b": 2}', "After the end"),
        ('{"a": "\\ud800"}', "half a sign"),
        ('{"a": 1, "a": 2}', "stands here twice"),
        ('{"a" 1}', "a colon is missing"),
        ('{"a": "x', "not JSON"),
        (f'{{"a": {"1" * 5000}}}', "none of JSON"),
        (f"{HEAD}  people:\n    -\n", "This entry is empty"),
        (f"{HEAD}  people: 3\n", "Here a list is expected"),
        (f"{HEAD}  people: [a, b, c, d]\n", "up to 3 entries, not 4"),
        (f"{HEAD}  people: [[a]]\n", "a mapping is expected"),
        (f"cxmap: 1\nprofile: library\nx-own: {{{'a' * 201}: 1}}\n", "at most 200 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, words: str) -> None:
    told = [fault.message for fault in found(text).faults]

    assert any(words in message for message in told), told


def test_what_is_not_utf_8_is_told_with_its_place() -> None:
    [fault] = read_document(b"cxmap: 1\nprofile: \xff\n", SHAPE).faults

    assert (fault.line, fault.column) == (2, 10)
    assert fault.message == "This is not UTF-8. Save the file in UTF-8."


def test_a_mark_at_the_start_and_other_line_ends_are_no_fault() -> None:
    text = f"\ufeff{HEAD}  places:\n    - a\n".replace("\n", "\r\n")

    assert found(text).tree["library"] == {"places": [{"key": "a"}]}
    assert found(text).faults == []


def test_keys_of_ones_own_are_kept_as_they_are() -> None:
    tree = found("cxmap: 1\nprofile: library\nx-us: {a: [1, null, {b: on}]}\n").tree

    assert tree["x-us"] == {"a": [1, None, {"b": "on"}]}


def test_a_newer_minor_version_opens_with_a_notice_of_what_is_new() -> None:
    read = found("cxmap: 1.7\nprofile: library\nmood: good\nlibrary:\n  places:\n    - a\n")

    assert read.faults == []
    assert [(one.line, one.path) for one in read.notices] == [(1, "cxmap"), (3, "mood")]
    assert read.tree["library"] == {"places": [{"key": "a"}]}


DEEP = 100_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * DEEP, "nested deeper than 20"),
        ("- {a: " + "{a: " * DEEP, "nested deeper than 20"),
        ('{"a": ' * DEEP, "nested deeper than 20"),
        ('{"a": ' + "[" * DEEP, "nested deeper than 20"),
        ("\n".join(f"{' ' * n}a:" for n in range(2_000)), "nested deeper than 20"),
        ("- " * DEEP, "nested deeper than 20"),
        # The billion laughs: without aliases nothing grows.
        (
            'a: &a ["x","x"]\n'
            + "".join(f"b{n}: &b{n} [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" for n in range(100)),
            "Aliases (*)",
        ),
        ("a: 1\n" * 20_000, "stands here twice"),
    ],
)
def test_a_bomb_is_refused_before_it_goes_off(text: str, words: str) -> None:
    read = found(text)

    assert any(words in fault.message for fault in read.faults)


@pytest.mark.slow
@pytest.mark.parametrize("entry", ["- a\n", "? a\n", "- [a,b,c]\n", "-\n"])
def test_many_small_entries_end_the_reading(entry: str) -> None:
    read = found(entry * 1_500_000)

    assert read.faults != []


def test_a_sign_that_cannot_be_stored_is_a_fault() -> None:
    text = HEAD + '  people:\n    - key: a\n      name: "b\\0"\n'

    assert [fault.message for fault in found(text).faults] == [
        "This text holds a sign that cannot be stored: U+0000."
    ]


@pytest.mark.parametrize(
    "text",
    ["- *a\n" * 300, "- &a x\n" * 300, "a: 1\n" * 300, "{" + '"a":1,' * 300 + '"a":1}'],
)
def test_no_more_faults_are_told_than_anybody_reads(text: str) -> None:
    assert len(found(text).faults) == 200


def test_more_than_ten_megabytes_are_not_looked_at() -> None:
    began = time.process_time()
    [fault] = read_document(b"a" * 10_000_001, SHAPE).faults

    assert fault.message == "The file is larger than 10 MB: split it."
    assert time.process_time() - began < 1


def test_the_schema_says_what_the_reader_takes() -> None:
    schema = json_schema(SHAPE, title="People")
    person = schema["properties"]["library"]["properties"]["people"]["items"]

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:wayfare:cxmap:1"
    assert schema["required"] == ["cxmap", "profile"]
    assert schema["properties"]["cxmap"]["const"] == 1
    assert person["required"] == ["key", "name"]
    assert person["additionalProperties"] is False
    assert person["properties"]["age"] == {"type": "integer", "minimum": 0, "maximum": 120}
    place = schema["properties"]["library"]["properties"]["places"]["items"]
    assert [one["type"] for one in place["anyOf"]] == ["string", "object"]


def test_a_list_may_have_a_least_number_of_entries() -> None:
    shape = Item((Field("cxmap", Text(3)), Field("rings", Many(Text(5), 6, least=1))))

    [fault] = read_document(b"cxmap: 1\nrings: []\n", shape).faults

    assert fault.message == "This list holds 1 to 6 entries, not 0."
