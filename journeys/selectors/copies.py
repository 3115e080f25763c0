"""What elements of a map are made of, so that they can be made again there or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.state import children_by_parent
from journeys.rules.laws import steps_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cxm.kernel.operations.state import Element, State

_OF_STEP = ("contact", "role", "nested")
_COPIED = frozenset({"stage", "step", "lane", "card", *_OF_STEP})
# What comes with an element; cards that lie at one step alone are told as "at" it.
_HELD = {"stage": ("step",), "step": (*_OF_STEP, "at"), "lane": ("card",)}


def copies(state: State, wanted: Iterable[UUID]) -> list[dict[str, Any]]:
    """Tell what *wanted* elements are made of, with what lies in them, in the order to make them.

    A stage comes with its steps, a step with its touchpoints, parts and journeys and with the
    cards that lie at it alone, a lane with its cards. Each is `{kind, lineage, parent, values}`,
    cards with `numbers` as well: of their first and last step, from 0. What was deleted or may
    not be copied is left out; nothing comes twice.
    """
    places = {step.id: number for number, step in enumerate(steps_in_order(state))}
    inside = children_by_parent(state)
    inside |= {(step, "at"): cards for step, cards in _cards_at_one_step(state, places).items()}
    found: dict[UUID, Element] = {}
    for lineage in wanted:
        element = state.get(lineage)
        if element and element.kind in _COPIED and not element.is_deleted:
            found |= {one.id: one for one in _with_inside(inside, element)}
    return [_told(one, places) for one in _makeable(found.values())]


def _with_inside(
    inside: Mapping[tuple[Any, str], list[Element]], element: Element
) -> Iterator[Element]:
    yield element
    for kind in _HELD.get(element.kind, ()):
        for one in inside.get((element.id, kind), []):
            yield from _with_inside(inside, one)


def _cards_at_one_step(state: State, places: dict[UUID, int]) -> dict[UUID, list[Element]]:
    found: dict[UUID, list[Element]] = {}
    for card in state.values():
        if card.kind == "card" and not card.is_deleted:
            first, last = (UUID(str(card.values[n])) for n in ("step_from", "step_to"))
            if first == last and first in places:
                found.setdefault(first, []).append(card)
    for cards in found.values():
        cards.sort(key=lambda card: (card.ord, card.id))
    return found


def _makeable(elements: Iterable[Element]) -> list[Element]:
    """Put what others lie in first, and cards, which refer to steps, last."""
    order = {"stage": 0, "step": 1, "lane": 2, "card": 4}
    return sorted(elements, key=lambda one: order.get(one.kind, 3))


def _told(element: Element, places: dict[UUID, int]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": element.kind,
        "lineage": str(element.id),
        "parent": str(element.parent),
        "values": element.values,
    }
    if element.kind == "card":
        ends = (UUID(str(element.values[name])) for name in ("step_from", "step_to"))
        told["numbers"] = [places.get(step, 0) for step in ends]
    return told
