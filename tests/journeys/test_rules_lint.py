"""Looking a map over: each finding is there when its reason is, and goes with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.ids import new_id
from journeys.rules.kinds import MapState
from journeys.rules.lint import errors, findings
from journeys.rules.lint_facts import Backing, LintFacts, Promised, Severity
from journeys.rules.lint_words import near_equal, own_words
from journeys.rules.template_parts import Kept
from tests.journeys.plain_maps import PlainMap

if TYPE_CHECKING:
    from cxm.kernel.operations.state import Element

TODAY = date(2026, 11, 22)


def codes(drawn: PlainMap, **facts: Any) -> set[str]:
    return {one.code for one in findings(LintFacts(drawn.state, TODAY, **facts))}


def sound_map() -> tuple[PlainMap, list[Element]]:
    """Give a map with nothing to find, and its stage and two steps."""
    drawn = PlainMap()
    made = drawn.stage("I ask for a label", "I wait for my money")
    drawn.add("cast", drawn.root.id, persona=str(new_id()), is_main=True)
    feels, pains = drawn.lane("emotion", "Feels"), drawn.lane("insight", "Pains")
    for step in made[1:]:
        drawn.add("contact", step.id, touchpoint=str(new_id()), role="primary")
        drawn.card(feels, step, value=1.0)
    drawn.card(pains, made[1], insight=str(new_id()))
    return drawn, made


def test_a_sound_map_has_nothing_to_find() -> None:
    drawn, _ = sound_map()

    assert findings(LintFacts(drawn.state, TODAY)) == []


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("J01", {"has_owner": False}),
        ("J04", {"kept": [Kept("lane", new_id(), "", "Feels", "Feels", True, False)]}),
        ("J05", {"kept": [Kept("lane", new_id(), "", "Feels", "Feels", False, True)]}),
        ("J10", {"backings": {new_id(): Backing(Grade.ASSUMPTION)}}),
        ("J11", {"backings": {new_id(): Backing(Grade.STRONG, date(2025, 11, 21))}}),
        ("J17", {"map_state": MapState.FUTURE}),
        ("J18", {"targets": [Promised(date(2026, 11, 21))]}),
        ("J19", {"broken": [("refund-csat", None)]}),
        ("J22", {"review_due_on": date(2026, 11, 21)}),
    ],
)
def test_what_is_known_of_a_map_is_found(code: str, facts: dict[str, Any]) -> None:
    drawn, _ = sound_map()

    assert codes(drawn, **facts) == {code}


@pytest.mark.parametrize(
    "facts",
    [
        {"backings": {new_id(): Backing(Grade.SOME), new_id(): Backing(Grade.ASSUMPTION)}},
        {"backings": {new_id(): Backing(Grade.STRONG, date(2025, 11, 22))}},
        {"map_state": MapState.FUTURE, "targets": [Promised(date(2026, 11, 22))]},
        {"targets": [Promised(date(2026, 1, 1), is_reached=True)]},
        {"review_due_on": TODAY},
    ],
)
def test_what_is_just_right_is_no_finding(facts: dict[str, Any]) -> None:
    drawn, _ = sound_map()

    assert codes(drawn, **facts) == set()


def test_only_errors_keep_a_map_from_being_published() -> None:
    drawn, made = sound_map()
    made[1].values["title"] = "Untitled"

    found = errors(LintFacts(drawn.state, TODAY, map_state=MapState.FUTURE))

    assert [(one.code, one.about) for one in found] == [("J02", made[1].id)]


def test_files_want_words_unless_they_are_decorative() -> None:
    drawn, made = sound_map()
    pictures = drawn.lane("image", "Pictures")
    bare = drawn.card(pictures, made[1], asset=str(new_id()))
    drawn.card(pictures, made[1], asset=str(new_id()), alt="A parcel on a table")
    drawn.card(pictures, made[1], asset=str(new_id()), is_decorative=True)

    found = findings(LintFacts(drawn.state, TODAY))

    assert [(one.code, one.severity, one.about) for one in found] == [
        ("J03", Severity.ERROR, bare.id)
    ]


@pytest.mark.parametrize("kind", ["text", "touchpoint", "actor", "nested", "flow"])
def test_a_lane_that_must_not_stay_empty_says_so(kind: str) -> None:
    drawn = PlainMap()
    made = drawn.stage("One")
    lane = drawn.lane(kind, "Needed", config={"required": True})
    is_empty = "J05" in codes(drawn)
    {
        "text": lambda: drawn.card(lane, made[1]),
        "touchpoint": lambda: drawn.add("contact", made[1].id, touchpoint=str(new_id())),
        "actor": lambda: drawn.add("role", made[1].id, stakeholder=str(new_id()), role="R"),
        "nested": lambda: drawn.add("nested", made[1].id, journey=str(new_id())),
        "flow": lambda: drawn.flow(made[1], made[1], "loop"),
    }[kind]()

    assert is_empty
    assert "J05" not in codes(drawn)


def test_steps_without_what_others_have_are_named() -> None:
    drawn, made = sound_map()
    bare = drawn.add("step", made[0].id, title="I hear nothing")
    after = drawn.stage("I am angry", title="After")

    found = {(one.code, one.about) for one in findings(LintFacts(drawn.state, TODAY))}

    assert found == {
        ("J07", bare.id),
        ("J08", bare.id),
        ("J07", after[1].id),
        ("J08", after[1].id),
        ("J09", after[0].id),
    }


def test_personas_and_touchpoints_that_no_number_is_about_are_named() -> None:
    drawn, made = sound_map()
    cast = next(e for e in drawn.state.values() if e.kind == "cast")
    contact = next(e for e in drawn.state.values() if e.kind == "contact")
    unbound = {str(cast.values["persona"]): "Busy parent"}
    unruled = {str(contact.values["touchpoint"]): "Parcel counter"}

    found = findings(LintFacts(drawn.state, TODAY, unbound=unbound, unruled=unruled))

    assert [(one.code, one.about) for one in found] == [("J13", cast.id), ("J14", made[1].id)]
    assert "Busy parent" in found[0].words
    assert "Parcel counter" in found[1].words


def test_backstage_somebody_is_accountable() -> None:
    drawn, made = sound_map()
    backstage = drawn.lane("text", "Behind", zone="backstage")
    drawn.card(backstage, made[1], made[2])
    drawn.add("role", made[1].id, stakeholder=str(new_id()), role="A")
    drawn.add("role", made[2].id, stakeholder=str(new_id()), role="R")

    found = findings(LintFacts(drawn.state, TODAY))

    assert [(one.code, one.about) for one in found] == [("J20", made[2].id)]


def test_a_step_that_every_way_passes_by_is_not_reached() -> None:
    drawn = PlainMap()
    _, first, second, third = drawn.stage("One", "Two", "Three")
    drawn.flow(first, third, "skip")
    with_skip = codes(drawn)
    drawn.flow(first, third, "branch", planned_share=0.4)

    found = [one for one in findings(LintFacts(drawn.state, TODAY)) if one.code in ("J15", "J16")]

    assert "J15" not in with_skip
    assert [(one.code, one.about) for one in found] == [("J15", second.id), ("J16", first.id)]
    assert "40%" in found[1].words


def test_branches_that_add_up_are_no_finding() -> None:
    drawn = PlainMap()
    _, first, second, third = drawn.stage("One", "Two", "Three")
    drawn.flow(first, second, "branch", planned_share=0.333)
    drawn.flow(first, third, "branch", planned_share=0.667)

    assert not codes(drawn) & {"J15", "J16"}


def test_over_thirty_steps_are_many() -> None:
    drawn = PlainMap()
    made = drawn.stage(*(f"Step {number}" for number in range(30)))
    at_thirty = "J23" in codes(drawn)
    drawn.add("step", made[0].id, title="One more")

    assert not at_thirty
    assert "J23" in codes(drawn)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("CRM update", ["CRM"]),
        ("I send a ticket to the helpdesk", ["ticket"]),
        ("I wait", []),
        ("Vorgang anlegen", ["Vorgang"]),
        ("Slander misleads", []),
        ("CRM and CRM again", ["CRM"]),
    ],
)
def test_the_firms_words_are_told_as_they_stand_there(title: str, found: list[str]) -> None:
    drawn, made = sound_map()
    made[1].values["title"] = title

    hints = [one for one in findings(LintFacts(drawn.state, TODAY)) if one.code == "J12"]

    assert own_words(title) == found
    assert [one.about for one in hints] == [made[1].id] * len(found)


def test_cards_that_say_nearly_the_same_are_told_once() -> None:
    drawn, made = sound_map()
    does = drawn.lane("text", "Does")
    drawn.card(does, made[1], text="I look for the return label in my mail")
    twin = drawn.card(does, made[2], text="I look for the return label in my mails")
    drawn.card(does, made[2], text="I print it")

    found = findings(LintFacts(drawn.state, TODAY))

    assert [(one.code, one.about) for one in found] == [("J24", twin.id)]


def test_alike_texts_are_found_among_thousands() -> None:
    texts = [(new_id(), f"This is what card c{n} tells of s{n}") for n in range(3_000)]
    twin = (new_id(), "This is what card c17 tells of the s17")

    assert list(near_equal([*texts, twin])) == [(texts[17][0], twin[0])]
