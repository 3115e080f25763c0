"""The laws of maps written down once more: slowly, and over all of a map."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import as_id, children_by_parent, is_there
from journeys.rules import laws
from journeys.rules.kinds import CARDED
from journeys.rules.lane_configs import MOST_IN_A_CELL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

type Elements = list[Element]


def is_lawful(state: State, done: Sequence[Operation]) -> bool:
    """Say whether a map may be as it is after *done*."""
    there: dict[str, Elements] = {}
    for element in state.values():
        if is_there(state, element.id):
            there.setdefault(element.kind, []).append(element)
    steps = [str(step.id) for step in laws.steps_in_order(state)]
    rules = (_of_columns, _of_cards, _of_flows, _of_steps, _of_cast)
    touched = {state[one.lineage].parent for one in done if one.kind == "card"}
    moved = [one.before for one in done if one.kind == "card" and one.deed == "move"]
    left = {as_id(before["parent"]) for before in moved if isinstance(before, dict)}
    is_held = all(_holds(state, lane) for lane in touched)
    is_held &= not any(state[lane].values["is_locked"] for lane in left if lane)
    return is_held and not any(fault for rule in rules for fault in rule(state, there, steps))


def _holds(state: State, lane: UUID | None) -> bool:
    values = state[lane].values if lane else {}
    return values.get("kind") in CARDED and not values.get("is_locked")


def _of_columns(state: State, _there: dict[str, Elements], steps: list[str]) -> Iterator[bool]:
    inside = children_by_parent(state)
    root = next(iter(state))
    yield len(steps) > laws.MOST_STEPS
    yield any(not inside.get((stage.id, "step")) for stage in inside.get((root, "stage"), []))


def _of_cards(state: State, there: dict[str, Elements], steps: list[str]) -> Iterator[bool]:
    cards = there.get("card", [])
    yield len(cards) > laws.MOST_CARDS
    yield any(_is_astray(card, steps, "step_from", "step_to") for card in cards)
    yield any(_at(card, steps)[0] > _at(card, steps)[1] for card in cards)
    yield _most(_told(cards, "step_from")) > MOST_IN_A_CELL
    felt = [e for e in cards if e.parent and state[e.parent].values["kind"] == "emotion"]
    yield _most(_told(felt, "step_from", "persona")) > 1
    yield any(not _is_felt(card.values) for card in felt)


def _of_flows(_state: State, there: dict[str, Elements], steps: list[str]) -> Iterator[bool]:
    flows = there.get("flow", [])
    yield any(_is_astray(flow, steps, "from_step", "to_step") for flow in flows)
    yield any(
        f.values["from_step"] == f.values["to_step"] and f.values["kind"] != "loop" for f in flows
    )


def _of_steps(_state: State, there: dict[str, Elements], _steps: list[str]) -> Iterator[bool]:
    contacts, roles = there.get("contact", []), there.get("role", [])
    yield _most(_told(contacts, "touchpoint")) > 1
    yield _most(e.parent for e in contacts if e.values["role"] == "primary") > 1
    yield _most(_told(roles, "stakeholder", "role")) > 1
    yield _most(e.parent for e in roles if e.values["role"] == "A") > 1
    yield _most(_told(there.get("nested", []), "journey")) > 1


def _of_cast(_state: State, there: dict[str, Elements], _steps: list[str]) -> Iterator[bool]:
    cast = there.get("cast", [])
    yield _most(_told(cast, "persona")) > 1
    yield bool(cast) and [e.values["is_main"] for e in cast].count(True) != 1


def _is_astray(element: Element, steps: list[str], *names: str) -> bool:
    return any(element.values[name] not in steps for name in names)


def _at(card: Element, steps: list[str]) -> tuple[int, int]:
    first, last = (str(card.values[name]) for name in ("step_from", "step_to"))
    if first not in steps or last not in steps:
        return 0, 0
    return steps.index(first), steps.index(last)


def _is_felt(values: Any) -> bool:
    value = values["value"]
    is_in_tenths = value is not None and abs(value * 10 - round(value * 10)) < 1e-9
    return is_in_tenths and -2 <= value <= 2 and values["step_from"] == values["step_to"]


def _told(elements: Iterable[Element], *names: str) -> Iterator[tuple[Any, ...]]:
    return ((e.parent, *(e.values[name] for name in names)) for e in elements)


def _most(told: Iterable[Any]) -> int:
    return max(Counter(told).values(), default=0)
