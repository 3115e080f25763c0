"""How long holders held contracts the first time, and what they paid in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ContractEnd
    from analytics.rules.contract_value import Held

# Whoever pays nothing for longer than the grace had their first time until then. What is not yet
# settled is cut off: an end may still be followed within its days of grace.
_TIMES = """
WITH paid AS (
    SELECT customer_id, company_id, currency, from_on, to_on, amount,
        max(coalesce(to_on, 'infinity')) OVER (
            PARTITION BY customer_id, company_id, currency ORDER BY from_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before
    FROM analytics_revenuespan
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND definition_id = %(definition)s
        AND from_on < %(known)s
), numbered AS (
    SELECT *, count(*) FILTER (WHERE from_on > before + %(grace)s) OVER (
        PARTITION BY customer_id, company_id, currency ORDER BY from_on
    ) AS gap
    FROM paid
), times AS (
    SELECT customer_id, company_id, currency, min(from_on) AS from_on,
        max(coalesce(to_on, 'infinity')) <= %(known)s AS is_gone,
        least(max(coalesce(to_on, 'infinity')), %(known)s)::date AS until,
        sum(amount * (least(coalesce(to_on, %(known)s), %(known)s) - from_on)) AS paid_days
    FROM numbered WHERE gap = 0
    GROUP BY customer_id, company_id, currency
)
"""
_COUNTED = """
SELECT currency, until - from_on, is_gone, round(paid_days / %(month)s::numeric, 2), count(*)
FROM times GROUP BY 1, 2, 3, 4
"""
_LISTED = """
SELECT customer_id, company_id, from_on, until, is_gone, round(paid_days / %(month)s::numeric, 2)
FROM times WHERE currency = %(currency)s
ORDER BY paid_days DESC, customer_id, company_id
"""
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class HeldTime:
    """The first time of a holder, a customer (root) or a company: its days and what was paid.

    It ended before *until*, or was still going on then where it *is_open*.
    """

    customer_id: UUID | None
    company_id: UUID | None
    from_on: date
    until: date
    is_open: bool
    paid: Decimal


def held_by_currency(
    definition: ChurnDefinition, rule: ContractEnd, now: datetime
) -> dict[str, Held]:
    """Count the first times of all holders, by currency. One query."""
    found: dict[str, Held] = defaultdict(Counter)
    for currency, days, is_gone, paid, count in _rows(_COUNTED, definition, rule, now):
        found[currency][days, is_gone, float(paid)] += count
    return found


def held_times(
    definition: ChurnDefinition, rule: ContractEnd, now: datetime, currency: str
) -> list[HeldTime]:
    """List the first times of all holders in one currency, those that paid most first."""
    rows = _rows(_LISTED, definition, rule, now, currency=currency)
    return [
        HeldTime(customer, company, from_on, until, not is_gone, paid)
        for customer, company, from_on, until, is_gone, paid in rows
    ]


def _rows(
    statement: str, definition: ChurnDefinition, rule: ContractEnd, now: datetime, **values: Any
) -> list[Any]:
    today = local_date(now, ZoneInfo(definition.tenant.time_zone))
    with connection.cursor() as cursor:
        cursor.execute(
            _TIMES + statement,
            {
                "tenant": definition.tenant_id,
                "definition": definition.pk,
                "known": today - timedelta(days=rule.grace_days),
                "grace": rule.grace_days,
                "month": _DAYS_A_MONTH,
                **values,
            },
        )
        rows: list[Any] = cursor.fetchall()
    return rows
