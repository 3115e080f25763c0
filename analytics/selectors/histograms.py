"""Histograms of answers by any slice: rollup and ledger together, exact at every moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import connection

from analytics.models import PIVOTED, VALUE_COLUMNS
from cxm.metrics.figures import empty_histogram
from cxm.metrics.rules.histogram import Histogram

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import date
    from uuid import UUID

    from cxm.metrics.models import Metric
    from cxm.tenants.models import Tenant


class By(StrEnum):
    """What a breakdown groups by."""

    ALL = "all"
    TOUCHPOINT = "touchpoint"
    CHANNEL = "channel"
    SURVEY = "survey"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Slice:
    """Which answers count.

    Days from *start_on* (inclusive) to *end_on* (exclusive), None for open; ids of touchpoints,
    channels and surveys, empty for all.
    """

    start_on: date | None = None
    end_on: date | None = None
    touchpoints: frozenset[UUID] = field(default_factory=frozenset)
    channels: frozenset[UUID] = field(default_factory=frozenset)
    surveys: frozenset[UUID] = field(default_factory=frozenset)


type Histograms = dict[UUID, dict[Hashable, Histogram]]

_GROUPS = {
    By.ALL: "NULL::uuid",
    By.TOUCHPOINT: "coalesce(tp.merged_into_id, f.touchpoint_id)",
    By.CHANNEL: "coalesce(ch.merged_into_id, f.channel_id)",
    By.SURVEY: "f.survey_id",
    By.DAY: "f.day",
    By.WEEK: "date_trunc('week', f.day)::date",
    By.MONTH: "date_trunc('month', f.day)::date",
}
_VALUES = ", ".join(VALUE_COLUMNS)
_SUMS = ", ".join(f"coalesce(sum(f.{name}), 0)" for name in VALUE_COLUMNS)
_COLUMNS = f"metric_id, survey_id, touchpoint_id, channel_id, day, {_VALUES}"
_WHERE = """tenant_id = %(tenant)s AND metric_id = ANY(%(metrics)s) AND persona_id IS NULL
    AND day >= coalesce(%(start)s, '-infinity'::date)
    AND day < coalesce(%(end)s, 'infinity'::date)"""
_SQL = f"""
SELECT f.metric_id, {{group}}, {_SUMS}
FROM (
    SELECT {_COLUMNS} FROM analytics_ratingday
    WHERE {_WHERE} AND generation = coalesce(
        (SELECT current FROM analytics_rollupgeneration WHERE tenant_id = %(tenant)s), 1)
    UNION ALL
    SELECT metric_id, survey_id, touchpoint_id, channel_id, day, {PIVOTED}
    FROM analytics_ratingdelta WHERE {_WHERE}
    GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day
) f
{{joins}}
WHERE {{conditions}}
GROUP BY 1, 2
HAVING sum(f.n) <> 0
"""
_TOUCHPOINTS = """LEFT JOIN touchpoints_touchpoint tp
    ON tp.tenant_id = %(tenant)s AND tp.id = f.touchpoint_id"""
_CHANNELS = """LEFT JOIN touchpoints_channel ch
    ON ch.tenant_id = %(tenant)s AND ch.id = f.channel_id"""
_C, _W = slice(2, 13), slice(14, 25)
_WN, _WW = 25, 26


def histograms(
    *, tenant: Tenant, metrics: Sequence[Metric], by: By = By.ALL, within: Slice = Slice()
) -> Histograms:
    """Count the answers of each metric by group, at this instant. One query.

    Outer keys are metric ids, all of *metrics*; inner keys are touchpoint, channel or survey ids
    (None: answers without one), the first date of the day, ISO week or month, or None for
    `By.ALL`. Groups without answers are absent. Merged touchpoints and channels count as what
    they were merged into.
    """
    by_id = {metric.pk: metric for metric in metrics}
    found: Histograms = defaultdict(dict, {pk: {} for pk in by_id})
    with connection.cursor() as cursor:
        cursor.execute(_statement(by, within), _parameters(tenant, by_id, within))
        for row in cursor.fetchall():
            found[row[0]][row[1]] = _histogram(by_id[row[0]], row)
    return dict(found)


def histogram(*, tenant: Tenant, metric: Metric, within: Slice = Slice()) -> Histogram:
    """Count all answers of *metric* within a slice. One query."""
    found = histograms(tenant=tenant, metrics=[metric], within=within)
    return found[metric.pk].get(None, empty_histogram(metric))


def _statement(by: By, within: Slice) -> str:
    """Join and compare only what this question needs: most need no join at all."""
    joins, conditions = [], ["true"]
    if by is By.TOUCHPOINT or within.touchpoints:
        joins.append(_TOUCHPOINTS)
    if by is By.CHANNEL or within.channels:
        joins.append(_CHANNELS)
    if within.touchpoints:
        conditions.append(f"{_GROUPS[By.TOUCHPOINT]} = ANY(%(touchpoints)s)")
    if within.channels:
        conditions.append(f"{_GROUPS[By.CHANNEL]} = ANY(%(channels)s)")
    if within.surveys:
        conditions.append("f.survey_id = ANY(%(surveys)s)")
    return _SQL.format(
        group=_GROUPS[by], joins=" ".join(joins), conditions=" AND ".join(conditions)
    )


def _parameters(tenant: Tenant, by_id: dict[UUID, Metric], within: Slice) -> dict[str, Any]:
    return {
        "tenant": tenant.pk,
        "metrics": list(by_id),
        "start": within.start_on,
        "end": within.end_on,
        "touchpoints": list(within.touchpoints),
        "channels": list(within.channels),
        "surveys": list(within.surveys),
    }


def _histogram(metric: Metric, row: Sequence[Any]) -> Histogram:
    counts = tuple(int(count) for count in row[_C])
    has_weights = row[_WN] > 0
    return Histogram(
        counts=counts,
        first=metric.scale_offset,
        step=metric.scale_step,
        weights=tuple(row[_W]) if has_weights else None,
        weight_count=int(row[_WN]) if has_weights else None,
        weight_squares=row[_WW] if has_weights else None,
    )
