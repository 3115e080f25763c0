"""One thing that is done with several steps or cards of a map, as one batch of operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked, Deed, RefusedError
from cxm.kernel.operations.typed import Typed
from journeys.rules.table_looks import CARDS, STEPS
from journeys.rules.tags import with_tags, without_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

# Moving a card to a step sets both of its ends.
MOST_TICKED = MOST_AT_ONCE // 2


@dataclass(frozen=True, slots=True)
class Several:
    """Something to be done with several: it sets *field*, or moves into *parent*, or deletes.

    With *changes* it sets of each what that makes of the value there and the one that is told.
    """

    words: str
    field: str = ""
    parent: str = ""
    changes: Callable[[Any, Any], Any] | None = None


_TAGS = {
    "tag": Several("tagged", field="tags", changes=with_tags),
    "untag": Several("untagged", field="tags", changes=without_tags),
}

DEEDS: dict[str, dict[str, Several]] = {
    STEPS: {
        "owner": Several("given to", field="owner"),
        "customers": Several("changed", field="importance_customer"),
        "us": Several("changed", field="importance_org"),
        "moment": Several("changed", field="moment_of_truth"),
        "stage": Several("moved", parent="stage"),
        **_TAGS,
        "delete": Several("deleted"),
    },
    CARDS: {
        "colour": Several("coloured", field="colour"),
        "lane": Several("moved", parent="lane"),
        "step": Several("moved"),
        **_TAGS,
        "delete": Several("deleted"),
    },
}


def operations_for(several: Several, lineages: Sequence[UUID], value: Any) -> list[Asked]:
    """Give the operations that set *value*, move into it, or delete, for each of *lineages*."""
    batch = new_id()
    return [_one(several, lineage, value, batch) for lineage in lineages]


def changes_of_each(several: Several, before: Mapping[UUID, Any], value: Any) -> list[Asked]:
    """Give the operations that change the values *before*, by lineage, as *several* says.

    What stays as it is needs none. Raises RefusedError where the change does not fit.
    """
    batch, change = new_id(), several.changes
    assert change is not None  # noqa: S101 - for deeds with a change alone
    try:
        after = {lineage: change(kept, value) for lineage, kept in before.items()}
    except ValueError as error:
        raise RefusedError(f"Tags: {error}", field=several.field) from error
    return [
        _put(lineage, several.field, told, batch)
        for lineage, told in after.items()
        if told != before[lineage]
    ]


def moves_to_step(
    spans: Mapping[UUID, tuple[UUID, UUID]], step: UUID, order: Sequence[UUID]
) -> list[Asked]:
    """Give the operations that let cards begin at *step*; each stays as wide as the map allows.

    *spans* are the first and last steps of the cards, *order* all steps of the map.
    """
    batch, places = new_id(), {pk: place for place, pk in enumerate(order)}
    found: list[Asked] = []
    for lineage, (first, last) in spans.items():
        width = places.get(last, 0) - places.get(first, 0)
        end = order[min(places[step] + width, len(order) - 1)] if step in places else step
        found += [
            _put(lineage, name, str(pk), batch)
            for name, pk in (("step_from", step), ("step_to", end))
        ]
    return found


def _one(several: Several, lineage: UUID, value: Any, batch: UUID) -> Asked:
    if several.field:
        return _put(lineage, several.field, Typed("" if value is None else str(value)), batch)
    if several.parent:
        told = {"parent": str(value)}
        return Asked(id=new_id(), batch=batch, op=Deed.MOVE, lineage=lineage, value=told)
    return Asked(id=new_id(), batch=batch, op=Deed.DELETE, lineage=lineage)


def _put(lineage: UUID, field: str, value: Any, batch: UUID) -> Asked:
    return Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=lineage, field=field, value=value)
