"""What readers of webhooks share: where they look, and building an answer from what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.records import Call, EventRecord
from feedback.adapters.events.bodies import split
from feedback.adapters.events.items import MOST_KEY, Item, Person, Reading, read_items
from feedback.adapters.events.parsed import (
    Beside,
    ItemError,
    ItemLeftOut,
    Offered,
    SurveyAnswer,
    raw_text,
)
from feedback.adapters.records import CustomerRef, ResponseRecord
from feedback.adapters.survey_keys import foreign_survey_key

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON
    from feedback.adapters.events.moments import Clock, Moment
    from feedback.adapters.events.parsed import ParsedBody

# The definition of a long form comes along with every answer to it.
MOST_BYTES = 512 * 1024
MOST_TEXT = 10_000
MOST_QUESTION_KEY = 80
_MOST_FACT = 500

CSAT_5 = Offered("csat", 1, 5)
NPS = Offered("nps", 0, 10)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an admin said of a source.

    *key* and *title* are the source's own: a sender without surveys has one survey of that name.
    *touchpoint* and *channel* are keys for what names none itself; *customer_field* is the hidden
    field that holds the customer's own number.
    """

    key: str = ""
    title: str = ""
    touchpoint: str = ""
    channel: str = ""
    customer_field: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: its headers (names in small letters), its times, and what an admin wishes."""

    headers: Mapping[str, str]
    clock: Clock
    wishes: Wishes


@dataclass(slots=True)
class Draft:
    """One answer while it is read: questions and answers, who, and what is known besides."""

    item: Item
    sent: Sent
    person: Person = field(default_factory=Person)
    name: str = ""
    answers: dict[str, JSON] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    scales: dict[str, Offered] = field(default_factory=dict)
    facts: dict[str, JSON] = field(default_factory=dict)
    touchpoint: str = ""
    channel: str = ""
    path: str = ""

    def answered(self, key: str, text: str, value: JSON, scale: Offered | None = None) -> None:
        """Take in the answer to one question; nothing happens where it was left blank.

        Nor where the sender does not say which question it was: without a key there is none.
        """
        if not key or value is None or value == "":
            return
        key = key[:MOST_QUESTION_KEY]
        self.answers[key] = value[:MOST_TEXT] if isinstance(value, str) else value
        self.questions[key] = text or key
        if scale:
            self.scales[key] = scale

    def known(self, name: str, value: JSON) -> None:
        """Keep something that is no answer; nothing happens where it is empty."""
        text = self.item.as_text(value)[:_MOST_FACT]
        if text:
            self.facts[name[:MOST_QUESTION_KEY]] = text

    def place(self, fields: Mapping[str, Any]) -> None:
        """Take touchpoint and channel from *fields*, where the sender names them."""
        self.touchpoint = self.item.as_text(fields.get("touchpoint")) or self.touchpoint
        self.channel = self.item.as_text(fields.get("channel")) or self.channel

    def finished(
        self,
        *,
        kind: str,
        survey: tuple[str, str],
        key: str,
        answered: Moment,
        revised_at: datetime | None = None,
        state: str = "complete",
        started_at: datetime | None = None,
        language: str = "",
    ) -> Iterator[Reading]:
        """Give the answer, and beside it what it tells of its customer.

        *kind* is the sender's name, *survey* the sender's id of it and its title, *key* the
        response's own. Raises ItemError `no_response_id`, `no_answer`, and what is over limits.
        """
        if not key:
            raise ItemError("no_response_id", "It does not say which response it is about.")
        if not self.answers:
            raise ItemError("no_answer", "It holds no answer to any question.", self.path)
        version = revised_at or answered.at
        survey_id, title = survey
        answers = self.item.cleaner.fields({**self.facts, **self.answers}, self.path or "answers")
        record = ResponseRecord(
            line=self.item.position,
            key=key[:MOST_KEY],
            answered_at=answered.at,
            is_zone_assumed=answered.is_zone_assumed,
            survey=foreign_survey_key(kind, survey_id),
            customer=self._customer(),
            language=language[:12],
            state=state,
            started_at=started_at,
            revised_at=version,
            answers=answers,
        )
        wishes = self.sent.wishes
        yield SurveyAnswer(
            position=self.item.position,
            record=record,
            title=title[:200],
            questions=self.questions,
            raw=raw_text(self.item.raw),
            scales=self.scales,
            facts=frozenset(self.facts) - frozenset(self.answers),
            touchpoints=tuple(filter(None, (self.touchpoint, wishes.touchpoint))),
            channels=tuple(filter(None, (self.channel, wishes.channel))),
            path=f"{self.path}." if self.path else "",
        )
        if self.person.refs:
            yield Beside(self._told(record, version))

    def _customer(self) -> CustomerRef | None:
        """Name who answered by the strongest identifier, as they were added."""
        if not self.person.refs:
            return None
        ref = self.person.refs[0]
        return CustomerRef(ref.kind, ref.namespace, ref.value, name=self.name[:200])

    def _told(self, record: ResponseRecord, version: datetime) -> EventRecord:
        traits: dict[str, JSON] = {
            ref.kind: ref.value for ref in self.person.refs if ref.kind in {"email", "phone"}
        }
        if self.name:
            traits["name"] = self.name[:200]
        return EventRecord(
            call=Call.IDENTIFY,
            position=self.item.position,
            key=f"{record.key[:150]}#who:{version.timestamp():.0f}",
            occurred_at=version,
            refs=tuple(self.person.refs),
            traits=traits,
        )


type ReadOne = Callable[[Item, Sent], Iterable[Reading]]


def read_webhook(text: bytes, sent: Sent, read_one: ReadOne) -> ParsedBody:
    """Read a body, which is one object or a list of them, item by item with *read_one*.

    Of several versions of one response the latest is kept; the others are told as replaced.
    """
    raws = split(text, "").items
    parsed = read_items(raws, lambda item: read_one(item, sent), limit=MOST_BYTES)
    parsed.leave_latest(lambda answer: answer.record.revised_at or answer.record.answered_at)
    return parsed


def inside(value: Any, *names: str) -> dict[str, Any]:
    """Follow *names* down into objects; empty where one of them is missing or none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[dict[str, Any]]:
    """Give the objects of a list; empty for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def left_out(name: str) -> ItemLeftOut:
    """Say that a webhook is about something else than an answer."""
    return ItemLeftOut("no_answer", name)
