"""What is wrong with a mapping of events, each problem with the field it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from feedback.adapters.event_mapping import (
    EventMapping,
    event_columns_in,
    event_names_in,
    times_in,
)
from feedback.adapters.mapping_check import (
    MappingProblem,
    customer_problems,
    dialect_problems,
    time_problems,
)

_PROFILES = ("customer", "company")


def validate_events(mapping: EventMapping, heads: Collection[str]) -> list[MappingProblem]:
    """List what must be put right before a file with *heads* can be loaded; empty means nothing."""
    return [
        *_keys(mapping),
        *dialect_problems(mapping.dialect),
        *_columns(mapping, heads),
        *_times(mapping),
        *_people(mapping),
        *_line(mapping),
        *_steps(mapping),
        *_values(mapping),
    ]


def _keys(mapping: EventMapping) -> Iterator[MappingProblem]:
    if not mapping.source.key:
        yield MappingProblem("source.key", "Give files of this kind a key, such as “shop-orders”.")
    names = event_names_in(mapping)
    if not all(point.key for point in names.touchpoints):
        yield MappingProblem("events", "Each touchpoint needs a key.")
    if not all(channel.key for channel in names.channels):
        yield MappingProblem("channel", "Each channel needs a key.")


def _columns(mapping: EventMapping, heads: Collection[str]) -> Iterator[MappingProblem]:
    for field, column in event_columns_in(mapping):
        if column and column not in heads:
            yield MappingProblem(field, f"The file has no column “{column}”.")
        is_needed = field.startswith(("row_id", "identities", "attributes", "properties"))
        if not column and is_needed:
            yield MappingProblem(field, "Name a column of the file.")
    for field in ("text", "amount", "thread", "company"):
        part = getattr(mapping, field)
        if part and not part.column:
            yield MappingProblem(f"{field}.column", "Name a column of the file.")


def _times(mapping: EventMapping) -> Iterator[MappingProblem]:
    for field, source in times_in(mapping):
        for problem in time_problems(source):
            path = problem.field.replace("answered_at", field, 1)
            words = "Say when it happened: a column of times, or one moment with “at”."
            is_open = problem.field == "answered_at"
            yield MappingProblem(path, words if is_open else problem.message)


def _people(mapping: EventMapping) -> Iterator[MappingProblem]:
    for problem in customer_problems(mapping.identities):
        path = problem.field.replace("customer.columns", "identities", 1)
        yield MappingProblem(path, problem.message)
    if mapping.attributes and not mapping.identities:
        yield MappingProblem("identities", "Name the column that says whose attributes these are.")


def _line(mapping: EventMapping) -> Iterator[MappingProblem]:
    if mapping.line in _PROFILES and mapping.at is None:
        yield MappingProblem(
            "at", "Say since when this is so: a column of times, or one day with “at”."
        )
    if mapping.line == "customer" and not mapping.identities:
        yield MappingProblem("identities", "Name at least one column that says who it is.")
    if mapping.line == "company" and mapping.company is None:
        yield MappingProblem("company", "Name the column that says which company it is.")
    if mapping.line == "contract" and not (mapping.company or mapping.identities):
        yield MappingProblem("company", "Say whose contract it is: a company, or a customer.")
    if mapping.line in {"order", "contract"} and not mapping.row_id:
        yield MappingProblem(
            "row_id",
            "Name the column with its number, so that a later file adds just what is new of it.",
        )


def _steps(mapping: EventMapping) -> Iterator[MappingProblem]:
    count = len(mapping.events)
    if mapping.line in _PROFILES and count:
        yield MappingProblem("events", "A customer or a company has no events: leave them out.")
    if mapping.line == "interaction" and count != 1:
        yield MappingProblem("events", "Give exactly one event; several times make it an order.")
    if mapping.line in {"order", "contract"} and not count:
        yield MappingProblem("events", "Name at least one column with the time of a step.")
    for place, step in enumerate(mapping.events):
        if bool(step.name) == bool(step.name_column):
            yield MappingProblem(
                f"events[{place}].name", "Give a name, or the column that holds it."
            )
    columns = Counter(step.at.column for step in mapping.events)
    for column, times in columns.items():
        if times > 1:
            yield MappingProblem(
                "events", f"“{column}” is the time of {times} steps; name it once."
            )


def _values(mapping: EventMapping) -> Iterator[MappingProblem]:
    company = mapping.company.attributes if mapping.company else ()
    lists = (
        ("attributes", mapping.attributes),
        ("properties", mapping.properties),
        ("company.attributes", company),
    )
    for field, values in lists:
        for name, times in Counter(value.name for value in values).items():
            if times > 1:
                yield MappingProblem(field, f"The key “{name}” is used {times} times; use it once.")
