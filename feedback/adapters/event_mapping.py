"""The mapping of a file whose lines are no answers: customers, events, orders, contracts.

docs/import.md describes every field with examples; `event_mapping_check` judges a mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from feedback.adapters.dialect import Dialect
from feedback.adapters.errors import MappingError
from feedback.adapters.mapping import (
    VERSION,
    ChannelSource,
    CustomerColumn,
    Mapping,
    MappingNames,
    Named,
    Part,
    ThreadSource,
    TimeSource,
    TouchpointName,
    from_json,
    with_field,
)

type EventKind = Literal[
    "", "event", "page", "message", "call", "visit", "order_step", "payment", "case", "contract"
]


class ValueColumn(Part, frozen=True, kw_only=True):
    """A column whose cells are kept as values under *key*, which is its head unless stated.

    Text stays text, whatever it looks like; *blank* lists cells that say nothing.
    """

    column: str
    key: str = ""
    type: Literal["text", "number", "bool", "date"] = "text"
    date_order: Literal["", "dmy", "mdy", "ymd"] = ""
    blank: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the values are kept under."""
        return self.key or self.column


class CompanySource(Part, frozen=True, kw_only=True):
    """The company of the line: a column with its id, which *namespace* numbers, and attributes.

    The attribute `name` is what people read.
    """

    column: str
    namespace: str = ""
    attributes: tuple[ValueColumn, ...] = ()


class AmountSource(Part, frozen=True, kw_only=True):
    """The column with an amount of money; *currency* for all (ISO 4217), or from a column."""

    column: str
    currency: str = ""
    currency_column: str = ""


class TextSource(Part, frozen=True, kw_only=True):
    """A column in which people wrote; *blank* lists cells that mean nothing was written."""

    column: str
    blank: tuple[str, ...] = ()


class EventStep(Part, frozen=True, kw_only=True):
    """Something that happened, at the time in a column of the line.

    Its name is written here or comes from *name_column*. *kind* follows from what the line is
    unless stated; without a touchpoint the rules decide.
    """

    at: TimeSource
    name: str = ""
    name_column: str = ""
    title: str = ""
    kind: EventKind = ""
    touchpoint: TouchpointName | None = None
    actor: Literal["customer", "agent", "system"] = "customer"
    direction: Literal["in", "out", "none"] = "none"


class EventMapping(Part, frozen=True, kw_only=True):
    """The whole mapping of one file of customers, events, orders, companies or contracts.

    *source* names the files of this kind: the same line of the same source has one effect.
    *row_id* names the columns that together identify a line; without any it is identified by its
    cells, and *identical_rows* says whether lines alike in every cell are one or several. *at*
    says since when what a line tells of a customer or company is so. *amount* and *text* go
    with the first thing that happened, *properties* with all of them.
    """

    version: int
    line: Literal["customer", "interaction", "order", "company", "contract"]
    source: Named
    dialect: Dialect = Dialect()
    row_id: tuple[str, ...] = ()
    identical_rows: Literal["first", "all"] = "all"
    identities: tuple[CustomerColumn, ...] = ()
    is_customer_required: bool = False
    attributes: tuple[ValueColumn, ...] = ()
    company: CompanySource | None = None
    at: TimeSource | None = None
    events: tuple[EventStep, ...] = ()
    thread: ThreadSource | None = None
    properties: tuple[ValueColumn, ...] = ()
    text: TextSource | None = None
    amount: AmountSource | None = None
    channel: ChannelSource | None = None


type FileMapping = Mapping | EventMapping


class _Line(msgspec.Struct):
    line: str = "response"


def read_mapping(content: bytes | str) -> FileMapping:
    """Read a mapping of any kind of line; raises MappingError that names the field."""
    try:
        line = msgspec.json.decode(content, type=_Line).line
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        line = "response"  # the reader of survey files says what is wrong
    if line == "response":
        return from_json(content)
    try:
        mapping = msgspec.json.decode(content, type=EventMapping)
    except msgspec.ValidationError as error:
        raise MappingError(with_field(str(error))) from error
    if mapping.version != VERSION:
        raise MappingError(f"version: this program reads version {VERSION} only.")
    return mapping


def times_in(mapping: EventMapping) -> Iterator[tuple[str, TimeSource]]:
    """Yield (field, source) for each time that *mapping* names."""
    if mapping.at:
        yield "at", mapping.at
    for place, step in enumerate(mapping.events):
        yield f"events[{place}].at", step.at


def event_names_in(mapping: EventMapping) -> MappingNames:
    """List the touchpoints and channels that *mapping* names, each once, in its order."""
    touchpoints = {
        step.touchpoint.key: step.touchpoint for step in mapping.events if step.touchpoint
    }
    channels: dict[str, Named] = {}
    if mapping.channel:
        named = [mapping.channel.channel, *mapping.channel.channels.values()]
        channels = {channel.key: channel for channel in named if channel}
    channels |= {
        point.channel.key: point.channel for point in touchpoints.values() if point.channel
    }
    return MappingNames(
        touchpoints=tuple(touchpoints.values()), channels=tuple(channels.values()), metrics=()
    )


def event_columns_in(mapping: EventMapping) -> Iterator[tuple[str, str]]:
    """Yield (field, column) for each place where *mapping* can name a column; some are empty."""
    for place, column in enumerate(mapping.row_id):
        yield f"row_id[{place}]", column
    for place, identity in enumerate(mapping.identities):
        yield f"identities[{place}].column", identity.column
    yield from _values("attributes", mapping.attributes)
    yield from _values("properties", mapping.properties)
    if mapping.company:
        yield "company.column", mapping.company.column
        yield from _values("company.attributes", mapping.company.attributes)
    for field, source in times_in(mapping):
        yield f"{field}.column", source.column
    for place, step in enumerate(mapping.events):
        yield f"events[{place}].name_column", step.name_column
    for field in ("thread", "text", "amount", "channel"):
        part = getattr(mapping, field)
        yield f"{field}.column", part.column if part else ""
    yield "amount.currency_column", mapping.amount.currency_column if mapping.amount else ""


def _values(field: str, columns: tuple[ValueColumn, ...]) -> Iterator[tuple[str, str]]:
    return ((f"{field}[{place}].column", value.column) for place, value in enumerate(columns))
