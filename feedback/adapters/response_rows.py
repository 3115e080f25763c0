"""One row of a survey file becomes one response, with what had to be kept out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation

from feedback.adapters.errors import MappingError
from feedback.adapters.mapping import CustomerSource, Mapping, Score, TouchpointName, columns_in
from feedback.adapters.records import JSON, CustomerRef, RatingRecord, Refusal, ResponseRecord
from feedback.adapters.scales import MetricScale
from feedback.adapters.score_cells import ScoreCells
from feedback.adapters.times import TimeError, TimeReader

LONGEST_TEXT = 10_000
LEAST_WEIGHT, MOST_WEIGHT = Decimal("0.000001"), Decimal(1_000_000)
CUT_MARK = " […]"
SHOWN_CHARACTERS = 80
LONGEST_THREAD = 120
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_KEY_LENGTH = 200
_MOST_KNOWN = 256


class RowRefusedError(Exception):
    """A whole row is kept out; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(slots=True)
class RowRead:
    """The response in a row, and the refusals of parts of it."""

    response: ResponseRecord
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class _Answers:
    """What the cells of a row gave, while they are read one after the other."""

    ratings: list[RatingRecord] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    kept: dict[str, JSON] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


class FileRow:
    """Cells by the name of their column; an empty name is an empty cell."""

    __slots__ = ("cells", "line", "places")

    def __init__(self, line: int, cells: list[str], places: dict[str, int]) -> None:
        self.line = line
        self.cells = cells
        self.places = places

    def __getitem__(self, column: str) -> str:
        return self.cells[self.places[column]].strip() if column else ""

    def refusal(self, code: str, column: str, reason: str, *, is_whole_row: bool) -> Refusal:
        """Write the refusal of this row, or of its cell in *column*."""
        held = f" “{shortened(self[column])}”" if column and self[column] else ""
        where = f"{column}:{held} {reason}" if column else reason
        message = f"Line {self.line}, {where}."
        return Refusal(self.line, code, message, column, tuple(self.cells), is_whole_row)


