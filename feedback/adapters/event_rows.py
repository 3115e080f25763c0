"""One line of a file of events, customers or orders becomes records of what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from hashlib import blake2b
from itertools import pairwise

from cxm.customers.rules.identifiers import is_usable
from cxm.customers.rules.records import Call, EventRecord, Ref
from feedback.adapters.errors import MappingError
from feedback.adapters.event_mapping import EventMapping, EventStep, ValueColumn, event_columns_in
from feedback.adapters.records import JSON, LineEvents, Refusal
from feedback.adapters.response_rows import (
    LONGEST_TEXT,
    LONGEST_THREAD,
    FileRow,
    RowRefusedError,
    shortened,
)
from feedback.adapters.times import TimeError, TimeReader
from feedback.adapters.value_cells import CellError, read_amount, read_value

LONGEST_KEY = 200
LONGEST_COMPANY = 200
_KINDS = {"order": "order_step", "contract": "contract"}
_DIGEST_BYTES = 16


@dataclass(slots=True)
class LineRead:
    """The records of a line, and the refusals of parts of it."""

    events: LineEvents
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Happened:
    step: EventStep
    place: int
    name: str
    at: datetime
    is_zone_assumed: bool


class EventRows:
    """Reads lines under *heads* as *mapping* says.

    Raises MappingError at once for a column that is not there; run `validate_events` first for
    the whole list. *zone* is for times without offset, *now* (aware) for times ahead.
    """

    def __init__(
        self, mapping: EventMapping, heads: tuple[str, ...], *, zone: tzinfo, now: datetime
    ) -> None:
        self._mapping = mapping
        self._heads = heads
        self._places = _places(mapping, heads)
        self._needed = max(self._places.values(), default=-1) + 1
        self._times = [TimeReader(step.at, zone=zone, now=now) for step in mapping.events]
        self._at = TimeReader(mapping.at, zone=zone, now=now) if mapping.at else None
        named = mapping.channel.channels if mapping.channel else {}
        self._channels = {text.strip().casefold(): named.key for text, named in named.items()}

    def key(self, line: int, cells: list[str]) -> str:
        """Join the cells that identify a line, "" where the mapping names none.

        Raises RowRefusedError: `ragged_row`, or `no_row_id` when one of the cells is empty.
        """
        row = self._row(line, cells)
        parts = []
        for column in self._mapping.row_id:
            if not (part := row[column]):
                raise _refused(row, "no_row_id", column, "is empty")
            parts.append(part.replace("\\", "\\\\").replace("|", "\\|"))
        return "|".join(parts)

    def read(self, line: int, cells: list[str], *, key: str, content: str) -> LineRead:
        """Read a line that is identified by *key*, and whose cells have the hash *content*.

        Raises RowRefusedError when all of it is kept out.
        """
        row = self._row(line, cells)
        refusals: list[Refusal] = []
        refs = self._refs(row, refusals)
        company = self._company(row)
        happened = self._happened(row, refusals)
        since, is_assumed = self._since(row, happened)
        shared = EventRecord(
            call=Call.TRACK,
            position=line,
            key=key,
            occurred_at=since,
            is_zone_assumed=is_assumed,
            refs=refs,
            company=company,
            namespace=self._mapping.company.namespace if self._mapping.company else "",
        )
        records = [
            *self._profile(row, shared, content, refusals),
            *self._tracks(row, shared, happened, refusals),
        ]
        flags = _impossible(happened)
        return LineRead(LineEvents(line, tuple(records), flags), refusals)

    def _row(self, line: int, cells: list[str]) -> FileRow:
        if len(cells) < self._needed:
            missing = next(head for head in self._heads[len(cells) :] if head in self._places)
            words = (
                f"Line {line} has {len(cells)} cells under {len(self._heads)} heads, and "
                f"“{missing}” is among the missing ones."
            )
            raise RowRefusedError(Refusal(line, "ragged_row", words, raw=tuple(cells)))
        return FileRow(line, cells, self._places)

    def _refs(self, row: FileRow, refusals: list[Refusal]) -> tuple[Ref, ...]:
        refs = []
        for identity in self._mapping.identities:
            if not (text := row[identity.column]):
                continue
            ref = Ref.folded(identity.kind, text, identity.namespace)
            if is_usable(ref.kind, ref.value):
                refs.append(ref)
                continue
            code = "bad_email" if identity.kind == "email" else "bad_customer"
            refusals.append(_part(row, code, identity.column, "cannot stand for one person"))
        if not refs and (self._mapping.is_customer_required or self._mapping.line == "customer"):
            named = ", ".join(identity.column for identity in self._mapping.identities)
            raise _refused(row, "no_customer", "", f"nobody is named in {named}")
        return tuple(refs)

    def _company(self, row: FileRow) -> str:
        source = self._mapping.company
        if source is None:
            return ""
        company = row[source.column]
        if not company and self._mapping.line in {"company", "contract"}:
            raise _refused(row, "no_company", source.column, "is empty")
        if len(company) > LONGEST_COMPANY:
            raise _refused(row, "no_company", source.column, "is over 200 characters long")
        return company

    def _happened(self, row: FileRow, refusals: list[Refusal]) -> list[_Happened]:
        """Read the steps that have a time; one that cannot be read leaves the others alone."""
        found = []
        for place, (step, times) in enumerate(zip(self._mapping.events, self._times, strict=True)):
            if self._mapping.line != "interaction" and _is_not_yet(row, step):
                continue
            name = step.name or row[step.name_column]
            if not name:
                refusals.append(_part(row, "no_name", step.name_column, "is empty"))
                continue
            try:
                at, is_assumed = times.read(row[step.at.column])
            except TimeError as error:
                refusals.append(_part(row, "bad_time", step.at.column, str(error)))
                continue
            found.append(_Happened(step, place, name, at, is_assumed))
        if self._mapping.events and not found:
            raise self._nothing(row, refusals)
        return found

    def _nothing(self, row: FileRow, refusals: list[Refusal]) -> RowRefusedError:
        """Refuse a line of which nothing can be said to have happened."""
        for refusal in refusals:
            if refusal.code in {"bad_time", "no_name"}:
                return RowRefusedError(
                    Refusal(
                        refusal.line, refusal.code, refusal.message, refusal.column, refusal.raw
                    )
                )
        return _refused(row, "no_event", "", "none of the steps has a time")

    def _since(self, row: FileRow, happened: list[_Happened]) -> tuple[datetime, bool]:
        if self._at is None:
            return min((h.at, h.is_zone_assumed) for h in happened)
        column = self._mapping.at.column if self._mapping.at else ""
        try:
            return self._at.read(row[column])
        except TimeError as error:
            raise _refused(row, "bad_time", column, str(error)) from error

    def _profile(
        self, row: FileRow, shared: EventRecord, content: str, refusals: list[Refusal]
    ) -> list[EventRecord]:
        """Tell what the line says of the customer and the company.

        These are known by their content: a later file with other values tells them anew.
        """
        records = []
        traits = self._values(row, self._mapping.attributes, refusals)
        if shared.refs and (traits or self._mapping.line == "customer"):
            records.append(
                _changed(shared, Call.IDENTIFY, f"{content}:customer", traits, company="")
            )
        source = self._mapping.company
        if source and shared.company:
            told = self._values(row, source.attributes, refusals)
            if told or self._mapping.line in {"company", "contract"}:
                records.append(
                    _changed(shared, Call.GROUP, f"{content}:company", told, shared.company)
                )
        return records

    def _tracks(
        self,
        row: FileRow,
        shared: EventRecord,
        happened: list[_Happened],
        refusals: list[Refusal],
    ) -> list[EventRecord]:
        if not happened:
            return []
        props = self._values(row, self._mapping.properties, refusals)
        channel = self._channel(row, refusals)
        amount, currency = self._amount(row, refusals)
        text = self._text(row)
        records = []
        for one in happened:
            is_first = one is happened[0]
            records.append(
                EventRecord(
                    call=Call.TRACK,
                    position=shared.position,
                    key=self._event_key(shared.key, one),
                    occurred_at=one.at,
                    is_zone_assumed=one.is_zone_assumed,
                    refs=shared.refs,
                    kind=one.step.kind or _KINDS.get(self._mapping.line, "event"),
                    name=one.name,
                    title=one.step.title,
                    text=text if is_first else "",
                    direction=one.step.direction,
                    actor=one.step.actor,
                    thread_key=self.thread(row),
                    amount=amount if is_first else None,
                    currency=currency if is_first and amount is not None else "",
                    touchpoint=one.step.touchpoint.key if one.step.touchpoint else "",
                    channel=channel or _own_channel(one.step),
                    props=props,
                    company=shared.company,
                    namespace=shared.namespace,
                )
            )
        return records

    def thread(self, row: FileRow) -> str:
        """Give the number of the order or case that *row* is about."""
        source = self._mapping.thread
        return row[source.column][:LONGEST_THREAD] if source else ""

    def _event_key(self, key: str, one: _Happened) -> str:
        """Name one step of a line; the column of its time does, as names may be changed."""
        if self._mapping.line != "interaction":
            key = f"{key}:{one.step.at.column or one.place}"
        if len(key) <= LONGEST_KEY:
            return key
        return blake2b(key.encode(), digest_size=_DIGEST_BYTES).hexdigest()

    def _values(
        self, row: FileRow, columns: tuple[ValueColumn, ...], refusals: list[Refusal]
    ) -> dict[str, JSON]:
        values: dict[str, JSON] = {}
        for column in columns:
            text = row[column.column]
            if not text or text in column.blank:
                continue
            try:
                values[column.name] = read_value(text, column)
            except CellError as error:
                refusals.append(_part(row, "bad_value", column.column, str(error)))
        return values

    def _amount(self, row: FileRow, refusals: list[Refusal]) -> tuple[Decimal | None, str]:
        source = self._mapping.amount
        if source is None or not (text := row[source.column]):
            return None, ""
        try:
            return read_amount(text), row[source.currency_column] or source.currency
        except CellError as error:
            refusals.append(_part(row, "bad_value", source.column, str(error)))
            return None, ""

    def _text(self, row: FileRow) -> str:
        source = self._mapping.text
        text = row[source.column] if source else ""
        return "" if source and text in source.blank else shortened(text, LONGEST_TEXT)

    def _channel(self, row: FileRow, refusals: list[Refusal]) -> str:
        source = self._mapping.channel
        if source is None:
            return ""
        if not (text := row[source.column]):
            return source.channel.key if source.channel else ""
        if channel := self._channels.get(text.casefold()):
            return channel
        words = "is no channel of the mapping"
        refusals.append(_part(row, "unknown_channel", source.column, words))
        return ""


def _changed(
    shared: EventRecord, call: Call, key: str, traits: dict[str, JSON], company: str
) -> EventRecord:
    return EventRecord(
        call=call,
        position=shared.position,
        key=key,
        occurred_at=shared.occurred_at,
        is_zone_assumed=shared.is_zone_assumed,
        refs=shared.refs,
        traits=traits,
        company=company,
        namespace=shared.namespace if company else "",
    )


def _impossible(happened: list[_Happened]) -> tuple[str, ...]:
    """Name each step that lies before the one it follows."""
    return tuple(
        f"{later.name} before {earlier.name}"
        for earlier, later in pairwise(happened)
        if later.at < earlier.at
    )


def _is_not_yet(row: FileRow, step: EventStep) -> bool:
    """Whether the step has no time of its own, and none is stated for that."""
    source = step.at
    if source.at or source.when_empty:
        return False
    text = row[source.column].casefold()
    return not text or text in {blank.strip().casefold() for blank in source.blank}


def _own_channel(step: EventStep) -> str:
    point = step.touchpoint
    return point.channel.key if point and point.channel else ""


def _refused(row: FileRow, code: str, column: str, reason: str) -> RowRefusedError:
    return RowRefusedError(row.refusal(code, column, reason, is_whole_row=True))


def _part(row: FileRow, code: str, column: str, reason: str) -> Refusal:
    return row.refusal(code, column, reason, is_whole_row=False)


def _places(mapping: EventMapping, heads: tuple[str, ...]) -> dict[str, int]:
    by_head = {head: place for place, head in enumerate(heads)}
    places = {}
    for name, column in event_columns_in(mapping):
        if column and column not in by_head:
            raise MappingError(f"{name}: the file has no column “{column}”.")
        if column:
            places[column] = by_head[column]
    return places
