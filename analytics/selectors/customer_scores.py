"""How one customer scored each touchpoint, beside how everybody does."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from analytics.rules.periods import named_period
from analytics.selectors.figures import Question, Viewer
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.names import Measure, measures, read_names
from cxm.customers.models import SegmentMember
from cxm.customers.rules.time_words import ago
from cxm.kernel.charts import Tone
from cxm.kernel.figures import TOO_FEW_TO_TELL
from cxm.metrics.models import MetricVersion
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.customers.models import Segment
    from cxm.customers.selectors.subjects import Subject
    from cxm.metrics.figures import Figure

PERIOD = "365d"
MOST_SHOWN = 8
# Figures of a segment are counted from the answers themselves: of a large one that takes a while.
LARGEST_SEGMENT = 20_000
# The customer's own scores by metric and touchpoint, with the newest of each.
_OWN = """
SELECT g.metric_id, coalesce(tp.merged_into_id, g.touchpoint_id), count(*), avg(g.value)::float,
    (array_agg(g.value ORDER BY g.answered_at DESC, g.id DESC))[1], max(g.answered_at)
FROM feedback_response r
JOIN feedback_rating g ON g.tenant_id = r.tenant_id AND g.response_id = r.id
LEFT JOIN touchpoints_touchpoint tp ON tp.tenant_id = g.tenant_id AND tp.id = g.touchpoint_id
WHERE r.tenant_id = %(tenant)s AND r.customer_id = ANY(%(customers)s) AND g.state = 'counted'
GROUP BY 1, 2
"""
_WORDS = {-1: "worse than the mean", 0: "about the mean", 1: "better than the mean"}


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The scores of one customer in one metric at one touchpoint, beside everybody's.

    *mean* is over their *n* scores, *last* the newest. *everybody* is the mean of all scores of
    the last 365 days, with its own n and interval; *others* says whose: everybody's, or those of
    a segment. *verdict* is -1, 0 or 1 (worse, alike, better), None while too few answered.
    *own_place* and *mean_place* are percents of the scale.
    """

    touchpoint: str
    metric: str
    metric_key: str
    n: int
    mean: float
    last: int
    last_tone: Tone
    last_at: datetime
    when: str
    scale: tuple[int, int]
    everybody: Figure
    verdict: int | None
    gap: float
    own_place: float
    mean_place: float | None
    others: str = "Everybody"

    @property
    def verdict_words(self) -> str:
        """Say how they compare; empty while nothing can be said."""
        return "" if self.verdict is None else _WORDS[self.verdict]


def customer_scores(subject: Subject) -> list[ScoreLine]:
    """List where *subject* is less content than others, the worst first, at most eight lines.

    The others are their pinned segment, as far as it is of a size that is counted at once, else
    everybody. Empty for those who may not read answers. Five queries; one without scores.
    """
    looking = subject.looking
    own = _own_scores(subject) if looking.may(Right.SEE_RESPONSES) else []
    if not own:
        return []
    viewer = Viewer(subject.tenant, sees_rows=True, now=looking.now)
    by_id = {one.metric.pk: one for one in measures(subject.tenant)}
    own = [row for row in own if row[0] in by_id]
    segment = _segment_of(subject)
    period = named_period(PERIOD, viewer.today)
    chosen = Filter(period, segments=(segment.key,) if segment else ())
    ids = frozenset({segment.pk} if segment else ())
    within = Slice(period.start_on, period.end_on, segments=ids)
    asked = [by_id[pk].metric for pk in dict.fromkeys(row[0] for row in own)]
    found = histograms(tenant=subject.tenant, metrics=asked, by=By.TOUCHPOINT, within=within)
    names = read_names(subject.tenant)
    lines = []
    for metric_id, touchpoint_id, *scores in own:
        question = Question(viewer, _as_mean(by_id[metric_id]), chosen, names)
        one = question.figure(touchpoint_id, By.TOUCHPOINT, found[metric_id].get(touchpoint_id))
        title = one.title if touchpoint_id else "As a whole"
        line = _line(subject, by_id[metric_id], title, one.figure, scores)
        lines.append(replace(line, others=segment.title) if segment else line)
    return sorted(lines, key=lambda line: (line.gap, line.touchpoint.casefold(), line.metric))[
        :MOST_SHOWN
    ]


