"""Each person's outcome and ratings, as drivers are worked out from; for workers alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.rules.driver_model import Dates, People
from analytics.rules.driver_shapes import Source
from analytics.rules.drivers import watched_days
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.days import day_start, day_words, local_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    import numpy as np

    from analytics.selectors.driver_question import DriverQuestion
    from analytics.selectors.histograms import Slice
    from analytics.selectors.names import Measure
else:
    np = lazily("numpy")

_RATED = """feedback_rating r
JOIN feedback_response answered
    ON answered.tenant_id = %(tenant)s AND answered.id = r.response_id
JOIN customers_customer customer
    ON customer.tenant_id = %(tenant)s AND customer.id = answered.customer_id
LEFT JOIN touchpoints_touchpoint tp
    ON tp.tenant_id = %(tenant)s AND tp.id = r.touchpoint_id
LEFT JOIN touchpoints_channel ch
    ON ch.tenant_id = %(tenant)s AND ch.id = r.channel_id
WHERE r.tenant_id = %(tenant)s AND r.state = 'counted'
    AND r.day >= coalesce(%(start)s, '-infinity'::date)
    AND r.day < coalesce(%(end)s, 'infinity'::date)"""
_PLACE = "coalesce(tp.merged_into_id, r.touchpoint_id)"
_INPUTS = f"""
SELECT customer.root_id, {_PLACE}, r.metric_id, avg(r.value)::float8
FROM {_RATED} AND r.touchpoint_id IS NOT NULL AND r.metric_id = ANY(%(metrics)s)
    AND {_PLACE} IS DISTINCT FROM %(at)s
    AND (%(touchpoints)s::uuid[] = '{{}}' OR {_PLACE} = ANY(%(touchpoints)s))
    AND (%(channels)s::uuid[] = '{{}}'
        OR coalesce(ch.merged_into_id, r.channel_id) = ANY(%(channels)s))
    AND (%(surveys)s::uuid[] = '{{}}' OR r.survey_id = ANY(%(surveys)s))
GROUP BY 1, 2, 3
"""  # noqa: S608 - fixed parts
_OF_METRIC = f"""
SELECT customer.root_id, avg(r.value)::float8
FROM {_RATED} AND r.metric_id = %(metric)s AND {_PLACE} IS NOT DISTINCT FROM %(at)s
GROUP BY 1
"""  # noqa: S608 - fixed parts
# Whoever was there at the end of the period, and whether they were gone some days later.
_OF_CHURN = """
SELECT customer.root_id, bool_or(span.to_at IS NOT NULL AND span.to_at < %(later)s)::int::float8
FROM analytics_churnspan span
JOIN customers_customer customer
    ON customer.tenant_id = %(tenant)s AND customer.id = span.customer_id
WHERE span.tenant_id = %(tenant)s AND span.definition_id = %(definition)s
    AND span.from_at < %(cut)s AND (span.to_at IS NULL OR span.to_at >= %(cut)s)
