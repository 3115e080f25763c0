"""A survey file becomes responses: lazily, one row or one group of rows at a time.

What is remembered about rows already read (keys and, for long files, the rows themselves) is kept
in `scratch`, so that five million lines need constant memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from hashlib import blake2b

from msgspec import structs

from feedback.adapters.errors import MappingError
from feedback.adapters.mapping import Mapping, TimeSource
from feedback.adapters.records import RatingRecord, Refusal, ResponseRecord
from feedback.adapters.response_rows import ResponseRows, RowRead, RowRefusedError, shortened
from feedback.adapters.scales import MetricScale
from feedback.adapters.scratch import GroupedRows, NumberedRow, SeenKeys
from feedback.adapters.table import Table
from feedback.adapters.times import date_order_of

_DIGEST_BYTES = 16
_SEPARATOR = "\x1f"


def parse(
    table: Table,
    mapping: Mapping,
    scales: dict[str, MetricScale],
    *,
    zone: tzinfo,
    now: datetime,
) -> Iterator[ResponseRecord | Refusal]:
    """Yield what the rows of *table* say, each response followed by the refusals of its parts.

    *scales* holds the metrics that exist; *zone* is for times without an offset; *now* is aware.
    A row that cannot be used is refused alone. Wide files, and long files without a response id,
    keep the order of the rows. A long file with a response id is read to its end first; then the
    rows of one id are one response, at its first row's time, in the order of first rows.

    Raises MappingError for a column or metric that does not exist (`validate` lists them all),
    and FileRefusedError as the table does.
    """
    rows = ResponseRows(mapping, scales, table.heads, zone=zone, now=now)
    if mapping.shape == "long" and mapping.response_id:
        return _grouped(table, rows)
    return _single(table, rows, mapping)


def settle_date_order(table: Table, mapping: Mapping) -> Mapping:
    """Decide day and month by the whole column of times, where *mapping* leaves that open.

    Reads *table* to its end. The result says "dmy", "mdy", or "ask" where the column does not
    decide, which `validate` then reports; a mapping that needs no decision comes back as it is.
    """
    source = mapping.answered_at
    if source.date_order or not is_read_freely(source):
        return mapping
    if source.column not in table.heads:
        raise MappingError(f"answered_at.column: the file has no column “{source.column}”.")
    place = table.heads.index(source.column)
    cells = (
        row[1][place] for row in table.rows if not isinstance(row, Refusal) and len(row[1]) > place
    )
    order = date_order_of(cells)
    if not order:
        return mapping
    return structs.replace(mapping, answered_at=structs.replace(source, date_order=order))


def is_read_freely(source: TimeSource) -> bool:
    """Whether times of *source* are dates as people write them, in whatever order."""
    return bool(source.column) and source.start is None and not source.format


def _single(
    table: Table, rows: ResponseRows, mapping: Mapping
) -> Iterator[ResponseRecord | Refusal]:
    """Each row is a response of its own."""
    order = sorted(range(len(table.heads)), key=lambda place: table.heads[place])
    with SeenKeys() as seen:
        for item in table.rows:
            if isinstance(item, Refusal):
                yield item
                continue
            line, cells = item
            try:
                key = rows.key(line, cells)
                read = rows.read(line, cells, key)
            except RowRefusedError as error:
                yield error.refusal
                continue
            content = row_digest(cells, order)
            if mapping.response_id:
                refusal = _claimed(seen, item, key, content)
            else:
                read, refusal = _by_content(seen, item, read, content, mapping)
            if refusal:
                yield refusal
                continue
            yield read.response
            yield from read.refusals


def row_digest(cells: list[str], order: list[int]) -> bytes:
    """Hash a row without regard to blanks around cells, missing last cells or column order."""
    padded = [*cells, *[""] * (len(order) - len(cells))]
    text = _SEPARATOR.join(padded[place].strip() for place in order)
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()


def _claimed(seen: SeenKeys, row: NumberedRow, key: str, content: bytes) -> Refusal | None:
    taken = seen.claim(key.encode(), content)
    if taken is None:
        return None
    line, cells = row
    if taken == content:
        code, reason = "duplicate", "stands further up with the same content"
    else:
        code, reason = "conflict", "stands further up with other content; the first was taken"
    message = f"Line {line}: the response “{shortened(key)}” {reason}."
    return Refusal(line, code, message, raw=tuple(cells))


def _by_content(
    seen: SeenKeys, row: NumberedRow, read: RowRead, content: bytes, mapping: Mapping
) -> tuple[RowRead, Refusal | None]:
    """Name a response by its row: the hash of its cells and its number among equal rows."""
    times = seen.count(content)
    line, cells = row
    if times > 1 and mapping.identical_rows == "first":
        message = f"Line {line} is the same in every cell as a line further up."
        return read, Refusal(line, "duplicate", message, raw=tuple(cells))
    named = replace(read.response, key=f"{content.hex()}-{times}")
    return RowRead(named, read.refusals), None


def _grouped(table: Table, rows: ResponseRows) -> Iterator[ResponseRecord | Refusal]:
    """Rows of one response id are one response, wherever they stand."""
    with GroupedRows() as grouped:
        for item in table.rows:
            if isinstance(item, Refusal):
                yield item
                continue
            try:
                grouped.add(rows.key(*item), item)
            except RowRefusedError as error:
                yield error.refusal
        for group in grouped.groups():
            yield from _merged(group, rows)


def _merged(group: list[NumberedRow], rows: ResponseRows) -> Iterator[ResponseRecord | Refusal]:
    """Merge the rows of one response; rows that cannot be used do not hold up the others."""
    whole: ResponseRecord | None = None
    refusals: list[Refusal] = []
    for line, cells in group:
        try:
            read = rows.read(line, cells, rows.key(line, cells))
        except RowRefusedError as error:
            refusals.append(error.refusal)
            continue
        refusals += read.refusals
        if whole is None:
            whole = read.response
        else:
            whole, repeated = _joined(whole, read.response, tuple(cells))
            refusals += repeated
    if whole is not None:
        yield whole
    yield from refusals


def _joined(
    whole: ResponseRecord, more: ResponseRecord, raw: tuple[str, ...]
) -> tuple[ResponseRecord, list[Refusal]]:
    """Add *more* to *whole*: new ratings, and texts that are not there yet under their own keys."""
    taken = {_place(rating): rating for rating in whole.ratings}
    refusals = []
    for rating in more.ratings:
        earlier = taken.setdefault(_place(rating), rating)
        if earlier is not rating:
            refusals.append(_repeated(earlier, rating, more.line, raw))
    joined = replace(
        whole,
        ratings=tuple(taken.values()),
        comments=_with_texts(whole.comments, more.comments),
        answers=_with_texts(whole.answers, more.answers),
        customer=whole.customer or more.customer,
        weight=whole.weight or more.weight,
    )
    return joined, refusals


def _place(rating: RatingRecord) -> tuple[str, str]:
    return rating.metric, rating.question


def _repeated(
    earlier: RatingRecord, rating: RatingRecord, line: int, raw: tuple[str, ...]
) -> Refusal:
    is_same = (earlier.value, earlier.touchpoint) == (rating.value, rating.touchpoint)
    said = f"was answered with {earlier.value} further up in the same response"
    message = f"Line {line}: “{shortened(rating.question)}” {said}."
    return Refusal(line, "duplicate" if is_same else "conflict", message, raw=raw)


def _with_texts[T](texts: dict[str, T], more: dict[str, T]) -> dict[str, T]:
    """Add *more*; another text under a taken key gets the key with a number, and is not lost."""
    joined = dict(texts)
    for key, text in more.items():
        name, number = key, 2
        while name in joined and joined[name] != text:
            name, number = f"{key} ({number})", number + 1
        joined[name] = text
    return joined
