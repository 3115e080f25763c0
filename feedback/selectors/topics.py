"""Topics with what they are worth: how many texts are about them, and how those people score."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connection

from cxm.metrics.figures import Scope, figure_of
from cxm.metrics.rules.histogram import Histogram
from feedback.models import Topic, Verbatim
from feedback.rules.text.reading import ENGINE_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from cxm.metrics.figures import Figure
    from cxm.tenants.models import Tenant
    from cxm.tenants.querysets import TenantQuerySet
    from feedback.selectors.registry_names import Measure, Names

# Texts in the period, of responses that are neither deleted nor screened out.
_TEXTS = """
WITH texts AS MATERIALIZED (
    SELECT v.id, v.response_id
    FROM feedback_verbatim v
    JOIN feedback_response r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = v.response_id
    WHERE v.tenant_id = (SELECT %(tenant)s::uuid) AND r.state IN ('complete', 'partial')
        AND (%(start)s::date IS NULL OR r.day >= %(start)s)
        AND (%(end)s::date IS NULL OR r.day < %(end)s)
), met AS MATERIALIZED (
    SELECT DISTINCT tree.shown, t.id, t.response_id
    FROM texts t
    JOIN feedback_topichit h ON h.tenant_id = (SELECT %(tenant)s::uuid)
        AND h.verbatim_id = t.id AND h.is_active
    JOIN unnest(%(shown)s::uuid[], %(below)s::uuid[]) AS tree (shown, below)
        ON tree.below = h.topic_id
)
"""
_COUNTS = f"""{_TEXTS}
SELECT shown, count(*) FROM met GROUP BY shown
UNION ALL SELECT NULL, count(*) FROM texts
UNION ALL SELECT %(tenant)s::uuid, count(DISTINCT id) FROM met
"""  # noqa: S608 - nothing of anybody's is put in
_SCORES = f"""{_TEXTS}
SELECT answers.shown, r.metric_id, r.value, count(*)
FROM (SELECT DISTINCT shown, response_id FROM met) answers
JOIN feedback_rating r ON r.tenant_id = (SELECT %(tenant)s::uuid)
    AND r.response_id = answers.response_id AND r.state = 'counted'
GROUP BY answers.shown, r.metric_id, r.value
"""  # noqa: S608 - nothing of anybody's is put in


@dataclass(frozen=True, slots=True)
class Period:
    """Days from *start_on*, inclusive, to *end_on*, exclusive; open where None."""

    start_on: date | None = None
    end_on: date | None = None

    @property
    def before(self) -> Period | None:
        """The period of the same length just before; None of one that is open."""
        if self.start_on is None or self.end_on is None:
            return None
        return Period(self.start_on - (self.end_on - self.start_on), self.start_on)

    def pairs(self) -> list[tuple[str, str]]:
        """List what a filter of responses says for it."""
        last = self.end_on - timedelta(days=1) if self.end_on else None
        days = {"from": self.start_on, "to": last}
        return [(name, day.isoformat()) for name, day in days.items() if day]


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """How many texts there are, how many of them are about any topic, and about each."""

    texts: int
    with_topic: int
    by_topic: dict[UUID, int]

    def share(self, topic_id: UUID) -> float | None:
        """Give the percentage of texts that are about a topic; None of no texts."""
        return 100 * self.by_topic.get(topic_id, 0) / self.texts if self.texts else None

    @property
    def without_share(self) -> float | None:
        """The percentage of texts without any topic; None of no texts."""
        return 100 * (self.texts - self.with_topic) / self.texts if self.texts else None


@dataclass(frozen=True, slots=True)
class TopicScores:
    """Scores of those who wrote about each topic, on the scale of one metric; see `figure`."""

    measure: Measure | None = None
    by_topic: dict[UUID, dict[int, int]] = field(default_factory=dict)

    def figure(self, topic: UUID, scope: Scope) -> Figure | None:
        """Give the metric of those who wrote about *topic*; None below its least n."""
        counts = self.by_topic.get(topic, {})
        if self.measure is None or sum(counts.values()) < self.measure.version.min_n:
            return None
        metric = self.measure.metric
        values = [value for value, count in counts.items() for _ in range(count)]
        histogram = Histogram.of(values, first=metric.scale_min, step=metric.scale_step)
        return figure_of(metric, self.measure.version, histogram, scope)


def topics_listed(tenant: Tenant, *, is_archived: bool = False) -> TenantQuerySet[Topic]:
    """List topics by title, with their rules and what they stand under."""
    rows: TenantQuerySet[Topic] = Topic.objects.for_tenant(tenant)
    found = rows.filter(archived_at__isnull=not is_archived).select_related("rule", "parent")
    return found.order_by("title", "pk")


def topic_counts(tenant: Tenant, topics: Sequence[Topic], period: Period) -> TopicCounts:
    """Count the texts of a period by topic; those of topics under another count for both.

    One query.
    """
    counted = dict(_rows(_COUNTS, tenant, topics, period))
    texts, met = counted.pop(None), counted.pop(tenant.pk)
    return TopicCounts(texts, met, counted)


def topic_scores(
    tenant: Tenant, topics: Sequence[Topic], period: Period, names: Names
) -> TopicScores:
    """Count the scores of those who wrote about each topic, on the metric with most of them.

    One query.
    """
    by_metric: dict[UUID, dict[UUID, dict[int, int]]] = {}
    for topic_id, metric_id, value, count in _rows(_SCORES, tenant, topics, period):
        by_metric.setdefault(metric_id, {}).setdefault(topic_id, {})[value] = count
    usable = [one for one in names.live_measures if one.metric.pk in by_metric]
    if not usable:
        return TopicScores()

    def size(one: Measure) -> int:
        return sum(sum(scores.values()) for scores in by_metric[one.metric.pk].values())

    best = max(usable, key=size)
    return TopicScores(best, by_metric[best.metric.pk])


def unread_count(tenant: Tenant) -> int:
    """Count the texts that nothing has read yet."""
    rows = Verbatim.objects.for_tenant(tenant)
    return rows.filter(engine_version__lt=ENGINE_VERSION).count()


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with its texts: how many, their share in percent now and in the period before.

    *texts_url* lists the texts; *figure* is the metric of those who wrote them, None where too few
    were scored.
    """

    topic: Topic
    n: int
    share: float | None
    before: float | None
    figure: Figure | None
    texts_url: str