GROUP BY 1
"""
_MEMBERS = """
SELECT DISTINCT customer_id FROM customers_segmentmember
WHERE tenant_id = %(tenant)s AND to_at IS NULL AND segment_id = ANY(%(segments)s)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The people of a question, the days that were looked at, and the definition's version.

    *reason* says why there are no people to look at; "" where there can be some.
    """

    people: People
    dates: Dates
    version: int | None
    reason: str = ""

    @property
    def data_hash(self) -> str:
        """Tell these people and days from others, in 64 letters."""
        whole = hashlib.sha256(repr((self.dates, self.version, self.people.sources)).encode())
        whole.update(repr(self.people.ends).encode() + self.reason.encode())
        whole.update(self.people.outcome.tobytes() + self.people.ratings.tobytes())
        return whole.hexdigest()


def read_driver_people(question: DriverQuestion) -> Found:
    """Load who gave the outcome and what they rated; ratings of one person are averaged."""
    if question.definition:
        return _leaving(question)
    within = question.within
    outcomes = _rows(_OF_METRIC, question, within, metric=_metric(question).metric.pk)
    whole = {root: value for root, value in outcomes if value is not None}
    people = _people(question, within, whole)
    reason = "" if whole else _nobody(question)
    return Found(people, _dates(within), _metric(question).version.number, reason)


def _leaving(question: DriverQuestion) -> Found:
    definition, zone = question.definition, ZoneInfo(question.viewer.tenant.time_zone)
    if definition is None or definition.counted_at is None:
        words = "Churn was not counted by this definition yet: try again when it was."
        return Found(_people(question, question.within, {}), Dates(), None, words)
    start, end, until = watched_days(
        question.within.start_on,
        question.within.end_on,
        known_until=local_date(definition.counted_at, zone),
        days=question.outcome.days,
    )
    within = replace(question.within, start_on=start, end_on=end)
    cut, later = day_start(end, zone), day_start(until, zone)
    gone = _rows(_OF_CHURN, question, within, definition=definition.pk, cut=cut, later=later)
    people = _people(question, within, dict(gone))
    dates = replace(_dates(within), until=until.isoformat())
    reason = "" if gone else f"Nobody was a customer on {day_words(end)} by this definition."
    return Found(people, dates, definition.version, reason)


def _people(question: DriverQuestion, within: Slice, outcomes: Mapping[UUID, float]) -> People:
    """Put outcomes and ratings of each person into one line, in the order of their ids."""
    chosen = dict(outcomes)
    if within.segments:
        members = {root for (root,) in _rows(_MEMBERS, question, within)}
        chosen = {root: value for root, value in outcomes.items() if root in members}
    by_id = {one.metric.pk: one for one in question.metrics}
    lines = {root: place for place, root in enumerate(sorted(chosen))}
    rows = _rows(_INPUTS, question, within, metrics=list(by_id))
    rows = [row for row in rows if row[0] in lines]
    sources = sorted({(row[1], row[2]) for row in rows})
    columns = {source: place for place, source in enumerate(sources)}
    ratings = np.full((len(lines), len(sources)), np.nan)
    for root, touchpoint, metric, value in rows:
        ratings[lines[root], columns[touchpoint, metric]] = value
    return People(
        outcome=np.array([chosen[root] for root in lines], dtype=np.float64),
        ratings=ratings,
        sources=[Source(str(touchpoint), str(metric)) for touchpoint, metric in sources],
        ends=[_ends(by_id[metric]) for _, metric in sources],
    )


def _rows(
    statement: str, question: DriverQuestion, within: Slice, **more: Any
) -> Sequence[tuple[Any, ...]]:
    asked = {
        "tenant": question.viewer.tenant.pk,
        "start": within.start_on,
        "end": within.end_on,
        "at": question.at.id if question.at else None,
        "touchpoints": list(within.touchpoints),
        "channels": list(within.channels),
        "surveys": list(within.surveys),
        "segments": list(within.segments),
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _ends(measure: Measure) -> tuple[float, float]:
    """Give the worst and the best value of a scale."""
    low, high = float(measure.metric.scale_min), float(measure.metric.scale_max)
    return (low, high) if measure.metric.direction == "higher" else (high, low)


def _metric(question: DriverQuestion) -> Measure:
    if question.measure is None:
        raise LookupError("the metric of the question is gone")
    return question.measure


def _nobody(question: DriverQuestion) -> str:
    title = _metric(question).metric.title
    if question.at:
        return f"No known customer rated {title} at {question.at.title} in this period."
    return (
        f"No known customer rated {title} for the whole, without a touchpoint, in this period. "
        "Choose the touchpoint that stands for the whole, or a longer period."
    )


def _dates(within: Slice) -> Dates:
    return Dates(start_on=_iso(within.start_on), end_on=_iso(within.end_on))


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""
