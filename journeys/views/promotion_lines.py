"""What a future map promises, step by step, as the lines of a page to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.rules.change_words import Names, words
from journeys.rules.changes import Sort
from journeys.rules.choosing import steps_of
from journeys.rules.comparing import changes_between
from journeys.rules.folding import Order
from journeys.rules.pairing import Pair, side_of
from journeys.selectors.reference_names import reference_names
from journeys.views.change_lines import Part, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.rules.changes import Change
    from journeys.rules.merging import Conflict
    from journeys.services.promoting import Promotion


@dataclass(frozen=True, slots=True)
class StepChoice:
    """A step that can be promoted: what would come with it, and whether it comes or goes."""

    id: UUID
    name: str
    stage: str
    mark: Sort | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A conflict in words: what the future map made of it, and what the current one did."""

    key: str
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    answer: str


def names_in(promotion: Promotion, reader: Membership | None) -> Names:
    """Name what is on the three maps of a promotion. One query for each kind of reference."""
    states = (promotion.ours, promotion.theirs, promotion.base)
    left = {**promotion.ours, **promotion.base}
    return Names(left, promotion.theirs, reference_names(promotion.into.tenant, reader, *states))


def choices_in(promotion: Promotion, names: Names) -> tuple[list[StepChoice], tuple[str, ...]]:
    """List the steps of which something can come over, in order, and what belongs to none."""
    merged = promotion.merged
    open_keys = {leaf.key for leaf in merged.taken}
    open_keys |= {leaf.key for conflict in merged.conflicts for leaf in conflict.theirs}
    by_step: dict[UUID | None, list[Change]] = {}
    for change in _told(changes_between(promotion.base, promotion.theirs)):
        if change.key in open_keys:
            by_step.setdefault(change.step if steps_of(change) else None, []).append(change)
    order = Order(Pair(side_of(promotion.base), side_of(promotion.theirs))).steps
    found = [_choice(step, by_step[step], promotion, names) for step in order if step in by_step]
    return found, tuple(words(one, names) for one in by_step.get(None, ()))


def _told(units: Sequence[Change]) -> Iterator[Change]:
    """Go through changes, with the steps of stages and the cards of lanes one by one."""
    for unit in units:
        if not unit.is_of_content:
            continue
        if unit.sort not in (Sort.SPLIT, Sort.MERGED):
            yield unit
        if unit.kind in ("stage", "lane") or unit.sort in (Sort.SPLIT, Sort.MERGED):
            yield from _told(unit.inside)


def _choice(
    step: UUID, changes: Sequence[Change], promotion: Promotion, names: Names
) -> StepChoice:
    own = next((c.sort for c in changes if c.lineage == step and c.sort.is_whole), None)
    element = promotion.theirs.get(step) or promotion.base.get(step)
    stage = names.plain(element.parent) if element else ""
    return StepChoice(step, names.plain(step), stage, own, tuple(words(c, names) for c in changes))


def questions_in(
    conflicts: Sequence[Conflict], names: Names, answers: dict[str, str]
) -> list[Question]:
    """Give conflicts in words, with what was answered already."""
    return [
        Question(
            one.key,
            tuple(words(change, names) for change in one.theirs),
            tuple(words(change, names) for change in one.ours),
            answers.get(one.key, ""),
        )
        for one in conflicts
    ]


def preview_of(promotion: Promotion, names: Names) -> list[Part]:
    """Give what would differ in the current map afterwards, as far as it is decided."""
    state = promotion.merged.state
    told = Names(promotion.ours, state, names.references)
    return parts_of(changes_between(promotion.ours, state), told)
