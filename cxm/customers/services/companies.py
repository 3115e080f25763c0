"""Writing the companies that records name, and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.customers.rules.profile import MOST_ATTRIBUTES, is_key
from cxm.customers.services import event_sql as sql
from cxm.customers.services.resolving_events import as_jsonb
from cxm.customers.services.telling import define
from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.records import JSON, EventRecord

type CompanyKey = tuple[str, str]


def write_companies(
    cursor: Any,
    records: Sequence[EventRecord],
    rows: Sequence[UUID | None],
    parameters: dict[str, Any],
) -> dict[CompanyKey, UUID]:
    """Make or change the companies that *records* name; give their ids by (namespace, id).

    *rows* are the customers of the records: those of a GROUP call become members. What is newer
    wins; what an older record tells fills gaps only.
    """
    told = _told(records)
    if not told:
        return {}
    keys = sorted(told)
    columns = {
        "ids": [new_id() for _ in keys],
        "namespaces": [namespace for namespace, _ in keys],
        "keys": [external_id for _, external_id in keys],
        "names": [_name(told[key][1]) for key in keys],
        "attributes": [as_jsonb(_attributes(told[key][1])) for key in keys],
        "at": [told[key][0] for key in keys],
    }
    cursor.execute(sql.COMPANIES, {**parameters, **columns})
    cursor.execute(sql.COMPANY_IDS, {**parameters, **columns})
    ids = {(namespace, external_id): pk for namespace, external_id, pk in cursor.fetchall()}
    define(
        cursor,
        {k for _, traits in told.values() for k in _attributes(traits)},
        "company",
        parameters,
    )
    _write_members(cursor, records, rows, ids, parameters)
    return ids


def _told(records: Sequence[EventRecord]) -> dict[CompanyKey, tuple[datetime, dict[str, JSON]]]:
    told: dict[CompanyKey, tuple[datetime, dict[str, JSON]]] = {}
    for record in sorted(records, key=lambda record: record.occurred_at):
        if record.company:
            key = (record.namespace, record.company)
            _, before = told.get(key, (record.occurred_at, {}))
            traits = record.traits if record.call == "group" else {}
            told[key] = (record.occurred_at, {**before, **traits})
    return told


def _name(traits: dict[str, JSON]) -> str:
    name = traits.get("name")
    return name.strip()[:200] if isinstance(name, str) else ""


def _attributes(traits: dict[str, JSON]) -> dict[str, JSON]:
    kept = [(key, value) for key, value in traits.items() if key != "name" and is_key(key)]
    return dict(kept[:MOST_ATTRIBUTES])


def _write_members(
    cursor: Any,
    records: Sequence[EventRecord],
    rows: Sequence[UUID | None],
    ids: dict[CompanyKey, UUID],
    parameters: dict[str, Any],
) -> None:
    members: dict[tuple[UUID, UUID], datetime] = {}
    for record, row in zip(records, rows, strict=True):
        if record.call == "group" and record.company and row:
            pair = (ids[record.namespace, record.company], row)
            members[pair] = min(record.occurred_at, members.get(pair, record.occurred_at))
    if members:
        columns = {
            "ids": [new_id() for _ in members],
            "companies": [company for company, _ in members],
            "customers": [customer for _, customer in members],
            "since": list(members.values()),
        }
        cursor.execute(sql.MEMBERS, {**parameters, **columns})
