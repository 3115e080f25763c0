"""What is read of recurring revenue: the bridges of months, and the holders behind a number."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.rules.churn_months import month_after
from analytics.rules.revenue_moves import Paid, RevenueMove
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from analytics.models import ChurnDefinition
    from analytics.rules.revenue_moves import RevenueMonth

# What each holder pays at the end of the day before a month, and at the end of its last day.
_PAID = """
WITH paid AS (
    SELECT customer_id, company_id, currency,
        coalesce(sum(amount) FILTER (WHERE from_on <= %(open)s
            AND (to_on IS NULL OR to_on > %(open)s)), 0) AS opening,
        coalesce(sum(amount) FILTER (WHERE to_on IS NULL OR to_on > %(close)s), 0) AS closing,
        bool_or(from_on <= %(open)s) AS is_known
    FROM analytics_revenuespan
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND definition_id = %(definition)s
        AND from_on <= %(close)s
    GROUP BY customer_id, company_id, currency
)
"""
_GROUPED_PART = """
SELECT currency, opening, closing, is_known, count(*) FROM paid
WHERE opening > 0 OR closing > 0
GROUP BY currency, opening, closing, is_known ORDER BY currency, opening, closing
"""
_GROUPED = _PAID + _GROUPED_PART
_MATCHES = {
    RevenueMove.OPENING: "opening > 0",
    RevenueMove.CHURNED: "opening > 0 AND closing = 0",
    RevenueMove.CONTRACTION: "closing > 0 AND closing < opening",
    RevenueMove.EXPANSION: "opening > 0 AND closing > opening",
    RevenueMove.NEW: "opening = 0 AND closing > 0 AND NOT is_known",
    RevenueMove.BACK: "opening = 0 AND closing > 0 AND is_known",
    RevenueMove.CLOSING: "closing > 0",
}
_LISTED_PART = """
SELECT customer_id, company_id, opening, closing, is_known FROM paid
WHERE currency = %(currency)s AND {match}
ORDER BY greatest(opening, closing) DESC, customer_id, company_id
"""
_LISTED = _PAID + _LISTED_PART


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer (root) or a company behind a number, and what they paid; *amount* is its part."""

    customer_id: UUID | None
    company_id: UUID | None
    paid: Paid
    amount: Decimal


def paid_in(
    definition: ChurnDefinition, first: date, last: date
) -> dict[str, list[tuple[Paid, int]]]:
    """Give, by currency, what was paid in the month of *first*, and by how many just so.

    *last* is the last day that is looked at. One query.
    """
    found: dict[str, list[tuple[Paid, int]]] = defaultdict(list)
    for currency, opening, closing, is_known, count in _rows(_GROUPED, definition, first, last):
        found[currency].append((Paid(opening, closing, is_known), count))
    return found


def holders_behind(
    definition: ChurnDefinition, month: RevenueMonth, move: RevenueMove, counted_at: datetime
) -> list[Holder]:
    """List whose amounts add up to a number of *month*, the largest first.

    A running month ends on the day of *counted_at*.
    """
    first = date.fromisoformat(month.day)
    zone = ZoneInfo(definition.tenant.time_zone)
    last = month_after(first) - timedelta(days=1) if month.is_over else local_date(counted_at, zone)
    statement = _LISTED.format(match=_MATCHES[move])
    rows = _rows(statement, definition, first, last, currency=month.currency)
    found = []
    for customer_id, company_id, opening, closing, is_known in rows:
        paid = Paid(opening, closing, is_known)
        found.append(Holder(customer_id, company_id, paid, paid.amounts()[move]))
    return found


def _rows(
    statement: str, definition: ChurnDefinition, first: date, last: date, **values: Any
) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "tenant": definition.tenant_id,
                "definition": definition.pk,
                "open": first - timedelta(days=1),
                "close": last,
                **values,
            },
        )
        rows: list[Any] = cursor.fetchall()
    return rows
