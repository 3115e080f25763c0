"""What must hold in a map as a whole, whoever did what to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import Deed, RefusedError
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
from journeys.rules.lane_configs import MOST_IN_A_CELL
from journeys.rules.lane_laws import check_settings, most_in_cell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

MOST_STEPS = 300
MOST_CARDS = 20_000
TENTHS = 10
_COLUMNS = frozenset({"stage", "step"})
_ENDS = ("step_from", "step_to")
# What of a card the laws look at, beside where it lies and whether it is there.
_LAWFUL = frozenset({*_ENDS, "value", "persona"})
_LIVES = frozenset({Deed.CREATE, Deed.RESTORE, Deed.DELETE, Deed.MOVE})


def map_law(state: State, done: Sequence[Operation], _tenant: Any) -> None:
    """Refuse what no map may be. Raises RefusedError.

    Looks at the map as it would be after *done*: a stage holds a step, cards and ways lie between
    steps that are there, emotions are one for each persona and step, of each step one touchpoint
    comes first and one stakeholder is accountable, of the personas one is the main one. The map
    was lawful before, so that only what *done* can have broken is looked at.
    """
    change = _Change.of(state, done)
    if change.columns:
        _check_columns(state)
    _check_cards(state, change)
    if change.columns or "flow" in change.kinds:
        _check_flows(_there(state, "flow"), _places(state))
    if change.is_back or "contact" in change.kinds:
        _check_contacts(_there(state, "contact"))
    if change.is_back or "role" in change.kinds:
        _check_roles(_there(state, "role"))
    if change.is_back or "nested" in change.kinds:
        nested = _there(state, "nested")
        _check_once(nested, "journey", "This journey is inside the step already.")
    if "cast" in change.kinds:
        _check_cast(_there(state, "cast"))
    _check_lanes(state, done)
    check_settings(state, done)


def steps_in_order(state: Mapping[UUID, Element]) -> list[Element]:
    """List the steps of a map from the first to the last, stage by stage."""
    root = next(e for e in state.values() if e.kind == "map")
    inside = children_by_parent(state)
    stages = inside.get((root.id, "stage"), [])
    return [step for stage in stages for step in inside.get((stage.id, "step"), [])]


@dataclass(frozen=True, slots=True)
class _Change:
    """What operations can have broken.

    *kinds* are those of the elements that changed. *columns* are stages and steps that came, went,
    moved or came back; *is_back* tells of the last. *lanes* came back; *cards* came, came back,
    moved, or were set in what the laws look at. *has_more_cards*: perhaps more than before.
    """

    kinds: frozenset[str]
    columns: frozenset[UUID]
    is_back: bool
    lanes: frozenset[UUID]
    cards: frozenset[UUID]
    has_more_cards: bool

    @classmethod
    def of(cls, state: State, done: Sequence[Operation]) -> _Change:
        """Sum up what was *done*; of lanes and cards those that are there now."""
        told = [o for o in done if o.deed is not Deed.REBALANCE]
        columns = [o for o in told if o.kind in _COLUMNS and o.deed in _LIVES]
        lanes = {o.lineage for o in told if o.kind == "lane" and o.deed is Deed.RESTORE}
        cards = [o for o in told if o.kind == "card"]
        came = [o for o in cards if o.deed is Deed.CREATE or _comes_back(state, o)]
        lawful = {o.lineage for o in cards if o.deed in _LIVES or o.field in _LAWFUL}
        return cls(
            kinds=frozenset(o.kind for o in told),
            columns=frozenset(o.lineage for o in columns),
            is_back=any(_comes_back(state, o) for o in columns),
            lanes=frozenset(pk for pk in lanes if is_there(state, pk)),
            cards=frozenset(pk for pk in lawful if is_there(state, pk)),
            has_more_cards=bool(lanes or came),
        )


def _comes_back(state: State, done: Operation) -> bool:
    """Whether an element may be there again: undo moves some out of what was deleted meanwhile."""
    before: Any = done.before
    if done.deed is Deed.MOVE:
        return not is_there(state, as_id(before["parent"]))
    return done.deed is Deed.RESTORE


def _check_columns(state: State) -> None:
    root = _root(state)
    stages = state.children(root.id, "stage")
    if sum(state.count(stage.id, "step") for stage in stages) > MOST_STEPS:
        message = f"A map holds up to {MOST_STEPS} steps."
        raise RefusedError(message, field="parent")
    for stage in stages:
        if not state.count(stage.id, "step"):
            title = stage.values["title"]
            message = f"“{title}” would hold no step. Remove the stage, or leave it one."
            raise RefusedError(message, field="stage")


def _check_cards(state: State, change: _Change) -> None:
    touched = [state[pk] for pk in change.cards]
    touched += [e for e in state.children_in(change.lanes, "card") if e.id not in change.cards]
    at_columns = _at(state, change.columns)
    if touched or at_columns:
        places = _places(state)
        for card in (*touched, *at_columns):
            first, last = (_place(card, name, places) for name in _ENDS)
            if first > last:
                message = "The last step of a card does not come before its first."
                raise RefusedError(message, field="step_to")
    _check_cells(state, touched)
    if change.has_more_cards:
        lanes = state.children(_root(state).id, "lane")
        if sum(state.count(lane.id, "card") for lane in lanes) > MOST_CARDS:
            message = f"A map holds up to {MOST_CARDS:,} cards."
            raise RefusedError(message, field="parent")


def _at(state: State, columns: Collection[UUID]) -> list[Element]:
    """List the cards that begin or end at any of these steps, or the steps of these stages."""
    if not columns:
        return []
    steps = {e.id for e in state.of_kind("step") if e.id in columns or e.parent in columns}
    return [e for e in state.holding("card", _ENDS, steps) if is_there(state, e.id)]


def _check_cells(state: State, touched: Sequence[Element]) -> None:
    """Refuse what cards that were touched make too much of, beside the others of their lanes."""
    lanes = {_parent(card) for card in touched}
    emotional = {pk for pk in lanes if state[pk].values["kind"] == LaneKind.EMOTION}
    for card in touched:
        if card.parent in emotional:
            _check_emotion(card)
    cards = state.children_in(lanes, "card")
    cells = Counter((e.parent, e.values["step_from"]) for e in cards)
    if any(count > MOST_IN_A_CELL for count in cells.values()):
        message = f"A cell holds up to {MOST_IN_A_CELL} cards."
        raise RefusedError(message, field="parent")
    for card in touched:
        lane = state[_parent(card)]
        if cells[(card.parent, card.values["step_from"])] > (most := most_in_cell(lane)):
            message = f"A cell of the lane “{lane.values['title']}” holds up to {most} cards."
            raise RefusedError(message, field="parent")
    felt = (e for e in cards if e.parent in emotional)
    emotions = Counter((e.parent, e.values["step_from"], e.values["persona"]) for e in felt)
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


def _check_flows(flows: Iterable[Element], places: dict[str, int]) -> None:
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
    for lane in {_parent(state[o.lineage]) for o in done if o.kind == "card"}:
        values = state[lane].values
        if values["kind"] not in CARDED:
            message = "This lane shows what stands elsewhere; it holds no cards."
            raise RefusedError(message, field="parent")
        _check_unlocked(values)
    for operation in done:
        if operation.kind == "card" and operation.deed is Deed.MOVE:
            before: Any = operation.before
            lane_before = as_id(before["parent"])
            if lane_before is not None:
                _check_unlocked(state[lane_before].values)


def _check_unlocked(lane: Mapping[str, Any]) -> None:
    if lane["is_locked"]:
        message = f"The lane “{lane['title']}” is locked."
        raise RefusedError(message, field="parent")


def _check_once(elements: Iterable[Element], name: str, words: str) -> None:
    told = Counter((e.parent, e.values[name]) for e in elements)
    if any(count > 1 for count in told.values()):
        raise RefusedError(words, field=name)


def _there(state: State, kind: str) -> list[Element]:
    return [e for e in state.of_kind(kind) if is_there(state, e.id)]


def _root(state: State) -> Element:
    return next(iter(state.of_kind("map")))


def _places(state: State) -> dict[str, int]:
    """Give the places of the steps that are there, by their ids as values hold them.

    As `steps_in_order`, which would read all of a map that is read in part.
    """
    stages = state.children(_root(state).id, "stage")
    steps = state.children_in([stage.id for stage in stages], "step")
    return {str(step.id): number for number, step in enumerate(steps)}


def _place(element: Element, name: str, places: dict[str, int]) -> int:
    place = places.get(str(element.values[name]))
    if place is None:
        message = "Name a step of this map."
        raise RefusedError(message, field=name)
    return place


def _parent(element: Element) -> UUID:
    assert element.parent is not None  # noqa: S101 - the shape says so
    return element.parent
