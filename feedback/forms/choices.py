"""What a person decides about each column of a file, as the wizard asks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from feedback.adapters.mapping import Mapping, Score
from feedback.adapters.score_cells import ScoreCells
from feedback.forms.registry_names import title_of
from feedback.forms.time_choices import time_read

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from feedback.adapters.scales import MetricScale


class Role(StrEnum):
    """What a column is, in the words of the wizard."""

    SCORE = "score"
    COMMENT = "comment"
    TIME = "time"
    CUSTOMER = "customer"
    CUSTOMER_NAME = "customer_name"
    ANSWER_ID = "answer_id"
    WEIGHT = "weight"
    LANGUAGE = "language"
    CHANNEL = "channel"
    ORDER = "order"
    TOUCHPOINT = "touchpoint"
    QUESTION = "question"
    KEPT = "kept"
    LEFT_OUT = "left_out"


ROLE_WORDS = {
    Role.SCORE: "Score",
    Role.COMMENT: "Comment",
    Role.TIME: "When they answered",
    Role.CUSTOMER: "Customer",
    Role.CUSTOMER_NAME: "Customer’s name",
    Role.ANSWER_ID: "Number of the answer",
    Role.WEIGHT: "Weight",
    Role.LANGUAGE: "Language",
    Role.CHANNEL: "Channel",
    Role.ORDER: "Order it is about",
    Role.TOUCHPOINT: "Touchpoint the row rates",
    Role.QUESTION: "Question the row answers",
    Role.KEPT: "Keep with the answer",
    Role.LEFT_OUT: "Leave out",
}
ONCE = (
    Role.TIME,
    Role.CUSTOMER_NAME,
    Role.WEIGHT,
    Role.LANGUAGE,
    Role.CHANNEL,
    Role.ORDER,
    Role.TOUCHPOINT,
    Role.QUESTION,
)

AS_NUMBER, NOT_APPLICABLE, BLANK, ERROR = "number", "na", "blank", "error"


@dataclass(slots=True)
class ColumnChoice:
    """One column: its *role*, and what that role needs to know.

    *values* says what cells mean that are no scores: "na", "blank", "error", a score as text, or
    "" where nobody has decided. *time_as* is "free", "dmy", "mdy", "ask", "excel", "unix",
    "unix_ms", "steps" or "own" (signs that only a mapping file can hold). *joins* is the kind of
    files whose lines say whose an order is. *is_new* says that nobody has seen the details yet.
    """

    name: str
    role: Role = Role.LEFT_OUT
    is_id: bool = False
    kind: str = "external"
    namespace: str = ""
    metric: str = ""
    touchpoint: str = ""
    channel: str = ""
    values: dict[str, str] = field(default_factory=dict)
    time_as: str = "free"
    start: str = ""
    first: int = 1
    step: str = "day"
    joins: str = ""
    is_new: bool = False


@dataclass(slots=True)
class FileChoice:
    """What holds for the whole file."""

    title: str = ""
    channel: str = ""
    touchpoint: str = ""
    language: str = ""
    zone: str = ""
    answered_on: str = ""
    is_customer_required: bool = False
    are_repeats_dropped: bool = False


def choices_in(mapping: Mapping, heads: list[str]) -> tuple[FileChoice, list[ColumnChoice]]:
    """Read off a mapping what it decides, one choice for each of *heads* in their order."""
    columns = {head: ColumnChoice(head) for head in heads}
    for head in mapping.hidden:
        _set(columns, head, role=Role.KEPT)
    for comment in mapping.comments:
        _set(columns, comment.column, role=Role.COMMENT)
    for score in mapping.scores:
        _read_score(columns, score)
    _read_people(columns, mapping)
    _read_sources(columns, mapping)
    for name in mapping.response_id:
        _read_id(columns, name)
    for item in mapping.unsettled:
        if item.column in columns:
            columns[item.column].values.setdefault(item.value, "")
    return _whole(mapping), list(columns.values())


def strange_values(
    values: Dictionary[str, int], scale: MetricScale | None, declared: Dictionary[str, str]
) -> list[str]:
    """List those of *values* that are no scores of *scale*, or are declared to be something else.

    Nothing is strange without a scale.
    """
    if scale is None:
        return []
    cells = ScoreCells(Score(column="", metric=""), scale)
    return [value for value in values if value in declared or cells.read(value).code]


def _set(columns: dict[str, ColumnChoice], head: str, **changes: object) -> None:
    """Change the choice of a column; a column the file does not have is passed by."""
    if choice := columns.get(head):
        for name, value in changes.items():
            setattr(choice, name, value)


def _read_score(columns: dict[str, ColumnChoice], score: Score) -> None:
    _set(
        columns,
        score.column,
        role=Role.SCORE,
        metric=score.metric,
        touchpoint=title_of(score.touchpoint),
        channel=title_of(score.touchpoint.channel) if score.touchpoint else "",
        values=_declared(score),
    )
    _set(columns, score.touchpoint_column, role=Role.TOUCHPOINT)
    _set(columns, score.question_column, role=Role.QUESTION)


def _declared(score: Score) -> dict[str, str]:
    kinds = (
        (score.not_applicable, NOT_APPLICABLE),
        (score.blank, BLANK),
        (score.errors, ERROR),
    )
    declared = {text: meaning for texts, meaning in kinds for text in texts}
    return declared | {text: str(value) for text, value in score.labels.items()}


def _read_people(columns: dict[str, ColumnChoice], mapping: Mapping) -> None:
    if mapping.customer is None:
        return
    for source in mapping.customer.columns:
        _set(
            columns,
            source.column,
            role=Role.CUSTOMER,
            kind=source.kind,
            namespace=source.namespace,
        )
    _set(columns, mapping.customer.name_column, role=Role.CUSTOMER_NAME)


def _read_sources(columns: dict[str, ColumnChoice], mapping: Mapping) -> None:
    _set(columns, mapping.answered_at.column, role=Role.TIME, **time_read(mapping.answered_at))
    parts = (
        (mapping.weight, Role.WEIGHT),
        (mapping.language, Role.LANGUAGE),
        (mapping.channel, Role.CHANNEL),
    )
    for part, role in parts:
        if part is not None:
            _set(columns, part.column, role=role)
    order = columns.get(mapping.thread.column) if mapping.thread else None
    if mapping.thread and order and order.role in {Role.KEPT, Role.LEFT_OUT}:
        order.role, order.joins = Role.ORDER, mapping.thread.joins


def _read_id(columns: dict[str, ColumnChoice], name: str) -> None:
    if choice := columns.get(name):
        choice.is_id = True
        if choice.role in {Role.KEPT, Role.LEFT_OUT}:
            choice.role = Role.ANSWER_ID


def _whole(mapping: Mapping) -> FileChoice:
    channel = mapping.channel.channel if mapping.channel and not mapping.channel.column else None
    return FileChoice(
        title=mapping.survey.title or mapping.survey.key,
        channel=title_of(channel),
        touchpoint=title_of(mapping.touchpoint),
        language=mapping.language.language if mapping.language else "",
        zone=mapping.answered_at.zone,
        answered_on=mapping.answered_at.at,
        is_customer_required=bool(mapping.customer and mapping.customer.required),
        are_repeats_dropped=mapping.identical_rows == "first",
    )
