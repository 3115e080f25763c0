"""Bringing what one map changed into another that began as the same: a three-way merge.

*base* is what both began from, *ours* the map that gains, *theirs* the one whose changes are
taken. What one side changed is taken, what both changed alike is there already; where both differ,
or one deleted what the other changed, somebody has to choose.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from cxm.kernel.operations.state import as_id
from journeys.rules.applying import applied
from journeys.rules.changes import Change, Sort, flat, inverted
from journeys.rules.choosing import is_wanted
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import ContactRole, StepRoleKind
from journeys.rules.mending import mended, with_steps_there
from journeys.rules.pairing import linked_as, side_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element, State
    from journeys.rules.choosing import Wanted
    from journeys.rules.pairing import Side


class Answer(StrEnum):
    """Which side holds where both changed the same."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot both hold: changes of *theirs*, and those of *ours* that stand against them.

    *key* is what it is answered by.
    """

    key: str
    theirs: tuple[Change, ...]
    ours: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged map; *open* are conflicts that nobody has answered, where *ours* was kept.

    *conflicts* are all of them, answered or not; *taken* what came over, in the order of theirs.
    """

    state: State
    conflicts: tuple[Conflict, ...]
    open: tuple[Conflict, ...]
    taken: tuple[Change, ...]


def merge(
    base: Mapping[UUID, Element],
    ours: Mapping[UUID, Element],
    theirs: Mapping[UUID, Element],
    *,
    wanted: Wanted | None = None,
    answers: Mapping[str, Answer] | None = None,
    otherwise: Answer | None = None,
) -> Merged:
    """Merge what *theirs* changed since *base* into *ours*; of it only what is *wanted*.

    *answers* say by its key which side of a conflict holds; *otherwise* answers the rest. Names of
    maps, and what is folded or locked in them, are left alone. An element that is added and its
    lane or stage is not there brings that along; ways come if both ends are there.
    """
    work = _Merge(base, ours, theirs, wanted)
    found = tuple(work.conflicts())
    told = {c.key: (answers or {}).get(c.key, otherwise) for c in found}
    for conflict in found:
        work.settle(conflict, told[conflict.key] or Answer.OURS)
    state, taken = work.done()
    still_open = tuple(c for c in found if told[c.key] is None)
    return Merged(state, found, still_open, taken)


