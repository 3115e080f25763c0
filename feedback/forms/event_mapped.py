"""From what a person decided about a file of events to the mapping that loads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.event_mapping import (
    AmountSource,
    CompanySource,
    EventMapping,
    EventStep,
    TextSource,
    ValueColumn,
    event_columns_in,
)
from feedback.adapters.mapping import ChannelSource, CustomerColumn, ThreadSource, TimeSource
from feedback.adapters.mapping import Named as Name
from feedback.forms.event_choices import (
    PROFILES,
    WITH_STEPS,
    EventRole,
    event_choices_in,
)
from feedback.forms.time_choices import time_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from feedback.forms.event_choices import EventColumn, EventFileChoice
    from feedback.forms.registry_names import Known

NUMBERED = ("external", "card")
_ENTRY = re.compile(r"^([a-z_.]+\[[0-9]+\])")


def event_mapping_from(
    whole: EventFileChoice, choices: Sequence[EventColumn], *, base: EventMapping, known: Known
) -> EventMapping:
    """Build the mapping that says what *whole* and *choices* say.

    What the wizard does not ask (blank texts, kinds of steps, columns that are used twice) stays
    as *base* has it for columns whose role did not change.
    """
    writer = _Writer(whole, choices, base, known)
    is_profile = base.line in PROFILES
    return structs.replace(
        base,
        source=_source(whole, base),
        row_id=writer.row_id(),
        identical_rows="first" if whole.are_repeats_dropped else "all",
        identities=writer.identities(),
        is_customer_required=whole.is_customer_required,
        attributes=writer.values(EventRole.ATTRIBUTE, base.attributes),
        company=writer.company(),
        at=writer.since() if is_profile else None,
        events=() if is_profile else writer.events(),
        thread=writer.thread(),
        properties=writer.values(EventRole.PROPERTY, base.properties),
        text=writer.text(),
        amount=writer.amount(),
        channel=None if is_profile else writer.channel(),
    )


def event_column_of(field: str, mapping: EventMapping) -> str:
    """Name the column that a problem's *field*, such as `events[1].name`, is about; or ""."""
    columns = dict(event_columns_in(mapping))
    entry = _ENTRY.match(field)
    part = entry[1] if entry else field.partition(".")[0]
    paths = (field, f"{field}.column", part, f"{part}.column", f"{part}.at.column")
    return next((columns[path] for path in paths if columns.get(path)), "")


