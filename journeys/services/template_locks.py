"""Keeping what a map's template has locked, whatever is done to the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.errors import LockedPartError
from journeys.models import JourneyMap
from journeys.rules.template_parts import changed_by, may_touch, read_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Tenant


def check_locked(state: State, done: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse what changes a locked part of the template that a map began as.

    *state* is the map after *done*. One query where stages, steps or lanes were set or deleted,
    none else. Raises LockedPartError.
    """
    if not may_touch(done):
        return
    [root] = state.of_kind("map")
    rows = JourneyMap.objects.for_tenant(tenant).filter(pk=root.id)
    told = rows.values_list("template_parts", flat=True).first() or {}
    for part in changed_by(state, done, read_kept(told)):
        raise LockedPartError(part.words, told["title"], is_field=bool(part.field))
