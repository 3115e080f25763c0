"""The event loader: neutral records in, customers, companies and interactions out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cxm.customers.rules.profile import is_key
from cxm.customers.rules.records import Call, EventRefusal
from cxm.customers.services import event_sql as sql
from cxm.customers.services.companies import write_companies
from cxm.customers.services.counting_names import NameCount, NameCounts
from cxm.customers.services.forgetting import without_erased
from cxm.customers.services.placing import read_places
from cxm.customers.services.resolving_events import as_jsonb, resolve_customers
from cxm.customers.services.suppressing import load_before_erasing
from cxm.customers.services.telling import Seen, tell_customers
from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.records import EventRecord
    from cxm.customers.rules.resolving import Resolver
    from cxm.customers.services.companies import CompanyKey
    from cxm.customers.services.placing import Place, Places
    from cxm.tenants.models import Tenant
    from cxm.work.models import Batch

type Row = tuple[Any, ...]
LONGEST_NAME = 200
MOST_TEXT = 10_000
WORTH_ANALYSING = 2_000


@dataclass(slots=True)
class LoadedEvents:
    """What became of records.

    *loaded* had their effect, *unchanged* had it before; *refused* are single values that were
    left out of records that did load (a trait that cannot be an attribute). *interactions* maps
    the position of a loaded TRACK record to its row, *customers* that of any loaded record to
    the customer's row; *unplaced* counts interactions without a touchpoint.
    """

    loaded: int = 0
    unchanged: int = 0
    unplaced: int = 0
    refused: list[EventRefusal] = field(default_factory=list)
    interactions: dict[int, UUID] = field(default_factory=dict)
    customers: dict[int, UUID] = field(default_factory=dict)


@transaction.atomic
def load_events(
    *,
    tenant: Tenant,
    source: str,
    records: Sequence[EventRecord],
    now: datetime,
    batch: Batch | None = None,
) -> LoadedEvents:
    """Give *records* their effect, each once whatever how often its key comes from *source*.

    One transaction; about twenty statements, whatever the number of records: keep it to some
    thousands. Records take effect in the order given; rows are locked in the order of their
    keys, so that any number of loads may run side by side. What is about erased people takes
    effect without a person and without words.
    """
    parameters: dict[str, Any] = {
        "tenant": tenant.pk,
        "source": source,
        "batch": batch.pk if batch else None,
        "zone": tenant.time_zone,
        "now": now,
    }
    load_before_erasing(tenant)
    with connection.cursor() as cursor:
        claimed = _claim(cursor, without_erased(tenant, records), parameters)
        news = list(claimed.values())
        outcome = LoadedEvents(loaded=len(news), unchanged=len(records) - len(news))
        if not news:
            return outcome
        places = read_places(tenant)
        rows, resolver = resolve_customers(
            cursor, tenant=tenant, records=news, parameters=parameters, now=now
        )
        tell_customers(cursor, _seen(news, rows, resolver), parameters)
        companies = write_companies(cursor, news, rows, parameters)
        _write_interactions(
            cursor,
            claimed,
            places=places,
            customers=rows,
            companies=companies,
            parameters=parameters,
            outcome=outcome,
        )
    for record, row in zip(news, rows, strict=True):
        if row:
            outcome.customers[record.position] = row
        outcome.refused += _unusable_traits(record)
    return outcome


def _claim(
    cursor: Any, records: Sequence[EventRecord], parameters: dict[str, Any]
) -> dict[UUID, EventRecord]:
    """Keep the records nobody has loaded yet, by the id of what they make; the first of equals."""
    first: dict[str, tuple[UUID, EventRecord]] = {}
    for record in records:
        # Rules and counts know an event by the name that is kept.
        fits = len(record.name) <= LONGEST_NAME
        kept = record if fits else replace(record, name=record.name[:LONGEST_NAME])
        first.setdefault(record.key, (new_id(), kept))
    if not first:
        return {}
    ids = [pk for pk, _ in first.values()]
    cursor.execute(sql.CLAIM, {**parameters, "ids": ids, "keys": list(first)})
    ours = {pk for (pk,) in cursor.fetchall()}
    return {pk: record for pk, record in first.values() if pk in ours}


def _seen(records: Sequence[EventRecord], rows: Sequence[UUID | None], resolver: Resolver) -> Seen:
    seen = Seen()
    for record, row in zip(records, rows, strict=True):
        if row:
            seen.note(resolver.root(row), record)
    return seen


def _unusable_traits(record: EventRecord) -> list[EventRefusal]:
    return [
        EventRefusal(
            position=record.position,
            key=record.key,
            code="bad_trait_name",
            path=f"traits.{key[:60]}",
            message="An attribute needs a name of 1 to 120 printable characters.",
        )
        for key in record.traits
        if not is_key(key)
    ]


def _write_interactions(
    cursor: Any,
    claimed: dict[UUID, EventRecord],
    *,
    places: Places,
    customers: Sequence[UUID | None],
    companies: dict[CompanyKey, UUID],
    parameters: dict[str, Any],
    outcome: LoadedEvents,
) -> None:
    staged: list[Row] = []
    names = NameCounts()
    for (pk, record), customer in zip(claimed.items(), customers, strict=True):
        if record.call is not Call.TRACK:
            continue
        place = places.of(record, source=parameters["source"])
        company = companies.get((record.namespace, record.company))
        staged.append(_row(pk, record, customer, company, place))
        outcome.interactions[record.position] = pk
        at = record.occurred_at
        names.add(
            (record.kind, record.name),
            NameCount(1, unmatched=int(place.touchpoint is None), first_at=at, last_at=at),
        )
    if not staged:
        return
    _copy(cursor, staged)
    cursor.execute(sql.INTERACTIONS, parameters)
    cursor.execute(sql.DROP_STAGE)
    names.write(cursor, parameters)
    outcome.unplaced = names.unmatched


def _row(
    pk: UUID, record: EventRecord, customer: UUID | None, company: UUID | None, place: Place
) -> Row:
    return (
        pk,
        customer,
        company,
        record.kind,
        record.name,
        record.occurred_at,
        record.is_zone_assumed,
        record.direction,
        record.actor,
        place.channel,
        place.touchpoint,
        place.rule,
        record.thread_key[:120],
        record.amount,
        record.currency[:3],
        record.title[:200],
        record.text[:MOST_TEXT],
        as_jsonb(record.props),
    )


def _copy(cursor: Any, rows: Sequence[Row]) -> None:
    cursor.execute(sql.DROP_STAGE)
    cursor.execute(sql.STAGE)
    with cursor.copy("COPY stage_event FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(sql.STAGE_TYPES)
        for row in rows:
            copy.write_row(row)
    if len(rows) >= WORTH_ANALYSING:
        cursor.execute("ANALYZE stage_event")
