"""The filter above the list of responses: its fields, and a chip for each thing chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from feedback.rules.languages import NAMES
from feedback.rules.text.language import LANGUAGES
from feedback.selectors.answer_filter import ANSWER, VERSION
from feedback.selectors.registry_names import SEGMENT, Kind
from feedback.selectors.response_filter import OUTSIDE, Standing
from feedback.selectors.text_filter import (
    AT_ODDS,
    LANGUAGE,
    NO_TOPIC,
    SENTIMENT,
    SENTIMENTS,
    TOPIC,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.selectors.registry_names import Named
    from feedback.selectors.response_filter import Asked

type Answers = Mapping[str, tuple[str, str]]
ALL_RESPONSES = "All responses"
_WITHOUT_A_FIELD = frozenset({"q", "metric", "without", "weighted", OUTSIDE, ANSWER, VERSION})
_STANDINGS = {
    Standing.COUNTED: "In the numbers",
    Standing.HELD: "Held back",
    Standing.DELETED: "Deleted",
}
_COMMENTS = {"yes": "With a comment", "no": "Without a comment"}
_NO_TOPIC, _DISAGREE = "Without any topic", "Text and score disagree"
_LABELS = {
    "from": "From",
    "to": "Until",
    "score": "Score",
    VERSION: "Version",
    SENTIMENT: "Sounds",
    LANGUAGE: "Written in",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing chosen: what it is, and where the click leads that takes it away."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A select of the form; one that *adds* keeps what was chosen before as hidden fields."""

    name: str
    label: str
    empty: str
    options: list[Option]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterBar:
    """All that the filter shows.

    *searching* and *choosing* are pairs that the search and the form of choices keep, *metric* is
    what the rows are now and *metrics* what they can be.
    """

    q: str
    first_on: str
    last_on: str
    metric: str
    metrics: list[Chip]
    selects: list[Select]
    searching: list[tuple[str, str]]
    choosing: list[tuple[str, str]]
    chips: list[Chip]


def filter_bar(
    asked: Asked,
    *,
    path: str,
    fixed: frozenset[str] = frozenset(),
    answers: Answers | None = None,
) -> FilterBar:
    """Lay out the filter of the page at *path*; what is *fixed* there cannot be chosen.

    *answers* says question and answer of those filtered by in words.
    """
    chosen = asked.filter
    return FilterBar(
        q=chosen.q,
        first_on=chosen.first_on.isoformat() if chosen.first_on else "",
        last_on=chosen.last_on.isoformat() if chosen.last_on else "",
        metric=asked.measure.metric.title if asked.measure else ALL_RESPONSES,
        metrics=_metrics(asked, path),
        selects=[
            one
            for one in (
                *(_registry_select(asked, kind) for kind in Kind),
                *_segment_select(asked),
                _score_select(asked),
                _comment_select(asked),
                *_text_selects(asked),
                _standing_select(asked),
            )
            if one.name not in fixed
        ],
        searching=[pair for pair in chosen.pairs() if pair[0] != "q"],
        choosing=[pair for pair in chosen.pairs() if pair[0] in _WITHOUT_A_FIELD],
        chips=_chips(asked, path, fixed, answers or {}),
    )


def _metrics(asked: Asked, path: str) -> list[Chip]:
    """Offer all responses, and the ratings of each metric; scores belong to one scale only."""
    kept = [pair for pair in asked.filter.pairs() if pair[0] not in {"metric", "score"}]
    offered = [("", ALL_RESPONSES)]
    offered += [(one.metric.key, one.metric.title) for one in asked.names.live_measures]
    return [
        Chip(
            "current" if key == asked.filter.metric else "",
            title,
            _address(path, [*kept, ("metric", key)] if key else kept),
        )
        for key, title in offered
    ]


def _registry_select(asked: Asked, kind: Kind) -> Select:
    chosen = asked.filter.keys.get(kind, ())
    empty = f"Add a {kind.value}" if chosen else f"Every {kind.value}"
    options = [
        Option(one.key, one.title)
        for one in asked.names.registries[kind].options
        if one.key not in chosen
    ]
    return Select(kind.value, kind.value.capitalize(), empty, options, kept=chosen)


