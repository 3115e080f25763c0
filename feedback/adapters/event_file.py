"""A file of events, customers or orders becomes records: lazily, one line at a time.

What is remembered about lines already read is kept in `scratch`, so that five million lines need
constant memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from msgspec import structs

from feedback.adapters.errors import MappingError
from feedback.adapters.event_mapping import EventMapping, times_in
from feedback.adapters.event_rows import EventRows
from feedback.adapters.mapping import TimeSource
from feedback.adapters.records import LineEvents, Refusal
from feedback.adapters.response_rows import RowRefusedError, shortened
from feedback.adapters.scratch import NumberedRow, SeenKeys
from feedback.adapters.survey_file import is_read_freely, row_digest
from feedback.adapters.table import Table
from feedback.adapters.times import DateOrder

_PROFILES = ("customer", "company")


def parse_events(
    table: Table, mapping: EventMapping, *, zone: tzinfo, now: datetime
) -> Iterator[LineEvents | Refusal]:
    """Yield what the lines of *table* tell, in their order, each with the refusals of its parts.

    *zone* is for times without an offset; *now* is aware. A line that cannot be used is refused
    alone. Raises MappingError for a column that does not exist (`validate_events` lists them
    all), and FileRefusedError as the table does.
    """
    rows = EventRows(mapping, table.heads, zone=zone, now=now)
    order = sorted(range(len(table.heads)), key=lambda place: table.heads[place])
    with SeenKeys() as seen:
        for item in table.rows:
            if isinstance(item, Refusal):
                yield item
                continue
            content = row_digest(item[1], order)
            try:
                key = rows.key(*item) or _counted_key(seen, item, content, mapping)
                # Read first: a line that cannot be used must not keep a good one out.
                read = rows.read(*item, key=key, content=content.hex())
            except RowRefusedError as error:
                yield error.refusal
                continue
            if mapping.row_id and (refusal := _claimed(seen, item, key, content)):
                yield refusal
                continue
            yield read.events
            yield from read.refusals


def settle_event_orders(table: Table, mapping: EventMapping) -> EventMapping:
    """Decide day and month by the whole columns of times, where *mapping* leaves that open.

    Reads *table* to its end, once for all columns. The result says "dmy", "mdy", or "ask" where
    a column does not decide, which `validate_events` then reports.
    """
    open_sources = {
        source.column: DateOrder()
        for _, source in times_in(mapping)
        if is_read_freely(source) and not source.date_order
    }
    if not open_sources:
        return mapping
    _look_at(table, open_sources)
    found = {column: order.decided() for column, order in open_sources.items()}
    return structs.replace(
        mapping,
        at=_settled(mapping.at, found) if mapping.at else None,
        events=tuple(structs.replace(step, at=_settled(step.at, found)) for step in mapping.events),
    )


def _look_at(table: Table, orders: dict[str, DateOrder]) -> None:
    for column in orders:
        if column not in table.heads:
            raise MappingError(f"events: the file has no column “{column}”.")
    looked_at = [(table.heads.index(column), order) for column, order in orders.items()]
    for item in table.rows:
        if isinstance(item, Refusal):
            continue
        cells = item[1]
        for place, order in looked_at:
            if place < len(cells):
                order.add(cells[place])


def _settled(source: TimeSource, found: dict[str, str]) -> TimeSource:
    order = found.get(source.column, "")
    if source.date_order or not order or not is_read_freely(source):
        return source
    return structs.replace(source, date_order=order)


def _counted_key(seen: SeenKeys, row: NumberedRow, content: bytes, mapping: EventMapping) -> str:
    """Name a line by the hash of its cells and its number among equal lines.

    Lines about the same customer or company that are alike tell the same: they count once.
    """
    times = seen.count(content)
    is_once = mapping.identical_rows == "first" or mapping.line in _PROFILES
    if times > 1 and is_once:
        line, cells = row
        words = f"Line {line} is the same in every cell as a line further up."
        raise RowRefusedError(Refusal(line, "duplicate", words, raw=tuple(cells)))
    return f"{content.hex()}-{times}"


def _claimed(seen: SeenKeys, row: NumberedRow, key: str, content: bytes) -> Refusal | None:
    taken = seen.claim(key.encode(), content)
    if taken is None:
        return None
    line, cells = row
    if taken == content:
        code, reason = "duplicate", "stands further up with the same content"
    else:
        code, reason = "conflict", "stands further up with other content; the first was taken"
    message = f"Line {line}: “{shortened(key)}” {reason}."
    return Refusal(line, code, message, raw=tuple(cells))