@dataclass(frozen=True, slots=True)
class TopicTable:
    """The topics of a period, in the order given, with the metric that their figures are of."""

    rows: list[TopicRow]
    counts: TopicCounts
    measure: Measure | None
    has_before: bool


def topic_table(
    tenant: Tenant,
    topics: Sequence[Topic],
    period: Period,
    *,
    names: Names,
    now: datetime,
    url: str,
) -> TopicTable:
    """Say of each topic how many texts are about it, and how those people score.

    *url* is the address of the list of responses. Three queries; two of all time.
    """
    counts = topic_counts(tenant, topics, period)
    before = topic_counts(tenant, topics, period.before) if period.before else None
    scores = topic_scores(tenant, topics, period, names)
    metric = [("metric", scores.measure.metric.key)] if scores.measure else []
    rows = []
    for topic in topics:
        pairs = [("topic", topic.key), *period.pairs()]
        scored = urlencode(sorted([*pairs, *metric]))
        rows.append(
            TopicRow(
                topic=topic,
                n=counts.by_topic.get(topic.pk, 0),
                share=counts.share(topic.pk),
                before=before.share(topic.pk) if before else None,
                figure=scores.figure(topic.pk, _scope(tenant, period, scored, now, url)),
                texts_url=f"{url}?{urlencode(sorted(pairs))}",
            )
        )
    return TopicTable(rows, counts, scores.measure, before is not None)


def _scope(tenant: Tenant, period: Period, query: str, now: datetime, url: str) -> Scope:
    """Say whose answers a topic's figure counts."""
    return Scope(
        filter=query,
        start_on=period.start_on,
        end_on=period.end_on,
        time_zone=tenant.time_zone,
        as_of=now,
        rows_url=f"{url}?{query}",
    )


def _rows(sql: str, tenant: Tenant, topics: Sequence[Topic], period: Period) -> list[Any]:
    pairs = [(topic.pk, topic.pk) for topic in topics]
    pairs += [(topic.parent_id, topic.pk) for topic in topics if topic.parent_id]
    parameters = {
        "tenant": tenant.pk,
        "start": period.start_on,
        "end": period.end_on,
        "shown": [shown for shown, _ in pairs],
        "below": [below for _, below in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows
