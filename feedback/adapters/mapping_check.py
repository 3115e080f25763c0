"""What is wrong with a mapping, each problem with the field it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from cxm.kernel.zones import is_zone
from feedback.adapters.dialect import MOST_HEAD_ROWS, Dialect
from feedback.adapters.encoding import is_usable
from feedback.adapters.mapping import (
    CustomerColumn,
    Mapping,
    Score,
    TimeSource,
    columns_in,
    names_in,
)
from feedback.adapters.scales import MetricScale


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """*field* is the path in the mapping, such as `scores[2].metric`; *message* says what to do."""

    field: str
    message: str


def validate(
    mapping: Mapping, heads: Collection[str], scales: dict[str, MetricScale] | None = None
) -> list[MappingProblem]:
    """List what must be put right before a file with *heads* can be loaded; empty means nothing.

    With *scales*, metrics must be among them and labels on their scales; None leaves that out.
    """
    problems = [
        *_survey(mapping),
        *dialect_problems(mapping.dialect),
        *_columns(mapping, heads),
        *time_problems(mapping.answered_at),
        *customer_problems(mapping.customer.columns if mapping.customer else ()),
        *_thread(mapping),
        *_shape(mapping),
        *_questions(mapping),
        *_unsettled(mapping),
    ]
    for place, score in enumerate(mapping.scores):
        problems += _score(f"scores[{place}]", score, scales)
    return problems


def _survey(mapping: Mapping) -> Iterator[MappingProblem]:
    if not mapping.survey.key:
        yield MappingProblem("survey.key", "Give the survey a key, such as “shop-2026”.")
    names = names_in(mapping)
    if not all(point.key for point in names.touchpoints):
        yield MappingProblem("scores", "Each touchpoint needs a key.")
    if not all(channel.key for channel in names.channels):
        yield MappingProblem("channel", "Each channel needs a key.")


def dialect_problems(dialect: Dialect) -> Iterator[MappingProblem]:
    """Tell what of *dialect* no file can be read by."""
    if not 0 <= dialect.head_rows <= MOST_HEAD_ROWS:
        yield MappingProblem("dialect.head_rows", f"Give a number from 0 to {MOST_HEAD_ROWS}.")
    for field in ("skip_rows", "footer_rows"):
        if getattr(dialect, field) < 0:
            yield MappingProblem(f"dialect.{field}", "Give a number from 0 up.")
    if dialect.kind == "text" and not is_usable(dialect.encoding):
        yield MappingProblem(
            "dialect.encoding", f"There is no encoding “{dialect.encoding}”. Try utf-8."
        )


def _columns(mapping: Mapping, heads: Collection[str]) -> Iterator[MappingProblem]:
    for field, column in columns_in(mapping):
        if column and column not in heads:
            yield MappingProblem(field, f"The file has no column “{column}”.")
        if not column and (field.startswith(("hidden", "response_id", "weight", "comments"))):
            yield MappingProblem(field, "Name a column of the file.")


def time_problems(source: TimeSource) -> Iterator[MappingProblem]:
    """Tell why *source* gives no times; fields begin with `answered_at`."""
    yield from _moments(source)
    if source.at:
        if source.column:
            yield MappingProblem("answered_at.at", "Give a column or one moment, not both.")
        return
    if not source.column:
        yield MappingProblem(
            "answered_at",
            "Say when people answered: a column of times, a column of day or wave numbers with "
            "“start” and “step_days”, or one moment with “at”.",
        )
        return
    if source.start is not None or source.step_days or source.step_months:
        yield from _steps(source)
    elif source.date_order == "ask":
        yield MappingProblem(
            "answered_at.date_order",
            f"Dates in “{source.column}” can be read as day first or month first. "
            "Write “dmy” or “mdy”.",
        )


def _moments(source: TimeSource) -> Iterator[MappingProblem]:
    if source.zone and not is_zone(source.zone):
        yield MappingProblem(
            "answered_at.zone", f"“{source.zone}” is no time zone; write one like Europe/Berlin."
        )
    for field in ("at", "when_empty"):
        if (moment := getattr(source, field)) and not _is_moment(moment):
            yield MappingProblem(
                f"answered_at.{field}", f"“{moment}” is no date; write one like 2026-03-31."
            )


def _steps(source: TimeSource) -> Iterator[MappingProblem]:
    if source.start is None:
        yield MappingProblem("answered_at.start", "Give the date on which the first step falls.")
    steps = [step for step in (source.step_days, source.step_months) if step]
    if len(steps) != 1 or steps[0] < 0:
        yield MappingProblem(
            "answered_at.step_days", "Give one step above 0: “step_days” or “step_months”."
        )


def customer_problems(columns: tuple[CustomerColumn, ...]) -> Iterator[MappingProblem]:
    """Tell which columns name nobody; fields begin with `customer.columns`."""
    for place, source in enumerate(columns):
        needs = source.kind == "external"
        if needs and not source.namespace:
            yield MappingProblem(
                f"customer.columns[{place}].namespace",
                "Say whose numbers these are, such as “crm” or “shop”.",
            )
        if not needs and source.kind in {"email", "phone"} and source.namespace:
            yield MappingProblem(
                f"customer.columns[{place}].namespace", "E-mail and phone have no namespace."
            )


def _thread(mapping: Mapping) -> Iterator[MappingProblem]:
    thread = mapping.thread
    if thread and not (thread.column and thread.joins):
        yield MappingProblem(
            "thread",
            "Name the column with the number of the order, and in “joins” the key of the file "
            "that told whose it is.",
        )


def _shape(mapping: Mapping) -> Iterator[MappingProblem]:
    if not mapping.scores and not mapping.comments:
        yield MappingProblem("scores", "Map at least one scored column or one comment.")
    if mapping.shape == "long" and len(mapping.scores) != 1:
        yield MappingProblem("scores", "A long file has one score: the column that holds ratings.")


def _questions(mapping: Mapping) -> Iterator[MappingProblem]:
    keys = [score.question for score in mapping.scores if not _names_itself(mapping, score)]
    keys += [comment.question for comment in mapping.comments]
    for key, count in Counter([*keys, *mapping.hidden]).items():
        if count > 1:
            yield MappingProblem("scores", f"The key “{key}” is used {count} times; use it once.")
    if "" in keys:
        yield MappingProblem("scores", "Give each scored column and each comment a question key.")


def _names_itself(mapping: Mapping, score: Score) -> bool:
    """Tell whether each row of a long file gives its question, or its touchpoint instead."""
    by_touchpoint = mapping.shape == "long" and bool(score.touchpoint_column)
    return bool(score.question_column) or by_touchpoint


def _score(
    field: str, score: Score, scales: dict[str, MetricScale] | None
) -> Iterator[MappingProblem]:
    if not score.column:
        yield MappingProblem(f"{field}.column", "Name the column that holds the scores.")
    if not score.metric and not score.metric_column:
        yield MappingProblem(f"{field}.metric", "Say which metric the scores belong to.")
    declared = Counter(
        value.strip().casefold()
        for values in (score.not_applicable, score.blank, score.errors, score.labels)
        for value in values
    )
    for value, count in declared.items():
        if count > 1:
            yield MappingProblem(field, f"The value “{value}” is declared {count} times.")
    if scales is not None:
        yield from _scale(field, score, scales)


def _scale(field: str, score: Score, scales: dict[str, MetricScale]) -> Iterator[MappingProblem]:
    keys = [key for key in (score.metric, *score.metrics.values()) if key]
    for key in keys:
        if key not in scales:
            known = ", ".join(sorted(scales))
            yield MappingProblem(f"{field}.metric", f"There is no metric “{key}”. Known: {known}.")
    for label, value in score.labels.items():
        if any(key in scales and not scales[key].holds(value) for key in keys):
            yield MappingProblem(
                f"{field}.labels", f"“{label}” is {value}, which is not on the metric's scale."
            )


def _unsettled(mapping: Mapping) -> Iterator[MappingProblem]:
    for place, item in enumerate(mapping.unsettled):
        yield MappingProblem(
            f"unsettled[{place}]",
            f"“{item.value}” stands {item.count} times in “{item.column}” and is not on the scale. "
            "Write it under not_applicable, blank, errors or labels and take it out of unsettled.",
        )


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
