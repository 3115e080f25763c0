"""What was read in the texts of a response, as its panel shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.models import TopicHit, Verbatim
from feedback.rules.languages import NAMES
from feedback.rules.text.marks import Piece, pieces_of
from feedback.rules.text.sentiment import sentiment_of
from feedback.rules.text.words import words_of
from feedback.selectors.text_filter import SENTIMENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from cxm.customers.selectors.persons import Person
    from cxm.tenants.models import Tenant
    from feedback.selectors.registry_names import Names


@dataclass(frozen=True, slots=True)
class TopicSaid:
    """A topic of a text; *is_human* where a person said so."""

    topic_id: UUID
    title: str
    is_human: bool


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text with what was read in it: pieces with their marks, language, sound and topics.

    *sounds* is empty for a language without a list of words; *is_marked* is False where the
    reader sees another text than the stored one, in which no mark would stand right.
    """

    text_id: UUID
    pieces: list[Piece]
    language: str
    language_code: str
    is_language_said: bool
    sounds: str
    sentiment: float | None
    sentiment_label: str
    is_sentiment_said: bool
    topics: list[TopicSaid]
    is_marked: bool


def read_texts_of(
    texts: Sequence[Verbatim], person: Person, names: Names, words: Collection[str]
) -> dict[str, ReadText]:
    """Give what was read in *texts* of one response, by the key of their question. One query.

    *words* (lower case) were searched for.
    """
    if not texts:
        return {}
    hits = TopicHit.objects.for_tenant(texts[0].tenant_id).filter(
        verbatim__in=[text.pk for text in texts], is_active=True
    )
    found: dict[UUID, list[TopicHit]] = {}
    for hit in hits.order_by("verbatim", "topic", "pk"):
        named = names.topics.by_id.get(hit.topic_id)
        if named and not named.is_archived:
            found.setdefault(hit.verbatim_id, []).append(hit)
    return {
        text.question_key: _read(text, found.get(text.pk, []), person, names, words)
        for text in texts
    }


def topics_said(
    tenant: Tenant, names: Names, response_ids: Collection[UUID]
) -> dict[UUID, list[str]]:
    """Give the titles of the topics that responses speak of, by title; the silent are absent.

    Topics that are archived are left out. One query.
    """
    hits = TopicHit.objects.for_tenant(tenant).filter(
        verbatim__response__in=response_ids, is_active=True
    )
    found: dict[UUID, set[str]] = {}
    for response_id, topic_id in hits.values_list("verbatim__response", "topic").distinct():
        named = names.topics.by_id.get(topic_id)
        if named and not named.is_archived:
            found.setdefault(response_id, set()).add(names.topics.title(topic_id))
    return {response_id: sorted(titles) for response_id, titles in found.items()}


def _read(
    text: Verbatim,
    hits: list[TopicHit],
    person: Person,
    names: Names,
    words: Collection[str],
) -> ReadText:
    shown = person.shown(text.text)
    is_marked = shown == text.text
    code = text.language[:2]
    searched = [
        (w.start, w.end) for w in words_of(shown) if shown[w.start : w.end].lower() in words
    ]
    titles = {hit.topic_id: names.topics.title(hit.topic_id) for hit in hits}
    spans = {titles[hit.topic_id]: [(start, end) for start, end in hit.spans] for hit in hits}
    return ReadText(
        text_id=text.pk,
        pieces=pieces_of(
            shown,
            topics=spans if is_marked else {},
            counted=sentiment_of(shown, code).counted if is_marked and text.engine_version else (),
            searched=searched,
        ),
        language=NAMES.get(code, text.language),
        language_code=code,
        is_language_said=text.language_by == Verbatim.LanguageBy.PERSON,
        sounds=SENTIMENTS.get(text.sentiment_label, ""),
        sentiment=text.sentiment,
        sentiment_label=text.sentiment_label,
        is_sentiment_said=text.is_sentiment_said,
        topics=[
            TopicSaid(hit.topic_id, titles[hit.topic_id], hit.origin == TopicHit.Origin.HUMAN)
            for hit in hits
        ],
        is_marked=is_marked,
    )
