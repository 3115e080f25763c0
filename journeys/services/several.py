"""Doing one thing with several steps or cards of a map: all of them or none, undone as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.operations.records import UnknownElementError
from journeys.models import Card, JourneyMap, Lane, Stage, Step
from journeys.rules.several import DEEDS, changes_of_each, moves_to_step, operations_for
from journeys.rules.table_looks import CARDS
from journeys.selectors.grid_rows import stages_and_steps
from journeys.services.editing import change_map

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.store import Outcome


@transaction.atomic
def change_several(
    *, request: Request, row: JourneyMap, rows: str, deed: str, ids: Sequence[UUID], value: Any
) -> Outcome:
    """Do *deed* (of `rules.several.DEEDS`) with steps or cards of the map *row*.

    A card that is moved to a step begins there and stays as wide as it was, as far as the map
    goes. Raises UnknownElementError for what is not such an element of the map, RefusedError for
    tags that do not fit, and what `change_map` raises.
    """
    kind: Any = Card if rows == CARDS else Step
    found = kind.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None, lineage__in=ids)
    if found.count() != len(ids):
        raise UnknownElementError
    several = DEEDS[rows][deed]
    if several.changes:
        # Nobody else tags them between the look and the change.
        JourneyMap.objects.for_tenant(row.tenant_id).select_for_update(no_key=True).get(pk=row.pk)
        before = dict(found.values_list("lineage", several.field))
        asked = changes_of_each(several, {pk: before[pk] for pk in ids}, value)
        return change_map(request, asked)
    if deed != "step":
        if several.parent and not _is_there(row, several.parent, value):
            raise UnknownElementError
        return change_map(request, operations_for(several, ids, value))
    spans = {pk: (first, last) for pk, first, last in found.values_list(*_SPAN)}
    order = [step.lineage for step in stages_and_steps(row)[1]]
    if value not in order:
        raise UnknownElementError
    return change_map(request, moves_to_step({pk: spans[pk] for pk in ids}, value, order))


def _is_there(row: JourneyMap, kind: str, lineage: UUID) -> bool:
    model: Any = Lane if kind == "lane" else Stage
    rows = model.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    found: bool = rows.filter(lineage=lineage).exists()
    return found


_SPAN = ("lineage", "step_from", "step_to")
