"""Edits of a map, and the one change in words that each of them is told as."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from journeys.rules.change_words import Names, markdown, part_of, words
from journeys.rules.changes import Sort, counts_by_stage
from journeys.rules.comparing import changes_between
from journeys.rules.folding import Succession
from tests.journeys.small_map import ANA, REFERENCES, Drawn

if TYPE_CHECKING:
    from collections.abc import Callable


EDITS: dict[str, tuple[Callable[[Drawn], object], str]] = {
    "title": (
        lambda m: m["Pay"].values.update(title="Pay by card"),
        "Changed title of “Pay by card”: “Pay” → “Pay by card”",
    ),
    "name of the map": (
        lambda m: m["map"].values.update(name="As it was"),
        "Changed the map’s name: “As it is” → “As it was”",
    ),
    "number": (
        lambda m: m["mood"].values.update(value=-0.3),
        "Changed “Feels” at “Pay”: 1.2 → −0.3 (−1.5)",
    ),
    "yes": (
        lambda m: m["Wait"].values.update(moment_of_truth=True),
        "Changed moment of truth of “Wait”: no → yes",
    ),
    "reference": (
        lambda m: m["Feels"].values.update(persona=ANA),
        "Changed persona of “Feels”: nothing → “Ana”",
    ),
    "setting": (
        lambda m: m["Does"].values.update(config={"max_cards": 3}),
        "Changed settings (max cards) of “Does”: nothing → 3",
    ),
    "list in settings": (
        lambda m: m["Does"].values.update(config={"types": ["pain"]}),
        "Changed settings (types) of “Does”: added “pain”",
    ),
    "drag of a step": (
        lambda m: m.sort("Wait", "Pay"),
        "Moved “Wait” to the beginning",
    ),
    "step to another stage": (
        Drawn.move_step,
        "Moved “Pick a slot” to “Buy”, after “Pay”",
    ),
    "drag of a stage": (lambda m: m.sort("Buy", "Choose"), "Moved “Buy” to the beginning"),
    "card to another step": (
        lambda m: m.at("I look", "Wait", "Wait"),
        "Moved “I look” from “Compare” to “Wait”",
    ),
    "card to another lane": (
        lambda m: setattr(m["I look"], "parent", m.ids["Feels"]),
        "Moved “I look” from “Does” to “Feels”",
    ),
    "longer span": (
        lambda m: m.at("I book", "Pick a slot", "Wait"),
        "Changed last step of “I book”: “Pay” → “Wait”",
    ),
    "touchpoint to another step": (
        lambda m: setattr(m["contact"], "parent", m.ids["Wait"]),
        "Moved “Parcel counter” from “Pay” to “Wait”",
    ),
    "new card": (
        lambda m: m.put_card("new", "Does", "Wait", text="I wait"),
        "Added card “I wait” in “Does”, at “Wait”",
    ),
    "new stage": (Drawn.add_stage, "Added stage “Use” after “Buy” with 1 step"),
    "deleted card": (
        lambda m: m.delete("I look"),
        "Removed card “I look” from “Does”, at “Compare”",
    ),
    "deleted step": (
        Drawn.remove_step,
        "Removed step “Pay” from “Buy” with 1 card, 1 way and 1 touchpoint",
    ),
    "deleted way": (lambda m: m.delete("loop"), "Removed way “Wait → Pay”"),
    "deleted lane": (lambda m: m.delete("Does"), "Removed lane “Does” with 2 cards"),
}


@pytest.mark.parametrize("name", EDITS)
def test_one_edit_is_one_change(name: str) -> None:
    edit, said = EDITS[name]
    before, after = Drawn(), Drawn()
    edit(after)

    changes = changes_between(before.state, after.state)

    names = Names(before.state, after.state, REFERENCES)
    assert [words(change, names) for change in changes] == [said]


def test_a_value_is_known_by_its_lane_its_step_and_its_persona() -> None:
    before, after = Drawn(), Drawn()
    for one, value in ((before, 1), (after, -0.3)):
        one.put_card("Ana's mood", "Feels", "Wait", value=value, persona=ANA)

    changes = changes_between(before.state, after.state)

    names = Names(before.state, after.state, REFERENCES)
    said = ["Changed “Feels” at “Wait” for “Ana”: 1 → −0.3 (−1.3)"]
    assert [words(change, names) for change in changes] == said


def test_what_came_with_a_stage_is_told_under_it() -> None:
    before, after = Drawn(), Drawn()
    after.add_stage()

    stage = changes_between(before.state, after.state)[0]

    (step,) = stage.inside
    (card,) = step.inside
    assert [(c.kind, c.lineage) for c in (stage, step, card)] == [
        ("stage", after.ids["Use"]),
        ("step", after.ids["Open it"]),
        ("card", after.ids["I cut"]),
    ]


def test_a_split_is_one_change_with_the_cards_that_went_along() -> None:
    before, after = Drawn(), Drawn()
    after.put("Pay by card", "step", "Buy", title="Pay by card")
    after.put("Get an invoice", "step", "Buy", title="Get an invoice")
    after.at("mood", "Pay by card", "Pay by card")
    after.at("I book", "Pick a slot", "Pay by card")
    after["loop"].values["to_step"] = str(after.ids["Pay by card"])
    after.delete("Pay", "contact")
    told = [
        Succession(after.ids["Pay"], after.ids["Pay by card"], 0.7),
        Succession(after.ids["Pay"], after.ids["Get an invoice"], 0.3),
    ]

    changes = changes_between(before.state, after.state, successions=told)
    back = changes_between(after.state, before.state, successions=told)

    names = Names(before.state, after.state, REFERENCES)
    first = next(c for c in changes if c.sort is Sort.SPLIT)
    assert words(first, names) == "Split “Pay” into “Pay by card” and “Get an invoice”"
    assert {(c.sort, c.kind) for c in first.inside} == {
        (Sort.REMOVED, "step"),
        (Sort.ADDED, "step"),
        (Sort.MOVED, "card"),
        (Sort.CHANGED, "card"),
        (Sort.CHANGED, "flow"),
    }
    assert changes == [first]
    assert [c.sort for c in back if c.kind == "step"] == [Sort.MERGED]


def test_a_title_of_the_library_is_told_once() -> None:
    before = Drawn()
    for card in ("I look", "I book"):
        before[card].values["insight"] = ANA

    changes = changes_between(
        before.state, deepcopy(before.state), titles=({ANA: "No date"}, {ANA: "Nobody says when"})
    )

    names = Names(before.state, before.state)
    assert [words(c, names) for c in changes] == [
        "“No date” in the library is now called “Nobody says when”"
    ]


def test_changes_stand_by_place_and_what_is_gone_at_its_old_one() -> None:
    before, after = Drawn(), Drawn()
    after.delete("I look")
    after["map"].values["label"] = "v2"
    after["Wait"].values["title"] = "Wait a day"
    after["Buy"].values["title"] = "Purchase"
    after.delete("Compare")

    changes = changes_between(before.state, after.state)

    names = Names(before.state, after.state)
    assert [part_of(c, names) for c in changes] == [
        "The whole map",
        "Choose",
        "Purchase",
        "Purchase",
    ]
    assert counts_by_stage(changes) == {
        None: {Sort.CHANGED: 1},
        after.ids["Choose"]: {Sort.REMOVED: 1},
        after.ids["Buy"]: {Sort.CHANGED: 2},
    }


def test_markdown_keeps_what_people_wrote_from_being_read_as_marks() -> None:
    before, after = Drawn(), Drawn()
    after["Pay"].values["title"] = "<b>*Pay*"
    after.put_card("new", "Does", "Wait", text="I wait")

    changes = changes_between(before.state, after.state)

    names = Names(before.state, after.state, is_markdown=True)
    assert markdown(changes, names, title="As it is") == (
        "# As it is\n"
        "\n"
        "1 added, 1 changed.\n"
        "\n"
        "## Buy\n"
        "\n"
        "- Changed title of *\\<b\\>\\*Pay\\**: *Pay* → *\\<b\\>\\*Pay\\**\n"
        "- Added card *I wait* in *Does*, at *Wait*\n"
    )


def test_markdown_says_so_where_nothing_differs() -> None:
    names = Names({}, {}, is_markdown=True)

    assert markdown([], names, title="1. step") == "# 1\\. step\n\nNothing differs.\n"
