"""Many documents at once, as their operations left them: a query a kind of element, not more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.rows import from_row
from cxm.kernel.operations.state import State

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.kernel.operations.documents import Store
    from cxm.tenants.models import Tenant


def states_of(
    store: Store, tenant: Tenant, documents: Collection[UUID], *, is_locked: bool = False
) -> dict[UUID, State]:
    """Read *documents* by id; those that are not there are absent.

    With *is_locked* the documents themselves are locked, in the order of their ids, before what
    lies in them is read. One query for each kind of element.
    """
    found: dict[UUID, State] = {}
    for kind, table in store.tables.items():
        rows: Any = table.model.objects.for_tenant(tenant)
        rows = rows.filter(**{f"{table.stream}__in": list(documents)})
        if is_locked and kind == store.shape.root:
            rows = rows.select_for_update(of=("self",)).order_by("pk")
        for row in rows:
            state = found.setdefault(getattr(row, table.stream), State())
            state.add(from_row(store, kind, row))
    return found
