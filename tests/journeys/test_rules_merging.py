"""Laws of bringing what one map changed into another, and what has to be chosen."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.rules.changes import Sort, flat
from journeys.rules.choosing import Wanted, changed_steps, is_wanted
from journeys.rules.comparing import changes_between
from journeys.rules.merging import Answer, merge
from tests.journeys.chance import a_map, as_file, edited, is_lawful
from tests.journeys.small_map import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.chance import Rows

SEEDS = st.integers(0, 2**32)


def apart(seed: int, most: int = 6) -> tuple[Rows, Rows, Rows]:
    """Give a map, and what two people made of it."""
    rng = Random(seed)  # noqa: S311 - for tests
    base = a_map(rng)
    return base, edited(base, rng, rng.randint(1, most)), edited(base, rng, rng.randint(1, most))


@pytest.mark.slow
@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_what_one_side_changed_is_taken_and_nothing_is_left_then(seed: int) -> None:
    base, _, theirs = apart(seed)

    merged = merge(base, base, theirs)

    assert merged.conflicts == ()
    left = changes_between(merged.state, theirs)
    assert [c for c in flat(left) if c.is_of_content] == []


@pytest.mark.slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_what_ours_changed_stays_where_theirs_changed_nothing(seed: int) -> None:
    base, ours, _ = apart(seed)

    merged = merge(base, ours, base)

    assert (as_file(merged.state), merged.taken) == (as_file(ours), ())


@pytest.mark.slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_same_change_on_both_sides_is_no_conflict(seed: int) -> None:
    base, ours, _ = apart(seed)

    merged = merge(base, ours, ours)

    assert (as_file(merged.state), merged.conflicts) == (as_file(ours), ())


@pytest.mark.slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_of_chosen_steps_nothing_is_left_but_what_was_not_chosen(seed: int) -> None:
    base, _, theirs = apart(seed)
    units = changes_between(base, theirs)
    steps = sorted(changed_steps(units))
    wanted = Wanted(frozenset(Random(seed).sample(steps, len(steps) // 2)))  # noqa: S311

    merged = merge(base, base, theirs, wanted=wanted)

    # Which of two swapped steps counts as the one that was moved, depends on the others.
    left = [
        c
        for c in flat(changes_between(merged.state, theirs))
        if c.is_of_content and c.sort is not Sort.MOVED
    ]
    outside = {pk for c in left for pk in (c.step,) if pk} - wanted.steps
    assert [c for c in left if is_wanted(c, wanted) and not outside] == []


@pytest.mark.slow
@given(SEEDS, st.sampled_from(Answer))
@settings(max_examples=60, deadline=None)
def test_a_merge_is_a_map_that_the_law_allows(seed: int, answer: Answer) -> None:
    base, ours, theirs = apart(seed)

    merged = merge(base, ours, theirs, otherwise=answer)

    assert merged.open == ()
    assert is_lawful(merged.state)


def title(name: str, words: str) -> Callable[[Drawn], None]:
    """Give an edit that calls *name* otherwise."""
    return lambda drawn: drawn[name].values.update(title=words)


def mood_of(value: float) -> Callable[[Drawn], None]:
    return lambda drawn: drawn.put_card(f"mood {value}", "Feels", "Wait", value=value)


def meet(role: str) -> Callable[[Drawn], None]:
    """Give an edit that links a touchpoint under an id of its own."""

    def edit(drawn: Drawn) -> None:
        drawn.rng.random()  # So that two people do not make the same id.
        if role == "primary":
            drawn.rng.random()
        drawn.put("till", "contact", "Wait", touchpoint=str(drawn.ids["map"]), role=role)

    return edit


def accountable(who: int) -> Callable[[Drawn], None]:
    def edit(drawn: Drawn) -> None:
        for _ in range(who):
            drawn.rng.random()
        drawn.put("A", "role", "Pay", stakeholder=f"00000000-0000-0000-0000-{who:012}", role="A")

    return edit


def own(words: str) -> Callable[[Drawn], None]:
    """Give an edit that puts something under a key of one's own of a way."""
    return lambda drawn: drawn["loop"].values.update(extra={"x-team": {"name": words}})


