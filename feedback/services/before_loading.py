"""What a load of events will change of rows that were there: noted, so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.customers.models import AttributeDef, Company, Customer, Identity
from cxm.customers.rules.records import Call, Ref
from cxm.customers.services.forgetting import named_refs
from cxm.work.models import BatchChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cxm.customers.rules.records import EventRecord
    from cxm.work.models import Batch

CUSTOMERS, IDENTITIES = Customer._meta.db_table, Identity._meta.db_table
COMPANIES, DEFINITIONS = Company._meta.db_table, AttributeDef._meta.db_table

# `(SELECT tenant)` is for the planner, as in the event loader.
_ASKED = """unnest(%(kinds)b::text[], %(namespaces)b::text[], %(values)b::text[])
    AS asked(kind, namespace, value)
JOIN customers_identity i ON i.tenant_id = (SELECT %(tenant)s::uuid) AND i.kind = asked.kind
    AND i.namespace = asked.namespace AND i.value = asked.value
JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id"""
_NOTE = """
INSERT INTO work_batchchange (id, tenant_id, batch_id, "table", row_id, before)
SELECT gen_random_uuid(), %(tenant)s, %(batch)s, %(table)s::varchar, noted.id, noted.before
FROM ({noted}) noted
ON CONFLICT (tenant_id, batch_id, "table", row_id) DO NOTHING
"""
_PEOPLE = f"""
SELECT r.id, jsonb_build_object('kind', r.kind, 'display_name', r.display_name, 'email', r.email,
    'phone', r.phone, 'language', r.language, 'time_zone', r.time_zone,
    'first_seen_at', r.first_seen_at, 'last_seen_at', r.last_seen_at) AS before
FROM (SELECT DISTINCT c.root_id AS id FROM {_ASKED}) met
JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = met.id
WHERE r.batch_id IS DISTINCT FROM %(batch)s
"""  # noqa: S608 - put together from constants
_COMPANIES = """
SELECT c.id, jsonb_build_object('name', c.name, 'attributes', c.attributes,
    'changed_at', c.changed_at) AS before
FROM unnest(%(namespaces)b::text[], %(keys)b::text[]) AS asked(namespace, external_id)
JOIN customers_company c ON c.tenant_id = (SELECT %(tenant)s::uuid)
    AND c.namespace = asked.namespace AND c.external_id = asked.external_id
WHERE c.batch_id IS DISTINCT FROM %(batch)s
"""
_KNOWN = f"SELECT i.kind, i.namespace, i.value FROM {_ASKED}"  # noqa: S608 - as above
_NEW_IDENTITIES = f"""
SELECT i.id, NULL::jsonb AS before FROM {_ASKED}
WHERE c.batch_id IS DISTINCT FROM %(batch)s AND i.source = %(source)s
"""  # noqa: S608 - as above
_NEW_DEFINITIONS = """
SELECT d.id, NULL::jsonb AS before
FROM unnest(%(scopes)b::text[], %(keys)b::text[]) AS asked(scope, key)
JOIN customers_attributedef d ON d.tenant_id = (SELECT %(tenant)s::uuid) AND d.scope = asked.scope
    AND d.key = asked.key
"""


@dataclass(frozen=True, slots=True)
class Before:
    """What records name that was not there before they were loaded."""

    refs: frozenset[Ref]
    definitions: frozenset[tuple[str, str]]


def note_before(records: Sequence[EventRecord], *, batch: Batch) -> Before:
    """Keep customers and companies as they are before *records* change them, in *batch*.

    Those that the batch made itself, and those noted already, are left out. Five queries.
    """
    refs = {ref for record in records for ref in named_refs(record)}
    with connection.cursor() as cursor:
        asked = {**_columns(refs), "tenant": batch.tenant_id, "batch": batch.pk}
        cursor.execute(_NOTE.format(noted=_PEOPLE), {**asked, "table": CUSTOMERS})
        cursor.execute(_KNOWN, asked)
        known = {Ref(*row) for row in cursor.fetchall()}
        companies = sorted({(r.namespace, r.company) for r in records if r.company})
        rows = {
            "namespaces": [namespace for namespace, _ in companies],
            "keys": [key for _, key in companies],
        }
        cursor.execute(_NOTE.format(noted=_COMPANIES), {**asked, **rows, "table": COMPANIES})
    told = set(_definitions(records))
    defined = AttributeDef.objects.for_tenant(batch.tenant_id)
    there = set(defined.filter(key__in={key for _, key in told}).values_list("scope", "key"))
    return Before(frozenset(refs - known), frozenset(told - there))


def note_made(before: Before, *, source: str, batch: Batch) -> None:
    """Note in *batch* what the load made for others: their new identifiers, new attributes."""
    shared = {"tenant": batch.tenant_id, "batch": batch.pk, "source": source}
    scopes = {
        "scopes": [scope for scope, _ in before.definitions],
        "keys": [key for _, key in before.definitions],
    }
    with connection.cursor() as cursor:
        if before.refs:
            rows = {**shared, **_columns(before.refs), "table": IDENTITIES}
            cursor.execute(_NOTE.format(noted=_NEW_IDENTITIES), rows)
        if before.definitions:
            rows = {**shared, **scopes, "table": DEFINITIONS}
            cursor.execute(_NOTE.format(noted=_NEW_DEFINITIONS), rows)


def changes_of(batch: Batch, table: str) -> Any:
    """Give what *batch* noted about rows of *table*."""
    return BatchChange.objects.for_tenant(batch.tenant_id).filter(batch=batch, table=table)


def _definitions(records: Iterable[EventRecord]) -> Iterable[tuple[str, str]]:
    for record in records:
        if record.call in {Call.IDENTIFY, Call.GROUP}:
            scope = "company" if record.call is Call.GROUP else "customer"
            yield from ((scope, key) for key in record.traits)


def _columns(refs: Iterable[Ref]) -> dict[str, Any]:
    listed = sorted(refs)
    return {
        "kinds": [ref.kind for ref in listed],
        "namespaces": [ref.namespace for ref in listed],
        "values": [ref.value for ref in listed],
    }
