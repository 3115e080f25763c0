"""Which topics people write about more, or less, than in the period that is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from django.urls import reverse

from analytics.rules.periods import compared_period
from analytics.selectors.changes import Family
from analytics.selectors.filters import resolved
from analytics.selectors.names import read_names
from cxm.metrics.rules.comparison import ShareGroup, compare_shares
from cxm.metrics.rules.intervals import FEW_ANSWERS, Method
from cxm.metrics.rules.statistic import TESTS, Difference, verdicts
from feedback.selectors.registry_names import read_names as read_answer_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import rows_of
from feedback.selectors.topic_shares import AnswersByTopic, answers_by_topic
from feedback.selectors.topics import topics_listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.selectors.figures import Viewer
    from analytics.selectors.filters import Asked
    from analytics.selectors.names import Measure
    from cxm.metrics.rules.statistic import Verdict
    from feedback.models import Topic

MOST_SHOWN = 10
_TOLD = frozenset({"up", "down"})


@dataclass(frozen=True, slots=True)
class TopicMove:
    """A topic: how many answers wrote of it, in percent of those with a text, before and now.

    *difference* is in points, with its interval; both addresses list the answers.
    """

    topic: Topic
    n_before: int
    n_now: int
    share_before: float
    share_now: float
    difference: Difference
    verdict: Verdict
    before_url: str
    now_url: str

    @property
    def is_told(self) -> bool:
        """Whether it rose or fell by more than chance."""
        return self.verdict.word in _TOLD


@dataclass(frozen=True, slots=True)
class TopicMoves:
    """The topics that moved most, those told from chance first; *reason* where none can be told."""

    before: int
    now: int
    moves: list[TopicMove]
    family: Family
    reason: str = ""

    @property
    def risen(self) -> list[TopicMove]:
        """Those that are written about more, by more than chance."""
        return [one for one in self.moves if one.verdict.word == "up"]

    @property
    def fallen(self) -> list[TopicMove]:
        """Those that are written about less, by more than chance."""
        return [one for one in self.moves if one.verdict.word == "down"]


def topic_moves(viewer: Viewer, measure: Measure, asked: Asked) -> TopicMoves:
    """Compare what the texts behind a metric's figure are about with those of the period before.

    *viewer* may read answers. Each topic is compared by itself (Newcombe), all of them judged
    together. Six queries.
    """
    chosen, _, _ = resolved(asked, read_names(viewer.tenant))
    earlier = compared_period(chosen.period, chosen.compare)
    if earlier is None:
        return TopicMoves(0, 0, [], Family(0), "There is no period to compare with.")
    topics = list(topics_listed(viewer.tenant))
    key, past = measure.metric.key, replace(chosen, period=earlier)
    before, now = (_counted(viewer, topics, one.rows_query(key)) for one in (past, chosen))
    if min(before.texts, now.texts) < FEW_ANSWERS:
        reason = f"Fewer than {FEW_ANSWERS} answers came with a text in one of the two periods."
        return TopicMoves(before.texts, now.texts, [], Family(0), reason)
    known = [one for one in topics if one.pk in before.by_topic or one.pk in now.by_topic]
    differences = [_difference(one, before, now) for one in known]
    judged = verdicts(differences)
    period = _Both(viewer, before, now, past.rows_query(key), chosen.rows_query(key))
    moves = [
        period.move(topic, difference, verdict)
        for topic, difference, verdict in zip(known, differences, judged, strict=True)
    ]
    moves.sort(key=lambda one: (not one.is_told, -abs(one.difference.value or 0), one.topic.title))
    tests = sum(one.p is not None for one in differences)
    return TopicMoves(before.texts, now.texts, moves[:MOST_SHOWN], Family(tests))


@dataclass(frozen=True, slots=True)
class _Both:
    """What was written in both periods, and the queries that list the answers."""

    viewer: Viewer
    before: AnswersByTopic
    now: AnswersByTopic
    query_before: str
    query_now: str

    def move(self, topic: Topic, difference: Difference, verdict: Verdict) -> TopicMove:
        """Lay out one topic."""
        one, two = self.before.by_topic.get(topic.pk, 0), self.now.by_topic.get(topic.pk, 0)
        page = reverse("feedback:response-list", args=[self.viewer.tenant.slug])
        about = urlencode({"topic": topic.key})
        return TopicMove(
            topic=topic,
            n_before=one,
            n_now=two,
            share_before=100 * one / self.before.texts,
            share_now=100 * two / self.now.texts,
            difference=difference,
            verdict=verdict,
            before_url=f"{page}?{self.query_before}&{about}",
            now_url=f"{page}?{self.query_now}&{about}",
        )


def _counted(viewer: Viewer, topics: Sequence[Topic], query: str) -> AnswersByTopic:
    asked = read_filter(parse_qs(query), read_answer_names(viewer.tenant))
    return answers_by_topic(viewer.tenant, topics, rows_of(viewer.tenant, asked))


def _difference(topic: Topic, before: AnswersByTopic, now: AnswersByTopic) -> Difference:
    one, two = before.by_topic.get(topic.pk, 0), now.by_topic.get(topic.pk, 0)
    first, second = one / before.texts, two / now.texts
    value = 100 * (second - first)
    if one + two < FEW_ANSWERS:
        return Difference(value, None, None, None, Method.NONE, is_tested=False, needed=None)
    test = compare_shares(ShareGroup(first, before.texts), ShareGroup(second, now.texts))
    return Difference(
        value, test.low, test.high, test.p, TESTS["share"], is_tested=True, needed=None
    )