CONFLICTS: dict[str, tuple[Callable[[Drawn], object], Callable[[Drawn], object]]] = {
    "both call a step otherwise": (title("Pay", "Pay now"), title("Pay", "Pay later")),
    "ours deletes the step that theirs changes": (Drawn.remove_step, title("Pay", "Pay later")),
    "theirs deletes the step that ours changes": (title("Pay", "Pay now"), Drawn.remove_step),
    "ours deletes the lane that theirs puts a card in": (
        lambda m: m.delete("Does"),
        lambda m: m.put_card("new", "Does", "Wait", text="I wait"),
    ),
    "theirs deletes the lane that ours puts a card in": (
        lambda m: m.put_card("new", "Does", "Wait", text="I wait"),
        lambda m: m.delete("Does"),
    ),
    "both move a card": (
        lambda m: m.at("I look", "Wait", "Wait"),
        lambda m: m.at("I look", "Pay", "Pay"),
    ),
    "both draw an emotion at a step": (mood_of(1.0), mood_of(-1.0)),
    "both link a touchpoint, each in another role": (meet("primary"), meet("secondary")),
    "each puts something else under one key of their own": (own("red"), own("blue")),
    "each makes somebody else accountable": (accountable(1), accountable(2)),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_what_cannot_both_hold_has_to_be_chosen(name: str) -> None:
    base, ours, theirs = Drawn(), Drawn(), Drawn()
    for edit, drawn in zip(CONFLICTS[name], (ours, theirs), strict=True):
        edit(drawn)

    asked = merge(base.state, ours.state, theirs.state)
    kept, taken = (
        merge(base.state, ours.state, theirs.state, answers={asked.conflicts[0].key: answer})
        for answer in Answer
    )

    assert [c.key for c in asked.open] == [c.key for c in asked.conflicts]
    assert len(asked.conflicts) == 1
    assert as_file(kept.state) == as_file(ours.state) == as_file(asked.state)
    assert (kept.open, taken.open) == ((), ())
    assert as_file(taken.state) == as_file(theirs.state)
    assert is_lawful(taken.state)


def test_a_chosen_step_brings_its_cells_and_the_lane_they_need() -> None:
    base, theirs = Drawn(), Drawn()
    theirs.put("Thinks", "lane", "map", title="Thinks", kind="text")
    theirs.put("Collect", "step", "Buy", title="Collect")
    theirs.put_card("doubt", "Thinks", "Collect", text="Is it there?")
    theirs.put_card("far", "Does", "Wait", "Collect", text="I walk")
    theirs.put("door", "contact", "Collect", touchpoint=str(theirs.ids["map"]), role="primary")
    ends = {"from_step": str(theirs.ids["Collect"]), "to_step": str(theirs.ids["Pay"])}
    theirs.put("back", "flow", "map", kind="skip", condition="", **ends)
    theirs.put("Says", "lane", "map", title="Says", kind="text")
    title("Compare", "Look around")(theirs)

    merged = merge(
        base.state, base.state, theirs.state, wanted=Wanted(frozenset({theirs.ids["Collect"]}))
    )

    came = {"Thinks", "Collect", "doubt", "door", "back"}
    assert {leaf.lineage for leaf in merged.taken} == {theirs.ids[name] for name in came}


def test_a_way_comes_only_if_both_ends_are_there_and_a_card_covers_what_is_there() -> None:
    base, theirs = Drawn(), Drawn()
    theirs.put("Collect", "step", "Buy", title="Collect")
    theirs.put("Unpack", "step", "Buy", title="Unpack")
    ends = {"from_step": str(theirs.ids["Unpack"]), "to_step": str(theirs.ids["Collect"])}
    theirs.put("back", "flow", "map", kind="skip", condition="", **ends)
    theirs.put_card("both", "Does", "Collect", "Unpack", text="I open it")

    merged = merge(
        base.state, base.state, theirs.state, wanted=Wanted(frozenset({theirs.ids["Collect"]}))
    )

    card = merged.state[theirs.ids["both"]].values
    assert theirs.ids["back"] not in merged.state
    assert card["step_from"] == card["step_to"] == str(theirs.ids["Collect"])
    assert is_lawful(merged.state)


def test_what_belongs_to_no_step_comes_when_it_is_asked_for() -> None:
    base, theirs = Drawn(), Drawn()
    title("Buy", "Purchase")(theirs)
    title("Pay", "Pay later")(theirs)
    theirs["map"].values["name"] = "As it could be"
    theirs["Does"].values["is_locked"] = True

    merged = merge(base.state, base.state, theirs.state, wanted=Wanted(frame=True))

    assert [(c.lineage, c.after) for c in merged.taken] == [(theirs.ids["Buy"], "Purchase")]
