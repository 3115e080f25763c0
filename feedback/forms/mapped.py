"""From what a person decided in the wizard to the mapping that loads the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.mapping import (
    Comment,
    CustomerColumn,
    CustomerSource,
    LanguageSource,
    Mapping,
    Score,
    ThreadSource,
    TimeSource,
    TouchpointName,
    Unsettled,
    WeightSource,
)
from feedback.adapters.mapping import Named as Name
from feedback.forms.choices import BLANK, ERROR, NOT_APPLICABLE, Role
from feedback.forms.time_choices import time_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from feedback.forms.choices import ColumnChoice, FileChoice
    from feedback.forms.registry_names import Known


_INDEXED = re.compile(r"([a-z_.]+)\[([0-9]+)\]")


def mapping_from(
    whole: FileChoice, choices: Sequence[ColumnChoice], *, base: Mapping, known: Known
) -> Mapping:
    """Build the mapping that says what *whole* and *choices* say.

    What the wizard does not ask (question keys, labels of channels, blank texts of comments)
    stays as *base* has it for columns whose role did not change.
    """
    by_role = {role: [c for c in choices if c.role == role] for role in Role}
    writer = _Writer(base, known)
    is_long = bool(by_role[Role.TOUCHPOINT] or by_role[Role.QUESTION])
    scores = tuple(writer.score(choice, by_role) for choice in by_role[Role.SCORE])
    return structs.replace(
        base,
        survey=_survey(whole, base),
        shape="long" if is_long else "wide",
        response_id=tuple(c.name for c in choices if c.is_id or c.role == Role.ANSWER_ID),
        identical_rows="first" if whole.are_repeats_dropped else "all",
        customer=_customer(whole, by_role),
        answered_at=writer.time(whole, by_role[Role.TIME]),
        scores=scores,
        comments=tuple(writer.comment(choice) for choice in by_role[Role.COMMENT]),
        weight=WeightSource(column=_first(by_role[Role.WEIGHT])) if by_role[Role.WEIGHT] else None,
        channel=known.channel_source(
            whole.channel, (c.name for c in by_role[Role.CHANNEL]), base.channel
        ),
        touchpoint=known.touchpoint(whole.touchpoint, "", base.touchpoint),
        thread=_thread(by_role[Role.ORDER], choices, base),
        language=writer.language(whole, by_role[Role.LANGUAGE]),
        hidden=tuple(c.name for c in choices if _is_kept(c, base)),
        unsettled=tuple(writer.unsettled(by_role[Role.SCORE])),
    )


def column_of(field: str, mapping: Mapping) -> str:
    """Name the column that a problem's *field*, such as `scores[2].metric`, is about; or ""."""
    match = _INDEXED.match(field)
    if match is None:
        by_field = {
            "answered_at": mapping.answered_at,
            "thread": mapping.thread,
            "weight": mapping.weight,
        }
        return getattr(by_field.get(field.partition(".")[0]), "column", "")
    parts = {
        "scores": [score.column for score in mapping.scores],
        "comments": [comment.column for comment in mapping.comments],
        "unsettled": [item.column for item in mapping.unsettled],
        "hidden": mapping.hidden,
        "response_id": mapping.response_id,
        "customer.columns": [c.column for c in mapping.customer.columns]
        if mapping.customer
        else (),
    }
    columns = parts.get(match[1], ())
    return columns[int(match[2])] if int(match[2]) < len(columns) else ""


