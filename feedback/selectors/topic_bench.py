"""Trying a topic's rule on the newest texts, beside the version in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.customers.selectors.persons import read_persons
from feedback.models import Response, Verbatim
from feedback.rules.marking import Part, line_at
from feedback.rules.text.language import language_of
from feedback.rules.text.topic_match import TextIndex, spans_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.customers.selectors.persons import Persons, Reader
    from feedback.rules.text.topic_match import Span

TEXTS_TRIED, EXAMPLES = 1_000, 12
_TITLES = {
    "new": "Found now, not by the version in force",
    "gone": "No longer found",
    "hits": "Found",
    "misses": "Not found",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One text of the bench, with the words that the rule found marked."""

    response_id: UUID
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that a rule treats alike: how many, and the newest of them."""

    key: str
    title: str
    count: int
    examples: list[Example]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a rule does with the newest texts: *tried* of them, in groups."""

    tried: int
    groups: list[Group]

    def count(self, key: str) -> int:
        """Give how many texts a group has."""
        return next(group.count for group in self.groups if group.key == key)


@dataclass(frozen=True, slots=True)
class _Tried:
    """One text, and where the rule found something in it."""

    response_id: UUID
    customer_id: UUID | None
    text: str
    spans: list[Span]


def try_rule(reader: Reader, wanted: Mapping[str, str], current: Mapping[str, str] | None) -> Bench:
    """Try the expressions *wanted* on the newest 1,000 texts, beside those in force.

    Without *current* there are only hits and misses. Examples show what the reader may see, and
    no marks where that differs from what is stored. Raises TopicRuleError. Three queries.
    """
    rows = Verbatim.objects.for_tenant(reader.tenant)
    live = rows.filter(response__state__in=Response.LIVE_STATES).select_related("response")
    fields = ("text", "language", "engine_version", "response__language", "response__customer")
    texts = list(live.only("response", *fields).order_by("-pk")[:TEXTS_TRIED])
    groups: dict[str, list[_Tried]] = {"new": [], "gone": [], "hits": [], "misses": []}
    for text in texts:
        for key, tried in _groups_of(text, wanted, current):
            groups[key].append(tried)
    shown = _TITLES if current else {key: _TITLES[key] for key in ("hits", "misses")}
    first = {key: groups[key][:EXAMPLES] for key in shown}
    ids = [one.customer_id for some in first.values() for one in some]
    persons = read_persons(reader, ids)
    return Bench(
        len(texts),
        [
            Group(key, title, len(groups[key]), [_example(one, persons) for one in first[key]])
            for key, title in shown.items()
        ],
    )


def _groups_of(
    text: Verbatim, wanted: Mapping[str, str], current: Mapping[str, str] | None
) -> list[tuple[str, _Tried]]:
    """Say which groups a text belongs to."""
    prior = text.response.language
    language = text.language if text.engine_version else language_of(text.text, prior=prior).code
    code = (language or prior)[:2].lower()
    index = TextIndex.of(text.text)
    now = spans_of(index, wanted, code)
    before = spans_of(index, current, code) if current else now
    tried = _Tried(text.response_id, text.response.customer_id, text.text, now or before or [])
    keys = ["hits" if now is not None else "misses"]
    if (now is None) != (before is None):
        keys.append("gone" if now is None else "new")
    return [(key, tried) for key in keys]


def _example(tried: _Tried, persons: Persons) -> Example:
    shown = persons.of(tried.customer_id).shown(tried.text)
    return Example(tried.response_id, line_at(shown, tried.spans if shown == tried.text else []))
