"""Counting what is paid a month, from the contracts that a definition of churn looks at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min

from analytics.models import RevenueSpan
from analytics.rules.revenue_bridge import revenue_month
from analytics.selectors.revenue import paid_in
from analytics.services.contract_sql import DROP_PAID, ENDED, WRITE_PAID
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ContractEnd
    from analytics.rules.churn_months import Month
    from analytics.rules.revenue_moves import RevenueMonth


def recount_revenue(
    *, definition: ChurnDefinition, rule: ContractEnd, now: datetime
) -> tuple[int, int]:
    """Write the revenue of *definition* where it changed; give how many contracts began and ended.

    Everything is read from the contracts anew. Runs in the transaction that counts the spans,
    after them: two counts of one definition take turns there.
    """
    values: dict[str, Any] = {
        "tenant": definition.tenant_id,
        "definition": definition.pk,
        "now": now,
        "zone": definition.tenant.time_zone,
        "plans": list(rule.plans),
    }
    with connection.cursor() as cursor:
        cursor.execute(DROP_PAID, values)
        cursor.execute(WRITE_PAID, values)
        cursor.execute(ENDED, values)
        [(begun, ended)] = cursor.fetchall()
    return begun, ended


def first_paid_on(definition: ChurnDefinition) -> date | None:
    """Tell from when on anybody paid; None where nobody did."""
    spans = RevenueSpan.objects.for_tenant(definition.tenant_id).filter(definition=definition)
    found: date | None = spans.aggregate(first=Min("from_on"))["first"]
    return found


def revenue_months(definition: ChurnDefinition, months: Sequence[Month]) -> list[RevenueMonth]:
    """Add up the bridge of each of *months* and each currency that was paid in it, in order.

    One query a month. A running month goes to the end of the day of the count.
    """
    zone = ZoneInfo(definition.tenant.time_zone)
    found = []
    for month in months:
        last = local_date(month.end_at - timedelta(microseconds=1), zone)
        found += [
            revenue_month(month.first.isoformat(), currency, paid, is_over=month.is_over)
            for currency, paid in sorted(paid_in(definition, month.first, last).items())
        ]
    return found
