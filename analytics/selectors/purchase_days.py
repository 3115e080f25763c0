"""The days on which customers bought, read from the timeline by the settings of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.rules.purchase_model import NO_SPEND, Buyer
from analytics.rules.purchases import OWN_AMOUNT
from cxm.metrics.rules.days import local_date
from cxm.metrics.rules.rounding import round_half_away
from cxm.metrics.rules.value import SpendHistory

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from analytics.rules.purchases import PurchaseRule
    from cxm.tenants.models import Tenant

_AT_ONCE = 10_000
# A property may hold anything; what is no plain number is no amount.
_PROPERTY = """CASE WHEN i.props #>> %(path)s::text[] ~ '^[0-9]{1,12}([.][0-9]{1,6})?$'
    THEN (i.props #>> %(path)s::text[])::numeric END"""
# One row a customer: whichever of their rows it was recorded on, and known people only.
_BOUGHT = """
WITH bought AS (
    SELECT c.root_id AS customer_id, i.day, sum(i.amount) AS amount,
        min(i.currency) FILTER (WHERE i.amount > 0) AS low,
        max(i.currency) FILTER (WHERE i.amount > 0) AS high
    FROM (
        SELECT i.customer_id, i.day, {amount} AS amount, i.currency
        FROM customers_interaction i
        WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.deleted_at IS NULL
            AND i.customer_id IS NOT NULL AND i.occurred_at <= %(now)s AND i.day <= %(today)s
            AND (%(is_any_name)s OR i.name = ANY(%(names)s::text[]))
            AND (%(is_any_kind)s OR i.kind = ANY(%(kinds)s::text[]))
    ) i
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
    JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = c.root_id
        AND r.kind = 'known' AND r.erased_at IS NULL
    GROUP BY 1, 2
)
SELECT customer_id, array_agg(day ORDER BY day), array_agg(amount ORDER BY day), min(low), max(high)
FROM bought GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class PurchaseDays:
    """The buyers by customer, their *currencies* (two at most are told), and what lacks an amount.

    *without_amount* are repeat purchases without an amount, or with a negative one.
    """

    buyers: dict[UUID, Buyer]
    currencies: tuple[str, ...]
    without_amount: int


def purchase_days(tenant: Tenant, rule: PurchaseRule, now: datetime) -> PurchaseDays:
    """Read who bought on which days of the tenant until *now*; purchases of a day are one.

    One query; the rows of all customers who bought are held in memory.
    """
    values: dict[str, Any] = {
        "tenant": tenant.pk,
        "now": now,
        "today": local_date(now, ZoneInfo(tenant.time_zone)),
        "names": list(rule.names),
        "is_any_name": not rule.names,
        "kinds": list(rule.kinds),
        "is_any_kind": not rule.kinds,
        "path": rule.property_path,
    }
    buyers: dict[UUID, Buyer] = {}
    currencies: set[str] = set()
    without = 0
    with connection.cursor() as cursor:
        cursor.execute(_BOUGHT.replace("{amount}", _amount_of(rule)), values)
        while rows := cursor.fetchmany(_AT_ONCE):
            for customer_id, days, amounts, low, high in rows:
                paid = [one for one in amounts[1:] if one is not None and one >= 0]
                mean = round_half_away(sum(paid) / len(paid), 2) if paid else 0
                spend = SpendHistory(len(paid), float(mean)) if mean else NO_SPEND
                buyers[customer_id] = Buyer(tuple(days), spend)
                without += len(days) - 1 - len(paid)
                currencies |= {one or "" for one in (low, high)} if paid else set()
    told = currencies if currencies != {""} else set()
    return PurchaseDays(buyers, tuple(sorted(told)), without)


def _amount_of(rule: PurchaseRule) -> str:
    if rule.property_path:
        return _PROPERTY
    return "i.amount" if rule.amount == OWN_AMOUNT else "NULL::numeric"