def _segment_select(asked: Asked) -> list[Select]:
    """Offer the segments; nothing where there is none."""
    chosen, offered = asked.filter.segments, asked.names.segments.options
    if not offered and not chosen:
        return []
    empty = "Add a segment" if chosen else "Everybody"
    options = [Option(one.key, one.title) for one in offered if one.key not in chosen]
    return [Select(SEGMENT, "Segment", empty, options, kept=chosen)]


def _score_select(asked: Asked) -> Select:
    chosen = asked.filter.scores
    values = list(asked.measure.values) if asked.measure else list(range(11))
    options = [Option(str(value), str(value)) for value in reversed(values) if value not in chosen]
    kept = tuple(str(score) for score in chosen)
    return Select("score", "Score", "Add a score" if chosen else "Every score", options, kept=kept)


def _comment_select(asked: Asked) -> Select:
    chosen = {True: "yes", False: "no", None: ""}[asked.filter.has_comment]
    options = [Option(value, label, value == chosen) for value, label in _COMMENTS.items()]
    return Select("comment", "Comment", "With or without a comment", options)


def _text_selects(asked: Asked) -> list[Select]:
    """Offer what can be asked of the words; topics only where there are some."""
    chosen, offered = asked.filter.text, asked.names.topics.options
    topics = [Option(one.key, one.title) for one in offered if one.key not in chosen.topics]
    if topics and NO_TOPIC not in chosen.topics:
        topics.append(Option(NO_TOPIC, _NO_TOPIC))
    languages = sorted((NAMES[code], code) for code in LANGUAGES)
    selects = [
        Select(
            SENTIMENT,
            "Sounds",
            "However it sounds",
            [Option(key, label, key == chosen.sentiment) for key, label in SENTIMENTS.items()],
        ),
        Select(
            LANGUAGE,
            "Written in",
            "Any language",
            [Option(code, name, code == chosen.language) for name, code in languages],
        ),
        Select(
            AT_ODDS,
            "Text and score",
            "Agree or not",
            [Option("1", _DISAGREE, chosen.is_at_odds)],
        ),
    ]
    if topics or chosen.topics:
        empty = "Add a topic" if chosen.topics else "Every topic"
        selects.insert(0, Select(TOPIC, "Topic", empty, topics, kept=chosen.topics))
    return selects


def _standing_select(asked: Asked) -> Select:
    chosen = asked.filter.standing
    others = [standing for standing in Standing if standing is not Standing.COUNTED]
    options = [Option(one.value, _STANDINGS[one], one is chosen) for one in others]
    return Select("state", "State", _STANDINGS[Standing.COUNTED], options)


def _chips(asked: Asked, path: str, fixed: frozenset[str], answers: Answers) -> list[Chip]:
    chips = []
    for name, value in asked.filter.pairs():
        if name not in {"q", "metric", *fixed}:
            is_answer = name == ANSWER and value in answers
            label, shown = answers[value] if is_answer else _words(asked, name, value)
            others = [pair for pair in asked.filter.pairs() if pair != (name, value)]
            chips.append(Chip(label, shown, _address(path, others)))
    return chips


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(sorted(pairs))}" if pairs else path


def _words(asked: Asked, name: str, value: str) -> tuple[str, str]:
    if name in set(Kind):
        named: Named = asked.names.registries[Kind(name)].by_key[value]
        return name.capitalize(), named.title
    if name in (SEGMENT, OUTSIDE):
        label = "Segment" if name == SEGMENT else "Not in segment"
        return label, asked.names.segments.by_key[value].title
    if name == TOPIC:
        return "Topic", "none" if value == NO_TOPIC else asked.names.topics.by_key[value].title
    plain = {
        "comment": _COMMENTS.get(value, ""),
        "state": _STANDINGS[asked.filter.standing],
        "weighted": "With a weight",
        "without": f"Without a {value}",
        AT_ODDS: _DISAGREE,
        LANGUAGE: NAMES.get(value, value),
        SENTIMENT: SENTIMENTS.get(value, value),
    }
    return _LABELS.get(name, ""), plain.get(name, value)