def scores_json(lines: Sequence[ScoreLine]) -> list[dict[str, Any]]:
    """Write the lines as JSON has them; values are unrounded."""
    return [
        {
            "touchpoint": line.touchpoint,
            "metric": line.metric_key,
            "n": line.n,
            "mean": line.mean,
            "last": line.last,
            "last_at": line.last_at.isoformat(),
            "others": line.others,
            "everybody": {
                "mean": line.everybody.value,
                "n": line.everybody.n,
                "ci_low": line.everybody.ci_low,
                "ci_high": line.everybody.ci_high,
                "method": line.everybody.method,
                "filter": line.everybody.filter,
            },
            "verdict": line.verdict_words or None,
        }
        for line in lines
    ]


def _segment_of(subject: Subject) -> Segment | None:
    """Find the pinned segment that *subject* is compared with; None compares with everybody."""
    members = SegmentMember.objects.for_tenant(subject.tenant).filter(
        customer=subject.root,
        to_at__isnull=True,
        segment__is_pinned=True,
        segment__archived_at__isnull=True,
        segment__size__lte=LARGEST_SEGMENT,
    )
    member = members.select_related("segment").order_by("segment__title", "pk").first()
    return member.segment if member else None


def _own_scores(subject: Subject) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_OWN, {"tenant": subject.tenant.pk, "customers": subject.ids})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _as_mean(measure: Measure) -> Measure:
    """Read a metric as the mean of its scores: one customer's scores compare with no share."""
    version: MetricVersion = copy(measure.version)
    metric = measure.metric
    version.statistic, version.unit, version.decimals = MetricVersion.Statistic.MEAN, "", 1
    version.description = (
        f"The mean of all scores from {metric.scale_min} to {metric.scale_max} that were given"
        " here in the last 365 days."
    )
    return replace(measure, version=version)


def _line(
    subject: Subject, measure: Measure, touchpoint: str, everybody: Figure, scores: list[Any]
) -> ScoreLine:
    n, mean, last, last_at = scores
    metric, version = measure.metric, measure.version
    low, high = metric.scale_min, metric.scale_max
    is_up = metric.direction == metric.Direction.HIGHER
    gap = 0.0 if everybody.value is None else (mean - everybody.value) / (high - low)
    return ScoreLine(
        touchpoint=touchpoint,
        metric=metric.title,
        metric_key=metric.key,
        n=n,
        mean=mean,
        last=last,
        last_tone=_tone(version, last),
        last_at=last_at.astimezone(subject.looking.zone),
        when=ago(last_at, subject.looking.now),
        scale=(low, high),
        everybody=everybody,
        verdict=_verdict(mean, everybody, is_up=is_up),
        gap=gap if is_up else -gap,
        own_place=100 * (mean - low) / (high - low),
        mean_place=None
        if everybody.value is None
        else 100 * (everybody.value - low) / (high - low),
    )


def _verdict(mean: float, everybody: Figure, *, is_up: bool) -> int | None:
    """Compare with the interval of everybody's mean; None where there are too few to tell."""
    low, high = everybody.ci_low, everybody.ci_high
    if everybody.n < TOO_FEW_TO_TELL or low is None or high is None:
        return None
    side = -1 if mean < low else 1 if mean > high else 0
    return side if is_up else -side


def _tone(version: MetricVersion, value: int) -> Tone:
    if value in version.favourable:
        return Tone.FAVOURABLE
    return Tone.UNFAVOURABLE if value in version.unfavourable else Tone.NEUTRAL
