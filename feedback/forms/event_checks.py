"""What is still open or wrong in what a person said of the columns of a file of events."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from feedback.forms.event_choices import PROFILES, VALUES, WITH_STEPS, EventRole
from feedback.forms.event_words import once_in, role_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedback.forms.event_choices import EventColumn, EventFileChoice

_CURRENCY = re.compile("[A-Za-z]{3}")

type Open = tuple[str | None, str]


def open_in(line: str, whole: EventFileChoice, choices: Sequence[EventColumn]) -> Iterator[Open]:
    """Yield the field and what to do, for all that keeps the columns from being a mapping.

    Fields of the third column are called `c2-role` and so on; None is about the page as a whole.
    """
    yield from _twice(line, choices)
    yield from _times(line, whole, choices)
    yield from _people(line, choices)
    yield from _numbers(line, choices)
    if line == "interaction":
        yield from _name(whole, choices)
    yield from _steps(line, choices)
    yield from _values(choices)
    yield from _amount(choices)


def _twice(line: str, choices: Sequence[EventColumn]) -> Iterator[Open]:
    counts = Counter(choice.role for choice in choices)
    for number, choice in enumerate(choices):
        if choice.role in once_in(line) and counts[choice.role] > 1:
            words = f"Only one column can be “{role_words(line, choice.role)}”."
            if choice.role == EventRole.TIME and line == "interaction":
                words += " Say that a line is an order or case when each has several times."
            yield f"c{number}-role", words


def _times(line: str, whole: EventFileChoice, choices: Sequence[EventColumn]) -> Iterator[Open]:
    for number, choice in enumerate(choices):
        if choice.role == EventRole.TIME and choice.time_as == "ask":
            yield f"c{number}-time_as", "Choose whether the day or the month comes first."
    if any(choice.role == EventRole.TIME for choice in choices):
        return
    asked = role_words(line, EventRole.TIME)
    if line in PROFILES:
        if not whole.since:
            yield "since", f"Give the day on which this was so, or choose “{asked}” at a column."
        return
    yield None, f"No column says when it happened. Choose “{asked}” at the column with the time."


def _people(line: str, choices: Sequence[EventColumn]) -> Iterator[Open]:
    customers = [c for c in choices if c.role == EventRole.CUSTOMER]
    companies = [c for c in choices if c.role == EventRole.COMPANY]
    for number, choice in enumerate(choices):
        yield from _whose(number, choice)
        is_named = customers or any(company.is_customer for company in companies)
        if choice.role == EventRole.ATTRIBUTE and not is_named:
            yield f"c{number}-role", "Say which column is the customer whom this is about."
        if choice.role == EventRole.COMPANY_ATTRIBUTE and not companies:
            yield f"c{number}-role", "Say which column is the company that this is about."
    if line == "customer" and not customers:
        yield None, "Choose “Customer” at the column that says who it is, such as a number."
    if line == "company" and not companies:
        yield None, "Choose “Company” at the column that says which company it is."
    if line == "contract" and not customers and not companies:
        yield None, "Choose “Company” or “Customer” at the column that says whose contract it is."


def _whose(number: int, choice: EventColumn) -> Iterator[Open]:
    is_customer = choice.role == EventRole.CUSTOMER and choice.kind == "external"
    is_company = choice.role == EventRole.COMPANY and choice.is_customer
    if (is_customer or is_company) and not choice.namespace:
        yield f"c{number}-namespace", "Say whose numbers these are, such as crm or shop."


def _numbers(line: str, choices: Sequence[EventColumn]) -> Iterator[Open]:
    is_numbered = any(choice.is_id or choice.role == EventRole.NUMBER for choice in choices)
    if line in WITH_STEPS and not is_numbered:
        asked = role_words(line, EventRole.NUMBER)
        yield None, f"Choose “{asked}” at a column, so that a later file adds just what is new."


def _name(whole: EventFileChoice, choices: Sequence[EventColumn]) -> Iterator[Open]:
    if not whole.event and all(choice.role != EventRole.NAME for choice in choices):
        yield "event", "Say what happened, or choose “What happened” at a column."


def _steps(line: str, choices: Sequence[EventColumn]) -> Iterator[Open]:
    if line not in WITH_STEPS:
        return
    steps = [(n, c) for n, c in enumerate(choices) if c.role == EventRole.TIME]
    names = Counter(choice.event.casefold() for _, choice in steps)
    for number, choice in steps:
        if choice.event and names[choice.event.casefold()] > 1:
            words = f"Two steps are called “{choice.event}”. Give each a name of its own."
            yield f"c{number}-event", words


def _values(choices: Sequence[EventColumn]) -> Iterator[Open]:
    keys = Counter((c.role, c.key or c.name) for c in choices if c.role in VALUES)
    for number, choice in enumerate(choices):
        if choice.role in VALUES and keys[choice.role, choice.key or choice.name] > 1:
            words = f"Two columns are kept as “{choice.key or choice.name}”. Rename one."
            yield f"c{number}-key", words


def _amount(choices: Sequence[EventColumn]) -> Iterator[Open]:
    has_column = any(choice.role == EventRole.CURRENCY for choice in choices)
    for number, choice in enumerate(choices):
        is_amount = choice.role == EventRole.AMOUNT and choice.currency
        if is_amount and not _CURRENCY.fullmatch(choice.currency):
            yield f"c{number}-currency", "Write the three letters of the currency, such as EUR."
    if has_column and all(choice.role != EventRole.AMOUNT for choice in choices):
        number = next(n for n, c in enumerate(choices) if c.role == EventRole.CURRENCY)
        yield f"c{number}-role", "Choose “Amount of money” at the column this currency is of."
