"""Reading texts in the background: language, sentiment and topics, a stretch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from feedback.models import Topic, TopicHit, Verbatim
from feedback.rules.text.reading import ENGINE_VERSION, read_text
from feedback.rules.text.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.querysets import TenantQuerySet
    from feedback.models import TopicRule
    from feedback.rules.text.reading import Hit, Reading

STRETCH = 400
# The text itself is written only where it changed: its words are indexed anew then.
_NOTE = """
UPDATE feedback_verbatim v
SET language = n.language, language_by = n.language_by,
    language_confidence = n.language_confidence, sentiment = n.sentiment,
    sentiment_label = n.sentiment_label, engine_version = %(engine)s
FROM unnest(%(ids)s::uuid[], %(language)s::text[], %(language_by)s::text[],
    %(language_confidence)s::float8[], %(sentiment)s::float8[], %(sentiment_label)s::text[])
    AS n (id, language, language_by, language_confidence, sentiment, sentiment_label)
WHERE v.tenant_id = (SELECT %(tenant)s::uuid) AND v.id = n.id
"""
_READ_FIELDS = (
    *("language", "language_by", "language_confidence"),
    *("sentiment", "sentiment_label"),
)


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A topic's rule in force: its id, its topic's, and its expressions by language."""

    rule_id: UUID
    topic_id: UUID
    expressions: dict[str, str]

    @classmethod
    def of(cls, rule: TopicRule) -> LiveRule:
        """Take what reading needs of a stored rule."""
        return cls(rule.pk, rule.topic_id, rule.expressions)


def read_stretch(*, tenant_id: UUID, now: datetime) -> bool:
    """Read up to 400 texts that this version has not read yet; True when more may be there.

    Runs in the caller's transaction. Texts that another worker has in hand are left to it; topics
    are locked, so that no rule changes between what was read and what is written.
    """
    rules = live_rules(tenant_id)
    rows = Verbatim.objects.for_tenant(tenant_id).filter(engine_version__lt=ENGINE_VERSION)
    unread = rows.defer("words").select_related("response").defer("response__answers")
    found = list(unread.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:STRETCH])
    read_texts(found, rules, now=now)
    return len(found) == STRETCH


def live_rules(tenant_id: UUID) -> list[LiveRule]:
    """Give the rules in force, their topics locked until the transaction ends. One query."""
    topics = Topic.objects.for_tenant(tenant_id).filter(
        archived_at__isnull=True, rule__isnull=False
    )
    locked = topics.select_related("rule").order_by("pk")
    rows = locked.select_for_update(of=("self",), no_key=True)
    return [LiveRule.of(topic.rule) for topic in rows if topic.rule]


def read_texts(texts: Sequence[Verbatim], rules: Sequence[LiveRule], *, now: datetime) -> None:
    """Read *texts* of one tenant, loaded with their responses, and write what was found.

    What a person said of a language or a topic stays. Texts that were stored before marks were put
    into them get those now.
    """
    by_topic = {rule.topic_id: rule for rule in rules}
    expressions = {rule.topic_id: rule.expressions for rule in rules}
    found: list[TopicHit] = []
    for text in texts:
        _redact_stored(text)
        reading = read_text(
            text.text,
            prior=text.response.language,
            known=text.language if text.language_by == Verbatim.LanguageBy.PERSON else "",
            rules=expressions,
        )
        _note(text, reading)
        found += (
            hit_of(text, by_topic[topic_id], hit, now=now) for topic_id, hit in reading.hits.items()
        )
    if texts:
        tenant_id = texts[0].tenant_id
        _write(tenant_id, texts)
        before = hits_in(tenant_id, texts).filter(topic__in=by_topic)
        replace_hits(tenant_id, before, found)


def hits_in(tenant_id: UUID, texts: Iterable[Verbatim]) -> TenantQuerySet[TopicHit]:
    """Give all hits in *texts*, what people said among them."""
    rows: TenantQuerySet[TopicHit] = TopicHit.objects.for_tenant(tenant_id)
    return rows.filter(verbatim__in=[text.pk for text in texts])


def replace_hits(
    tenant_id: UUID, before: TenantQuerySet[TopicHit], found: Sequence[TopicHit]
) -> None:
    """Put the hits *found* in the place of those of *before*; what people said stays."""
    before.filter(origin=TopicHit.Origin.RULE).delete()
    before.update(rule=None)
    # Of what a person said only this changes: which version, if any, finds the same.
    TopicHit.objects.for_tenant(tenant_id).bulk_create(
        found,
        update_conflicts=True,
        update_fields=["rule"],
        unique_fields=["tenant", "verbatim", "topic"],
    )


def hit_of(text: Verbatim, rule: LiveRule, hit: Hit, *, now: datetime) -> TopicHit:
    """Make the row of a hit, not saved."""
    return TopicHit(
        tenant_id=text.tenant_id,
        verbatim=text,
        topic_id=rule.topic_id,
        rule_id=rule.rule_id,
        spans=hit.spans,
        polarity=hit.polarity,
        origin=TopicHit.Origin.RULE,
        is_active=True,
        at=now,
    )


def _redact_stored(text: Verbatim) -> None:
    plain = redact(text.text)
    if plain != text.text:
        text.text = plain
        text.save(update_fields=["text"])


def _write(tenant_id: UUID, texts: Sequence[Verbatim]) -> None:
    columns = {name: [getattr(text, name) for text in texts] for name in _READ_FIELDS}
    ids = [text.pk for text in texts]
    parameters: dict[str, Any] = {
        "tenant": tenant_id,
        "engine": ENGINE_VERSION,
        "ids": ids,
        **columns,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, parameters)


def _note(text: Verbatim, reading: Reading[UUID]) -> None:
    if text.language_by != Verbatim.LanguageBy.PERSON:
        is_found = reading.confidence is not None
        text.language = reading.language or text.response.language
        text.language_by = Verbatim.LanguageBy.FOUND if is_found else Verbatim.LanguageBy.GIVEN
        text.language_confidence = reading.confidence
    if not text.is_sentiment_said:
        text.sentiment = reading.sentiment.value
        text.sentiment_label = reading.sentiment.label.value
    text.engine_version = ENGINE_VERSION