class _Writer:
    """Writes the parts of a mapping that take something from the one before."""

    def __init__(self, base: Mapping, known: Known) -> None:
        self._base = base
        self._known = known
        self._scores = {score.column: score for score in base.scores}
        self._comments = {comment.column: comment for comment in base.comments}
        self._keys = signs.unique_keys(known.titles)

    def score(self, choice: ColumnChoice, by_role: dict[Role, list[ColumnChoice]]) -> Score:
        before = self._scores.get(choice.name) or Score(
            column=choice.name,
            question=self._keys[choice.name],
            title=self._known.titles[choice.name],
        )
        meanings: dict[str, list[str]] = {NOT_APPLICABLE: [], BLANK: [], ERROR: []}
        labels = {}
        for text, meaning in choice.values.items():
            if meaning in meanings:
                meanings[meaning].append(text)
            elif meaning:
                labels[text] = int(meaning)
        by_touchpoint = _first(by_role[Role.TOUCHPOINT])
        return structs.replace(
            before,
            metric=choice.metric,
            touchpoint=self._known.touchpoint(choice.touchpoint, choice.channel, before.touchpoint),
            touchpoint_column=by_touchpoint,
            touchpoints=self._touchpoints(by_touchpoint, before),
            question_column=_first(by_role[Role.QUESTION]),
            not_applicable=tuple(meanings[NOT_APPLICABLE]),
            blank=tuple(meanings[BLANK]),
            errors=tuple(meanings[ERROR]),
            labels=labels,
        )

    def comment(self, choice: ColumnChoice) -> Comment:
        return self._comments.get(choice.name) or Comment(
            column=choice.name,
            question=self._keys[choice.name],
            title=self._known.titles[choice.name],
        )

    def time(self, whole: FileChoice, columns: list[ColumnChoice]) -> TimeSource:
        if not columns:
            return TimeSource(at=whole.answered_on, zone=whole.zone)
        choice, before = columns[0], self._base.answered_at
        if before.column != choice.name:
            before = TimeSource(column=choice.name)
        return time_written(choice, before, whole.zone)

    def language(self, whole: FileChoice, columns: list[ColumnChoice]) -> LanguageSource | None:
        before = self._base.language or LanguageSource()
        column = _first(columns)
        if not column and not whole.language:
            return None
        codes = before.codes if before.column == column else {}
        return LanguageSource(language=whole.language, column=column, codes=codes)

    def unsettled(self, columns: list[ColumnChoice]) -> Iterable[Unsettled]:
        for choice in columns:
            values = self._known.values[choice.name]
            for text, meaning in choice.values.items():
                if not meaning:
                    yield Unsettled(column=choice.name, value=text, count=values.get(text, 0))

    def _touchpoints(self, column: str, before: Score) -> dict[str, TouchpointName]:
        if not column:
            return {}
        if before.touchpoint_column == column and before.touchpoints:
            return before.touchpoints
        known = self._known
        return {
            text: TouchpointName(
                key=known.touchpoints.get(text.casefold()) or signs.slug(text), title=text
            )
            for text in known.values[column]
        }


def _survey(whole: FileChoice, base: Mapping) -> Name:
    if whole.title in {base.survey.title, base.survey.key}:
        return base.survey
    return Name(key=signs.slug(whole.title) if whole.title else "", title=whole.title)


def _customer(whole: FileChoice, by_role: dict[Role, list[ColumnChoice]]) -> CustomerSource | None:
    if not by_role[Role.CUSTOMER]:
        return None
    columns = tuple(
        CustomerColumn(
            column=choice.name,
            kind=choice.kind,  # type: ignore[arg-type]  # the form offers just these words
            namespace=choice.namespace if choice.kind == "external" else "",
        )
        for choice in by_role[Role.CUSTOMER]
    )
    return CustomerSource(
        columns=columns,
        name_column=_first(by_role[Role.CUSTOMER_NAME]),
        required=whole.is_customer_required,
    )


def _thread(
    columns: list[ColumnChoice], choices: Sequence[ColumnChoice], base: Mapping
) -> ThreadSource | None:
    """Name the order that answers are about; a column that is something else too stays that."""
    if columns:
        return ThreadSource(column=columns[0].name, joins=columns[0].joins)
    aside = {c.name for c in choices if c.role in {Role.KEPT, Role.LEFT_OUT}}
    return None if base.thread and base.thread.column in aside else base.thread


def _is_kept(choice: ColumnChoice, base: Mapping) -> bool:
    """Keep what is to be kept, and the number of the answer where it was kept before."""
    is_number = choice.role in {Role.ANSWER_ID, Role.ORDER} and choice.name in base.hidden
    return choice.role == Role.KEPT or is_number


def _first(columns: Sequence[ColumnChoice]) -> str:
    return columns[0].name if columns else ""
