"""Keeping a map whole when only some changes of another come into it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxm.kernel.operations.state import State, as_id, is_there
from journeys.rules.changes import Change, Sort
from journeys.rules.laws import steps_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element
    from journeys.rules.changes import Place
    from journeys.rules.pairing import Side


def with_steps_there(taken: Sequence[Change], here: Side, theirs: Side) -> list[Change]:
    """Keep of *taken* what has a place: cards at steps that will be there, ways between such.

    A card over several steps covers those that will be there.
    """
    steps = {pk for pk, e in here.there.items() if e.kind == "step"}
    steps |= {leaf.lineage for leaf in taken if (leaf.kind, leaf.sort) == ("step", Sort.ADDED)}
    steps -= {leaf.lineage for leaf in taken if (leaf.kind, leaf.sort) == ("step", Sort.REMOVED)}
    order = [step for stage in theirs.siblings("stage") for step in theirs.siblings("step", stage)]
    places = {pk: number for number, pk in enumerate(order)}
    lying = [_lying(leaf, steps, order, places) for leaf in taken]
    return [leaf for leaf in lying if leaf is not None]


def _lying(
    leaf: Change, steps: set[UUID], order: Sequence[UUID], places: dict[UUID, int]
) -> Change | None:
    if leaf.kind == "flow":
        return leaf if _ends_there(leaf, steps) else None
    if leaf.kind in ("contact", "nested", "role") and leaf.now:
        return leaf if leaf.now.inside in steps else None
    if leaf.path == ("step_to",):
        return leaf if as_id(leaf.after) in steps else None
    if leaf.kind != "card" or leaf.now is None:
        return leaf
    covered = [pk for pk in _covered(leaf.now, order, places) if pk in steps]
    if not covered:
        return None
    return replace(leaf, now=replace(leaf.now, step_from=covered[0], step_to=covered[-1]))


def _covered(place: Place, order: Sequence[UUID], places: dict[UUID, int]) -> Sequence[UUID]:
    if place.step_from not in places or place.step_to not in places:
        return [pk for pk in (place.step_from, place.step_to) if pk]
    return order[places[place.step_from] : places[place.step_to] + 1]


def _ends_there(leaf: Change, steps: set[UUID]) -> bool:
    if leaf.sort is Sort.ADDED and isinstance(leaf.after, dict):
        return {as_id(leaf.after["from_step"]), as_id(leaf.after["to_step"])} <= steps
    if leaf.path in (("from_step",), ("to_step",)):
        return as_id(leaf.after) in steps
    return True


def mended(state: State) -> State:
    """Give the map *state* so that cards and ways lie between steps, and no stage is empty.

    Cards end where they begin if their last step comes before their first, or is gone; without
    their first step they, and ways without an end, are deleted. The state given stays as it is.
    """
    found = dict(state)
    places = {step.id: number for number, step in enumerate(steps_in_order(state))}
    held = {step.parent for step in steps_in_order(state)}
    for element in _there(state):
        if element.kind == "card":
            found[element.id] = _card(element, places)
        elif _is_idle(element, held, places):
            found[element.id] = replace(element, is_deleted=True)
    return State(found.values())


def _there(state: State) -> Iterable[Element]:
    return [element for element in state.values() if is_there(state, element.id)]


def _is_idle(element: Element, held: set[UUID | None], places: dict[UUID, int]) -> bool:
    """Whether it is a stage without steps, or a way that does not lead anywhere."""
    if element.kind == "stage":
        return element.id not in held
    ends = ("from_step", "to_step") if element.kind == "flow" else ()
    return any(as_id(element.values[name]) not in places for name in ends)


def _card(card: Element, places: dict[UUID, int]) -> Element:
    first, last = (as_id(card.values[name]) for name in ("step_from", "step_to"))
    if first not in places and last not in places:
        return replace(card, is_deleted=True)
    begin = first if first in places else last
    end = last if last in places else first
    assert begin is not None and end is not None  # noqa: S101, PT018 - one of them is there
    if places[end] < places[begin]:
        end = begin
    if (begin, end) == (first, last):
        return card
    values = {**card.values, "step_from": str(begin), "step_to": str(end)}
    return replace(card, values=values)