class ResponseRows:
    """Reads rows under *heads* as *mapping* says.

    Raises MappingError at once for a column or a metric that is not there; run `validate` first
    for the whole list. *zone* is for times without offset, *now* (aware) for times ahead.
    """

    def __init__(
        self,
        mapping: Mapping,
        scales: dict[str, MetricScale],
        heads: tuple[str, ...],
        *,
        zone: tzinfo,
        now: datetime,
    ) -> None:
        self._mapping = mapping
        self._scales = scales
        self._places = _places(mapping, heads)
        self._needed = max(self._places.values(), default=-1) + 1
        self._heads = heads
        self._times = TimeReader(mapping.answered_at, zone=zone, now=now)
        self._cells: dict[tuple[int, str], ScoreCells] = {}
        for place, score in enumerate(mapping.scores):
            if not score.column:
                raise MappingError(
                    f"scores[{place}].column: name the column that holds the scores."
                )
            for metric in filter(None, (score.metric, *score.metrics.values())):
                self._score_cells(place, score, metric)
        self._known: list[dict[str, RatingRecord]] = [{} for _ in mapping.scores]
        self._touchpoints = [_by_text(score.touchpoints) for score in mapping.scores]
        self._channels = _by_text(mapping.channel.channels) if mapping.channel else {}
        self._not_written = [{b.strip() for b in c.blank} for c in mapping.comments]

    def key(self, line: int, cells: list[str]) -> str:
        """Join the cells that identify a response, "" where the mapping names none.

        Raises RowRefusedError: `ragged_row`, or `no_response_id` when one of the cells is empty.
        """
        row = self._row(line, cells)
        parts = []
        for column in self._mapping.response_id:
            if not (part := row[column]):
                raise RowRefusedError(
                    row.refusal("no_response_id", column, "is empty", is_whole_row=True)
                )
            parts.append(part.replace("\\", "\\\\").replace("|", "\\|"))
        key = "|".join(parts)
        if len(key) > _KEY_LENGTH:
            raise RowRefusedError(
                row.refusal(
                    "no_response_id",
                    "",
                    "the response id is over 200 characters long",
                    is_whole_row=True,
                )
            )
        return key

    def read(self, line: int, cells: list[str], key: str) -> RowRead:
        """Read a row as the response *key*; raises RowRefusedError when all of it is kept out."""
        row = self._row(line, cells)
        answered_at, is_assumed = self._time(row)
        answers = _Answers()
        customer = self._customer(row, answers)
        for place, score in enumerate(self._mapping.scores):
            if rating := self._known[place].get(cells[self._places[score.column]]):
                answers.ratings.append(rating)
            else:
                self._rate(row, place, score, answers)
        self._write(row, answers)
        response = ResponseRecord(
            line=line,
            key=key,
            answered_at=answered_at,
            survey=self._mapping.survey.key,
            customer=customer,
            thread=row[self._mapping.thread.column][:LONGEST_THREAD]
            if self._mapping.thread
            else "",
            channel=self._channel(row, answers),
            touchpoint=self._mapping.touchpoint.key if self._mapping.touchpoint else None,
            language=self._language(row),
            weight=self._weight(row, answers),
            is_zone_assumed=is_assumed,
            ratings=tuple(answers.ratings),
            comments=answers.comments,
            answers=answers.kept,
        )
        return RowRead(response, answers.refusals)

    def _row(self, line: int, cells: list[str]) -> FileRow:
        row = FileRow(line, cells, self._places)
        if len(cells) < self._needed:
            missing = next(head for head in self._heads[len(cells) :] if head in self._places)
            raise RowRefusedError(
                Refusal(
                    line,
                    "ragged_row",
                    f"Line {line} has {len(cells)} cells under {len(self._heads)} heads, and "
                    f"“{missing}” is among the missing ones.",
                    raw=tuple(cells),
                )
            )
        return row

    def _time(self, row: FileRow) -> tuple[datetime, bool]:
        column = self._mapping.answered_at.column
        try:
            return self._times.read(row[column])
        except TimeError as error:
            raise RowRefusedError(
                row.refusal("bad_time", column, str(error), is_whole_row=True)
            ) from error

    def _customer(self, row: FileRow, answers: _Answers) -> CustomerRef | None:
        source = self._mapping.customer or CustomerSource()
        for column in source.columns:
            value = row[column.column]
            if value and column.kind == "email" and not _EMAIL.fullmatch(value):
                answers.refusals.append(
                    row.refusal(
                        "bad_email", column.column, "is no e-mail address", is_whole_row=False
                    )
                )
            elif value:
                return CustomerRef(column.kind, column.namespace, value, row[source.name_column])
        if source.required:
            named = ", ".join(column.column for column in source.columns)
            raise RowRefusedError(
                row.refusal("no_customer", "", f"nobody is named in {named}", is_whole_row=True)
            )
        return None

    def _rate(self, row: FileRow, place: int, score: Score, answers: _Answers) -> None:
        """Read one scored cell into a rating, a kept text or a refusal."""
        if not (text := row[score.column]):
            return
        metric = self._metric(row, score)
        touchpoint = self._touchpoint(row, place, score)
        question = self._question(row, score, metric, touchpoint)
        refusal = self._unknown(row, score, metric, touchpoint)
        if refusal is None:
            read = self._score_cells(place, score, metric).read(text)
            if read.value is not None:
                rating = _rating(question, metric, read.value, touchpoint)
                answers.ratings.append(rating)
                self._remember(row, place, score, rating)
            if not read.is_kept:
                return
            if read.code:
                refusal = row.refusal(read.code, score.column, read.reason, is_whole_row=False)
        answers.kept[question] = shortened(text, LONGEST_TEXT)
        if refusal:
            answers.refusals.append(refusal)

    def _unknown(
        self, row: FileRow, score: Score, metric: str, touchpoint: TouchpointName | None
    ) -> Refusal | None:
        """Refuse a rating whose metric or touchpoint, given by a cell, nobody has named."""
        if metric not in self._scales:
            return row.refusal(
                "unknown_metric", score.metric_column, "is no known metric", is_whole_row=False
            )
        if touchpoint is None and row[score.touchpoint_column]:
            reason = "is no touchpoint of the mapping"
            return row.refusal(
                "unknown_touchpoint", score.touchpoint_column, reason, is_whole_row=False
            )
        return None

    def _remember(self, row: FileRow, place: int, score: Score, rating: RatingRecord) -> None:
        """Keep the rating of a cell where no other column has a say in it: most files are wide."""
        is_free = not (score.metric_column or score.touchpoint_column or score.question_column)
        if is_free and len(self._known[place]) < _MOST_KNOWN:
            self._known[place][row.cells[self._places[score.column]]] = rating

    def _metric(self, row: FileRow, score: Score) -> str:
        cell = row[score.metric_column]
        return score.metrics.get(cell, cell) or score.metric

    def _touchpoint(self, row: FileRow, place: int, score: Score) -> TouchpointName | None:
        if not score.touchpoint_column:
            return score.touchpoint
        return self._touchpoints[place].get(row[score.touchpoint_column].casefold())

    def _question(
        self, row: FileRow, score: Score, metric: str, touchpoint: TouchpointName | None
    ) -> str:
        if score.question_column:
            return row[score.question_column] or score.question or metric
        if self._mapping.shape == "long" and score.touchpoint_column:
            where = touchpoint.key if touchpoint else row[score.touchpoint_column]
            return ":".join(part for part in (score.question or metric, where) if part)
        return score.question

    def _score_cells(self, place: int, score: Score, metric: str) -> ScoreCells:
        cells = self._cells.get((place, metric))
        if cells is None:
            if metric not in self._scales:
                raise MappingError(f"scores[{place}].metric: there is no metric “{metric}”.")
            cells = self._cells[place, metric] = ScoreCells(score, self._scales[metric])
        return cells

    def _write(self, row: FileRow, answers: _Answers) -> None:
        for comment, not_written in zip(self._mapping.comments, self._not_written, strict=True):
            text = row[comment.column]
            if text and text not in not_written:
                answers.comments[comment.question] = shortened(text, LONGEST_TEXT)
        for column in self._mapping.hidden:
            if text := row[column]:
                answers.kept[column] = shortened(text, LONGEST_TEXT)

    def _channel(self, row: FileRow, answers: _Answers) -> str | None:
        source = self._mapping.channel
        if source is None:
            return None
        if not (text := row[source.column]):
            return source.channel.key if source.channel else None
        if channel := self._channels.get(text.casefold()):
            return channel.key
        answers.refusals.append(
            row.refusal(
                "unknown_channel", source.column, "is no channel of the mapping", is_whole_row=False
            )
        )
        return None

    def _language(self, row: FileRow) -> str:
        source = self._mapping.language
        if source is None:
            return ""
        text = row[source.column]
        if text in source.codes:
            return source.codes[text]
        return text.replace("_", "-") if _LANGUAGE.fullmatch(text) else source.language

    def _weight(self, row: FileRow, answers: _Answers) -> Decimal | None:
        source = self._mapping.weight
        if source is None or not (text := row[source.column]):
            return None
        try:
            weight = Decimal(text.replace(",", "."))
        except InvalidOperation:
            weight = Decimal(0)
        if weight.is_finite() and LEAST_WEIGHT <= weight <= MOST_WEIGHT:
            return weight
        answers.refusals.append(
            row.refusal(
                "bad_weight",
                source.column,
                "is no weight from 0.000001 to 1,000,000",
                is_whole_row=False,
            )
        )
        return None


def shortened(text: str, length: int = SHOWN_CHARACTERS) -> str:
    """Cut *text* to *length* characters, and mark that it was cut."""
    return text if len(text) <= length else text[: length - len(CUT_MARK)] + CUT_MARK


def _places(mapping: Mapping, heads: tuple[str, ...]) -> dict[str, int]:
    by_head = {head: place for place, head in enumerate(heads)}
    places = {}
    for name, column in columns_in(mapping):
        if column and column not in by_head:
            raise MappingError(f"{name}: the file has no column “{column}”.")
        if column:
            places[column] = by_head[column]
    return places


def _by_text[T](named: dict[str, T]) -> dict[str, T]:
    return {text.strip().casefold(): value for text, value in named.items()}


def _rating(
    question: str, metric: str, value: int, touchpoint: TouchpointName | None
) -> RatingRecord:
    if touchpoint is None:
        return RatingRecord(question, metric, value)
    channel = touchpoint.channel.key if touchpoint.channel else None
    return RatingRecord(question, metric, value, touchpoint.key, channel)
