"""Responses and ratings as a file: CSV, written while it is read, or a workbook."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.kernel.clock import now
from cxm.kernel.formulas import csv_line
from cxm.kernel.workbooks import LONGEST_CELL, Table, workbook
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from feedback.selectors import response_rows
from feedback.selectors.responses import shown_rows, with_parents
from feedback.selectors.text_marks import topics_said
from feedback.views.asking import asked_of, reader_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxm.customers.selectors.persons import Reader
    from cxm.kernel.workbooks import Cell
    from feedback.selectors.response_filter import Asked
    from feedback.selectors.responses import Row

ROWS_AT_ONCE = 1_000
# More rows than this take longer to put into a workbook than people wait for a page.
MOST_IN_WORKBOOK = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PLACE_HEADS = ("survey", "touchpoint", "channel")
_RATING_HEADS = (
    "rating", "response", "answered at", *_PLACE_HEADS, "metric", "question", "score", "class",
    "weight", "customer", "e-mail", "comments", "topics",
)  # fmt: skip
_RESPONSE_HEADS = (
    "response", "answered at", *_PLACE_HEADS, "scores", "customer", "e-mail", "comments", "topics",
)  # fmt: skip


@require_safe
@tenant_page(Right.SEE_RESPONSES)  # type: ignore[arg-type]  # a stream is no HttpResponse
def response_export(request: TenantRequest) -> StreamingHttpResponse:
    """Give the filtered rows as CSV, as many as the list has; no names for who may not see them.

    Lines that begin with `#` say what the file is about; the last one counts the rows, so that
    a file that was cut off can be told from a whole one.
    """
    asked, reader, moment = asked_of(request), reader_of(request), now()
    _note(request, asked, "csv")
    answer = StreamingHttpResponse(
        _file(reader, asked, moment), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{_noun(asked)}.csv"'
    return answer


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def response_workbook(request: TenantRequest) -> HttpResponse:
    """Give the filtered rows as a workbook with a sheet about them; too many lead to the list."""
    asked, reader, moment = asked_of(request), reader_of(request), now()
    rows: list[tuple[Row, str]] = []
    for found in _chunks(reader, asked):
        rows += found
        if len(rows) > MOST_IN_WORKBOOK:
            words = f"A workbook holds up to {MOST_IN_WORKBOOK:,} rows"
            messages.error(request, f"{words}: narrow the filter, or take the CSV file.")
            listed = reverse("feedback:response-list", args=[request.tenant.slug])
            return redirect(f"{listed}?{asked.filter.query()}")
    _note(request, asked, "xlsx")
    lines = [_cells(reader, row, topics, asked) for row, topics in rows]
    about: list[tuple[str, Cell]] = [*_about(reader, asked, moment), ("rows", len(lines))]
    about += _cut(lines)
    sheets = [
        Table(_noun(asked).capitalize(), _heads(asked), lines),
        Table("About", ("about this file", "value"), about),
    ]
    answer = HttpResponse(workbook(sheets), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{_noun(asked)}.xlsx"'
    return answer


def _noun(asked: Asked) -> str:
    return "ratings" if asked.measure else "responses"


def _heads(asked: Asked) -> Sequence[str]:
    return _RATING_HEADS if asked.measure else _RESPONSE_HEADS


def _note(request: TenantRequest, asked: Asked, kind: str) -> None:
    """Write into the audit log who took which rows out."""
    record(
        tenant=request.tenant,
        action=f"{_noun(asked)}-exported",
        by=request.membership,
        changes={"filter": asked.filter.query(), "kind": kind},
    )


def _about(reader: Reader, asked: Asked, moment: datetime) -> list[tuple[str, str]]:
    return [
        ("what", _noun(asked)),
        ("filter", asked.filter.query()),
        ("time zone", reader.tenant.time_zone),
        ("as of", moment.isoformat()),
    ]


def _cut(lines: Sequence[Sequence[Cell]]) -> list[tuple[str, Cell]]:
    """Say how many texts are longer than a cell of a workbook can be."""
    long = sum(isinstance(c, str) and len(c) > LONGEST_CELL for line in lines for c in line)
    words = f"{long:,} texts are cut at {LONGEST_CELL:,} signs; the CSV file has them whole"
    return [("note", words)] if long else []


def _file(reader: Reader, asked: Asked, moment: datetime) -> Iterator[str]:
    for name, value in _about(reader, asked, moment):
        yield csv_line([f"# {name}", value])
    yield csv_line(_heads(asked))
    written = 0
    for rows in _chunks(reader, asked):
        yield "".join(csv_line(_cells(reader, row, topics, asked)) for row, topics in rows)
        written += len(rows)
    yield csv_line(["# rows", str(written)])


def _chunks(reader: Reader, asked: Asked) -> Iterator[list[tuple[Row, str]]]:
    """Read the rows chunk by chunk, each in a transaction of its own: none waits for the client."""
    place = None
    while True:
        with tenant_bound(reader.tenant.pk):
            selected = with_parents(response_rows.rows_of(reader.tenant, asked))
            cut = response_rows.slice_of(selected, size=ROWS_AT_ONCE, after=place)
            rows = shown_rows(reader, asked, cut.rows)
            topics = topics_said(reader.tenant, asked.names, {row.response_id for row in rows})
        if rows:
            place = response_rows.place_of(cut.rows[-1])
            yield [(row, "; ".join(topics.get(row.response_id, ()))) for row in rows]
        if not cut.has_older:
            return


def _cells(reader: Reader, row: Row, topics: str, asked: Asked) -> list[Cell]:
    zone = ZoneInfo(reader.tenant.time_zone)
    answered_at = row.answered_at.astimezone(zone).isoformat(timespec="seconds")
    head = [str(row.response_id), answered_at, row.survey_key, row.touchpoint_key, row.channel_key]
    comments = "\n".join(comment.text for comment in row.comments)
    customer = row.person.label if row.person.root_id else ""
    tail = [customer, row.person.email, comments, topics]
    if asked.measure:
        [score] = row.scores
        said: list[Cell] = [score.metric_key, score.question_key, score.value, score.tone.value]
        return [str(row.pk), *head, *said, score.weight, *tail]
    scores = [f"{score.question_key}={score.value}" for score in row.scores if score.is_counted]
    return [*head, "; ".join(scores), *tail]
