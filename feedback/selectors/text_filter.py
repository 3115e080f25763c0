"""What answers must have been written like: topics, sentiment, language, at odds with the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from feedback.models import Rating, TopicHit, Verbatim
from feedback.rules.text.sentiment import SentimentLabel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.selectors.registry_names import Measure, Names

TOPIC, SENTIMENT, LANGUAGE, AT_ODDS = "topic", "sentiment", "language", "at_odds"
TEXT_KEYS = frozenset({TOPIC, SENTIMENT, LANGUAGE, AT_ODDS})
NO_TOPIC = "none"
SENTIMENTS: dict[str, str] = {
    SentimentLabel.POSITIVE: "Positive",
    SentimentLabel.NEUTRAL: "Neutral",
    SentimentLabel.NEGATIVE: "Negative",
}


@dataclass(frozen=True, slots=True)
class TextFilter:
    """What one text of an answer must have; empty means all.

    *topics* are keys, "none" for texts without any; *language* is a code; with *is_at_odds* a text
    sounds positive beside an unfavourable score, or negative beside a favourable one.
    """

    topics: tuple[str, ...] = ()
    sentiment: str = ""
    language: str = ""
    is_at_odds: bool = False

    def pairs(self) -> list[tuple[str, str]]:
        """List the filter as pairs of parameter and value."""
        plain = {
            SENTIMENT: self.sentiment,
            LANGUAGE: self.language,
            AT_ODDS: "1" if self.is_at_odds else "",
        }
        return [
            *((TOPIC, key) for key in self.topics),
            *((name, value) for name, value in plain.items() if value),
        ]


def text_conditions(tenant: Tenant, wanted: TextFilter, names: Names, *, column: str) -> Q:
    """Keep rows that have a text such as *wanted*; *column* of the row is the response's id."""
    if not (wanted.topics or wanted.sentiment or wanted.language):
        return Q()
    texts = Verbatim.objects.for_tenant(tenant).filter(response=OuterRef(column))
    if wanted.sentiment:
        texts = texts.filter(sentiment_label=wanted.sentiment)
    if wanted.language:
        texts = texts.filter(language__startswith=wanted.language)
    if wanted.topics:
        texts = texts.filter(_on_topics(tenant, wanted.topics, names))
    return Q(Exists(texts))


def ratings_at_odds(tenant: Tenant, measure: Measure) -> Q:
    """Keep ratings of *measure* beside a text that sounds the other way."""
    good, bad = _scores([measure])
    return (good & _sounds(tenant, SentimentLabel.NEGATIVE, "response_id")) | (
        bad & _sounds(tenant, SentimentLabel.POSITIVE, "response_id")
    )


def responses_at_odds(tenant: Tenant, measures: Iterable[Measure]) -> Q:
    """Keep responses with a score in the numbers and a text that sounds the other way."""
    good, bad = _scores(measures)
    ratings = Rating.objects.for_tenant(tenant).filter(
        response=OuterRef("pk"), state=Rating.State.COUNTED
    )
    return (Q(Exists(ratings.filter(good))) & _sounds(tenant, SentimentLabel.NEGATIVE, "pk")) | (
        Q(Exists(ratings.filter(bad))) & _sounds(tenant, SentimentLabel.POSITIVE, "pk")
    )


def _on_topics(tenant: Tenant, keys: Iterable[str], names: Names) -> Q:
    hits = TopicHit.objects.for_tenant(tenant).filter(verbatim=OuterRef("pk"), is_active=True)
    wanted = Q()
    ids: list[UUID] = []
    for key in keys:
        if key == NO_TOPIC:
            live = [one.id for one in names.topics.options]
            wanted |= ~Q(Exists(hits.filter(topic__in=live)))
        else:
            ids += names.topics.ids(key)
    return wanted | Q(Exists(hits.filter(topic__in=ids))) if ids else wanted


def _scores(measures: Iterable[Measure]) -> tuple[Q, Q]:
    """Give the conditions of favourable and of unfavourable scores."""
    good, bad = Q(pk__in=[]), Q(pk__in=[])
    for one in measures:
        good |= Q(metric=one.metric, value__in=one.version.favourable)
        bad |= Q(metric=one.metric, value__in=one.version.unfavourable)
    return good, bad


def _sounds(tenant: Tenant, label: SentimentLabel, column: str) -> Q:
    texts: Any = Verbatim.objects.for_tenant(tenant).filter(
        response=OuterRef(column), sentiment_label=label.value
    )
    return Q(Exists(texts))
