"""What a person decides about each column of a file of customers, events, orders or contracts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from feedback.forms.registry_names import title_of
from feedback.forms.time_choices import time_read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedback.adapters.event_mapping import EventMapping, EventStep, ValueColumn

PROFILES = ("customer", "company")
WITH_STEPS = ("order", "contract")


class EventRole(StrEnum):
    """What a column is, in the words of the wizard."""

    CUSTOMER = "customer"
    COMPANY = "company"
    NUMBER = "number"
    THREAD = "thread"
    TIME = "time"
    NAME = "name"
    AMOUNT = "amount"
    CURRENCY = "currency"
    TEXT = "text"
    CHANNEL = "channel"
    ATTRIBUTE = "attribute"
    COMPANY_ATTRIBUTE = "company_attribute"
    PROPERTY = "property"
    LEFT_OUT = "left_out"


VALUES = (EventRole.ATTRIBUTE, EventRole.COMPANY_ATTRIBUTE, EventRole.PROPERTY)


@dataclass(slots=True)
class EventColumn:
    """One column: its *role*, and what that role needs to know.

    *is_id* says that the column identifies the line, *is_thread* that its number holds events
    together, *is_customer* that the company is known as a customer by it. *place* orders the
    steps. *type* is that of a ValueColumn, dates with their order: "date-dmy".
    """

    name: str
    role: EventRole = EventRole.LEFT_OUT
    is_id: bool = False
    is_thread: bool = False
    is_customer: bool = False
    kind: str = "external"
    namespace: str = ""
    time_as: str = "free"
    start: str = ""
    first: int = 1
    step: str = "day"
    place: int = 0
    event: str = ""
    touchpoint: str = ""
    channel: str = ""
    key: str = ""
    type: str = "text"
    currency: str = ""
    joins: str = ""
    is_new: bool = False


@dataclass(slots=True)
class EventFileChoice:
    """What holds for the whole file; *since* is the day on which profiles were so."""

    title: str = ""
    event: str = ""
    touchpoint: str = ""
    channel: str = ""
    kind: str = ""
    actor: str = "customer"
    zone: str = ""
    since: str = ""
    is_customer_required: bool = False
    are_repeats_dropped: bool = False


def event_choices_in(
    mapping: EventMapping, heads: Sequence[str]
) -> tuple[EventFileChoice, list[EventColumn]]:
    """Read off a mapping what it decides, one choice for each of *heads* in their order.

    A column that the mapping uses twice has the role that says more.
    """
    reader = _Reader(heads)
    reader.read_people(mapping)
    reader.read_times(mapping)
    reader.read_parts(mapping)
    reader.read_numbers(mapping)
    company = mapping.company.attributes if mapping.company else ()
    reader.read_values(EventRole.COMPANY_ATTRIBUTE, company)
    reader.read_values(EventRole.ATTRIBUTE, mapping.attributes)
    reader.read_values(EventRole.PROPERTY, mapping.properties)
    return _whole(mapping), list(reader.columns.values())


class _Reader:
    """Collects the choices; the first role that a column gets stays."""

    def __init__(self, heads: Sequence[str]) -> None:
        self.columns = {head: EventColumn(head) for head in heads}

    def read_people(self, mapping: EventMapping) -> None:
        company = mapping.company
        if company:
            self._set(company.column, EventRole.COMPANY, namespace=company.namespace)
        for identity in mapping.identities:
            if company and identity.column == company.column:
                self._add(identity.column, is_customer=True)
                continue
            self._set(
                identity.column,
                EventRole.CUSTOMER,
                kind=identity.kind,
                namespace=identity.namespace,
            )

    def read_times(self, mapping: EventMapping) -> None:
        if mapping.at:
            self._set(mapping.at.column, EventRole.TIME, **time_read(mapping.at))
        for place, step in enumerate(mapping.events, start=1):
            self._set(
                step.at.column,
                EventRole.TIME,
                place=place,
                event=step.name,
                touchpoint=title_of(step.touchpoint),
                channel=title_of(step.touchpoint.channel) if step.touchpoint else "",
                **time_read(step.at),
            )
            if mapping.line == "interaction":
                self._set(step.name_column, EventRole.NAME)

    def read_parts(self, mapping: EventMapping) -> None:
        if mapping.amount:
            self._set(mapping.amount.column, EventRole.AMOUNT, currency=mapping.amount.currency)
            self._set(mapping.amount.currency_column, EventRole.CURRENCY)
        if mapping.text:
            self._set(mapping.text.column, EventRole.TEXT)
        if mapping.channel:
            self._set(mapping.channel.column, EventRole.CHANNEL)

    def read_numbers(self, mapping: EventMapping) -> None:
        for name in mapping.row_id:
            self._set(name, EventRole.NUMBER)
            self._add(name, is_id=True)
        if mapping.thread:
            self._set(mapping.thread.column, EventRole.THREAD)
            # The number of an order holds its steps together, unless another column does.
            is_implied = mapping.line in WITH_STEPS and mapping.thread.column in mapping.row_id
            self._add(mapping.thread.column, is_thread=not is_implied, joins=mapping.thread.joins)

    def read_values(self, role: EventRole, values: Sequence[ValueColumn]) -> None:
        for value in values:
            order = f"-{value.date_order}" if value.date_order else ""
            self._set(value.column, role, key=value.name, type=f"{value.type}{order}")

    def _set(self, head: str, role: EventRole, **details: object) -> None:
        """Give a column its role; one that has a role or is not in the file is passed by."""
        choice = self.columns.get(head)
        if choice is not None and choice.role == EventRole.LEFT_OUT:
            choice.role = role
            self._add(head, **details)

    def _add(self, head: str, **details: object) -> None:
        if choice := self.columns.get(head):
            for name, value in details.items():
                setattr(choice, name, value)


def _whole(mapping: EventMapping) -> EventFileChoice:
    is_event = mapping.line == "interaction" and bool(mapping.events)
    step = mapping.events[0] if is_event else None
    channel = mapping.channel.channel if mapping.channel and not mapping.channel.column else None
    times = [*([mapping.at] if mapping.at else []), *(one.at for one in mapping.events)]
    return EventFileChoice(
        title=mapping.source.title or mapping.source.key,
        channel=title_of(channel),
        zone=next((time.zone for time in times if time.zone), ""),
        since=mapping.at.at if mapping.at else "",
        is_customer_required=mapping.is_customer_required,
        are_repeats_dropped=mapping.identical_rows == "first",
        **_of_event(step),
    )


def _of_event(step: EventStep | None) -> dict[str, str]:
    """Give what an interaction has once for all lines."""
    if step is None:
        return {}
    return {
        "event": step.name,
        "touchpoint": title_of(step.touchpoint),
        "kind": step.kind,
        "actor": step.actor,
    }
