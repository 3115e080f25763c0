"""What evidence that was written down by hand loses when a person is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from cxm.collaboration.models import Evidence
from cxm.collaboration.services.erasing import full_names
from cxm.customers.rules.traces import ERASED, traces_of
from cxm.kernel.erasing import Erased

if TYPE_CHECKING:
    from cxm.kernel.erasing import Leaving

ROWS_A_STEP = 2_000


def erase_evidence(person: Leaving, cursor: str) -> Erased:
    """Clear up to 2,000 pieces of evidence, as far as they hold an identifier or the full name.

    Kind, day and number stay; so does a source or an address that holds none.
    """
    traces, name = traces_of(person.identifiers), full_names(person)

    def is_told(text: str) -> bool:
        return traces.are_in(text) or bool(name and name.search(text))

    rows = Evidence.objects.for_tenant(person.tenant_id).order_by("pk")
    behind = rows.filter(pk__gt=UUID(cursor)) if cursor else rows
    found = list(behind[:ROWS_A_STEP])
    told = [row for row in found if any(map(is_told, (row.excerpt, row.source_label, row.url)))]
    for row in told:
        row.excerpt, row.cleared_at = "", person.at
        row.source_label = ERASED if is_told(row.source_label) else row.source_label
        row.url = "" if is_told(row.url) else row.url
    rows.bulk_update(told, ["excerpt", "cleared_at", "source_label", "url"])
    return Erased(
        counts={"pieces of evidence": len(told)},
        cursor=str(found[-1].pk) if len(found) == ROWS_A_STEP else None,
    )
