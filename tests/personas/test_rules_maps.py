"""Who gets what of a stakeholder map, and what drawings say."""

from __future__ import annotations

import pytest

from personas.rules.drawing_filter import Filter, read_filter
from personas.rules.drawing_legend import legend
from personas.rules.drawing_places import Ground, Mark, drawing_of
from personas.rules.drawing_svg import svg_of
from personas.rules.drawing_words import initials, spoken, summary, wrapped
from personas.rules.kinds import RINGS, SECTORS, Layout, StakeholderKind
from personas.rules.map_access import Sight, sight

COURIER = Mark("1", "s1", "Courier", "partner", ring=0, sector=1, x=0.62, y=0.4)


@pytest.mark.parametrize(
    ("visibility", "owner", "editor", "reader"),
    [
        ("hidden", Sight.CHANGE, Sight.NOTHING, Sight.NOTHING),
        ("listed", Sight.CHANGE, Sight.TITLE, Sight.TITLE),
        ("viewable", Sight.CHANGE, Sight.CONTENT, Sight.CONTENT),
        ("editable", Sight.CHANGE, Sight.CHANGE, Sight.CONTENT),
    ],
)
def test_visibility_says_what_others_get(
    visibility: str, owner: Sight, editor: Sight, reader: Sight
) -> None:
    assert sight(visibility, is_owner=True, may_edit=True) is owner
    assert sight(visibility, is_owner=False, may_edit=True) is editor
    assert sight(visibility, is_owner=False, may_edit=False) is reader


@pytest.mark.parametrize("visibility", ["hidden", "listed", "viewable", "editable"])
def test_an_owner_who_may_not_edit_any_more_reads(visibility: str) -> None:
    assert sight(visibility, is_owner=True, may_edit=False) is Sight.CONTENT


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Courier", "C"), ("anna maria berg", "AB"), ("(the) press", "P"), ("!", "!"), ("", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Courier", ["Courier"]),
        ("Data protection officer", ["Data", "protection…"]),
        ("Donaudampfschifffahrt", ["Donaudampfsc", "hifffahrt"]),
    ],
)
def test_long_names_are_wrapped_and_cut_with_a_sign(name: str, lines: list[str]) -> None:
    assert wrapped(name, 12) == lines


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (Layout.RINGS, "Essential, Partner, 62% from the left, 40% from the top"),
        (Layout.SECTORS, "Partner, 62% from the left, 40% from the top"),
        (Layout.NETWORK, "62% from the left, 40% from the top"),
        (Layout.POWER_INTEREST, "Without power and interest"),
    ],
)
def test_a_stakeholder_says_where_it_stands(layout: Layout, words: str) -> None:
    ground = Ground(layout, RINGS, SECTORS)

    assert spoken(ground, COURIER) == f"Courier, partner. {words}."


def test_in_the_grid_numbers_and_attitude_are_said() -> None:
    ground = Ground(Layout.POWER_INTEREST, RINGS)
    mark = Mark("1", "s1", "Agency", "regulator", power=4.5, interest=3, attitude=-1)

    said = "Agency, regulator. Manage closely, power 4.5, interest 3.0, doubts."
    assert spoken(ground, mark) == said


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (Layout.RINGS, "2 stakeholders: 1 Essential, 1 without a ring."),
        (Layout.SECTORS, "2 stakeholders: 1 Partner, 1 without a sector."),
        (Layout.NETWORK, "2 stakeholders: 1 relation."),
        (Layout.POWER_INTEREST, "2 stakeholders: 1 Watch, 1 without power and interest."),
    ],
)
def test_a_drawing_says_what_it_shows(layout: Layout, words: str) -> None:
    other = Mark("2", "s2", "Agency", "regulator", power=1, interest=1)

    assert summary(Ground(layout, RINGS, SECTORS), [COURIER, other], 1) == words


def test_an_empty_drawing_says_so() -> None:
    assert summary(Ground(Layout.RINGS, RINGS), [], 0) == "Nobody is on the map yet."


def test_a_filter_reads_only_what_there_is() -> None:
    told = {"kind": "ghost", "relation": "love", "around": "somebody", "steps": "99"}

    assert read_filter(told, {"s1"}) == Filter()
    known = {"kind": "team", "relation": "trust", "around": "s1", "steps": "2"}
    assert read_filter(known, {"s1"}) == Filter("team", "trust", "s1", 2)


def test_the_legend_explains_every_shape_and_the_lines_that_are_drawn() -> None:
    shapes = [words for _, words in legend(Layout.RINGS)]
    lines = [words for _, words in legend(Layout.NETWORK, {"money", "trust"})]
    attitudes = [words for _, words in legend(Layout.POWER_INTEREST)]

    said = " ".join(shapes).lower()
    assert all(kind.value in said for kind in StakeholderKind)
    assert lines == [*shapes, "Trust", "Money"]
    opinions = ["Opposes", "Doubts", "Neutral", "Supports", "Champions"]
    assert attitudes == [*opinions, "Attitude not said"]


@pytest.mark.parametrize("attitude", [-2, -1, 0, 1, 2])
def test_each_attitude_has_a_shape_of_its_own(attitude: int) -> None:
    pictures = [str(picture) for picture, _ in legend(Layout.POWER_INTEREST)]
    ground = Ground(Layout.POWER_INTEREST, RINGS)
    mark = Mark("1", "s1", "Agency", "regulator", power=2, interest=2, attitude=attitude)

    drawn = str(svg_of(drawing_of(ground, [mark]), title="Map"))

    assert len(set(pictures)) == len(pictures)
    word = ["Opposes", "Doubts", "Neutral", "Supports", "Champions"][attitude + 2]
    assert f">{word}</text>" in drawn
