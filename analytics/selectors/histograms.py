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
    from collections.abc import Collection, Hashable, Sequence
    from datetime import date
    from uuid import UUID

    from cxm.metrics.models import Metric
    from cxm.metrics.rules.windows import Window
    from cxm.tenants.models import Tenant


class By(StrEnum):
    """What a breakdown groups by."""

    ALL = "all"
    TOUCHPOINT = "touchpoint"
    CHANNEL = "channel"
    SURVEY = "survey"
    SEGMENT = "segment"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Slice:
    """Which answers count.

    Days from *start_on* (inclusive) to *end_on* (exclusive), None for open; ids of touchpoints,
    channels, surveys and segments, empty for all. Of segments the answers of those who are in
    one of them now count; answers of people who were merged are their root's.
    """

    start_on: date | None = None
    end_on: date | None = None
    touchpoints: frozenset[UUID] = field(default_factory=frozenset)
    channels: frozenset[UUID] = field(default_factory=frozenset)
    surveys: frozenset[UUID] = field(default_factory=frozenset)
    segments: frozenset[UUID] = field(default_factory=frozenset)


type Spot = tuple[UUID, UUID, Window]
type Histograms = dict[UUID, dict[Hashable, Histogram]]

_GROUPS = {
    By.ALL: "NULL::uuid",
    By.TOUCHPOINT: "coalesce(tp.merged_into_id, f.touchpoint_id)",
    By.CHANNEL: "coalesce(ch.merged_into_id, f.channel_id)",
    By.SURVEY: "f.survey_id",
    By.SEGMENT: "f.segment_id",
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
_DAY_ROWS = f"""
    SELECT {_COLUMNS} FROM analytics_ratingday
    WHERE {_WHERE} AND generation = coalesce(
        (SELECT current FROM analytics_rollupgeneration WHERE tenant_id = %(tenant)s), 1)
    UNION ALL
    SELECT metric_id, survey_id, touchpoint_id, channel_id, day, {PIVOTED}
    FROM analytics_ratingdelta WHERE {_WHERE}
    GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day
"""
_SQL = f"""
SELECT f.metric_id, {{group}}, {_SUMS}
FROM ({_DAY_ROWS}) f
{{joins}}
WHERE {{conditions}}
GROUP BY 1, 2
HAVING sum(f.n) <> 0
"""
# Day rows know no people: where members are asked for, the answers themselves are counted.
_MEMBER_ROWS = f"""
    SELECT metric_id, survey_id, touchpoint_id, channel_id, day, segment_id, {PIVOTED}
    FROM (
        SELECT r.metric_id, r.survey_id, r.touchpoint_id, r.channel_id, r.day, {{segment}},
            (r.value - metric.scale_offset) / metric.scale_step AS position, 1 AS n,
            coalesce(r.weight, 0) AS w, (r.weight IS NOT NULL)::int AS wn,
            coalesce(r.weight * r.weight, 0) AS ww
        FROM feedback_rating r
        JOIN metrics_metric metric
            ON metric.tenant_id = %(tenant)s AND metric.id = r.metric_id
        {{members}}
        WHERE r.tenant_id = %(tenant)s AND r.metric_id = ANY(%(metrics)s) AND r.state = 'counted'
            AND r.day >= coalesce(%(start)s, '-infinity'::date)
            AND r.day < coalesce(%(end)s, 'infinity'::date) AND {{is_member}}
    ) rated
    GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day, segment_id
"""
_MEMBERS_SQL = f"""
SELECT f.metric_id, {{group}}, {_SUMS}
FROM ({_MEMBER_ROWS}) f
    (metric_id, survey_id, touchpoint_id, channel_id, day, segment_id, {_VALUES})
{{joins}}
WHERE {{conditions}}
GROUP BY 1, 2
HAVING sum(f.n) <> 0
"""
_MEMBERSHIP = """feedback_response answered
    JOIN customers_customer customer
        ON customer.tenant_id = %(tenant)s AND customer.id = answered.customer_id
    JOIN customers_segmentmember member
        ON member.tenant_id = %(tenant)s AND member.customer_id = customer.root_id
        AND member.to_at IS NULL"""
_THIS_ANSWER = "answered.tenant_id = %(tenant)s AND answered.id = r.response_id"
# A person in several of the segments still counts once ...
_IN_ONE = f"""EXISTS (SELECT FROM {_MEMBERSHIP}
    WHERE {_THIS_ANSWER} AND member.segment_id = ANY(%(segments)s))"""
# ... and where segments are compared, once in each.
_IN_EACH = f"""JOIN ({_MEMBERSHIP}
    JOIN customers_segment live ON live.tenant_id = %(tenant)s AND live.id = member.segment_id
        AND live.archived_at IS NULL) ON {_THIS_ANSWER}"""
_IS_CHOSEN = "(%(segments)s::uuid[] = '{}' OR member.segment_id = ANY(%(segments)s))"
_TOUCHPOINTS = """LEFT JOIN touchpoints_touchpoint tp
    ON tp.tenant_id = %(tenant)s AND tp.id = f.touchpoint_id"""
_CHANNELS = """LEFT JOIN touchpoints_channel ch
    ON ch.tenant_id = %(tenant)s AND ch.id = f.channel_id"""
_WINDOWS_SQL = f"""
SELECT f.metric_id, {_GROUPS[By.TOUCHPOINT]}, {_SUMS}, w.place
FROM {{rows}}
JOIN unnest(%(starts)s::date[], %(ends)s::date[]) WITH ORDINALITY AS w (start_on, end_on, place)
    ON f.day >= w.start_on AND f.day < w.end_on
{_TOUCHPOINTS}
WHERE {_GROUPS[By.TOUCHPOINT]} = ANY(%(touchpoints)s)
GROUP BY f.metric_id, 2, w.place
HAVING sum(f.n) <> 0
"""
_NESTED_SQL = f"""
SELECT f.metric_id, {_GROUPS[By.TOUCHPOINT]}, {_GROUPS[By.CHANNEL]}, {_GROUPS[By.SURVEY]},
    w.place, sum(f.n)::int
FROM ({_DAY_ROWS}) f
JOIN unnest(%(starts)s::date[], %(ends)s::date[]) WITH ORDINALITY AS w (start_on, end_on, place)
    ON f.day >= coalesce(w.start_on, '-infinity'::date)
    AND f.day < coalesce(w.end_on, 'infinity'::date)
{_TOUCHPOINTS}
{_CHANNELS}
GROUP BY 1, 2, 3, 4, 5
HAVING sum(f.n) <> 0
"""
_OF_ALL = f"({_DAY_ROWS}) f"
_OF_SEGMENTS = f"""({
    _MEMBER_ROWS.format(segment="NULL::uuid AS segment_id", members="", is_member=_IN_ONE)
}) f (metric_id, survey_id, touchpoint_id, channel_id, day, segment_id, {_VALUES})"""
_C, _W = slice(2, 13), slice(14, 25)
_WN, _WW = 25, 26


def histograms(
    *, tenant: Tenant, metrics: Sequence[Metric], by: By = By.ALL, within: Slice = Slice()
) -> Histograms:
    """Count the answers of each metric by group, at this instant. One query.

    Outer keys are metric ids, all of *metrics*; inner keys are touchpoint, channel, survey or
    segment ids (None: answers without one), the first date of the day, ISO week or month, or None
    for `By.ALL`. Groups without answers are absent. Merged touchpoints and channels count as what
    they were merged into. Live segments overlap: an answer counts in each that its person is in.
    """
    by_id = {metric.pk: metric for metric in metrics}
    found: Histograms = defaultdict(dict, {pk: {} for pk in by_id})
    with connection.cursor() as cursor:
        cursor.execute(_statement(by, within), _parameters(tenant, by_id, within))
        for row in cursor.fetchall():
            found[row[0]][row[1]] = _histogram(by_id[row[0]], row)
    return dict(found)


def cube(
    *, tenant: Tenant, metric: Metric, by: Sequence[By], within: Slice = Slice()
) -> dict[tuple[UUID | None, ...], Histogram]:
    """Count the answers of *metric* by several of touchpoint, channel and survey at once.

    One query. Keys hold ids in the order of *by* (None: answers without one); what is empty is
    absent.
    """
    group = f"ARRAY[{', '.join(_GROUPS[one] for one in by)}]"
    statement = _statement_of(group, by, within)
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(tenant, {metric.pk: metric}, within))
        return {tuple(row[1]): _histogram(metric, row) for row in cursor.fetchall()}


