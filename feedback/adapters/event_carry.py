"""What stays of a mapping when a person decides that a line is something else."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from feedback.adapters.event_mapping import (
    CompanySource,
    EventMapping,
    EventStep,
    FileMapping,
    TextSource,
    ValueColumn,
    times_in,
)
from feedback.adapters.mapping import CustomerColumn, Mapping, TimeSource

_WITH_STEPS = ("order", "contract")


def carried(fresh: EventMapping, before: FileMapping) -> EventMapping:
    """Put into *fresh*, suggested for another kind of line, what was decided in *before*.

    Who it is, whose company, how times are written, what holds events together, the names of
    kept columns and of steps stay, as far as the new kind has room for them.
    """
    if isinstance(before, Mapping):
        return _from_answers(fresh, before)
    times = {source.column: source for _, source in times_in(before) if source.column}
    values = _values(before)
    company = before.company or fresh.company
    is_event = fresh.line not in {"customer", "company"}
    mapping = structs.replace(
        fresh,
        source=before.source,
        identities=before.identities or fresh.identities,
        is_customer_required=before.is_customer_required,
        at=_timed(fresh.at, times) if fresh.at else None,
        events=_steps(fresh, before, times),
        company=_company(company, fresh, values) if company else None,
        attributes=_kept(fresh.attributes, values),
        properties=_kept(fresh.properties, values),
    )
    if not is_event:
        return mapping
    return structs.replace(
        mapping,
        row_id=before.row_id or fresh.row_id,
        thread=before.thread or fresh.thread,
        text=before.text or fresh.text,
        amount=before.amount or fresh.amount,
        channel=before.channel or fresh.channel,
    )


def _from_answers(fresh: EventMapping, before: Mapping) -> EventMapping:
    """Take over who answered, how the time is written and in which zone, and the channel."""
    zone = before.answered_at.zone
    times = {before.answered_at.column: before.answered_at}
    zoned = [structs.replace(s, at=_timed(s.at, times, zone=zone)) for s in fresh.events]
    people = before.customer.columns if before.customer else ()
    known = {identity.column: identity for identity in people}
    is_event = fresh.line not in {"customer", "company"}
    text = fresh.text
    if is_event and text is None and before.comments:
        text = TextSource(column=before.comments[0].column)
    return structs.replace(
        fresh,
        identities=tuple(known.pop(i.column, i) for i in fresh.identities) + tuple(known.values()),
        at=_timed(fresh.at, times, zone=zone) if fresh.at else None,
        events=tuple(zoned),
        text=text,
        channel=(before.channel or fresh.channel) if is_event else None,
        properties=_without(fresh.properties, text.column if text else "", people),
        attributes=_without(fresh.attributes, "", people),
    )


def _steps(
    fresh: EventMapping, before: EventMapping, times: dict[str, TimeSource]
) -> tuple[EventStep, ...]:
    """Name the steps as before, where both kinds of line have steps."""
    named = {}
    if fresh.line in _WITH_STEPS and before.line in _WITH_STEPS:
        named = {step.at.column: step for step in before.events}
    steps = [
        structs.replace(named.get(step.at.column, step), at=_timed(step.at, times))
        for step in fresh.events
    ]
    return tuple(steps)


def _timed(
    source: TimeSource, times: dict[str, TimeSource], *, zone: str | None = None
) -> TimeSource:
    """Read a column of times as before; all times of a file are in one *zone*."""
    kept = times.get(source.column, source)
    if zone is None:
        zone = next((time.zone for time in times.values() if time.zone), "")
    return structs.replace(kept, zone=zone)


def _values(before: EventMapping) -> dict[str, ValueColumn]:
    company = before.company.attributes if before.company else ()
    return {v.column: v for v in (*before.properties, *before.attributes, *company)}


def _kept(
    columns: tuple[ValueColumn, ...], values: dict[str, ValueColumn]
) -> tuple[ValueColumn, ...]:
    return tuple(values.get(column.column, column) for column in columns)


def _company(
    company: CompanySource, fresh: EventMapping, values: dict[str, ValueColumn]
) -> CompanySource:
    attributes = fresh.company.attributes if fresh.company else ()
    return structs.replace(company, attributes=_kept(attributes, values))


def _without(
    columns: tuple[ValueColumn, ...], text: str, people: Sequence[CustomerColumn]
) -> tuple[ValueColumn, ...]:
    taken = {text, *(identity.column for identity in people)}
    return tuple(value for value in columns if value.column not in taken)
