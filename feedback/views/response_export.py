"""Responses and ratings as a file, written while it is read."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from cxm.kernel.clock import now
from cxm.kernel.formulas import defused
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
    from feedback.selectors.response_filter import Asked
    from feedback.selectors.responses import Row

ROWS_AT_ONCE = 1_000
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
    noun = "ratings" if asked.measure else "responses"
    record(
        tenant=request.tenant,
        action=f"{noun}-exported",
        by=request.membership,
        changes={"filter": asked.filter.query()},
    )
    answer = StreamingHttpResponse(
        _file(reader, asked, moment), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{noun}.csv"'
    return answer


def _file(reader: Reader, asked: Asked, moment: datetime) -> Iterator[str]:
    yield _line(["# what", "ratings" if asked.measure else "responses"])
    yield _line(["# filter", asked.filter.query()])
    yield _line(["# time zone", reader.tenant.time_zone])
    yield _line(["# as of", moment.isoformat()])
    yield _line(_RATING_HEADS if asked.measure else _RESPONSE_HEADS)
    written = 0
    for rows in _chunks(reader, asked):
        yield "".join(_line(_cells(reader, row, asked, topics)) for row, topics in rows)
        written += len(rows)
    yield _line(["# rows", str(written)])


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


def _cells(reader: Reader, row: Row, asked: Asked, topics: str) -> list[str]:
    zone = ZoneInfo(reader.tenant.time_zone)
    answered_at = row.answered_at.astimezone(zone).isoformat(timespec="seconds")
    head = [str(row.response_id), answered_at, row.survey_key, row.touchpoint_key, row.channel_key]
    comments = "\n".join(comment.text for comment in row.comments)
    customer = row.person.label if row.person.root_id else ""
    tail = [customer, row.person.email, comments, topics]
    if asked.measure:
        [score] = row.scores
        said = [score.metric_key, score.question_key, str(score.value), score.tone.value]
        return [str(row.pk), *head, *said, score.weight, *tail]
    scores = [f"{score.question_key}={score.value}" for score in row.scores if score.is_counted]
    return [*head, "; ".join(scores), *tail]


def _line(cells: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text).writerow(defused(cell) for cell in cells)
    return text.getvalue()
