"""The rows that were refused, as a file to correct and send again."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cxm.kernel.formulas import csv_line
from cxm.tenants.binding import tenant_bound
from feedback.models import RejectedRow
from feedback.services.previewing import OWN_HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

ROWS_AT_ONCE = 500
_MARK = "\ufeff"  # spreadsheet programs then read UTF-8


def refused_rows_csv(*, tenant_id: UUID, batch_id: UUID, heads: Sequence[str]) -> Iterator[str]:
    """Stream the rows that did not load as CSV: line and reason first, then the file's columns.

    Corrected and imported with the same recipe, they load; rows that are in already are told as
    unchanged. Runs outside the request's transaction and binds the tenant itself, page by page.
    """
    yield _MARK + csv_line([f"{OWN_HEAD}line", f"{OWN_HEAD}why it was refused", *heads])
    last_line = 0
    while page := _page(tenant_id, batch_id, last_line):
        for line, refusals in groupby(page, key=lambda row: row.line):
            rows = list(refusals)
            reasons = " ".join(row.message for row in rows)
            yield csv_line([str(line), reasons, *rows[0].raw])
        last_line = page[-1].line


def _page(tenant_id: UUID, batch_id: UUID, after_line: int) -> list[RejectedRow]:
    """Load the next refusals, complete for every line among them."""
    with tenant_bound(tenant_id):
        rows = RejectedRow.objects.for_tenant(tenant_id).filter(batch=batch_id, is_whole_row=True)
        lines = list(
            rows.filter(line__gt=after_line)
            .order_by("line")
            .values_list("line", flat=True)
            .distinct()[:ROWS_AT_ONCE]
        )
        if not lines:
            return []
        return list(rows.filter(line__gt=after_line, line__lte=lines[-1]).order_by("line", "pk"))
