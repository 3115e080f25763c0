"""The differences of two maps put into each other and in order, as people tell them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxm.kernel.operations.state import as_id
from journeys.rules.changes import Change, Sort
from journeys.rules.pairing import merged
from journeys.rules.shapes import MAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from journeys.rules.pairing import ListKey, Pair

_KINDS = ("map", "cast", "lane", "stage", "step", "contact", "nested", "role", "card", "flow")
_SORTS = (Sort.SPLIT, Sort.MERGED, Sort.REMOVED, Sort.ADDED, Sort.MOVED, Sort.CHANGED)
_HANGING = ("contact", "nested", "role")
_WAYS = (("from_step",), ("to_step",))
_WHOLE = (Sort.ADDED, Sort.REMOVED)


@dataclass(frozen=True, slots=True)
class Succession:
    """A step that was split or merged: *share* of what came to the one comes to the other."""

    from_step: UUID
    to_step: UUID
    share: float = 1.0


def folded(pair: Pair, leaves: Sequence[Change], successions: Sequence[Succession]) -> list[Change]:
    """Put what came with something else under it, and all in the order of the right map.

    What lies in an added or removed element is part of that, cards at an added or removed step,
    and what a removal did to cards that had spanned it. Steps that *successions* name are one
    change, with the cards that went from one to the others.
    """
    order = Order(pair)
    ranked = sorted(leaves, key=order.rank)
    turns = list(_turns(pair, successions))
    whole = {c.lineage: c for c in ranked if c.sort in _WHOLE}
    under: dict[str, list[Change]] = {}
    top: list[Change] = []
    for change in ranked:
        above = _above(change, whole, turns)
        if above is None:
            top.append(change)
        else:
            under.setdefault(above.key, []).append(change)
    top += [turn for turn in turns if turn.key in under]
    return [_filled(change, under) for change in sorted(top, key=order.rank)]


def _filled(change: Change, under: Mapping[str, list[Change]]) -> Change:
    parts = under.get(change.key) if change.sort in (*_WHOLE, Sort.SPLIT, Sort.MERGED) else None
    return replace(change, inside=tuple(_filled(c, under) for c in parts)) if parts else change


def _above(change: Change, whole: Mapping[UUID, Change], turns: Sequence[Change]) -> Change | None:
    """Find the change that *change* came with."""
    for turn in turns:
        if _belongs(change, turn):
            return turn
    if change.sort in _WHOLE:
        found = (whole.get(pk) for pk in _outer(change))
        return next((one for one in found if one and one.sort is change.sort), None)
    gone = (whole.get(pk) for pk in _left_steps(change))
    return next((one for one in gone if one and one.sort is Sort.REMOVED), None)


def _outer(change: Change) -> Iterator[UUID]:
    """Name what an added or removed element lies in or hangs on, the nearest first."""
    place = change.now or change.was
    if place is None:
        return
    ends = [place.inside, place.step_from, place.step_to]
    if change.kind == "flow":
        values = change.after or change.before
        told = values if isinstance(values, dict) else {}
        ends += [as_id(told["from_step"]), as_id(told["to_step"])]
    yield from (pk for pk in ends if pk)


def _left_steps(change: Change) -> Iterator[UUID]:
    """Name the steps that a card no longer begins or ends at, while it stays in its lane."""
    if change.kind != "card":
        return
    if change.path == ("step_to",):
        yield from (pk for pk in [as_id(change.before)] if pk)
    elif change.was and change.now and change.was.inside == change.now.inside:
        pairs = [
            (change.was.step_from, change.now.step_from),
            (change.was.step_to, change.now.step_to),
        ]
        yield from (old for old, new in pairs if old and old != new)


def _turns(pair: Pair, successions: Iterable[Succession]) -> Iterator[Change]:
    """Give a change for each step that was split, and each into which others were merged."""
    onward: dict[UUID, list[UUID]] = {}
    back: dict[UUID, list[UUID]] = {}
    for one in sorted(successions, key=lambda s: (-s.share, s.from_step, s.to_step)):
        onward.setdefault(one.from_step, []).append(one.to_step)
        back.setdefault(one.to_step, []).append(one.from_step)
    left, right = pair.left.there.keys(), pair.right.there.keys()
    # Who goes back from a split sees a merge, and the other way round.
    found = [
        turn
        for ways in (onward, back)
        for turn in (
            *_turned(Sort.SPLIT, ways, pair, left, right),
            *_turned(Sort.MERGED, ways, pair, right, left),
        )
    ]
    yield from {turn.key: turn for turn in found}.values()


def _turned(
    sort: Sort,
    ways: Mapping[UUID, list[UUID]],
    pair: Pair,
    one_side: Iterable[UUID],
    other_side: Iterable[UUID],
) -> Iterator[Change]:
    ones, others = set(one_side), set(other_side)
    for single, several in ways.items():
        ends = tuple(pk for pk in dict.fromkeys(several) if pk in others)
        is_new = any(pk not in ones for pk in ends if pk != single)
        if single not in ones or len(ends) < 2 or not is_new:  # noqa: PLR2004 - several are two
            continue
        seen = next((pk for pk in (*ends, single) if pk in pair.right.there), single)
        stage = pair.right.there[seen].parent
        yield Change(sort, "step", (single,), stage=stage, step=seen, ends=ends)


def _belongs(change: Change, turn: Change) -> bool:
    """Whether *change* is part of a split or merge: a step of it, or what went along."""
    steps = {*turn.ids, *turn.ends}
    if change.kind == "step":
        return change.sort in _WHOLE and change.lineage in steps
    if change.kind in _HANGING and change.was and change.now:
        return {change.was.inside, change.now.inside} <= steps
    if change.kind == "flow" and change.path in _WAYS:
        return {as_id(change.before), as_id(change.after)} <= steps
    went = set(_left_steps(change))
    if not went:
        return False
    arrived = {as_id(change.after)} if change.path else set()
    if change.now:
        arrived = {change.now.step_from, change.now.step_to}
    return bool(went & steps) and bool(arrived & steps)


class Order:
    """Where each thing of two maps stands: as in the right one, what is gone at its old place."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._places: dict[ListKey, dict[UUID, int]] = {}
        self.stages = self.list_of(("stage", None, None))
        self.steps = [step for stage in self.stages for step in self.list_of(("step", stage, None))]
        self.lanes = self.list_of(("lane", None, None))
        self._stage_at = {pk: number for number, pk in enumerate(self.stages)}
        self._step_at = {pk: number for number, pk in enumerate(self.steps)}
        self._lane_at = {pk: number for number, pk in enumerate(self.lanes)}

    def list_of(self, key: ListKey) -> list[UUID]:
        """List one kind of siblings of both maps, by their ids on the right where they have one."""
        pair = self._pair
        old = pair.left.lists.get(key, [])
        gone = {pk for pk in old if pair.on_right(pk) is None}
        kept = {pk: found.id for pk in old if (found := pair.on_right(pk))}
        return merged([kept.get(pk, pk) for pk in old], pair.right.lists.get(key, []), gone)

    def rank(self, change: Change) -> tuple[object, ...]:
        """Say what *change* comes after, for sorting."""
        at_stage = self._stage_at.get(change.stage, -1) if change.stage else -1
        at_step = self._step_at.get(change.step, -1) if change.step else -1
        at_lane = self._lane_at.get(change.lane, -1) if change.lane else -1
        place = self._place(change)
        return (
            at_stage,
            at_step,
            _KINDS.index(change.kind),
            at_lane,
            place,
            _SORTS.index(change.sort),
            _field_number(change),
            change.path,
            change.lineage,
        )

    def _place(self, change: Change) -> int:
        side = self._pair.left if change.sort is Sort.REMOVED else self._pair.right
        element = side.there.get(change.lineage)
        if element is None:
            return -1
        key = side.list_of(element)
        if key not in self._places:
            self._places[key] = {pk: number for number, pk in enumerate(self.list_of(key))}
        return self._places[key].get(change.lineage, -1)


def _field_number(change: Change) -> int:
    names = list(MAP.element(change.kind).by_name)
    return names.index(change.field) if change.field else -1
