"""Which changes belong to steps that somebody chose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.kernel.operations.state import as_id
from journeys.rules.changes import Change, flat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken: changes at *steps*, and *frame*, those that belong to no step.

    To the frame belong titles and the order of stages, lanes, and the personas of the map.
    """

    steps: frozenset[UUID] = field(default_factory=frozenset)
    frame: bool = False


def is_wanted(leaf: Change, wanted: Wanted | None) -> bool:
    """Whether *leaf* is to be taken; None takes all."""
    if wanted is None:
        return True
    steps = steps_of(leaf)
    return bool(steps & wanted.steps) if steps else wanted.frame


def steps_of(leaf: Change) -> frozenset[UUID]:
    """Name the steps that a change is about, before and after it; none where it is the frame's."""
    found: list[UUID | None] = []
    if leaf.kind == "step":
        found.append(leaf.lineage)
    elif leaf.kind in ("contact", "nested", "role", "card", "flow"):
        found.append(leaf.step)
        for place in (leaf.was, leaf.now):
            found.append(place.step_from if place else None)
            if place and leaf.kind not in ("card", "flow"):
                found.append(place.inside)
    if leaf.kind == "flow" and leaf.sort.is_whole:
        values = leaf.after or leaf.before
        if isinstance(values, dict):
            found += [as_id(values["from_step"]), as_id(values["to_step"])]
    if leaf.path in (("from_step",), ("to_step",), ("step_to",)):
        found += [as_id(leaf.before), as_id(leaf.after)]
    return frozenset(pk for pk in found if pk)


def changed_steps(units: Iterable[Change]) -> set[UUID]:
    """Name the steps that somebody could choose: those with a change of what the map says."""
    return {pk for leaf in flat(units) if leaf.is_of_content for pk in steps_of(leaf)}