class _Writer:
    """Writes the parts of a mapping that take something from the one before."""

    def __init__(
        self,
        whole: EventFileChoice,
        choices: Sequence[EventColumn],
        base: EventMapping,
        known: Known,
    ) -> None:
        self._whole, self._choices = whole, choices
        self._base, self._known = base, known
        _, before = event_choices_in(base, [choice.name for choice in choices])
        roles = {choice.name: choice.role for choice in before}
        self._same = {c.name for c in choices if roles[c.name] == c.role}

    def of(self, role: EventRole) -> list[EventColumn]:
        return [choice for choice in self._choices if choice.role == role]

    def row_id(self) -> tuple[str, ...]:
        names = [c.name for c in self._choices if c.is_id or c.role == EventRole.NUMBER]
        return tuple(_as_before(names, self._base.row_id, lambda name: name))

    def identities(self) -> tuple[CustomerColumn, ...]:
        before = {identity.column: identity for identity in self._base.identities}
        found = [
            CustomerColumn(
                column=choice.name,
                kind=choice.kind,  # type: ignore[arg-type]  # the form offers just these words
                namespace=choice.namespace if choice.kind in NUMBERED else "",
            )
            for choice in self.of(EventRole.CUSTOMER)
        ]
        accounts = [choice for choice in self.of(EventRole.COMPANY) if choice.is_customer]
        found += [self._account(choice, before.get(choice.name)) for choice in accounts]
        return tuple(_as_before(found, before, lambda identity: identity.column))

    def _account(self, choice: EventColumn, before: CustomerColumn | None) -> CustomerColumn:
        """Name the customer by the number of the company; a namespace of its own stays."""
        company = self._base.company
        if before and company and company.column == choice.name:
            if before.namespace != company.namespace:
                return before
            return structs.replace(before, namespace=choice.namespace)
        return CustomerColumn(column=choice.name, kind="external", namespace=choice.namespace)

    def company(self) -> CompanySource | None:
        columns = self.of(EventRole.COMPANY)
        if not columns:
            return None
        before = self._base.company
        attributes = before.attributes if before else ()
        return CompanySource(
            column=columns[0].name,
            namespace=columns[0].namespace,
            attributes=self.values(EventRole.COMPANY_ATTRIBUTE, attributes),
        )

    def values(self, role: EventRole, before: tuple[ValueColumn, ...]) -> tuple[ValueColumn, ...]:
        """Give the columns of *role*, and those that keep another role and were there before."""
        by_column = {value.column: value for value in before}
        found = [_value(choice, by_column.get(choice.name)) for choice in self.of(role)]
        own = {value.column for value in found}
        found += [v for v in before if v.column in self._same and v.column not in own]
        return tuple(_as_before(found, by_column, lambda value: value.column))

    def since(self) -> TimeSource:
        columns = self.of(EventRole.TIME)
        if not columns:
            return TimeSource(at=self._whole.since, zone=self._whole.zone)
        return self._time(columns[0], self._base.at)

    def events(self) -> tuple[EventStep, ...]:
        before = {step.at.column: step for step in self._base.events}
        if self._base.line in WITH_STEPS:
            columns = sorted(self.of(EventRole.TIME), key=lambda choice: choice.place)
            return tuple(self._step(choice, before.get(choice.name)) for choice in columns)
        return (self._happened(next(iter(self._base.events), None)),)

    def thread(self) -> ThreadSource | None:
        """Take the column that was said to hold events together, else the number of an order."""
        numbers = self.of(EventRole.NUMBER) if self._base.line in WITH_STEPS else []
        named = [*self.of(EventRole.THREAD), *(c for c in self._choices if c.is_thread), *numbers]
        if not named or self._base.line in PROFILES:
            return None
        column = named[0]
        return ThreadSource(column=column.name, joins=column.joins)

    def channel(self) -> ChannelSource | None:
        before = self._base.channel
        columns = [choice.name for choice in self.of(EventRole.CHANNEL)]
        if not columns and before and before.column in self._same:
            return before
        return self._known.channel_source(self._whole.channel, columns, before)

    def text(self) -> TextSource | None:
        columns, before = self.of(EventRole.TEXT), self._base.text
        if not columns:
            return before if before and before.column in self._same else None
        is_same = before is not None and before.column == columns[0].name
        return before if is_same else TextSource(column=columns[0].name)

    def amount(self) -> AmountSource | None:
        columns, currencies = self.of(EventRole.AMOUNT), self.of(EventRole.CURRENCY)
        before = self._base.amount
        if not columns:
            return before if before and before.column in self._same else None
        return AmountSource(
            column=columns[0].name,
            currency=columns[0].currency.upper(),
            currency_column=currencies[0].name if currencies else "",
        )

    def _time(self, choice: EventColumn, before: TimeSource | None) -> TimeSource:
        if before is None or before.column != choice.name:
            before = TimeSource(column=choice.name)
        return time_written(choice, before, self._whole.zone)

    def _step(self, choice: EventColumn, before: EventStep | None) -> EventStep:
        old = before or EventStep(at=TimeSource(column=choice.name))
        return structs.replace(
            old,
            at=self._time(choice, old.at),
            name=choice.event,
            name_column="" if choice.event else old.name_column,
            touchpoint=self._known.touchpoint(choice.touchpoint, choice.channel, old.touchpoint),
        )

    def _happened(self, before: EventStep | None) -> EventStep:
        whole, columns, names = self._whole, self.of(EventRole.TIME), self.of(EventRole.NAME)
        old = before or EventStep(at=TimeSource())
        point = old.touchpoint
        channel = point.channel.title or point.channel.key if point and point.channel else ""
        return structs.replace(
            old,
            at=self._time(columns[0], old.at) if columns else TimeSource(zone=whole.zone),
            name="" if names else whole.event,
            name_column=names[0].name if names else "",
            kind=whole.kind,
            actor=whole.actor,
            touchpoint=self._known.touchpoint(whole.touchpoint, channel, point),
        )


def _as_before[T](found: Sequence[T], before: Iterable[str], name: Any) -> list[T]:
    """Put what was named before first, in the order it had."""
    order = {column: place for place, column in enumerate(before)}
    return sorted(found, key=lambda one: order.get(name(one), len(order)))


def _source(whole: EventFileChoice, base: EventMapping) -> Name:
    if whole.title in {base.source.title, base.source.key}:
        return base.source
    return Name(key=signs.slug(whole.title) if whole.title else "", title=whole.title)


def _value(choice: EventColumn, before: ValueColumn | None) -> ValueColumn:
    kind, _, order = choice.type.partition("-")
    return structs.replace(
        before or ValueColumn(column=choice.name),
        key="" if choice.key == choice.name else choice.key,
        type=kind,
        date_order=order,
    )
