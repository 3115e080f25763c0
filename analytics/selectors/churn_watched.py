"""Since when it is known who left: nobody can be seen leaving before the first of them is told."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Min

from analytics.rules.churn import Cancellation
from analytics.rules.churn_months import month_after
from analytics.selectors.churn_counts import first_span_at
from cxm.customers.models import Interaction
from cxm.metrics.rules.days import day_start, local_date

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ChurnRule


def watched_since(definition: ChurnDefinition, rule: ChurnRule, now: datetime) -> datetime | None:
    """Give the moment of the first cancellation, where nothing tells when somebody begins.

    Who was known before it, by answers or orders of long ago, could not be seen leaving until
    then. None for rules that need no such moment, and where nobody ever cancelled. One query.
    """
    if not isinstance(rule, Cancellation) or rule.starts:
        return None
    rows = Interaction.objects.for_tenant(definition.tenant_id).filter(
        name__in=rule.ends, deleted_at=None, occurred_at__lte=now
    )
    found: datetime | None = rows.aggregate(first=Min("occurred_at"))["first"]
    return found


def told_since(
    definition: ChurnDefinition, watched: datetime | None, now: datetime
) -> datetime | None:
    """Give the moment from which on months are told: of those *watched* in part only the last."""
    first = first_span_at(definition)
    if first is None or watched is None or watched <= first:
        return first
    zone = ZoneInfo(definition.tenant.time_zone)
    start = day_start(local_date(watched, zone).replace(day=1), zone)
    whole = start if start == watched else day_start(month_after(local_date(start, zone)), zone)
    return whole if whole <= now else watched
