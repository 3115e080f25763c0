"""The list of customers by risk as CSV, written while it is read."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from analytics.models import RiskScore
from analytics.selectors.risk import chosen_risk_sort, reasons_of, risk_scores
from analytics.views.risk import asked_risks, reader_of
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.formulas import csv_line, csv_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from analytics.selectors.risk import CountedRisk
    from cxm.customers.models import Segment

MOST_EXPORTED = 50_000
ROWS_AT_ONCE = 1_000
_HEADS = (
    *("customer", "name", "within 30 days", "within 60 days", "within 90 days"),
    *("inputs known", "amount a month", "currency", "at stake", "reasons"),
)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)  # type: ignore[arg-type]  # a stream is no HttpResponse
def risk_export(request: TenantRequest) -> StreamingHttpResponse:
    """Give the list of customers by risk as CSV, the first 50,000, with what it is made by.

    The last line counts the rows, so that a file that was cut off can be told from a whole one.
    """
    _, chosen, segment = asked_risks(request)
    sort, is_up = chosen_risk_sort(request.GET)
    rows = risk_scores(chosen.definition, sort=sort, is_up=is_up, segment=segment)
    listed = list(rows.values_list("pk", flat=True)[:MOST_EXPORTED])
    record(
        tenant=request.tenant,
        action="risks-exported",
        by=request.membership,
        about=chosen.definition,
        changes={"customers": len(listed), "segment": segment.key if segment else ""},
    )
    body = _file(reader_of(request), chosen, segment, listed)
    answer = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="risk.csv"'
    return answer


def _file(
    reader: Reader, chosen: CountedRisk, segment: Segment | None, listed: Sequence[UUID]
) -> Iterator[str]:
    yield csv_text(
        [
            ["# definition", chosen.definition.title],
            ["# definition version", chosen.definition.version],
            ["# segment", segment.title if segment else "everybody"],
            ["# as of", chosen.run.at.isoformat() if chosen.run else ""],
            ["# trial", chosen.trial_words],
            _HEADS,
        ]
    )
    written = 0
    for chunk in batched(listed, ROWS_AT_ONCE):
        # Each in a transaction of its own: none waits for whoever reads the file.
        with tenant_bound(reader.tenant.pk):
            lines = _lines(reader, chunk)
        yield csv_text(lines)
        written += len(lines)
    yield csv_line(["# customers", written])


def _lines(reader: Reader, chunk: Sequence[UUID]) -> list[list[object]]:
    """Write the customers of *chunk* in its order; who was erased since has no line."""
    scores = RiskScore.objects.for_tenant(reader.tenant).filter(customer__erased_at=None)
    rows = scores.in_bulk(list(chunk))
    found = [rows[key] for key in chunk if key in rows]
    persons = read_persons(reader, [row.customer_id for row in found])
    return [
        [
            *(str(person.root_id), person.label),
            *(row.within_30, row.within_60, row.within_90, row.coverage),
            *(row.amount, row.currency, row.at_stake, "; ".join(reasons_of(row))),
        ]
        for row in found
        for person in [persons.of(row.customer_id)]
    ]
