"""The wizard's words about files whose lines are no answers, by what a line is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.forms.event_choices import EventRole

if TYPE_CHECKING:
    from feedback.forms.offered import Options

_ROLES = {
    EventRole.CUSTOMER: "Customer",
    EventRole.COMPANY: "Company",
    EventRole.NUMBER: "Number of the line",
    EventRole.THREAD: "Order or case it belongs to",
    EventRole.TIME: "When it happened",
    EventRole.NAME: "What happened",
    EventRole.AMOUNT: "Amount of money",
    EventRole.CURRENCY: "Currency",
    EventRole.TEXT: "What somebody wrote",
    EventRole.CHANNEL: "Channel",
    EventRole.ATTRIBUTE: "Keep about the customer",
    EventRole.COMPANY_ATTRIBUTE: "Keep about the company",
    EventRole.PROPERTY: "Keep with the event",
    EventRole.LEFT_OUT: "Leave out",
}
_OF_PROFILES = (
    EventRole.CUSTOMER,
    EventRole.COMPANY,
    EventRole.TIME,
    EventRole.NUMBER,
    EventRole.ATTRIBUTE,
    EventRole.COMPANY_ATTRIBUTE,
    EventRole.LEFT_OUT,
)
_ONCE = (
    EventRole.COMPANY,
    EventRole.THREAD,
    EventRole.NAME,
    EventRole.AMOUNT,
    EventRole.CURRENCY,
    EventRole.TEXT,
    EventRole.CHANNEL,
)


@dataclass(frozen=True, slots=True)
class LineWords:
    """How the page speaks of one kind of line."""

    file_title: str
    line: str
    number: str
    time: str
    aside: str


WORDS = {
    "customer": LineWords(
        file_title="The customers",
        line="a customer",
        number="Number of the line",
        time="Since when this is so",
        aside="What is kept stands on the customer’s page, and segments can ask for it.",
    ),
    "interaction": LineWords(
        file_title="What happened",
        line="something that happened",
        number="Number of the event",
        time="When it happened",
        aside="What is kept with the event can be read in the timeline, and rules can ask for it.",
    ),
    "order": LineWords(
        file_title="The orders or cases",
        line="an order or case",
        number="Number of the order or case",
        time="A step: when it happened",
        aside="What is kept goes with every step in the timeline, and rules can ask for it.",
    ),
    "company": LineWords(
        file_title="The companies",
        line="a company",
        number="Number of the line",
        time="Since when this is so",
        aside="What is kept stands on the company’s page, and segments can ask for it.",
    ),
    "contract": LineWords(
        file_title="The contracts",
        line="a contract",
        number="Number of the contract",
        time="A step: start, end, renewal",
        aside="What is kept goes with every step in the timeline, and rules can ask for it.",
    ),
}
EVENT_KINDS: Options = [
    ("", "An event"),
    ("page", "A page view"),
    ("message", "A message"),
    ("call", "A call"),
    ("visit", "A visit"),
    ("payment", "A payment"),
    ("case", "A step of a case"),
    ("order_step", "A step of an order"),
    ("contract", "About a contract"),
]
ACTORS: Options = [
    ("customer", "The customer"),
    ("agent", "Somebody of ours"),
    ("system", "A program"),
]
VALUE_TYPES: Options = [
    ("text", "Text"),
    ("number", "Number"),
    ("bool", "Yes or no"),
    ("date", "Date, year first or month by name"),
    ("date-dmy", "Date, day first (31/12/2026)"),
    ("date-mdy", "Date, month first (12/31/2026)"),
    ("date-ymd", "Date, year first in any writing"),
]


def role_words(line: str, role: EventRole) -> str:
    """Say what a column is in a file whose lines are *line*."""
    words = WORDS[line]
    own = {EventRole.NUMBER: words.number, EventRole.TIME: words.time}
    return own.get(role, _ROLES[role])


def roles_of(line: str) -> tuple[EventRole, ...]:
    """List what a column can be in a file whose lines are *line*."""
    if line in {"customer", "company"}:
        return _OF_PROFILES
    return tuple(role for role in EventRole if role != EventRole.NAME or line == "interaction")


def once_in(line: str) -> tuple[EventRole, ...]:
    """List what just one column can be."""
    is_one_time = line not in {"order", "contract"}
    return (*_ONCE, EventRole.TIME) if is_one_time else _ONCE
