"""Maps kept whole: how they are written down, and which go when there are too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.state import Element, State
from journeys.rules.reviews import SnapshotTrigger
from journeys.rules.shapes import MAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EVERY = 500
MOST = 200
# How a map is written down; what another version wrote is not read.
VERSION = 2
# What people made themselves, or decided, stays; of the rest these go first.
_KEPT = frozenset({SnapshotTrigger.MANUAL, SnapshotTrigger.PUBLISH})
_LIBRARY = ("insight", "opportunity", "solution", "goal")


@dataclass(frozen=True, slots=True)
class Mark:
    """A snapshot as far as thinning looks at it."""

    id: UUID
    seq: int
    trigger: SnapshotTrigger


def is_due(before: int, after: int) -> bool:
    """Whether the operations from number *before* to *after* went over a multiple of 500."""
    return before // EVERY != after // EVERY


def packed(state: State, titles: Mapping[str, str]) -> dict[str, Any]:
    """Write a map down: its elements, and by id the *titles* of the library items on it.

    Of an element, what is as it would be anyway is left out; evidence is no part of a map.
    """
    return {"elements": [_line(one) for one in state.values()], "titles": dict(titles)}


def unpacked(document: Mapping[str, Any]) -> State:
    """Read a map that `packed` wrote."""
    return State(_element(line) for line in document["elements"])


def library_ids(state: State) -> dict[str, set[str]]:
    """List the items of the library that the cards of a map show, by their kind."""
    found: dict[str, set[str]] = {}
    for card in state.of_kind("card"):
        for kind in _LIBRARY:
            if pk := card.values.get(kind):
                found.setdefault(kind, set()).add(str(pk))
    return found


def thinned(marks: Sequence[Mark], most: int = MOST) -> list[UUID]:
    """Choose what goes so that at most *most* are left, where automatic ones can go.

    *marks* are in the order of their numbers. Each time that one goes which leaves the smallest
    gap between its neighbours, the oldest of such; the last of all stays.
    """
    left, gone = list(marks), []
    while len(left) > most:
        places = [n for n, one in enumerate(left[:-1]) if one.trigger not in _KEPT]
        if not places:
            break
        place = min(places, key=lambda n: left[n + 1].seq - (left[n - 1].seq if n else 0))
        gone.append(left.pop(place).id)
    return gone


def _line(element: Element) -> dict[str, Any]:
    defaults = _DEFAULTS[element.kind]
    line: dict[str, Any] = {
        "id": str(element.id),
        "kind": element.kind,
        "values": {n: v for n, v in element.values.items() if v != defaults.get(n)},
        "revs": element.revs,
    }
    if element.parent:
        line |= {"parent": str(element.parent), "ord": element.ord}
    return line | ({"is_deleted": True} if element.is_deleted else {})


def _element(line: Mapping[str, Any]) -> Element:
    parent = line.get("parent")
    return Element(
        UUID(line["id"]),
        line["kind"],
        {**_DEFAULTS[line["kind"]], **line["values"]},
        UUID(parent) if parent else None,
        line.get("ord", ""),
        line.get("is_deleted", False),
        line["revs"],
    )


_DEFAULTS: dict[str, dict[str, Any]] = {
    kind: {one.name: one.default for one in shape.fields} for kind, shape in MAP.elements.items()
}
