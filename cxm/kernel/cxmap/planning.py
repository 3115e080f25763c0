"""From a document as it is to one as a file has it: the fewest operations that lead there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import Element, children

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON, DocumentShape
    from cxm.kernel.operations.state import State

type Values = Mapping[str, JSON]


@dataclass(slots=True)
class Wanted:
    """An element as it shall be: the fields that are spoken of, as they are kept, and its parts."""

    kind: str
    values: dict[str, JSON]
    parts: list[Wanted] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Match:
    """How elements of one kind are found again.

    By each of *by* in turn, the strictest first; what is left on both sides then in order, where
    *nearly* says that one may be the other. With *may_move* one is also found elsewhere in the
    document, by the first of *by*. With *comes_back* a deleted one is brought back rather than
    another made.
    """

    by: tuple[Callable[[Values], Hashable], ...]
    nearly: Callable[[Values, Values], bool] | None = None
    may_move: bool = False
    comes_back: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How documents of one *shape* are compared: the kinds that files speak of, parents first.

    *is_late* tells of a field of the whole whether it is set last, by its value before and after.
    """

    shape: DocumentShape
    matches: Mapping[str, Match]
    is_late: Callable[[JSON, JSON], bool] = lambda _before, _after: False


def created(plan: Plan, document: UUID, wanted: Wanted, *, batch: UUID) -> list[Asked]:
    """Give the operations that make a new *document*."""
    root = _create(batch, document, wanted, {})
    return [root, *_made_inside(plan, document, wanted, batch)]


def changed(
    plan: Plan, state: State, document: UUID, wanted: Wanted, *, batch: UUID
) -> list[Asked]:
    """Give the operations that lead from *state* to *wanted*; none where nothing differs.

    Kinds of elements that *plan* does not name stay as they are, unless what they lie in goes.
    """
    work = _Work(plan, state, batch)
    work.pair(state[document], wanted)
    work.find_moved()
    early, late = work.set_root(state[document], wanted)
    first, last = work.deleted()
    work.lay(document, wanted)
    return [*first, *early, *work.asked, *last, *late]


@dataclass(slots=True)
class _Place:
    """Where the next element goes: in *parent*, behind *before*; who is *staying* is in order."""

    parent: UUID
    staying: set[UUID]
    before: UUID | None = None

    def told(self) -> dict[str, JSON]:
        """Say the place as operations do."""
        return {"parent": str(self.parent), "after": str(self.before) if self.before else None}


