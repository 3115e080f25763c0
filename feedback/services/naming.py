"""From a mapping to the registry rows it names, and to the source its answers come under."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedback.adapters.event_mapping import EventMapping, event_names_in
from feedback.adapters.event_mapping_check import validate_events
from feedback.adapters.mapping import names_in
from feedback.adapters.mapping_check import MappingProblem, validate
from feedback.services.registering import Named, Question, Wanted
from feedback.services.storable import LONGEST_QUESTION, short_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from feedback.adapters.event_mapping import FileMapping
    from feedback.adapters.mapping import Mapping, MappingNames, Score
    from feedback.adapters.records import ResponseRecord
    from feedback.adapters.scales import MetricScale

LONGEST_SOURCE = 60
LONGEST_KEY = 60
LONGEST_TITLE = 120
LONGEST_TEXT = 500
_KEY = re.compile(r"[A-Za-z0-9_-]+")


def source_of(survey_key: str) -> str:
    """Name the source of a survey's files: the same key in it is the same response, for good."""
    return f"file:{short_key(survey_key, LONGEST_SOURCE - 5)}"


def lines_source_of(key: str) -> str:
    """Name the source of a kind of files of events: the same line in it is the same, for good."""
    return f"lines:{short_key(key, LONGEST_SOURCE - 6)}"


def mapping_problems(
    mapping: FileMapping, heads: Collection[str], scales: dict[str, MetricScale]
) -> list[MappingProblem]:
    """List all that must be put right before a file with *heads* can be loaded by *mapping*."""
    if isinstance(mapping, EventMapping):
        names = event_names_in(mapping)
        return [
            *validate_events(mapping, heads),
            *_bad_keys("source.key", mapping.source.key, names),
        ]
    problems = _bad_keys("survey.key", mapping.survey.key, names_in(mapping))
    return [*validate(mapping, heads, scales), *problems, *_long_questions(mapping)]


def wanted_of(mapping: FileMapping) -> Wanted:
    """Give what *mapping* names, as `register` makes it; titles are cut to their columns.

    A mapping of events names no survey.
    """
    if isinstance(mapping, EventMapping):
        names = event_names_in(mapping)
        return Wanted(channels=_channels(names), touchpoints=_touchpoints(names))
    names = names_in(mapping)
    return Wanted(
        survey_key=mapping.survey.key,
        survey_title=(mapping.survey.title or mapping.survey.key)[:200],
        source=source_of(mapping.survey.key),
        channels=_channels(names),
        touchpoints=_touchpoints(names),
        questions=tuple(_questions(mapping)),
    )


def _channels(names: MappingNames) -> tuple[Named, ...]:
    return tuple(Named(c.key, (c.title or c.key)[:LONGEST_TITLE]) for c in names.channels)


def _touchpoints(names: MappingNames) -> tuple[Named, ...]:
    return tuple(
        Named(t.key, (t.title or t.key)[:LONGEST_TITLE], t.channel.key if t.channel else None)
        for t in names.touchpoints
    )


def questions_of(records: Iterable[ResponseRecord], mapping: Mapping) -> tuple[Question, ...]:
    """Give the questions that only the rows of a long file name, each once."""
    if not any(score.question_column for score in mapping.scores):
        return ()
    found: dict[str, Question] = {}
    for record in records:
        for rating in record.ratings:
            found.setdefault(
                rating.question,
                Question(
                    key=rating.question,
                    text=rating.question,
                    kind="score",
                    metric=rating.metric,
                    touchpoint=rating.touchpoint,
                ),
            )
    return tuple(found.values())


def _questions(mapping: Mapping) -> Iterator[Question]:
    for score in mapping.scores:
        yield from _of_score(score, is_long=mapping.shape == "long")
    for comment in mapping.comments:
        text = (comment.title or comment.column)[:LONGEST_TEXT]
        yield Question(key=comment.question, text=text, kind="text")


def _of_score(score: Score, *, is_long: bool) -> Iterator[Question]:
    if score.question_column:
        return
    text = (score.title or score.column)[:LONGEST_TEXT]
    if not (is_long and score.touchpoint_column):
        touchpoint = score.touchpoint.key if score.touchpoint else None
        yield Question(score.question, text, "score", score.metric or None, touchpoint)
        return
    for point in {point.key: point for point in score.touchpoints.values()}.values():
        # The key is the one that the parser gives the ratings of a row about this touchpoint.
        key = f"{score.question or score.metric}:{point.key}"
        title = (point.title or point.key)[:LONGEST_TEXT]
        yield Question(short_key(key), title, "score", score.metric or None, point.key)


def _bad_keys(field: str, of_file: str, names: MappingNames) -> Iterator[MappingProblem]:
    keys = [(field, of_file)]
    keys += [
        ("events" if field == "source.key" else "scores", point.key) for point in names.touchpoints
    ]
    keys += [("channel", channel.key) for channel in names.channels]
    for path, key in keys:
        if key and not (_KEY.fullmatch(key) and len(key) <= LONGEST_KEY):
            yield MappingProblem(
                path,
                f"“{key[:LONGEST_KEY]}” is no key: use letters, digits, hyphens and underscores, "
                f"at most {LONGEST_KEY}.",
            )


def _long_questions(mapping: Mapping) -> Iterator[MappingProblem]:
    parts = (
        ("scores", [score.question for score in mapping.scores]),
        ("comments", [comment.question for comment in mapping.comments]),
    )
    for field, questions in parts:
        for place, question in enumerate(questions):
            if len(question) > LONGEST_QUESTION:
                yield MappingProblem(
                    f"{field}[{place}].question",
                    f"Use at most {LONGEST_QUESTION} characters for a question key.",
                )
