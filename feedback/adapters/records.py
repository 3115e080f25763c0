"""What every adapter yields: neutral records, the same whatever format they came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cxm.customers.rules.records import EventRecord

type JSON = bool | int | float | str | list[JSON] | dict[str, JSON] | None


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """How a record names its customer.

    *kind* is external, email, phone, anonymous, device, social or card; *namespace* says whose
    numbering an external id belongs to (empty for e-mail and phone); *value* is text, always.
    *is_found_by_thread* says that the record itself named nobody.
    """

    kind: str
    namespace: str
    value: str
    name: str = ""
    is_found_by_thread: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RatingRecord:
    """One scored answer: *value* is a whole number inside the scale of *metric*.

    *touchpoint* and *channel* are registry keys or None.
    """

    question: str
    metric: str
    value: int
    touchpoint: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseRecord:
    """One person's pass through a survey.

    *line* is where it began in its file (1 is the first line of the file); *key* identifies it
    within its source for good: the same key again is the same response. *answered_at* is aware;
    *is_zone_assumed* says that the source gave no offset. *weight* is above 0 or None.
    *thread* is the number of the order, case or contract that it is about.
    *comments* maps a question to the text a person wrote; *answers* keeps all other mapped
    answers as given, and what a scored question held when it was not a score (such as
    "did not use"). *state* is complete or partial; *revised_at* is the version that its sender
    gave it, None where senders give none: then *answered_at* tells which is newer.
    """

    line: int
    key: str
    answered_at: datetime
    survey: str
    customer: CustomerRef | None = None
    thread: str = ""
    channel: str | None = None
    touchpoint: str | None = None
    language: str = ""
    weight: Decimal | None = None
    is_zone_assumed: bool = False
    state: str = "complete"
    started_at: datetime | None = None
    revised_at: datetime | None = None
    ratings: tuple[RatingRecord, ...] = ()
    comments: dict[str, str] = field(default_factory=dict)
    answers: dict[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineEvents:
    """What one line of a file tells: some records, all with the line as their position.

    *flags* are remarks about the line that people want counted, such as steps in an order that
    cannot be.
    """

    line: int
    records: tuple[EventRecord, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row, or one score of a row, that was kept out, and why.

    *code* is one of the documented reasons; *message* is for people and names the column and the
    value; *raw* is the row as it came, so that it can be corrected and sent again. *is_whole_row*
    tells a row that did not load from a score that was left out of a row that did.
    """

    line: int
    code: str
    message: str
    column: str = ""
    raw: tuple[str, ...] = ()
    is_whole_row: bool = True