@dataclass(slots=True)
class _Index:
    """What one side changed: *leaves* by element and aspect, *units* as people see them."""

    units: list[Change]
    at: dict[tuple[UUID, tuple[str, ...]], Change] = field(default_factory=dict)
    touching: dict[UUID, list[Change]] = field(default_factory=dict)
    unit_of: dict[UUID, Change] = field(default_factory=dict)
    claims: dict[tuple[str, UUID | None], Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.units:
            for leaf in flat([unit]):
                for pk in leaf.ids:
                    self.at[pk, _aspect(leaf)] = leaf
                claim = _claim(leaf)
                if claim:
                    self.claims[claim] = leaf
                if leaf.sort is Sort.REMOVED:
                    self.unit_of[leaf.lineage] = unit
                elif leaf.is_of_content:
                    for pk in {*leaf.ids, *_around(leaf)}:
                        self.touching.setdefault(pk, []).append(leaf)


class _Merge:
    """One merge on its way."""

    def __init__(
        self,
        base: Mapping[UUID, Element],
        ours: Mapping[UUID, Element],
        theirs: Mapping[UUID, Element],
        wanted: Wanted | None,
    ) -> None:
        self._ours, self._theirs = ours, theirs
        self._base, self._here = side_of(base), side_of(ours)
        self._there = side_of(theirs)
        self._mine = _Index(changes_between(base, ours))
        self._yours = _Index(changes_between(base, theirs))
        self._links = {linked_as(self._here, e): e.id for e in self._here.there.values()}
        self._taken = list(self._wanted(self._yours.units, wanted))
        self._doubled = [
            leaf
            for leaf in self._wanted(changes_between(ours, theirs), wanted)
            if not leaf.sort.is_whole and not any(pk in self._base.there for pk in leaf.ids)
        ]
        self._taken_back: list[Change] = []

    @staticmethod
    def _wanted(units: Iterable[Change], wanted: Wanted | None) -> Iterator[Change]:
        return (leaf for leaf in flat(units) if leaf.is_of_content and is_wanted(leaf, wanted))

    def conflicts(self) -> Iterator[Conflict]:
        """Find what cannot both hold, and leave out of what is taken what is there already."""
        self._taken = [leaf for leaf in self._taken if not self._is_there_already(leaf)]
        groups: dict[str, tuple[list[Change], list[Change]]] = {}
        for leaf in self._taken:
            key, against = self._against(leaf)
            if against:
                theirs, ours = groups.setdefault(key, ([], []))
                theirs.append(leaf)
                ours += [one for one in against if one not in ours]
        for leaf in self._doubled:
            own = [c for pk in leaf.ids if (c := self._mine.at.get((pk, _LIFE)))]
            groups.setdefault(leaf.key, ([leaf], own))
            self._taken.append(leaf)
        for key, (theirs, ours) in groups.items():
            yield Conflict(key, tuple(self._whole_unit(key, theirs)), tuple(ours))

    def _whole_unit(self, key: str, theirs: Sequence[Change]) -> Sequence[Change]:
        """Give all that is taken of what was deleted together: it goes or stays as one."""
        unit = next((one for one in self._yours.units if one.key == key and one.inside), None)
        if unit is None:
            return theirs
        parts = {leaf.key for leaf in flat([unit])}
        return [leaf for leaf in self._taken if leaf.key in parts]

    def settle(self, conflict: Conflict, answer: Answer) -> None:
        """Let one side of a conflict hold."""
        if answer is Answer.OURS:
            dropped = {leaf.key for leaf in conflict.theirs}
            self._taken = [leaf for leaf in self._taken if leaf.key not in dropped]
            return
        claims = {_claim(leaf) for leaf in conflict.theirs} - {None}
        ids = {pk for leaf in conflict.theirs for pk in leaf.ids}
        self._taken_back += [
            one
            for one in conflict.ours
            if one.sort is Sort.REMOVED or (_claim(one) in claims and one.lineage not in ids)
        ]

    def done(self) -> tuple[State, tuple[Change, ...]]:
        """Give the merged map, and what came over."""
        begun = applied(self._ours, [inverted(one) for one in self._taken_back])
        here = side_of(begun)
        taken = with_steps_there(self._with_what_holds_it(here), here, self._there)
        there = set(here.there) | {leaf.lineage for leaf in taken}
        placed = [self._placed(leaf, there) for leaf in taken]
        return mended(applied(begun, placed)), tuple(taken)

    def _is_there_already(self, leaf: Change) -> bool:
        if leaf.sort is Sort.REMOVED:
            return leaf.lineage not in self._here.there
        if leaf.sort is Sort.ADDED:
            link = linked_as(self._there, self._there.there[leaf.lineage])
            is_linked = link is not None and link in self._links
            return leaf.lineage in self._here.there or is_linked
        own = self._mine.at.get((leaf.lineage, _aspect(leaf)))
        return own is not None and (own.after, own.now) == (leaf.after, leaf.now)

    def _against(self, leaf: Change) -> tuple[str, list[Change]]:
        """Find what of ours stands against *leaf*, and the key of that conflict."""
        if leaf.sort is Sort.REMOVED:
            unit = self._yours.unit_of[leaf.lineage]
            return unit.key, self._mine.touching.get(leaf.lineage, [])
        needed = [*leaf.ids, *_around(leaf)] if leaf.sort is not Sort.ADDED else _around(leaf)
        gone = [self._mine.unit_of[pk] for pk in needed if pk in self._mine.unit_of]
        if gone:
            return f"ours:{gone[0].key}", [gone[0]]
        own = self._mine.at.get((leaf.lineage, _aspect(leaf)))
        if own is None and (claim := _claim(leaf)):
            own = self._mine.claims.get(claim)
        return leaf.key, [own] if own else []

    def _with_what_holds_it(self, here: Side) -> list[Change]:
        """Add to what is taken the stages and lanes that it needs."""
        added = {leaf.lineage: leaf for leaf in flat(self._yours.units) if leaf.sort is Sort.ADDED}
        there = set(here.there) | {leaf.lineage for leaf in self._taken}
        found: list[Change] = []
        for leaf in self._taken:
            inside = leaf.now.inside if leaf.now else None
            if inside and inside not in there and inside in added:
                there.add(inside)
                if added[inside].kind in ("stage", "lane"):
                    found.append(added[inside])
        return [*found, *self._taken]

    def _placed(self, leaf: Change, there: set[UUID]) -> Change:
        """Let something follow the nearest sibling of theirs that is there as well."""
        if leaf.now is None or leaf.lineage not in self._there.there:
            return leaf
        before = self._there.before(leaf.lineage)
        while before is not None and before not in there and not self._link_here(before):
            before = self._there.before(before)
        names = () if before is None else (before, *self._link_here(before))
        return replace(leaf, now=replace(leaf.now, after=names))

    def _link_here(self, pk: UUID) -> tuple[UUID, ...]:
        key = linked_as(self._there, self._there.there[pk])
        twin = self._links.get(key) if key else None
        return (twin,) if twin else ()


_LIFE, _PLACE = ("life",), ("place",)
_ONLY: Mapping[str, tuple[str, JSON]] = {
    "contact": ("role", ContactRole.PRIMARY.value),
    "role": ("role", StepRoleKind.ACCOUNTABLE.value),
    "cast": ("is_main", True),
}


def _aspect(leaf: Change) -> tuple[str, ...]:
    """Say what of an element a change is about: whether it is there, where it lies, or a field."""
    if leaf.sort in (Sort.ADDED, Sort.REMOVED):
        return _LIFE
    return _PLACE if leaf.sort is Sort.MOVED or leaf.path == ("step_to",) else leaf.path


def _claim(leaf: Change) -> tuple[str, UUID | None] | None:
    """Say what there is one of only, where a change makes an element that one.

    That is the touchpoint of a step that comes first, who is accountable for it, and the main
    persona of a map.
    """
    name, one = _ONLY.get(leaf.kind, ("", None))
    values = leaf.after if leaf.sort is Sort.ADDED else {leaf.field: leaf.after}
    is_one = bool(name) and isinstance(values, dict) and values.get(name) == one
    return (leaf.kind, leaf.step) if is_one else None


def _around(leaf: Change) -> Sequence[UUID]:
    """Name what an element lies in or at, as it is after the change."""
    ends: list[UUID | None] = [leaf.step if leaf.kind != "step" else None, leaf.lane]
    if leaf.now:
        ends += [leaf.now.inside, leaf.now.step_from, leaf.now.step_to]
    if leaf.kind in ("step", "contact", "nested", "role", "card"):
        ends.append(leaf.stage if leaf.kind == "step" else None)
    if leaf.kind == "flow" and leaf.sort is Sort.ADDED and isinstance(leaf.after, dict):
        ends += [as_id(leaf.after["from_step"]), as_id(leaf.after["to_step"])]
    if leaf.path in (("from_step",), ("to_step",), ("step_to",)):
        ends.append(as_id(leaf.after))
    return [pk for pk in ends if pk and pk not in leaf.ids]
