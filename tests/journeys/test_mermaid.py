"""Journeys as Mermaid draws them, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.tenants.binding import tenant_bound
from journeys.rules.mermaid import is_mermaid, read_mermaid, written_mermaid
from journeys.services.map_files_in import apply_files
from journeys.services.map_incoming import read_incoming
from tests import make
from tests.journeys.filing import asking, exported

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

# The diagram that Mermaid's own documentation shows first, with lines that are none of a journey.
DAY = """\
%% a comment
journey
    title My working day
    Wake up: 2
    section Go to work
      Make tea: 5: Me
      Go upstairs: 3: Me
      Do work: 1: Me, Cat
    section Empty
    accTitle: words for readers
    section Go home
      Go downstairs: 5: Me
      Sit down: 9: Me
    what is this
"""


def test_sections_tasks_scores_and_actors_are_read() -> None:
    document = read_mermaid(DAY, {"me": "myself"})

    tree = document.tree
    told = [(stage["title"], [s["title"] for s in stage["steps"]]) for stage in tree["stages"]]
    assert told == [
        ("Untitled", ["Wake up"]),
        ("Go to work", ["Make tea", "Go upstairs", "Do work"]),
        ("Go home", ["Go downstairs", "Sit down"]),
    ]
    values = tree["lanes"][0]["values"]
    assert {who: {k: p["value"] for k, p in told.items()} for who, told in values.items()} == {
        "_": {"wake-up": -1},
        "myself": {"make-tea": 2, "go-upstairs": 0, "do-work": -2, "go-downstairs": 2},
        "cat": {"do-work": -2},
    }
    assert [one["key"] for one in tree["personas"]] == ["myself", "cat"]
    assert tree["library"]["personas"] == [{"key": "cat", "name": "Cat"}]


def test_what_is_not_understood_is_told_with_its_line() -> None:
    notices = [(one.line, one.message) for one in read_mermaid(DAY, {}).notices]

    assert (14, "Not understood: what is this") in notices
    assert (10, "Not understood: accTitle: words for readers") in notices
    assert any("“9” is no score" in words and line == 13 for line, words in notices)
    assert any("section(s) without tasks" in words for _, words in notices)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("journey\n  A: 3", True),
        ("%% words\n\njourney\n", True),
        ("---\ntitle: x\n---\njourney\n  A: 3", True),
        ("journey:\n  key: a\n", False),
        ("cxmap: 1\n", False),
        ("graph TD\n", False),
        ("", False),
    ],
)
def test_a_diagram_is_known_by_its_first_word(text: str, is_one: bool) -> None:
    assert is_mermaid(text) is is_one


def test_a_diagram_without_tasks_is_refused() -> None:
    document = read_mermaid("journey\n  title Nothing\n", {})

    assert [one.path for one in document.faults] == ["stages"]


def test_more_actors_than_a_map_holds_are_left_out_in_words() -> None:
    actors = ", ".join(f"Actor {number}" for number in range(10))

    document = read_mermaid(f"journey\n  Meet: 3: {actors}\n", {})

    assert len(document.tree["personas"]) == 8
    assert sum("up to 8 personas" in one.message for one in document.notices) == 2


def test_what_is_lost_in_a_diagram_is_listed() -> None:
    tree = {
        "map": {"name": "As: it; is"},
        "personas": [{"key": "uma"}],
        "stages": [
            {
                "title": "One",
                "steps": [
                    {"key": "a", "title": "First", "description": "Long"},
                    {"key": "b", "title": "Second"},
                ],
            }
        ],
        "flows": [{"key": "f"}],
        "lanes": [
            {"kind": "emotion", "values": {"_": {"a": -2}, "uma": {"a": {"value": 1.5}}}},
            {"kind": "text", "cards": [{"key": "c"}, {"key": "d"}]},
        ],
    }

    text, lost = written_mermaid(tree, {"uma": "Uma, the first"})

    assert text == (
        "journey\n    title As it is\n    section One\n"
        "      First: 5: Uma the first\n      Second: 3\n"
    )
    assert lost == [
        "1 × lane",
        "2 × card",
        "1 × way between steps",
        "1 × description of a step",
        "emotions in tenths: rounded to scores from 1 to 5",
        "1 steps without an emotion: they stand as 3",
    ]


@pytest.mark.django_db
def test_a_diagram_becomes_a_map_with_assumed_personas() -> None:
    bea: Membership = make.member()

    with tenant_bound(bea.tenant_id):
        read = read_incoming(asking=asking(bea), content=DAY.encode())
        found = apply_files(asking=read.asking, files=read.files)
        row = found.maps[0]

    text = exported(bea, row)
    assert read.form == "mermaid"
    assert "    values:\n      me:\n        make-tea: 2\n" in text
    assert "    - key: cat\n      name: Cat\n" in text