def histogram(*, tenant: Tenant, metric: Metric, within: Slice = Slice()) -> Histogram:
    """Count all answers of *metric* within a slice. One query."""
    found = histograms(tenant=tenant, metrics=[metric], within=within)
    return found[metric.pk].get(None, empty_histogram(metric))


def window_histograms(
    *,
    tenant: Tenant,
    metrics: Sequence[Metric],
    windows: Sequence[Window],
    touchpoints: Collection[UUID],
    segments: Collection[UUID] = (),
) -> dict[Spot, Histogram]:
    """Count the answers at each of *touchpoints* in each of *windows*. One query.

    Where *segments* are named the answers of those count who are in one of them now.
    Keys are a metric's id, the touchpoint's (of a merged one its target's) and the window; without
    answers they are absent. Windows may overlap.
    """
    if not (metrics and windows and touchpoints):
        return {}
    by_id = {metric.pk: metric for metric in metrics}
    asked: dict[str, Any] = {
        "tenant": tenant.pk,
        "metrics": list(by_id),
        "start": min(window.start_on for window in windows),
        "end": max(window.end_on for window in windows),
        "starts": [window.start_on for window in windows],
        "ends": [window.end_on for window in windows],
        "touchpoints": list(touchpoints),
        "segments": list(segments),
    }
    statement = _WINDOWS_SQL.format(rows=_OF_SEGMENTS if segments else _OF_ALL)
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return {
            (row[0], row[1], windows[row[-1] - 1]): _histogram(by_id[row[0]], row)
            for row in cursor.fetchall()
        }


