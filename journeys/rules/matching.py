"""Pairing two maps that were drawn apart: which element of the one is which of the other."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import State, as_id
from journeys.rules.pairing import side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element

# What people are asked about; cards and ways follow from it.
ASKED = ("stage", "step", "lane")
_ENDS = ("step_from", "step_to", "from_step", "to_step")
_NUMBER = re.compile(r"-[0-9]+$")


def in_order(state: Mapping[UUID, Element], kind: str) -> Sequence[Element]:
    """List the stages, steps or lanes of a map, in order."""
    side = side_of(state)
    if kind != "step":
        return [side.there[pk] for pk in side.siblings(kind)]
    stages = side.siblings("stage")
    return [side.there[pk] for stage in stages for pk in side.siblings("step", stage)]


def suggested(
    theirs: Mapping[UUID, Element], ours: Mapping[UUID, Element], keys: Mapping[UUID, str]
) -> dict[UUID, UUID]:
    """Pair stages, steps and lanes of *theirs* with those of *ours*: by key, then by title.

    *keys* are those of lineages. Within a journey no two are the same, so that what is left then is
    paired by key without the number that tells it apart. Each is paired once, the first of several;
    lanes with lanes of their kind.
    """

    def key_of(element: Element) -> object:
        return keys.get(element.id)

    def root_of(element: Element) -> object:
        return _NUMBER.sub("", keys.get(element.id, "")) or None

    def title_of(element: Element) -> object:
        return " ".join(str(element.values["title"]).casefold().split()) or None

    found: dict[UUID, UUID] = {}
    for kind in ASKED:
        for name_of in (key_of, title_of, root_of):
            found |= _paired(in_order(theirs, kind), in_order(ours, kind), name_of, found)
    return found


def _paired(
    theirs: Sequence[Element],
    ours: Sequence[Element],
    name_of: Callable[[Element], object],
    known: Mapping[UUID, UUID],
) -> dict[UUID, UUID]:
    used = set(known.values())
    free: dict[object, list[UUID]] = {}
    for one in ours:
        if one.id not in used:
            free.setdefault((name_of(one), one.values.get("kind")), []).append(one.id)
    found: dict[UUID, UUID] = {}
    for one in theirs:
        name = name_of(one)
        waiting = free.get((name, one.values.get("kind")))
        if one.id not in known and name is not None and waiting:
            found[one.id] = waiting.pop(0)
    return found


def with_what_follows(
    theirs: Mapping[UUID, Element], ours: Mapping[UUID, Element], pairs: Mapping[UUID, UUID]
) -> dict[UUID, UUID]:
    """Add to *pairs* the cards and ways that are the same then.

    Cards with the same words at a paired step in a paired lane, and ways of a kind between paired
    steps.
    """
    found = dict(pairs)
    waiting: dict[tuple[Any, ...], list[UUID]] = {}
    for element, name in _named(ours, {}):
        waiting.setdefault(name, []).append(element.id)
    for element, name in _named(theirs, pairs):
        if waiting.get(name):
            found[element.id] = waiting[name].pop(0)
    return found


def _named(
    state: Mapping[UUID, Element], pairs: Mapping[UUID, UUID]
) -> Iterator[tuple[Element, tuple[Any, ...]]]:
    """Give cards and ways with what they are known by, under the ids of the other map."""

    def paired(pk: UUID | None) -> UUID | None:
        return pairs.get(pk, pk) if pk else None

    for element in sorted(side_of(state).there.values(), key=lambda e: (e.ord, e.id)):
        values = element.values
        if element.kind == "card":
            step, words = as_id(values["step_from"]), (values["text"], values["persona"])
            yield element, ("card", paired(element.parent), paired(step), *words)
        elif element.kind == "flow":
            ends = (paired(as_id(values["from_step"])), paired(as_id(values["to_step"])))
            yield element, ("flow", *ends, values["kind"])


def renamed(state: Mapping[UUID, Element], pairs: Mapping[UUID, UUID]) -> State:
    """Give a map whose elements go by other ids, and refer to each other by these."""
    texts = {str(old): str(new) for old, new in pairs.items()}

    def told(element: Element) -> Element:
        values = dict(element.values)
        for name in _ENDS:
            if values.get(name) is not None:
                values[name] = texts.get(str(values[name]), values[name])
        parent = pairs.get(element.parent, element.parent) if element.parent else None
        own = pairs.get(element.id, element.id)
        return replace(element, id=own, parent=parent, values=values)

    return State(told(element) for element in state.values())
