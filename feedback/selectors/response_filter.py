"""Which responses or ratings are asked for: one value, one address, the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from feedback.rules.text.language import LANGUAGES
from feedback.selectors.answer_filter import (
    ANSWER,
    LONGEST_ANSWER,
    SAID_KEYS,
    VERSION,
    SaidFilter,
)
from feedback.selectors.registry_names import SEGMENT, Kind
from feedback.selectors.text_filter import (
    AT_ODDS,
    LANGUAGE,
    NO_TOPIC,
    SENTIMENT,
    SENTIMENTS,
    TEXT_KEYS,
    TOPIC,
    TextFilter,
)

if TYPE_CHECKING:
    from feedback.selectors.registry_names import Measure, Names, Registry

LONGEST_SEARCH = 200
_MOST_VALUES = 50
_LONGEST_SHOWN = 60
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_SCORE = re.compile(r"-?[0-9]{1,4}")
_VERSION = re.compile(r"[1-9][0-9]{0,5}")
_WITH, _WITHOUT = "yes", "no"
OUTSIDE = "outside"
FILTER_KEYS = frozenset(
    {
        "metric",
        "from",
        "to",
        "score",
        "without",
        "comment",
        "state",
        "q",
        "weighted",
        SEGMENT,
        OUTSIDE,
    }
    | set(Kind)
    | TEXT_KEYS
    | SAID_KEYS
)

type Query = Mapping[str, Sequence[str]]


class Standing(StrEnum):
    """Which answers are meant: those in the numbers, those held back, those deleted."""

    COUNTED = "counted"
    HELD = "held"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ResponseFilter:
    """What answers must have; empty tuples mean all.

    With *metric* (a key) the rows are ratings, exactly those behind the metric's figure; without
    one they are responses. Both days are inclusive and of the tenant's zone. *has_comment* is
    None for either. *without* lists the registries that an answer must name nothing of. With
    *segments* (keys) only answers of people count who are in one of them now, with *outside* only
    those of people who are in none of these, and of nobody known.
    """

    metric: str = ""
    keys: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    first_on: date | None = None
    last_on: date | None = None
    scores: tuple[int, ...] = ()
    without: tuple[Kind, ...] = ()
    has_comment: bool | None = None
    standing: Standing = Standing.COUNTED
    q: str = ""
    is_weighted: bool = False
    segments: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    text: TextFilter = field(default_factory=TextFilter)
    said: SaidFilter = field(default_factory=SaidFilter)

    def pairs(self) -> list[tuple[str, str]]:
        """List the filter as sorted pairs of parameter and value, defaults left out."""
        plain = {
            "metric": self.metric,
            "from": self.first_on.isoformat() if self.first_on else "",
            "to": self.last_on.isoformat() if self.last_on else "",
            "comment": {True: _WITH, False: _WITHOUT, None: ""}[self.has_comment],
            "state": "" if self.standing is Standing.COUNTED else self.standing.value,
            "q": self.q,
            "weighted": "1" if self.is_weighted else "",
        }
        pairs = [(name, value) for name, value in plain.items() if value]
        pairs += [(kind.value, key) for kind, keys in self.keys.items() for key in keys]
        pairs += [("score", str(score)) for score in self.scores]
        pairs += [(SEGMENT, key) for key in self.segments]
        pairs += [(OUTSIDE, key) for key in self.outside]
        pairs += [("without", kind.value) for kind in self.without]
        pairs += [*self.text.pairs(), *self.said.pairs()]
        return sorted(pairs)

    def query(self) -> str:
        """Write the filter as a query string: "metric=nps&score=9"; equal filters are equal."""
        return urlencode(self.pairs())


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a query that could not be understood and was left out, in words."""

    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asked for, with the names it was read by, and what was left out of it."""

    filter: ResponseFilter
    names: Names
    notes: tuple[Note, ...] = ()

    @property
    def measure(self) -> Measure | None:
        """The metric whose ratings are asked for; None when responses are."""
        return self.names.measure(self.filter.metric)


@dataclass
class _Reading:
    query: Query
    names: Names
    notes: list[Note] = field(default_factory=list)

    def refuse(self, name: str, text: str, words: str) -> None:
        shown = text.replace("\0", "")
        shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
        self.notes.append(Note(name, f"“{shown}” {words}: it was left out."))

    def many(self, name: str) -> list[str]:
        values = [value.strip() for value in self.query.get(name, [])]
        return list(dict.fromkeys(value for value in values if value))[:_MOST_VALUES]

    def one(self, name: str) -> str:
        """Give the last value of a parameter, empty when it is absent."""
        values = self.query.get(name, [])
        return values[-1].strip() if values else ""

    def choice(self, name: str, choices: Sequence[str]) -> str:
        text = self.one(name)
        if text and text not in choices:
            self.refuse(name, text, f"is not one of {', '.join(choices)}")
            return ""
        return text

    def metric(self) -> str:
        key = self.one("metric")
        if key and self.names.measure(key) is None:
            self.refuse("metric", key, "is not the key of a metric")
            return ""
        return key

    def keys(self, name: str, registry: Registry) -> tuple[str, ...]:
        found = set()
        for key in self.many(name):
            if key in registry.by_key:
                found.add(registry.by_key[key].key)
            else:
                noun = SEGMENT if name == OUTSIDE else name
                self.refuse(name, key, f"is not the key of a {noun}")
        return tuple(sorted(found))

    def scores(self, measure: Measure | None) -> tuple[int, ...]:
        found = set()
        for text in self.many("score"):
            value = int(text) if _SCORE.fullmatch(text) else None
            if value is None:
                self.refuse("score", text, "is not a whole number")
            elif measure and value not in measure.values:
                self.refuse("score", text, f"is not on the scale of {measure.metric.title}")
            else:
                found.add(value)
        return tuple(sorted(found))

    def without(self) -> tuple[Kind, ...]:
        found = set()
        for text in self.many("without"):
            if text in set(Kind):
                found.add(Kind(text))
            else:
                self.refuse("without", text, f"is not one of {', '.join(Kind)}")
        return tuple(sorted(found))

    def text(self) -> TextFilter:
        """Read what one text of an answer must have."""
        topics = set()
        for key in self.many(TOPIC):
            if key == NO_TOPIC or key in self.names.topics.by_key:
                topics.add(key)
            else:
                self.refuse(TOPIC, key, "is not the key of a topic")
        return TextFilter(
            topics=tuple(sorted(topics)),
            sentiment=self.choice(SENTIMENT, list(SENTIMENTS)),
            language=self.choice(LANGUAGE, LANGUAGES),
            is_at_odds=self.choice(AT_ODDS, ("1", "0")) == "1",
        )

    def said(self) -> SaidFilter:
        """Read what a response must have said."""
        answers, versions = set(), set()
        for text in self.many(ANSWER):
            question = text.partition(":")[0]
            if question and "\0" not in text and len(text) <= LONGEST_ANSWER:
                answers.add(text)
            else:
                self.refuse(ANSWER, text, "is not the key of a question, or of it and an answer")
        for text in self.many(VERSION):
            if _VERSION.fullmatch(text):
                versions.add(int(text))
            else:
                self.refuse(VERSION, text, "is not the number of a version")
        return SaidFilter(tuple(sorted(answers)), tuple(sorted(versions)))

    def day(self, name: str) -> date | None:
        text = self.one(name)
        found = _read_date(text)
        if text and found is None:
            self.refuse(name, text, "is not a date such as 2026-11-21")
        return found

    def days(self) -> tuple[date | None, date | None]:
        first, last = self.day("from"), self.day("to")
        if first and last and last < first:
            words = "The period ends before it begins: the dates were left out."
            self.notes.append(Note("to", words))
            return None, None
        return first, last

    def search(self) -> str:
        text = self.one("q").replace("\0", "").strip()
        if text != self.one("q"):
            self.notes.append(Note("q", "The search held signs that no text has: left out."))
        if len(text) > LONGEST_SEARCH:
            words = f"The search was longer than {LONGEST_SEARCH} characters: its end was left out."
            self.notes.append(Note("q", words))
        return text[:LONGEST_SEARCH].strip()


def read_filter(query: Query, names: Names, *, others: frozenset[str] = frozenset()) -> Asked:
    """Read the filter of a page from its query, a mapping of names to lists of values.

    Whatever cannot be understood is left out and noted; *others* are parameters that the caller
    reads itself. Keys of merged touchpoints and channels become those of their target. No query
    of the database.
    """
    reading = _Reading(query, names)
    metric = reading.metric()
    first, last = reading.days()
    comment = reading.choice("comment", (_WITH, _WITHOUT))
    found = ResponseFilter(
        metric=metric,
        keys={
            kind: keys
            for kind in Kind
            if (keys := reading.keys(kind.value, names.registries[kind]))
        },
        first_on=first,
        last_on=last,
        scores=reading.scores(names.measure(metric)),
        without=reading.without(),
        has_comment={"": None, _WITH: True, _WITHOUT: False}[comment],
        standing=Standing(reading.choice("state", list(Standing)) or Standing.COUNTED),
        q=reading.search(),
        is_weighted=reading.choice("weighted", ("1", "0")) == "1",
        segments=reading.keys(SEGMENT, names.segments),
        outside=reading.keys(OUTSIDE, names.segments),
        text=reading.text(),
        said=reading.said(),
    )
    for name in query:
        if name not in FILTER_KEYS and name not in others:
            reading.refuse(name, name, "is not a filter")
    return Asked(found, names, tuple(reading.notes))


def _read_date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
