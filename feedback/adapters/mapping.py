"""The mapping: what each column of a survey file means, as it is saved and exchanged as JSON.

docs/import.md describes every field with examples; `mapping_check` judges a mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import msgspec

from feedback.adapters.dialect import Dialect
from feedback.adapters.errors import MappingError

VERSION = 1


class Part(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A piece of a mapping: never changed in place, and silent about no field it does not know."""


class Named(Part, frozen=True, kw_only=True):
    """A survey or a channel: a registry key and what people read."""

    key: str
    title: str = ""


class TouchpointName(Part, frozen=True, kw_only=True):
    """A touchpoint, with the channel it belongs to when the file is about one channel of it."""

    key: str
    title: str = ""
    channel: Named | None = None


class CustomerColumn(Part, frozen=True, kw_only=True):
    """One column that says who answered; *namespace* says whose numbering an external id is."""

    column: str
    kind: Literal["external", "email", "phone", "anonymous", "device", "social", "card"]
    namespace: str = ""


class CustomerSource(Part, frozen=True, kw_only=True):
    """Who answered: the first filled column counts; a required one refuses rows without any."""

    columns: tuple[CustomerColumn, ...] = ()
    name_column: str = ""
    required: bool = False


class ThreadSource(Part, frozen=True, kw_only=True):
    """The column with the number of an order, a case or a contract.

    *joins* is the key of the file whose lines with that number say who the customer is; it was
    loaded before. A row that names nobody itself then gets that customer.
    """

    column: str
    joins: str = ""


class TimeSource(Part, frozen=True, kw_only=True):
    """When people answered: a column of times, a column of numbered steps, or one moment for all.

    - times: *column*, and where needed *format* (strptime signs, or excel, unix, unix_ms),
      *date_order* ("ask" is what a suggestion says when the column does not decide) and *zone*;
    - steps: *column* holds a number; *first* (1 unless stated) falls on *start* and each further
      one is *step_days* or *step_months* later;
    - one moment: *at*, an ISO 8601 date or date and time, as is *when_empty*.
    *when_empty* dates rows whose cell is empty or one of *blank*; without it they are refused.
    The moment of the import is never taken.
    """

    column: str = ""
    format: str = ""
    date_order: Literal["", "dmy", "mdy", "ymd", "ask"] = ""
    zone: str = ""
    start: date | None = None
    first: int = 1
    step_days: int = 0
    step_months: int = 0
    at: str = ""
    blank: tuple[str, ...] = ()
    when_empty: str = ""


class Score(Part, frozen=True, kw_only=True):
    """A scored column.

    Of question, metric and touchpoint each comes either written here or, in a long file, from a
    column: *question_column*, *metric_column* with *metrics* (cell to metric key; a cell that is
    itself a key needs no entry), *touchpoint_column* with *touchpoints* (cell to touchpoint).
    *not_applicable*, *blank* and *errors* list what cells hold that is no score; *labels* turns
    texts into scores. Cells are compared without surrounding blanks and without regard to case.
    """

    column: str
    question: str = ""
    question_column: str = ""
    title: str = ""
    metric: str = ""
    metric_column: str = ""
    metrics: dict[str, str] = {}
    touchpoint: TouchpointName | None = None
    touchpoint_column: str = ""
    touchpoints: dict[str, TouchpointName] = {}
    not_applicable: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    labels: dict[str, int] = {}


class Comment(Part, frozen=True, kw_only=True):
    """A column in which people wrote; *blank* lists cells that mean nothing was written.

    Blank texts are compared exactly: software wrote “NA”, a person may write “na”.
    """

    column: str
    question: str
    title: str = ""
    blank: tuple[str, ...] = ()


class ChannelSource(Part, frozen=True, kw_only=True):
    """The channel of the response: one for all, or a column with *channels* (cell to channel)."""

    channel: Named | None = None
    column: str = ""
    channels: dict[str, Named] = {}


class LanguageSource(Part, frozen=True, kw_only=True):
    """The language of the response (BCP 47): one for all, or a column with codes or *codes*."""

    language: str = ""
    column: str = ""
    codes: dict[str, str] = {}


class WeightSource(Part, frozen=True, kw_only=True):
    """The column of survey weights: numbers from 0.000001 to 1,000,000."""

    column: str


class Unsettled(Part, frozen=True, kw_only=True):
    """A value of a scored column that is neither a score nor declared: a person must decide."""

    column: str
    value: str
    count: int


