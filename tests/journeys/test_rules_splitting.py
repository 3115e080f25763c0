"""Splitting and joining steps by chance: lawful, nothing lost, and one change of the difference."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.operations.order import between
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import Element, State, is_there
from journeys.rules.applying import applied
from journeys.rules.changes import Sort
from journeys.rules.comparing import changes_between
from journeys.rules.folding import Succession
from journeys.rules.laws import steps_in_order
from journeys.rules.splitting import (
    Goes,
    Split,
    lying_at,
    merge_operations,
    split_operations,
    usually,
)
from tests.journeys.chance import a_map, as_file, edited, is_lawful, new
from tests.journeys.small_map import COUNTER, Drawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.kernel.operations.records import Asked
    from tests.journeys.chance import Rows

SEEDS = st.integers(0, 2**32)
BATCH = UUID(int=77)
slow = pytest.mark.slow


def done(rows: Rows, asked: Iterable[Asked]) -> Rows:
    """Give *rows* after operations, as the engine does them."""
    now = deepcopy(rows)
    for one in asked:
        value: Any = one.value
        if one.op is Deed.CREATE:
            parent, after = UUID(value["parent"]), value.get("after")
            now[one.lineage] = Element(one.lineage, one.kind, deepcopy(value["values"]), parent)
            _fill(now[one.lineage], rows)
            _last(now, now[one.lineage], now[UUID(after)] if after else None)
        elif one.op is Deed.SET:
            now[one.lineage].values[one.field] = value
        elif one.op is Deed.MOVE:
            now[one.lineage].parent = UUID(value["parent"])
            _last(now, now[one.lineage], None)
        else:
            now[one.lineage].is_deleted = True
    return now


def _fill(element: Element, rows: Rows) -> None:
    """Give a new element what it was not told, as the first of its kind has it by default."""
    if element.kind == "step":
        defaults = {"description": "", "moment_of_truth": False, "presenter_note": ""}
        known = next(e for e in rows.values() if e.kind == "step").values
        element.values = dict.fromkeys(known) | defaults | element.values


def _last(rows: Rows, element: Element, after: Element | None) -> None:
    siblings = [e for e in rows.values() if (e.parent, e.kind) == (element.parent, element.kind)]
    orders = sorted(e.ord for e in siblings if e is not element)
    low = after.ord if after else max(orders, default="")
    element.ord = between(low, next((one for one in orders if one > low), ""))


def split_by_chance(seed: int) -> tuple[Rows, Rows, Split]:
    """Give a map, the map with one of its steps split anyhow, and how."""
    rng = Random(seed)  # noqa: S311 - for tests
    rows = a_map(rng)
    state = State(rows.values())
    step = rng.choice(steps_in_order(rows)).id
    goes = {e.id: rng.choice(list(Goes)) for e in lying_at(state, step) if rng.random() < 0.8}
    split = Split(step, new(rng), "The later part", goes)
    return rows, done(rows, split_operations(state, split, BATCH)), split


def joined_by_chance(seed: int) -> tuple[Rows, Rows, UUID, UUID] | None:
    """Give a map, the map with two neighbours of one stage joined, and which; None without any."""
    rng = Random(seed)  # noqa: S311 - for tests
    rows = a_map(rng)
    order = steps_in_order(rows)
    pairs = [(a.id, b.id) for a, b in pairwise(order) if a.parent == b.parent]
    if not pairs:
        return None
    kept, gone = rng.choice(pairs)[:: rng.choice((1, -1))]
    after = done(rows, merge_operations(State(rows.values()), kept, gone, BATCH))
    after[gone].is_deleted = True
    return rows, after, kept, gone


@slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_split_leaves_a_lawful_map_that_has_lost_nothing(seed: int) -> None:
    before, after, split = split_by_chance(seed)

    assert is_lawful(after)
    assert {pk for pk in before if is_there(after, pk)} >= {
        pk for pk in before if is_there(before, pk)
    }
    order = [step.id for step in steps_in_order(after)]
    assert order.index(split.new) == order.index(split.step) + 1


@slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_join_leaves_a_lawful_map_without_anything_at_the_step_that_goes(seed: int) -> None:
    found = joined_by_chance(seed)
    if found is None:
        return
    before, after, kept, gone = found

    assert is_lawful(after)
    named = [str(gone) in e.values.values() for e in after.values() if is_there(after, e.id)]
    assert not any(named)
    lost = {pk for pk in before if is_there(before, pk) and not is_there(after, pk)} - {gone}
    assert all(_is_twice(before, after, before[pk], kept, gone) for pk in lost)


def _is_twice(before: Rows, after: Rows, lost: Element, kept: UUID, gone: UUID) -> bool:
    """Whether what was left out is there already, or was a way between the two."""
    if lost.kind == "flow":
        ends = {lost.values["from_step"], lost.values["to_step"]}
        at = {str(kept) if end == str(gone) else end for end in ends}
        return len(at) == 1 or any(_ways_alike(lost, e, at) for e in after.values() if e != lost)
    name = {"contact": "touchpoint", "role": "stakeholder", "nested": "journey", "card": "persona"}
    there = [
        e
        for e in after.values()
        if e.kind == lost.kind and is_there(after, e.id) and kept in {e.parent, _at(e)}
    ]
    return lost.values[name[lost.kind]] in [e.values[name[lost.kind]] for e in there]


def _ways_alike(one: Element, other: Element, ends: set[Any]) -> bool:
    is_same = other.kind == "flow" and other.values["kind"] == one.values["kind"]
    return is_same and {other.values["from_step"], other.values["to_step"]} == ends


def _at(element: Element) -> UUID | None:
    return UUID(str(element.values["step_from"])) if element.kind == "card" else None


@slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_split_is_one_change_and_the_laws_of_the_difference_hold(seed: int) -> None:
    left, right, split = split_by_chance(seed)
    told = [Succession(split.step, split.step, 0.4), Succession(split.step, split.new, 0.6)]

    there = changes_between(left, right, successions=told)
    back = changes_between(right, left, successions=told)

    assert [change.sort for change in there] == [Sort.SPLIT]
    assert [change.sort for change in back] == [Sort.MERGED]
    assert as_file(applied(left, there)) == as_file(right)
    assert as_file(applied(right, back)) == as_file(left)


@slow
@given(SEEDS, SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_laws_hold_where_a_split_map_was_edited_further(seed: int, more: int) -> None:
    left, split, how = split_by_chance(seed)
    right = edited(split, Random(f"{seed} {more}"), 3)  # noqa: S311 - for tests
    told = [Succession(how.step, how.step, 0.4), Succession(how.step, how.new, 0.6)]

    for one, other in ((left, right), (right, left), (left, left), (right, right)):
        changes = changes_between(one, other, successions=told)
        assert as_file(applied(one, changes)) == as_file(other)
        assert bool(changes) == (as_file(one) != as_file(other))


@slow
@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_join_is_told_as_one_and_the_laws_hold(seed: int) -> None:
    found = joined_by_chance(seed)
    if found is None:
        return
    left, right, kept, gone = found
    told = [Succession(kept, kept), Succession(gone, kept)]

    there = changes_between(left, right, successions=told)
    back = changes_between(right, left, successions=told)

    assert [c.sort for c in there if c.kind == "step" and not c.path] == [Sort.MERGED]
    assert [c.sort for c in back if c.kind == "step" and not c.path] == [Sort.SPLIT]
    assert as_file(applied(left, there)) == as_file(right)
    assert as_file(applied(right, back)) == as_file(left)


@slow
@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_split_that_was_taken_back_is_no_difference(seed: int) -> None:
    left, _, split = split_by_chance(seed)
    told = [Succession(split.step, split.step, 0.4), Succession(split.step, split.new, 0.6)]

    assert changes_between(left, left, successions=told) == []


@pytest.mark.parametrize(
    ("goes", "lies"),
    [
        ({}, {"I book": ("Pick a slot", "new"), "mood": ("Pay", "Pay"), "contact": "Pay"}),
        (
            {"I book": Goes.LEFT, "mood": Goes.RIGHT, "contact": Goes.RIGHT},
            {"I book": ("Pick a slot", "Pay"), "mood": ("new", "new"), "contact": "new"},
        ),
        (
            {"I book": Goes.RIGHT, "mood": Goes.BOTH, "contact": Goes.BOTH},
            {"I book": ("Pick a slot", "new"), "mood": ("Pay", "Pay"), "contact": "Pay"},
        ),
    ],
    ids=["unasked", "apart", "both"],
)
def test_each_thing_goes_where_it_was_asked_to(goes: dict[str, Goes], lies: dict[str, Any]) -> None:
    drawn = Drawn()
    drawn.ids["new"] = UUID(int=99)
    told = {drawn.ids[name]: side for name, side in goes.items()}
    split = Split(drawn.ids["Pay"], drawn.ids["new"], "Get a receipt", told)

    after = done(drawn.state, split_operations(State(drawn.state.values()), split, BATCH))

    names = {str(pk): name for name, pk in drawn.ids.items()}
    found: dict[str, Any] = {
        name: tuple(
            names[str(after[drawn.ids[name]].values[end])] for end in ("step_from", "step_to")
        )
        for name in ("I book", "mood")
    }
    found["contact"] = names[str(after[drawn.ids["contact"]].parent)]
    assert found == lies
    copies = [e for pk, e in after.items() if pk not in drawn.ids.values()]
    wanted = {"card", "contact"} if Goes.BOTH in goes.values() else set()
    assert {e.kind for e in copies} == wanted
    assert names[str(after[drawn.ids["loop"]].values["to_step"])] == "Pay"


def test_a_way_that_led_away_leads_away_from_the_later_part() -> None:
    drawn = Drawn()
    split = Split(drawn.ids["Wait"], UUID(int=99), "Sign", {})

    after = done(drawn.state, split_operations(State(drawn.state.values()), split, BATCH))

    assert after[drawn.ids["loop"]].values["from_step"] == str(UUID(int=99))


def test_a_card_of_a_locked_lane_is_not_asked_about() -> None:
    drawn = Drawn()
    drawn["Does"].values["is_locked"] = True

    found = lying_at(State(drawn.state.values()), drawn.ids["Pay"])

    assert [one.id for one in found] == [drawn.ids["mood"], drawn.ids["contact"]]
    assert [usually(one, drawn.ids["Pay"]) for one in found] == [Goes.LEFT, Goes.LEFT]


def test_what_two_joined_steps_both_have_is_there_once() -> None:
    drawn = Drawn()
    drawn.put_card("worse", "Feels", "Wait", value=-1)
    drawn.put("again", "contact", "Wait", touchpoint=COUNTER, role="secondary")
    drawn.put("other", "contact", "Wait", touchpoint=str(UUID(int=9)), role="primary")
    drawn["Pay"].values |= {"description": "At the till", "expected_duration": "PT5M"}
    drawn["Wait"].values |= {"description": "In the rain", "expected_duration": "PT10M"}
    kept, gone = drawn.ids["Pay"], drawn.ids["Wait"]

    after = done(drawn.state, merge_operations(State(drawn.state.values()), kept, gone, BATCH))

    there = {name: is_there(after, drawn.ids[name]) for name in ("mood", "worse", "again", "other")}
    assert there == {"mood": True, "worse": False, "again": False, "other": True}
    assert after[drawn.ids["other"]].values["role"] == "secondary"
    assert after[kept].values["description"] == "At the till\n\nIn the rain"
    assert after[kept].values["expected_duration"] == "PT900S"
    assert is_there(after, drawn.ids["loop"])
