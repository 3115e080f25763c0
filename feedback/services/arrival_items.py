"""The items of one stored body, read again for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from cxm.customers.rules.records import Call, Ref
from feedback.adapters.events.parsed import BodyError
from feedback.adapters.events.parsing import parse
from feedback.services.accepting import wishes_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cxm.customers.rules.records import EventRecord, EventRefusal
    from feedback.adapters.events.parsed import IgnoredItem, MailReport, ParsedBody, SurveyAnswer
    from feedback.models import EventSource, Inbox

ANSWER, UNKNOWN, REPORT = "answer", "item", "report"
_TYPES = frozenset({*(call.value for call in Call), "page", "screen"})


class _Typed(msgspec.Struct):
    type: str = ""


_typed = msgspec.json.Decoder(_Typed)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a body as its adapter reads it now.

    *call* is track, identify, group, alias, answer, another kind of interaction such as page, or
    item where nobody knows; a report about a mail *is_noted*, and makes nothing. *about* is the
    company, or the earlier identifier, that it tells of. *refusal* and *left_out* (a word of the
    adapters) say why it is kept out; *key* is then empty.
    """

    position: int
    raw: bytes
    call: str = UNKNOWN
    name: str = ""
    refs: tuple[Ref, ...] = ()
    about: Ref | str = ""
    key: str = ""
    occurred_at: datetime | None = None
    is_zone_assumed: bool = False
    refusal: EventRefusal | None = None
    left_out: str = ""
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class ReadBody:
    """The items of a body in their order; *error* says why it could not be read at all."""

    items: list[Item]
    error: str = ""


def read_body(source: EventSource, inbox: Inbox) -> ReadBody:
    """Read the body of *inbox* with the adapter that its address named; never raises for it."""
    zone = ZoneInfo(source.time_zone or source.tenant.time_zone)
    try:
        # Page views are read whether or not they are kept: that may have changed since.
        parsed = parse(
            {**inbox.envelope, "adapter": inbox.adapter},
            bytes(inbox.body),
            zone=zone,
            received_at=inbox.received_at,
            keeps_pages=True,
            wishes=wishes_of(source),
        )
    except BodyError as error:
        return ReadBody([], error.message)
    return ReadBody(sorted(_items(parsed), key=lambda item: item.position))


def _items(parsed: ParsedBody) -> Iterator[Item]:
    raws = parsed.raws
    for record in parsed.events:
        yield _of_record(record, raws[record.position])
    for answer in parsed.answers:
        yield _of_answer(answer, raws[answer.position])
    for report in {one.position: one for one in parsed.reports}.values():
        yield _of_report(report, raws[report.position])
    for ignored in parsed.ignored:
        yield _of_ignored(ignored, raws[ignored.position])
    for refusal in parsed.refused:
        yield _of_refusal(refusal, raws[refusal.position])


def _refs(record: EventRecord) -> tuple[Ref, ...]:
    """Give whom a record names; where it names nobody, its traits may."""
    if record.refs:
        return record.refs
    told = ((kind, record.traits.get(kind)) for kind in ("email", "phone"))
    return tuple(Ref.folded(kind, value) for kind, value in told if isinstance(value, str))


def _of_record(record: EventRecord, raw: bytes) -> Item:
    is_event = record.call is not Call.TRACK or record.kind == "event"
    return Item(
        position=record.position,
        raw=raw,
        call=record.call.value if is_event else record.kind,
        name=record.name,
        refs=_refs(record),
        about=record.previous or record.company,
        key=record.key,
        occurred_at=record.occurred_at,
        is_zone_assumed=record.is_zone_assumed,
    )


def _of_answer(answer: SurveyAnswer, raw: bytes) -> Item:
    record = answer.record
    named = record.customer
    return Item(
        position=answer.position,
        raw=raw,
        call=ANSWER,
        name=answer.title,
        refs=(Ref(named.kind, named.namespace, named.value),) if named else (),
        key=record.key,
        occurred_at=record.answered_at,
        is_zone_assumed=record.is_zone_assumed,
    )


def _of_report(report: MailReport, raw: bytes) -> Item:
    return Item(
        position=report.position,
        raw=raw,
        call=REPORT,
        name=report.kind.words,
        refs=(Ref("email", "", report.email),) if report.email else (),
        occurred_at=report.at,
        is_noted=True,
    )


def _of_ignored(ignored: IgnoredItem, raw: bytes) -> Item:
    call = ignored.why if ignored.why == "page" else UNKNOWN
    return Item(
        position=ignored.position, raw=raw, call=call, name=ignored.name, left_out=ignored.why
    )


def _of_refusal(refusal: EventRefusal, raw: bytes) -> Item:
    call = _said_type(raw)
    name = "" if refusal.name == call else refusal.name
    return Item(position=refusal.position, raw=raw, call=call, name=name, refusal=refusal)


def _said_type(raw: bytes) -> str:
    """Give the type that a refused item calls itself, as far as that is one."""
    try:
        said = _typed.decode(raw).type
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return UNKNOWN
    return said if said in _TYPES else UNKNOWN
