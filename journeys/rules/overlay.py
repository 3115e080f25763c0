"""Two maps in one grid: what is on the right one, with what is gone as ghosts at its old place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from journeys.rules.changes import Sort, flat
from journeys.rules.folding import Order
from journeys.rules.kinds import CARDED, LaneKind
from journeys.rules.pairing import Pair, side_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element
    from journeys.rules.change_words import Names
    from journeys.rules.changes import Change

# Lanes that show what belongs to steps, and the kind of that; the others hold cards.
_BESIDE = {LaneKind.TOUCHPOINT: "contact", LaneKind.ACTOR: "role", LaneKind.NESTED: "nested"}


class Shown(StrEnum):
    """Which of the two maps a grid shows."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Marked:
    """Something in the grid, by name, with what became of it; *until* names a last step."""

    id: UUID
    name: str
    mark: Sort | None = None
    until: str = ""


@dataclass(frozen=True, slots=True)
class MarkedStage:
    """A stage over its steps."""

    stage: Marked
    steps: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class MarkedLane:
    """A lane; *cells* stand in the order of the steps."""

    lane: Marked
    cells: tuple[tuple[Marked, ...], ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """A grid of two maps: the same columns and lanes whichever of them is shown."""

    stages: tuple[MarkedStage, ...]
    lanes: tuple[MarkedLane, ...]


def overlaid(
    left: Mapping[UUID, Element],
    right: Mapping[UUID, Element],
    changes: Iterable[Change],
    names: Names,
    *,
    shown: Shown = Shown.BOTH,
) -> Overlay:
    """Lay two maps over each other, with what *changes* say became of each thing.

    With *shown* the cells hold what is on the one map only; columns and lanes are all there, so
    that two grids can stand under each other.
    """
    return _Drawing(Pair(side_of(left), side_of(right)), changes, names, shown).overlay()


class _Drawing:
    def __init__(self, pair: Pair, changes: Iterable[Change], names: Names, shown: Shown) -> None:
        self._pair, self._names, self._shown = pair, names, shown
        self._order = Order(pair)
        self._marks: dict[UUID, Sort] = {}
        for leaf in flat(changes):
            for pk in leaf.ids:
                if leaf.sort is not Sort.CHANGED:
                    self._marks[pk] = leaf.sort
                else:
                    self._marks.setdefault(pk, leaf.sort)

    def overlay(self) -> Overlay:
        stages = []
        for stage in self._order.stages:
            steps = self._order.list_of(("step", stage, None))
            # Of a stage that is gone all steps may have moved on.
            if steps:
                stages.append(MarkedStage(self._marked(stage), tuple(map(self._marked, steps))))
        return Overlay(tuple(stages), tuple(self._lane(lane) for lane in self._order.lanes))

    def _lane(self, lane: UUID) -> MarkedLane:
        element = self._pair.right.there.get(lane) or self._pair.left.there[lane]
        kind = LaneKind(str(element.values["kind"]))
        steps = [
            step
            for stage in self._order.stages
            for step in self._order.list_of(("step", stage, None))
        ]
        cells = tuple(self._cell(lane, kind, step) for step in steps)
        return MarkedLane(self._marked(lane), cells)

    def _cell(self, lane: UUID, kind: LaneKind, step: UUID) -> tuple[Marked, ...]:
        beside = _BESIDE.get(kind)
        if beside is None and kind not in CARDED:
            return ()
        key = (beside, step, None) if beside else ("card", lane, step)
        sides = {Shown.LEFT: self._pair.left, Shown.RIGHT: self._pair.right}
        found: Sequence[UUID]
        if self._shown in sides:
            found = sides[self._shown].lists.get(key, ())
        else:
            found = self._order.list_of(key)
        return tuple(self._marked(pk) for pk in found)

    def _marked(self, pk: UUID) -> Marked:
        side = self._pair.left if self._shown is Shown.LEFT else self._pair.right
        element = side.there.get(pk) or self._pair.left.there.get(pk)
        until = ""
        if element and element.kind == "card":
            ends = [element.values[name] for name in ("step_from", "step_to")]
            until = "" if ends[0] == ends[1] else self._name(str(ends[1]))
        name = self._names.plain(pk) if element is None else self._names.name_of(element)
        return Marked(pk, name, self._marks.get(pk), until)

    def _name(self, text: str) -> str:
        return next(
            (self._names.plain(step) for step in self._order.steps if str(step) == text), ""
        )
