"""Reading one text: its language, how it sounds, and which topics it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.rules.text.language import language_of
from feedback.rules.text.sentiment import Sentiment, sentiment_of
from feedback.rules.text.topic_match import Span, TextIndex, spans_of

if TYPE_CHECKING:
    from collections.abc import Mapping

# Raised when the same text would be read otherwise: everything is read anew then.
ENGINE_VERSION = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a topic is met, in code points, end exclusive, and how the sentences there sound."""

    spans: list[Span]
    polarity: float | None


@dataclass(frozen=True, slots=True)
class Reading[Key]:
    """What was read in a text.

    *language* is the one its words are taken for: found, or else the survey's; *confidence* is
    None where it is only the survey's. *hits* are by the keys of the rules.
    """

    language: str
    confidence: float | None
    sentiment: Sentiment
    hits: dict[Key, Hit]


def read_text[Key](
    text: str, *, prior: str, known: str = "", rules: Mapping[Key, Mapping[str, str]]
) -> Reading[Key]:
    """Read *text*, with *prior* the language of its survey and *rules* expressions by language.

    *known* is the language that a person said it is in: nothing is guessed then. Raises
    TopicRuleError for a rule that cannot be read.
    """
    language, confidence = (known, 1.0) if known else _found(text, prior)
    sentiment = sentiment_of(text, language)
    index = TextIndex.of(text)
    hits = {}
    for key, expressions in rules.items():
        spans = spans_of(index, expressions, language)
        if spans is not None:
            hits[key] = Hit(spans, sentiment.around(spans))
    return Reading(language, confidence, sentiment, hits)


def _found(text: str, prior: str) -> tuple[str, float | None]:
    found = language_of(text, prior=prior)
    if found.code:
        return found.code, round(found.confidence, 4)
    return prior[:2].lower(), None