class Mapping(Part, frozen=True, kw_only=True):
    """The whole mapping of one survey file.

    *response_id* names the columns that together identify a response; without any, a response is
    identified by its row, and *identical_rows* says whether rows alike in every cell are one
    response ("first") or several ("all"). *hidden* columns are kept with the response under their
    head; columns named nowhere are left out.
    """

    version: int
    line: Literal["response"] = "response"
    survey: Named
    shape: Literal["wide", "long"] = "wide"
    dialect: Dialect = Dialect()
    response_id: tuple[str, ...] = ()
    identical_rows: Literal["first", "all"] = "all"
    customer: CustomerSource | None = None
    thread: ThreadSource | None = None
    answered_at: TimeSource = TimeSource()
    scores: tuple[Score, ...] = ()
    comments: tuple[Comment, ...] = ()
    weight: WeightSource | None = None
    channel: ChannelSource | None = None
    touchpoint: TouchpointName | None = None
    language: LanguageSource | None = None
    hidden: tuple[str, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()


class MappingNames(Part, frozen=True, kw_only=True):
    """The registry entries that a mapping names, each once, in the order of the mapping."""

    touchpoints: tuple[TouchpointName, ...]
    channels: tuple[Named, ...]
    metrics: tuple[str, ...]


def to_json(mapping: Part) -> bytes:
    """Write *mapping* as indented UTF-8 JSON; the same mapping gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(mapping), indent=2) + b"\n"


def from_json(content: bytes | str) -> Mapping:
    """Read a mapping; raises MappingError that names the field, such as `scores[2].metric`.

    Fields this version does not know are refused: a misspelt field is never ignored in silence.
    """
    try:
        mapping = msgspec.json.decode(content, type=Mapping)
    except msgspec.ValidationError as error:
        raise MappingError(with_field(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MappingError(f"The mapping is not JSON: {error}.") from error
    if mapping.version != VERSION:
        raise MappingError(f"version: this program reads version {VERSION} only.")
    return mapping


def names_in(mapping: Mapping) -> MappingNames:
    """List the touchpoints, channels and metrics that *mapping* names, for creating or checking."""
    touchpoints = {point.key: point for point in _touchpoints(mapping)}
    channels = {channel.key: channel for channel in _channels(mapping)}
    metrics = dict.fromkeys(
        key for score in mapping.scores for key in (score.metric, *score.metrics.values()) if key
    )
    return MappingNames(
        touchpoints=tuple(touchpoints.values()),
        channels=tuple(channels.values()),
        metrics=tuple(metrics),
    )


def columns_in(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield (field, column) for each place where *mapping* names a column, `hidden` included."""
    single = [(name, getattr(mapping, name)) for name in ("answered_at", "weight", "channel")]
    single.append(("language", mapping.language))
    people = mapping.customer or CustomerSource()
    yield from _listed("response_id[{}]", mapping.response_id)
    yield from _listed("customer.columns[{}].column", [c.column for c in people.columns])
    yield "customer.name_column", people.name_column
    if mapping.thread:
        yield "thread.column", mapping.thread.column
    yield from ((f"{name}.column", part.column) for name, part in single if part)
    for name in ("column", "question_column", "metric_column", "touchpoint_column"):
        yield from _listed(f"scores[{{}}].{name}", [getattr(s, name) for s in mapping.scores])
    yield from _listed("comments[{}].column", [c.column for c in mapping.comments])
    yield from _listed("hidden[{}]", mapping.hidden)


def _listed(field: str, columns: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((field.format(place), column) for place, column in enumerate(columns))


def _touchpoints(mapping: Mapping) -> Iterator[TouchpointName]:
    if mapping.touchpoint:
        yield mapping.touchpoint
    for score in mapping.scores:
        if score.touchpoint:
            yield score.touchpoint
        yield from score.touchpoints.values()


def _channels(mapping: Mapping) -> Iterator[Named]:
    if mapping.channel:
        if mapping.channel.channel:
            yield mapping.channel.channel
        yield from mapping.channel.channels.values()
    yield from (point.channel for point in _touchpoints(mapping) if point.channel)


def with_field(message: str) -> str:
    """Turn msgspec's "... - at `$.a.b`" into "a.b: ..."."""
    reason, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    return f"{field or 'mapping'}: {reason[:1].lower()}{reason[1:]}."
