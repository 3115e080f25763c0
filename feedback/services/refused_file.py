"""The events that were refused, as a file to look into with other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from cxm.kernel.formulas import csv_line
from cxm.tenants.binding import tenant_bound
from feedback.models import RejectedEvent
from feedback.selectors.event_sources import refused_shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

ROWS_AT_ONCE = 1_000
HEADS = ("received at", "code", "message", "path", "event", "message id", "item", "times")
_MARK = "\ufeff"  # spreadsheet programs then read UTF-8


def refused_events_csv(
    *, tenant_id: UUID, source_id: UUID, code: str, sees_persons: bool
) -> Iterator[str]:
    """Stream what was refused from a source as CSV, newest first; an empty *code* means all.

    Text that a spreadsheet would run is defused; values are hidden from those who may not see
    persons. Runs outside the request's transaction and binds the tenant itself, page by page.
    """
    yield _MARK + csv_line(HEADS)
    last: RejectedEvent | None = None
    while page := _page(tenant_id, source_id, code, last):
        yield "".join(csv_line(_cells(row, sees_persons=sees_persons)) for row in page)
        last = page[-1]


def _page(
    tenant_id: UUID, source_id: UUID, code: str, last: RejectedEvent | None
) -> list[RejectedEvent]:
    with tenant_bound(tenant_id):
        rows = RejectedEvent.objects.for_tenant(tenant_id).filter(event_source=source_id)
        if code:
            rows = rows.filter(code=code)
        if last:
            at = last.received_at
            older = Q(received_at__lt=at) | Q(received_at=at, pk__lt=last.pk)
            rows = rows.filter(older, received_at__lte=at)
        return list(rows.order_by("-received_at", "-pk")[:ROWS_AT_ONCE])


def _cells(row: RejectedEvent, *, sees_persons: bool) -> list[str]:
    shown = refused_shown(row, sees_persons=sees_persons)
    item = row.raw if sees_persons else shown.raw
    at = row.received_at.isoformat()
    said = [at, shown.code, shown.message, shown.path, shown.name, shown.key]
    return [*said, item, str(shown.times)]
