"""What must hold in a map as a whole, whoever did what to it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.state import as_id, children_by_parent, is_there
from journeys.rules.kinds import (
    CARDED,
    HIGHEST_EMOTION,
    LOWEST_EMOTION,
    ContactRole,
    FlowKind,
    LaneKind,
    StepRoleKind,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

MOST_STEPS = 300
MOST_CARDS = 20_000
MOST_IN_A_CELL = 60
TENTHS = 10


def map_law(state: State, done: Sequence[Operation], _tenant: Any) -> None:
    """Refuse what no map may be. Raises RefusedError.

    Looks at the map as it would be after *done*: a stage holds a step, cards and ways lie between
    steps that are there, emotions are one for each persona and step, of each step one touchpoint
    comes first and one stakeholder is accountable, of the personas one is the main one.
    """
    alive = [e for e in state.values() if is_there(state, e.id)]
    by_kind: dict[str, list[Element]] = {}
    for element in alive:
        by_kind.setdefault(element.kind, []).append(element)
    steps = steps_in_order(state)
    _check_size(by_kind, len(steps))
    _check_stages(by_kind.get("stage", []), {_parent(step) for step in steps})
    places = {step.id: number for number, step in enumerate(steps)}
    _check_cards(state, by_kind.get("card", []), places)
    _check_flows(by_kind.get("flow", []), places)
    _check_contacts(by_kind.get("contact", []))
    _check_roles(by_kind.get("role", []))
    _check_once(by_kind.get("nested", []), "journey", "This journey is inside the step already.")
    _check_cast(by_kind.get("cast", []))
    _check_lanes(state, done)


def steps_in_order(state: State) -> list[Element]:
    """List the steps of a map from the first to the last, stage by stage."""
    root = next(e for e in state.values() if e.kind == "map")
    inside = children_by_parent(state)
    stages = inside.get((root.id, "stage"), [])
    return [step for stage in stages for step in inside.get((stage.id, "step"), [])]


def _check_size(by_kind: dict[str, list[Element]], steps: int) -> None:
    if steps > MOST_STEPS:
        message = f"A map holds up to {MOST_STEPS} steps."
        raise RefusedError(message, field="parent")
    if len(by_kind.get("card", [])) > MOST_CARDS:
        message = f"A map holds up to {MOST_CARDS:,} cards."
        raise RefusedError(message, field="parent")


def _check_stages(stages: Iterable[Element], held: Collection[UUID]) -> None:
    for stage in stages:
        if stage.id not in held:
            title = stage.values["title"]
            message = f"“{title}” would hold no step. Remove the stage, or leave it one."
            raise RefusedError(message, field="stage")


def _check_cards(state: State, cards: Sequence[Element], places: dict[UUID, int]) -> None:
    cells: Counter[tuple[UUID, UUID]] = Counter()
    emotions: Counter[tuple[Any, ...]] = Counter()
    for card in cards:
        lane = state[_parent(card)]
        first, last = (_place(card, name, places) for name in ("step_from", "step_to"))
        if first > last:
            message = "The last step of a card does not come before its first."
            raise RefusedError(message, field="step_to")
        cells[lane.id, _id(card, "step_from")] += 1
        if lane.values["kind"] == LaneKind.EMOTION:
            _check_emotion(card)
            emotions[lane.id, card.values["step_from"], card.values["persona"]] += 1
    if any(count > MOST_IN_A_CELL for count in cells.values()):
        message = f"A cell holds up to {MOST_IN_A_CELL} cards."
        raise RefusedError(message, field="parent")
    if any(count > 1 for count in emotions.values()):
        message = "There is a value for this step and persona already: change that one."
        raise RefusedError(message, field="step_from")


def _check_emotion(card: Element) -> None:
    value: Any = card.values["value"]
    if value is None or not LOWEST_EMOTION <= value <= HIGHEST_EMOTION:
        message = "An emotion lies between -2 and +2."
        raise RefusedError(message, field="value")
    if abs(value * TENTHS - round(value * TENTHS)) > 1e-9:  # noqa: PLR2004 - of binary fractions
        message = "An emotion is told in tenths."
        raise RefusedError(message, field="value")
    if card.values["step_from"] != card.values["step_to"]:
        message = "An emotion belongs to one step."
        raise RefusedError(message, field="step_to")


def _check_flows(flows: Iterable[Element], places: dict[UUID, int]) -> None:
    for flow in flows:
        ends = [_place(flow, name, places) for name in ("from_step", "to_step")]
        if ends[0] == ends[1] and flow.values["kind"] != FlowKind.LOOP:
            message = "Only a loop leads back to the step that it comes from."
            raise RefusedError(message, field="to_step")


def _check_contacts(contacts: Sequence[Element]) -> None:
    _check_once(contacts, "touchpoint", "This touchpoint is at the step already.")
    firsts = Counter(c.parent for c in contacts if c.values["role"] == ContactRole.PRIMARY)
    if any(count > 1 for count in firsts.values()):
        message = "One touchpoint of a step comes first: make the other a second one."
        raise RefusedError(message, field="role")


def _check_roles(roles: Sequence[Element]) -> None:
    told = Counter((r.parent, r.values["stakeholder"], r.values["role"]) for r in roles)
    if any(count > 1 for count in told.values()):
        message = "This stakeholder has that part in the step already."
        raise RefusedError(message, field="role")
    accountable = Counter(
        r.parent for r in roles if r.values["role"] == StepRoleKind.ACCOUNTABLE.value
    )
    if any(count > 1 for count in accountable.values()):
        message = "One stakeholder is accountable for a step."
        raise RefusedError(message, field="role")


def _check_cast(cast: Sequence[Element]) -> None:
    _check_once(cast, "persona", "This persona is on the map already.")
    mains = sum(bool(one.values["is_main"]) for one in cast)
    if cast and mains != 1:
        message = "One persona of a map is the main one."
        raise RefusedError(message, field="is_main")


def _check_lanes(state: State, done: Sequence[Operation]) -> None:
    """Refuse cards in lanes that hold none, and work on those that are locked."""
    for operation in done:
        element = state[operation.lineage]
        if element.kind != "card":
            continue
        lane = state[_parent(element)]
        if lane.values["kind"] not in CARDED:
            message = "This lane shows what stands elsewhere; it holds no cards."
            raise RefusedError(message, field="parent")
        if lane.values["is_locked"]:
            message = f"The lane “{lane.values['title']}” is locked."
            raise RefusedError(message, field="parent")


def _check_once(elements: Iterable[Element], name: str, words: str) -> None:
    told = Counter((e.parent, e.values[name]) for e in elements)
    if any(count > 1 for count in told.values()):
        raise RefusedError(words, field=name)


def _place(element: Element, name: str, places: dict[UUID, int]) -> int:
    place = places.get(_id(element, name))
    if place is None:
        message = "Name a step of this map."
        raise RefusedError(message, field=name)
    return place


def _id(element: Element, name: str) -> UUID:
    found = as_id(element.values[name])
    assert found is not None  # noqa: S101 - the shape says so
    return found


def _parent(element: Element) -> UUID:
    assert element.parent is not None  # noqa: S101 - the shape says so
    return element.parent
