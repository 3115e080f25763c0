"""What people say of texts: about a topic or not, where, in which language; it wins for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from feedback.errors import FeedbackError
from feedback.models import Topic, TopicHit, TopicRule, Verbatim
from feedback.rules.text.sentiment import SentimentLabel, sentiment_of
from feedback.services.text_reading import live_rules, read_texts

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership
    from feedback.rules.text.topic_match import Span

LONGEST_EXCERPT = 2_000
_SAID = {
    SentimentLabel.POSITIVE: 1.0,
    SentimentLabel.NEUTRAL: 0.0,
    SentimentLabel.NEGATIVE: -1.0,
}


class CorrectionError(FeedbackError):
    """A correction that cannot be."""


@transaction.atomic
def say_topic(
    *,
    text: Verbatim,
    topic: Topic,
    is_about: bool,
    by: Membership,
    now: datetime,
    excerpt: str = "",
    sample: tuple[TopicRule, bool] | None = None,
) -> TopicHit:
    """Note that a person says that *text* is about *topic*, or is not.

    *excerpt* are the words of the text that say so, where that is to be marked: all its places
    count. With *sample*, the text was drawn at random to measure a version, which found the topic
    in it or not. Raises CorrectionError where the text does not hold the excerpt.
    """
    hits = TopicHit.objects.for_tenant(text.tenant_id)
    there = hits.filter(verbatim=text, topic=topic).first()
    spans = _places(text.text, excerpt) if excerpt else _kept(there, is_about=is_about)
    sentiment = sentiment_of(text.text, text.language[:2])
    values = {
        "rule": there.rule if there else None,
        "spans": spans,
        "polarity": sentiment.around(spans) if is_about else None,
        "origin": TopicHit.Origin.HUMAN,
        "is_active": is_about,
        "by": by,
        "at": now,
    }
    if sample:
        values |= {"sample_rule": sample[0], "sample_hit": sample[1]}
    hit, _ = hits.update_or_create(
        verbatim=text, topic=topic, defaults=values, create_defaults={"tenant": by.tenant, **values}
    )
    changes = {"text": str(text.pk), "is_about": is_about}
    record(tenant=by.tenant, action="topic-said", by=by, about=topic, changes=changes)
    return hit


@transaction.atomic
def say_language(*, text: Verbatim, language: str, by: Membership, now: datetime) -> None:
    """Note that a person says which language *text* is in, and read it anew in that one.

    *language* is a code; empty takes it back, so that it is found again.
    """
    text.language = language or text.response.language
    is_said = bool(language)
    text.language_by = Verbatim.LanguageBy.PERSON if is_said else Verbatim.LanguageBy.GIVEN
    text.language_confidence = 1.0 if is_said else None
    text.save(update_fields=["language", "language_by", "language_confidence"])
    read_texts([text], live_rules(text.tenant_id), now=now)
    about, said = text.response, {"language": language}
    record(tenant=by.tenant, action="text-language-said", by=by, about=about, changes=said)


@transaction.atomic
def say_sentiment(*, text: Verbatim, label: SentimentLabel, by: Membership, now: datetime) -> None:
    """Note that a person says how *text* sounds; SentimentLabel.NONE takes it back.

    What is said counts in full: 1, 0 or -1. Scores are never changed by it.
    """
    text.is_sentiment_said = label is not SentimentLabel.NONE
    text.sentiment, text.sentiment_label = _SAID.get(label), label.value
    text.save(update_fields=["is_sentiment_said", "sentiment", "sentiment_label"])
    if not text.is_sentiment_said:
        read_texts([text], live_rules(text.tenant_id), now=now)
    said = {"sentiment": label.value}
    record(tenant=by.tenant, action="text-sentiment-said", by=by, about=text.response, changes=said)


def _kept(hit: TopicHit | None, *, is_about: bool) -> list[Span]:
    """Keep the places that were marked already, where the text stays about the topic."""
    return hit.spans if hit and is_about else []


def _places(text: str, excerpt: str) -> list[Span]:
    wanted = excerpt.strip()[:LONGEST_EXCERPT]
    places: list[Span] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        places.append((at, at + len(wanted)))
        at = text.find(wanted, at + len(wanted))
    if not places:
        words = "These words are not in the text as they stand here: copy them from it."
        raise CorrectionError(words, field="excerpt")
    return places
