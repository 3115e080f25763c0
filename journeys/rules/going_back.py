"""What comes along when a lane or one element of a map is brought back to how it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.kernel.operations.state import is_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cxm.kernel.operations.state import Element, State

_COLUMNS = frozenset({"stage", "step"})
_ENDS = {"card": ("step_from", "step_to"), "flow": ("from_step", "to_step")}


@dataclass(frozen=True, slots=True)
class Reach:
    """What is brought back: *inside* as it was, *around* only so far that it is there again.

    *left_out* cannot come back: they lay at steps that are gone.
    """

    inside: frozenset[UUID]
    around: frozenset[UUID]
    left_out: frozenset[UUID]


def reach_of(now: State, then: State, lineage: UUID) -> Reach:
    """Say what bringing back the element *lineage* touches, of the map *now* as it was *then*.

    It and what lies or lay in it; of a stage or step also cards and ways that went with it. What
    it lies in comes back, by itself, where that is gone.
    """
    inside = now.inside([lineage]) | then.inside([lineage])
    steps = {str(pk) for pk in inside if (one := then.get(pk)) and one.kind == "step"}
    if then[lineage].kind in _COLUMNS:
        inside |= {
            one.id
            for one in (*then.of_kind("card"), *then.of_kind("flow"))
            if steps.intersection(_ends(one)) and not is_there(now, one.id)
        }
    there = steps | {str(one.id) for one in now.of_kind("step") if is_there(now, one.id)}
    left_out = {pk for pk in inside if _hangs(then.get(pk), there)}
    left_out |= {pk for pk in inside - {lineage} if not _has_place(pk, inside, now, then)}
    around = {pk for pk in _outer(then, lineage) if not is_there(now, pk)}
    return Reach(frozenset(inside - left_out), frozenset(around), frozenset(left_out))


def wanted_state(now: State, then: State, reach: Reach) -> dict[UUID, Element]:
    """Give what the elements of *reach* should be: as *then*, or as *now* but there again."""
    found: dict[UUID, Element] = {pk: then[pk] for pk in reach.inside if pk in then}
    for pk in reach.around & set(now):
        one = now[pk]
        found[pk] = type(one)(one.id, one.kind, one.values, one.parent, one.ord, revs=one.revs)
    return found


def within_reach(now: State, wanted: Mapping[UUID, Element]) -> dict[UUID, Element]:
    """Leave out of *wanted* what is removed for good; what lay in it or at it stays as *now*."""
    gone = wanted.keys() - set(now)
    names = {str(pk) for pk in gone}
    return {
        pk: now[pk] if one.parent in gone or _ends(one) & names else one
        for pk, one in wanted.items()
        if pk not in gone
    }


def removed(now: State, then: State, among: Iterable[UUID]) -> int:
    """Count *among* elements those that were there *then* and are removed for good."""
    return sum(1 for pk in among if pk not in now and is_there(then, pk))


def _outer(state: Mapping[UUID, Element], lineage: UUID) -> Iterator[UUID]:
    """Name what an element lies in, without the map itself."""
    parent = state[lineage].parent
    while parent is not None and state[parent].parent is not None:
        yield parent
        parent = state[parent].parent


def _ends(element: Element) -> set[str]:
    return {str(element.values[name]) for name in _ENDS.get(element.kind, ())}


def _hangs(element: Element | None, there: set[str]) -> bool:
    """Whether a card or way that was there would lie at a step that is not."""
    if element is None or element.is_deleted:
        return False
    return not _ends(element) <= there


def _has_place(pk: UUID, inside: set[UUID], now: State, then: State) -> bool:
    """Whether what it lay in is there, or comes back with it."""
    one = then.get(pk)
    return one is None or one.parent is None or one.parent in inside or is_there(now, one.parent)