@dataclass(slots=True)
class _Work:
    plan: Plan
    state: State
    batch: UUID
    pairs: dict[int, Element] = field(default_factory=dict)
    loose: dict[UUID, Element] = field(default_factory=dict)
    new: list[Wanted] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def pair(self, element: Element, wanted: Wanted) -> None:
        """Find again what lies in *element*, and what lies in that."""
        for kind, match in self._inside(element.kind):
            there = children(self.state, element.id, kind)
            asked = [part for part in wanted.parts if part.kind == kind]
            found = _paired(there, asked, match)
            taken = {one.id for _, one in found}
            for part, one in found:
                self.pairs[id(part)] = one
                self.pair(one, part)
            for one in there:
                if one.id not in taken:
                    self._loosen(one)
            matched = {id(part) for part, _ in found}
            for part in asked:
                if id(part) not in matched:
                    self.new += _all_of(part)

    def find_moved(self) -> None:
        """Find elsewhere in the document what is not where it was."""
        pool: dict[Any, list[Element]] = {}
        for element in self.loose.values():
            if (match := self.plan.matches[element.kind]).may_move:
                pool.setdefault((element.kind, match.by[0](element.values)), []).append(element)
        for part in self.new:
            match = self.plan.matches[part.kind]
            if match.may_move and (found := pool.get((part.kind, match.by[0](part.values)))):
                element = found.pop(0)
                self.pairs[id(part)] = element
                del self.loose[element.id]

    def set_root(self, root: Element, wanted: Wanted) -> tuple[list[Asked], list[Asked]]:
        """Set the fields of the whole, those apart that are set last."""
        early: list[Asked] = []
        late: list[Asked] = []
        for one in self._sets(root, wanted):
            is_late = self.plan.is_late(root.values.get(one.field), one.value)
            (late if is_late else early).append(one)
        return early, late

    def deleted(self) -> tuple[list[Asked], list[Asked]]:
        """Delete what is left over; last that from which something moves away."""
        left_behind = {e.parent for e in self.pairs.values()}
        gone = [e for e in self.loose.values() if e.parent not in self.loose]
        first = [e for e in gone if e.id not in left_behind]
        last = [e for e in gone if e.id in left_behind]
        return [self._asked(Deed.DELETE, e.id) for e in first], [
            self._asked(Deed.DELETE, e.id) for e in last
        ]

    def lay(self, lineage: UUID, wanted: Wanted) -> None:
        """Make, move and set what lies in *lineage*, in the order that is wanted."""
        for kind, match in self._inside(wanted.kind):
            asked = [part for part in wanted.parts if part.kind == kind]
            place = _Place(lineage, self._staying(lineage, kind, asked))
            for part in asked:
                place.before = self._put(part, match, place)
                self.lay(place.before, part)

    def _put(self, part: Wanted, match: Match, place: _Place) -> UUID:
        element = self.pairs.get(id(part))
        if element is None and match.comes_back:
            element = self._gone(part, match)
            if element is not None:
                self.asked.append(self._asked(Deed.RESTORE, element.id))
        if element is None:
            lineage = new_id()
            self.asked.append(_create(self.batch, lineage, part, place.told()))
            return lineage
        if element.id not in place.staying:
            self.asked.append(self._asked(Deed.MOVE, element.id, value=place.told()))
        self.asked += self._sets(element, part)
        return element.id

    def _gone(self, part: Wanted, match: Match) -> Element | None:
        name = match.by[0](part.values)
        there = (e for e in self.state.values() if e.kind == part.kind and e.is_deleted)
        return next((e for e in there if match.by[0](e.values) == name), None)

    def _staying(self, lineage: UUID, kind: str, asked: list[Wanted]) -> set[UUID]:
        """Tell which elements need not move for all to be in order: as many as can be."""
        order = {e.id: n for n, e in enumerate(children(self.state, lineage, kind))}
        there = [e for part in asked if (e := self.pairs.get(id(part))) and e.id in order]
        return {there[n].id for n in longest_rise([order[e.id] for e in there])}

    def _sets(self, element: Element, wanted: Wanted) -> Iterator[Asked]:
        for name, value in wanted.values.items():
            if element.values.get(name) != value:
                yield self._asked(Deed.SET, element.id, field=name, value=value)

    def _inside(self, kind: str) -> Iterator[tuple[str, Match]]:
        for name, match in self.plan.matches.items():
            if kind in self.plan.shape.element(name).parents:
                yield name, match

    def _loosen(self, element: Element) -> None:
        self.loose[element.id] = element
        for kind, _ in self._inside(element.kind):
            for one in children(self.state, element.id, kind):
                self._loosen(one)

    def _asked(self, op: Deed, lineage: UUID, **more: Any) -> Asked:
        return Asked(id=new_id(), batch=self.batch, op=op, lineage=lineage, **more)


def _made_inside(plan: Plan, parent: UUID, wanted: Wanted, batch: UUID) -> Iterator[Asked]:
    for kind in plan.matches:
        for part in wanted.parts:
            if part.kind == kind:
                lineage = new_id()
                yield _create(batch, lineage, part, {"parent": str(parent)})
                yield from _made_inside(plan, lineage, part, batch)


def _create(batch: UUID, lineage: UUID, part: Wanted, place: dict[str, JSON]) -> Asked:
    told: dict[str, JSON] = {"values": dict(part.values), **place}
    return Asked(
        id=new_id(), batch=batch, op=Deed.CREATE, lineage=lineage, kind=part.kind, value=told
    )


def _paired(
    there: Sequence[Element], asked: Sequence[Wanted], match: Match
) -> list[tuple[Wanted, Element]]:
    found: list[tuple[Wanted, Element]] = []
    left, parts = list(there), list(asked)
    for name in match.by:
        pool: dict[Hashable, list[Element]] = {}
        for one in left:
            pool.setdefault(name(one.values), []).append(one)
        pairs = [(part, same.pop(0)) for part in parts if (same := pool.get(name(part.values)))]
        found += pairs
        taken, done = {one.id for _, one in pairs}, {id(part) for part, _ in pairs}
        left = [one for one in left if one.id not in taken]
        parts = [part for part in parts if id(part) not in done]
    if match.nearly:
        rest = zip(parts, left, strict=False)
        found += [(p, one) for p, one in rest if match.nearly(one.values, p.values)]
    return found


def _all_of(part: Wanted) -> Iterator[Wanted]:
    yield part
    for inner in part.parts:
        yield from _all_of(inner)


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """Give the places of a longest rising subsequence (Schensted, Canad. J. Math. 13, 1961)."""
    lowest: list[int] = []
    ends: list[int] = []
    came_from: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(lowest, number)
        came_from.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [number]
        ends[length : length + 1] = [place]
    found: list[int] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(place)
        place = came_from[place]
    return found[::-1]
