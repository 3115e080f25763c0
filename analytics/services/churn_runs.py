"""Counting churn by one definition: its spans, then all that its page shows, kept as one result."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from analytics.models import ChurnDefinition, ChurnRun
from analytics.rules.churn import ContractEnd
from analytics.rules.churn_curves import curve_of, grouped, horizon_of, tick_days
from analytics.rules.churn_months import months_until
from analytics.rules.churn_shapes import (
    SMALLEST_COHORT,
    ChurnBrief,
    ChurnResult,
    Cohort,
    Contracts,
    MonthMoves,
)
from analytics.rules.contract_value import contract_value
from analytics.selectors.churn_counts import (
    Until,
    cohorts_of,
    dimensions_of,
    lived_by_group,
    lived_widely,
    moves_of,
    overlaps_of,
    standing_of,
)
from analytics.selectors.churn_onward import onward_counted
from analytics.selectors.churn_reasons import reasons_of
from analytics.selectors.churn_watched import told_since, watched_since
from analytics.selectors.contract_times import held_by_currency
from analytics.services.churn_spans import recount_spans, rule_of
from analytics.services.reading_whole import reading_whole
from analytics.services.revenue_spans import first_paid_on, recount_revenue, revenue_months
from cxm.metrics.rules.days import day_start, local_date

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from analytics.rules.churn import ChurnRule
    from analytics.rules.churn_months import Month
    from analytics.rules.churn_shapes import Curve, Grouped

KEPT_DAYS = 90


@transaction.atomic
def count_churn(*, definition: ChurnDefinition, now: datetime) -> ChurnRun:
    """Count the spans of *definition* anew and keep what they tell, one run a day for 90 days.

    Two counts of one definition take turns; one under a rule that was changed before its turn
    counts by the new one.
    """
    with reading_whole():
        return _count(definition, now)


def _count(definition: ChurnDefinition, now: datetime) -> ChurnRun:
    recounted = recount_spans(definition=definition, now=now)
    rule = rule_of(definition)
    known_until = settled_at(rule, now)
    zone = ZoneInfo(definition.tenant.time_zone)
    watched = watched_since(definition, rule, now)
    months = months_until(now, zone, since=told_since(definition, watched, now))
    there, gone = standing_of(definition)
    overall, groups = curves(definition, rule, Until(known_until, watched))
    moves = _months(definition, months, known_until)
    since = local_date(watched, zone).isoformat() if watched else ""
    brief = ChurnBrief(there, gone, recounted.lone_ends, moves, since)
    result = ChurnResult(
        cohorts=_cohorts(definition, months, now, known_until),
        overall=overall,
        groups=groups,
        overlaps=overlaps_of(definition),
        contracts=_contracts(definition, zone, now),
        onward=onward_counted(definition, rule, now),
        reasons=reasons_of(definition, rule),
    )
    runs = ChurnRun.objects.for_tenant(definition.tenant_id).filter(definition=definition)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    runs.filter(Q(at__lt=now - timedelta(days=KEPT_DAYS)) | Q(at__gte=today)).delete()
    rows = ChurnDefinition.objects.for_tenant(definition.tenant_id).filter(pk=definition.pk)
    rows.update(counted_at=now)
    return ChurnRun.objects.create(
        tenant=definition.tenant,
        definition=definition,
        version=definition.version,
        at=now,
        brief=brief.as_json(),
        result=result.as_json(),
    )


def settled_at(rule: ChurnRule, now: datetime) -> datetime:
    """Give the moment until which it is known who left: a contract may be followed in its grace."""
    return now - timedelta(days=rule.grace_days) if isinstance(rule, ContractEnd) else now


def curves(
    definition: ChurnDefinition, rule: ChurnRule, until: Until
) -> tuple[Curve | None, dict[str, Grouped]]:
    """Estimate the curve of everybody, and those of the groups of each dimension, with tests."""
    widely = lived_widely(definition, until)
    everybody = widely.everybody
    groups = {
        each.key: grouped(
            each.title,
            *lived_by_group(definition, each, widely, until),
            everybody,
            overlap=each.overlap,
        )
        for each in dimensions_of(definition, rule)
    }
    return curve_of(everybody, tick_days(horizon_of(everybody))), groups


def _contracts(definition: ChurnDefinition, zone: ZoneInfo, now: datetime) -> Contracts | None:
    rule = rule_of(definition)
    if not isinstance(rule, ContractEnd):
        return None
    begun, ended = recount_revenue(definition=definition, rule=rule, now=now)
    # A company pays before anybody is known who belongs to it: its months are its own.
    since = first_paid_on(definition)
    months = months_until(now, zone, since=day_start(since, zone) if since else None)
    revenue = revenue_months(definition, months)
    held = held_by_currency(definition, rule, now)
    values = (contract_value(currency, one, rule) for currency, one in sorted(held.items()))
    return Contracts(begun, ended, tuple(revenue), tuple(one for one in values if one))


def _months(
    definition: ChurnDefinition, months: Sequence[Month], known_until: datetime
) -> tuple[MonthMoves, ...]:
    moves = moves_of(definition, months)
    return tuple(
        MonthMoves(
            one.first.isoformat(),
            *counts,
            is_over=one.is_over,
            is_settled=one.is_over and one.end_at <= known_until,
        )
        for one, counts in zip(months, moves, strict=True)
    )


def _cohorts(
    definition: ChurnDefinition, months: Sequence[Month], now: datetime, known_until: datetime
) -> tuple[Cohort, ...]:
    if not months:
        return ()
    found = cohorts_of(
        definition, oldest=months[0].first, zone=definition.tenant.time_zone, now=now
    )
    firsts = [one.first for one in months]
    settled = {one.first for one in months if one.is_over and one.end_at <= known_until}
    return tuple(
        _cohort(first, firsts, found[first], settled) for first in firsts if first in found
    )


def _cohort(
    first: date, months: Sequence[date], there: Mapping[date, int], settled: Collection[date]
) -> Cohort:
    own = [month for month in months if month >= first]
    counts = tuple(there.get(month, 0) for month in own)
    done = sum(month in settled for month in own)
    told = counts if counts[0] >= SMALLEST_COHORT else ()
    return Cohort(first.isoformat(), counts[0], told, done=done)