def spot_counts(
    *, tenant: Tenant, metrics: Sequence[Metric], slices: Sequence[Slice]
) -> dict[UUID, dict[tuple[UUID | None, ...], list[int]]]:
    """Count the answers of each metric by touchpoint, channel and survey at once. One query.

    Inner keys are the three ids in this order (None: answers without one), values the number of
    answers in each of *slices*, of which only the days are looked at.
    """
    by_id = {metric.pk: metric for metric in metrics}
    found: dict[UUID, dict[tuple[UUID | None, ...], list[int]]] = {pk: {} for pk in by_id}
    asked = _parameters(tenant, by_id, Slice()) | {
        "starts": [one.start_on for one in slices],
        "ends": [one.end_on for one in slices],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NESTED_SQL, asked)
        for metric_id, touchpoint, channel, survey, place, n in cursor.fetchall():
            spots = found[metric_id].setdefault((touchpoint, channel, survey), [0] * len(slices))
            spots[place - 1] = n
    return found


def _statement(by: By, within: Slice) -> str:
    return _statement_of(_GROUPS[by], [by], within)


def _statement_of(group: str, bys: Sequence[By], within: Slice) -> str:
    """Join and compare only what this question needs: most need no join at all."""
    joins, conditions = [], ["true"]
    if By.TOUCHPOINT in bys or within.touchpoints:
        joins.append(_TOUCHPOINTS)
    if By.CHANNEL in bys or within.channels:
        joins.append(_CHANNELS)
    if within.touchpoints:
        conditions.append(f"{_GROUPS[By.TOUCHPOINT]} = ANY(%(touchpoints)s)")
    if within.channels:
        conditions.append(f"{_GROUPS[By.CHANNEL]} = ANY(%(channels)s)")
    if within.surveys:
        conditions.append("f.survey_id = ANY(%(surveys)s)")
    parts = {"joins": " ".join(joins), "conditions": " AND ".join(conditions)}
    if By.SEGMENT in bys:
        members = {"segment": "member.segment_id", "members": _IN_EACH, "is_member": _IS_CHOSEN}
        return _MEMBERS_SQL.format(group=group, **members, **parts)
    if within.segments:
        members = {"segment": "NULL::uuid AS segment_id", "members": "", "is_member": _IN_ONE}
        return _MEMBERS_SQL.format(group=group, **members, **parts)
    return _SQL.format(group=group, **parts)


def _parameters(tenant: Tenant, by_id: dict[UUID, Metric], within: Slice) -> dict[str, Any]:
    return {
        "tenant": tenant.pk,
        "metrics": list(by_id),
        "start": within.start_on,
        "end": within.end_on,
        "touchpoints": list(within.touchpoints),
        "channels": list(within.channels),
        "surveys": list(within.surveys),
        "segments": list(within.segments),
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
