"""What follows for cards and ways when the steps that they lie at are deleted or moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import is_there
from journeys.rules.kinds import LaneKind
from journeys.rules.laws import steps_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxm.kernel.operations.state import Element, State

# Their values are one for each step: on another one they would stand against what is there.
_OF_ONE_STEP = frozenset({LaneKind.EMOTION, LaneKind.SCALE})
_STEPS_TOO = frozenset({"step", "stage"})


@dataclass(slots=True)
class _Touched:
    """Which steps go and which are moved, and what is asked for cards and ways anyway."""

    batch: UUID
    gone: set[UUID] = field(default_factory=set)
    moved: set[UUID] = field(default_factory=set)
    named: set[UUID] = field(default_factory=set)


def consequences(state: State, asked: Sequence[Asked]) -> list[Asked]:
    """Give what has to be done before *asked*, so that cards and ways keep lying at steps.

    Of cards over several steps, deleted and moved ones are cut off. A card that would lie nowhere
    goes to the nearest step left of the stage; where none is left, or the lane holds one value a
    step, it is deleted. Ways from and to a deleted step are deleted. Cards and ways that *asked*
    names are left to it. Empty where nothing follows.
    """
    touched = _touched(state, asked)
    if touched is None:
        return []
    order = [step.id for step in steps_in_order(state)]
    found: list[Asked] = []
    for element in state.values():
        if element.id in touched.named or not is_there(state, element.id):
            continue
        if element.kind == "card":
            found += _for_card(state, element, order, touched)
        elif element.kind == "flow":
            ends = {_at(element, "from_step"), _at(element, "to_step")}
            found += [_deleted(element, touched.batch)] if ends & touched.gone else []
    return found


def _touched(state: State, asked: Sequence[Asked]) -> _Touched | None:
    found: _Touched | None = None
    for one in asked:
        element = state.get(one.lineage)
        is_moving = one.op in {Deed.DELETE, Deed.MOVE} and element is not None
        if element is None or not is_moving or element.kind not in _STEPS_TOO:
            continue
        found = found or _Touched(one.batch, named={each.lineage for each in asked})
        steps = found.gone if one.op is Deed.DELETE else found.moved
        steps.update(s.id for s in _steps_of(state, element) if is_there(state, s.id))
    return found


def _steps_of(state: State, element: Element) -> Iterator[Element]:
    if element.kind == "step":
        yield element
    else:
        yield from (e for e in state.values() if e.kind == "step" and e.parent == element.id)


def _for_card(
    state: State, card: Element, order: Sequence[UUID], touched: _Touched
) -> Iterator[Asked]:
    first, last = _at(card, "step_from"), _at(card, "step_to")
    covered = order[order.index(first) : order.index(last) + 1]
    there = [step for step in covered if step not in touched.gone]
    left = [step for step in there if step not in touched.moved]
    if left:
        is_cut = first != left[0] or last != left[-1]
        ends = (left[0], left[-1]) if is_cut else None
    elif len(there) == len(covered):
        ends = None  # It is moved as a whole.
    elif there:
        ends = (there[0], there[0])
    else:
        near = _nearest(state, first, order, touched)
        if near is None or _kind_of_lane(state, card) in _OF_ONE_STEP:
            yield _deleted(card, touched.batch)
            return
        ends = (near, near)
    if ends:
        yield from _put(card, touched.batch, ends)


def _nearest(state: State, step: UUID, order: Sequence[UUID], touched: _Touched) -> UUID | None:
    stage, place = state[step].parent, order.index(step)
    left = [s for s in order if state[s].parent == stage and s not in touched.gone]
    return min(left, key=lambda s: abs(order.index(s) - place), default=None)


def _put(card: Element, batch: UUID, ends: tuple[UUID, UUID]) -> Iterator[Asked]:
    for name, step in zip(("step_from", "step_to"), ends, strict=True):
        if _at(card, name) != step:
            yield Asked(
                id=new_id(), batch=batch, op=Deed.SET, lineage=card.id, field=name, value=str(step)
            )


def _deleted(element: Element, batch: UUID) -> Asked:
    return Asked(id=new_id(), batch=batch, op=Deed.DELETE, lineage=element.id)


def _kind_of_lane(state: State, card: Element) -> str:
    assert card.parent is not None  # noqa: S101 - the shape says so
    return str(state[card.parent].values["kind"])


def _at(element: Element, name: str) -> UUID:
    return UUID(str(element.values[name]))
