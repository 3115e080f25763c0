"""What differs between two maps, or between two moments of one.

As in the specification of journeys, 5.2: elements are paired by lineage, moves are what lies
outside of a longest rising row, fields are compared one by one and settings by path, and the
answer stands in the order of the right map. O(n log n) in the number of elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import as_id
from journeys.rules.changes import LIBRARY, Change, Place, Sort
from journeys.rules.folding import Succession, folded
from journeys.rules.pairing import Pair, side_of, staying
from journeys.rules.shapes import MAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element
    from journeys.rules.pairing import ListKey, Side

# Which map it is, is no difference between maps; and where a card lies is told as a move.
_NOT_COMPARED = {
    "map": {"journey", "number", "archived_at"},
    "card": {"step_from", "step_to"},
}
COMPARED = {
    kind: tuple(f.name for f in shape.fields if f.name not in _NOT_COMPARED.get(kind, ()))
    for kind, shape in MAP.elements.items()
}
# What an element was told before there was a field says nothing of it: it was empty.
_EMPTY = {kind: {f.name: f.default for f in shape.fields} for kind, shape in MAP.elements.items()}


def changes_between(
    left: Mapping[UUID, Element],
    right: Mapping[UUID, Element],
    *,
    successions: Sequence[Succession] = (),
    titles: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> list[Change]:
    """List what makes of map *left* the map *right*, in the order of the right one.

    Each state is a whole map; elements are paired by their ids, links that were drawn apart by
    what they link. *successions* tell of steps that were split and merged. *titles* are those of
    what the maps refer to, by id, at either moment: one that changed is told once, as a change
    of the library. Equal maps give an empty list, whatever the order of the rows.
    """
    pair = Pair(side_of(left), side_of(right))
    leaves = [*_whole(pair), *_gone(pair), *_new(pair), *_kept(pair)]
    return folded(pair, leaves, successions) + _library(left, right, *titles)


def _whole(pair: Pair) -> Iterator[Change]:
    ids = tuple(dict.fromkeys((pair.right.root.id, pair.left.root.id)))
    for path, before, after in field_changes(pair.left.root, pair.right.root):
        yield Change(Sort.CHANGED, "map", ids, path, before, after)


def _gone(pair: Pair) -> Iterator[Change]:
    for pk, element in pair.left.there.items():
        if pair.on_right(pk) is None:
            yield Change(
                Sort.REMOVED,
                element.kind,
                (pk,),
                before=dict(element.values),
                was=place_of(pair, pair.left, element),
                **_where(pair.left, element),
            )


def _new(pair: Pair) -> Iterator[Change]:
    for pk, element in pair.right.there.items():
        if pair.on_left(pk) is None:
            yield Change(
                Sort.ADDED,
                element.kind,
                (pk,),
                after=dict(element.values),
                now=place_of(pair, pair.right, element),
                **_where(pair.right, element),
            )


def _kept(pair: Pair) -> Iterator[Change]:
    """Compare what is in both: places list by list, then values."""
    for key, siblings in pair.right.lists.items():
        stay = _staying(pair, key, siblings)
        for pk in siblings:
            after = pair.right.there[pk]
            before = pair.on_left(pk)
            if before is None:
                continue
            where, ids = _where(pair.right, after), pair.names(pk)
            if pk not in stay:
                was, now = place_of(pair, pair.left, before), place_of(pair, pair.right, after)
                yield Change(Sort.MOVED, after.kind, ids, was=was, now=now, **where)
            elif after.kind == "card" and before.values["step_to"] != after.values["step_to"]:
                ends = (before.values["step_to"], after.values["step_to"])
                yield Change(Sort.CHANGED, "card", ids, ("step_to",), *ends, **where)
            for path, old, new in field_changes(before, after):
                yield Change(Sort.CHANGED, after.kind, ids, path, old, new, **where)


def _staying(pair: Pair, key: ListKey, siblings: Sequence[UUID]) -> set[UUID]:
    """Find which siblings stand among each other as they did; the others were moved."""
    common = []
    for pk in siblings:
        before = pair.on_left(pk)
        if before is not None and pair.left.list_of(before) == key:
            common.append((pk, pair.left.places[before.id]))
    stay = staying([place for _, place in common])
    return {common[number][0] for number in stay}


def field_changes(before: Element, after: Element) -> Iterator[tuple[tuple[str, ...], JSON, JSON]]:
    """Give path, old and new value of what was set in an element; settings key by key."""
    if before.values == after.values:
        return
    for name in COMPARED[after.kind]:
        empty = _EMPTY[after.kind][name]
        old, new = before.values.get(name, empty), after.values.get(name, empty)
        if old != new:
            yield from _by_path((name,), old, new)


def _by_path(
    path: tuple[str, ...], old: JSON, new: JSON
) -> Iterator[tuple[tuple[str, ...], JSON, JSON]]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        # A setting that is null is one that is not set.
        if old != new:
            yield path, old, new
        return
    for name in sorted(old.keys() | new.keys()):
        yield from _by_path((*path, name), old.get(name), new.get(name))


def place_of(pair: Pair, side: Side, element: Element) -> Place:
    """Give where *element* of one of the two maps lies."""
    inside = None if element.parent == side.root.id else element.parent
    after = pair.names(side.before(element.id))
    if element.kind != "card":
        return Place(inside, after)
    return Place(
        inside, after, as_id(element.values["step_from"]), as_id(element.values["step_to"])
    )


def _where(side: Side, element: Element) -> dict[str, Any]:
    """Say at which stage and step, and in which lane, people look for an element."""
    match element.kind:
        case "stage":
            return {"stage": element.id}
        case "step":
            return {"stage": element.parent, "step": element.id}
        case "contact" | "nested" | "role":
            step = element.parent
        case "card":
            step = as_id(element.values["step_from"])
        case "flow":
            step = as_id(element.values["from_step"])
        case "lane":
            return {"lane": element.id}
        case _:
            return {}
    found = side.there.get(step) if step else None
    lane = element.parent if element.kind == "card" else None
    return {"stage": found.parent if found else None, "step": step, "lane": lane}


def _library(
    left: Mapping[UUID, Element],
    right: Mapping[UUID, Element],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> list[Change]:
    """Tell of titles that changed of what both maps refer to, by title."""
    changed = {pk for pk in before.keys() & after.keys() if before[pk] != after[pk]}
    used = changed and _referred_to(left) & _referred_to(right) & changed
    found = [as_id(pk) for pk in sorted(used, key=lambda pk: (after[pk], pk))]
    return [
        Change(Sort.CHANGED, LIBRARY, (pk,), ("title",), before[str(pk)], after[str(pk)])
        for pk in found
        if pk
    ]


_REFERENCES = {
    kind: tuple(f.name for f in shape.fields if f.refers_to) for kind, shape in MAP.elements.items()
}


def _referred_to(state: Mapping[UUID, Element]) -> set[str]:
    return {
        str(value)
        for element in state.values()
        if not element.is_deleted
        for name in _REFERENCES[element.kind]
        if (value := element.values.get(name)) is not None
    }
