"""What a body of events becomes: records, answers, refusals, and what was left out on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.customers.rules.records import EventRecord, EventRefusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from feedback.adapters.records import ResponseRecord
    from feedback.rules.distribution.words import ReportKind

MOST_RAW = 4_000
MOST_MESSAGE = 500


class BodyError(Exception):
    """A body as a whole cannot be read; nothing of it is taken.

    *code* is one of the documented words (docs/events.md); the message says what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BodyTooLargeError(BodyError):
    """A body is longer than its address takes, as it came or after unpacking."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "too_large",
            f"The body is larger than {limit // 1_000_000} MB, as it came or unpacked. Send it in "
            "several requests.",
        )


class ItemError(Exception):
    """One item of a body is kept out; its neighbours load.

    *code* is one of the documented words, *path* points into the item.
    """

    def __init__(self, code: str, message: str, path: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path


class ItemLeftOut(Exception):  # noqa: N818 - not an error: the item is as it should be
    """An item is fine, but not to be kept; *why* as in IgnoredItem, *name* what it is called."""

    def __init__(self, why: str, name: str) -> None:
        super().__init__(name)
        self.why = why
        self.name = name


@dataclass(frozen=True, slots=True)
class IgnoredItem:
    """An item that was left out on purpose.

    *why* is "page" (the source does not keep page views), "noise" (what a browser library
    reports of itself), "replaced" (a later answer of the same submission stands in the body) or
    "no_answer" (a webhook about something else), "no_report" (a mail that reports nothing).
    """

    position: int
    why: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a sender says of a score: its family (nps, csat, ces, rating) and its scale."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One submission of a survey that came as an event.

    All answers stand in `record.answers` by question: which of them are scores is up to the
    survey's own questions. *questions* gives their texts as far as they were sent, *scales* what
    the sender says of those that are scores. The keys in *facts* are no questions, but what is
    known of the response besides. *touchpoints* and *channels* are keys, the first that exists
    counts; *path* is where in the item the answers stand.
    """

    position: int
    record: ResponseRecord
    title: str
    questions: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    scales: dict[str, Offered] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()
    touchpoints: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    path: str = "properties.$survey_response_"


@dataclass(frozen=True, slots=True)
class Beside:
    """An IDENTIFY record: what an item tells of its customer besides what it is itself.

    *is_first* tells traits that hold only where the customer has none of that name yet.
    """

    record: EventRecord
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class MailReport:
    """What became of a mail of ours, by its *message_id* or whom it went to: one may be empty.

    *email* is folded. A bounce that *is_permanent* comes back each time.
    """

    position: int
    kind: ReportKind
    email: str
    message_id: str
    at: datetime
    is_permanent: bool = True
    reason: str = ""


@dataclass(slots=True)
class ParsedBody:
    """What a body held.

    Each item is in exactly one of *events*, *answers*, *reports*, *refused* and *ignored*; a mail
    server's item may hold a report for each of several people. Some tell
    something of their customer besides: those records, with the same position, are in *besides*;
    in *first_traits* where the traits hold only if the customer has none of that name yet.
    *raws* holds every item as it came, by its position.
    """

    events: list[EventRecord] = field(default_factory=list)
    answers: list[SurveyAnswer] = field(default_factory=list)
    besides: list[EventRecord] = field(default_factory=list)
    first_traits: list[EventRecord] = field(default_factory=list)
    refused: list[EventRefusal] = field(default_factory=list)
    ignored: list[IgnoredItem] = field(default_factory=list)
    reports: list[MailReport] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)

    def leave_latest(self, version: Callable[[SurveyAnswer], datetime], name: str = "") -> None:
        """Keep of answers with one key the latest by *version*; the others are ignored.

        They are told as replaced, under *name*, or else the title of their survey.
        """
        latest: dict[str, SurveyAnswer] = {}
        for answer in sorted(self.answers, key=lambda a: (version(a), a.position)):
            earlier = latest.pop(answer.record.key, None)
            if earlier:
                told = IgnoredItem(earlier.position, "replaced", name or earlier.title)
                self.ignored.append(told)
            latest[answer.record.key] = answer
        self.answers = sorted(latest.values(), key=lambda a: a.position)


def raw_text(raw: bytes) -> str:
    """Give an item as it came, as text that can be stored and shown, cut at 4,000 characters."""
    return raw[: 4 * MOST_RAW].decode("utf-8", "replace").replace("\0", "")[:MOST_RAW]
