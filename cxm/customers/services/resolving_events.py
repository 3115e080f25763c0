"""Finding or making the customer of each record, and writing down what turned out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from psycopg.types.json import Jsonb

from cxm.customers.models import Interaction
from cxm.customers.rules.identifiers import is_usable
from cxm.customers.rules.records import Call, Ref
from cxm.customers.rules.resolving import Owner, Resolver
from cxm.customers.services import event_sql as sql
from cxm.customers.services.forgetting import named_refs
from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.records import EventRecord
    from cxm.customers.rules.resolving import Merge
    from cxm.tenants.models import Tenant


def as_jsonb(value: Any) -> Jsonb:
    """Give *value* for a jsonb column."""
    return Jsonb(value, dumps=msgspec.json.encode)


def resolve_customers(
    cursor: Any,
    *,
    tenant: Tenant,
    records: Sequence[EventRecord],
    parameters: dict[str, Any],
    now: datetime,
) -> tuple[list[UUID | None], Resolver]:
    """Give the customer row of each record (None: nobody), and who is whom after them.

    New customers, identifiers, merges of visitors and proposals are written. Erased people were
    taken out of *records* before.
    """
    asked = [named_refs(record) for record in records]
    wanted = {ref for refs in asked for ref in refs}
    wanted |= {ref for r in records if r.previous for ref in (r.previous, _as_number(r.previous))}
    usable = {ref for ref in wanted if is_usable(ref.kind, ref.value)}
    owners = _owners(cursor, parameters, usable)
    if _has_news(asked, records, usable, owners):
        cursor.execute(sql.TAKE_TURNS, parameters)
        owners = _owners(cursor, parameters, usable)
        owners = _with_groups(cursor, parameters, owners, _compared(asked, records))
    resolver = Resolver(owners, new_id)
    rows = [
        _row_of(resolver, record, [ref for ref in refs if ref in usable], usable)
        for record, refs in zip(records, asked, strict=True)
    ]
    if resolver.customers:
        _write_customers(cursor, resolver, _moments(resolver, records, rows), parameters)
    _write(cursor, resolver, parameters, tenant=tenant, now=now)
    return rows, resolver


def _as_number(previous: Ref) -> Ref:
    """Read the former id of an alias call as a customer number: clients do not say which it is."""
    return Ref("external", "", previous.value) if previous.kind == "anonymous" else previous


def _row_of(
    resolver: Resolver, record: EventRecord, refs: list[Ref], usable: set[Ref]
) -> UUID | None:
    if record.call is not Call.ALIAS or record.previous not in usable:
        return resolver.resolve(refs)
    number = _as_number(record.previous)
    is_number = number in usable and resolver.has(number) and not resolver.has(record.previous)
    return resolver.alias(number if is_number else record.previous, refs)


def _has_news(
    asked: Sequence[Sequence[Ref]],
    records: Sequence[EventRecord],
    usable: set[Ref],
    owners: dict[Ref, Owner],
) -> bool:
    """Whether anything but facts about known identifiers is told."""
    if len(owners) < len(usable) or any(record.previous for record in records):
        return True
    roots = ({owners[ref].root for ref in refs if ref in owners} for refs in asked)
    return any(len(of_record) > 1 for of_record in roots)


def _owners(cursor: Any, parameters: dict[str, Any], refs: Iterable[Ref]) -> dict[Ref, Owner]:
    asked = sorted(refs)
    if not asked:
        return {}
    cursor.execute(
        sql.OWNERS,
        {
            **parameters,
            "kinds": [ref.kind for ref in asked],
            "namespaces": [ref.namespace for ref in asked],
            "values": [ref.value for ref in asked],
        },
    )
    return {
        Ref(kind, namespace, value): Owner(customer, root, is_known, is_shared=is_shared)
        for kind, namespace, value, is_shared, customer, root, is_known in cursor.fetchall()
    }


def _compared(asked: Sequence[Sequence[Ref]], records: Sequence[EventRecord]) -> set[Ref]:
    """Give the identifiers that come with another one, so that people may turn out to be one."""
    together = {ref for refs in asked if len(refs) > 1 for ref in refs}
    for refs, record in zip(asked, records, strict=True):
        if record.previous:
            together |= {*refs, record.previous, _as_number(record.previous)}
    return together


def _with_groups(
    cursor: Any, parameters: dict[str, Any], owners: dict[Ref, Owner], compared: set[Ref]
) -> dict[Ref, Owner]:
    """Add what the owners of *compared* have besides: how many identifiers, in which numberings."""
    roots = sorted({owner.root for ref, owner in owners.items() if ref in compared})
    if not roots:
        return owners
    cursor.execute(sql.GROUPS, {**parameters, "roots": roots})
    groups = {root: (count, frozenset(spaces or ())) for root, count, spaces in cursor.fetchall()}
    return {
        ref: Owner(
            owner.customer,
            owner.root,
            owner.is_known,
            namespaces=groups[owner.root][1],
            identities=groups[owner.root][0],
            is_shared=owner.is_shared,
        )
        if owner.root in groups
        else owner
        for ref, owner in owners.items()
    }


def _moments(
    found: Resolver, records: Sequence[EventRecord], rows: Sequence[UUID | None]
) -> dict[UUID, list[datetime]]:
    """Give the times of the records about each person, by root."""
    moments = defaultdict(list)
    for record, row in zip(records, rows, strict=True):
        if row:
            moments[found.root(row)].append(record.occurred_at)
    return moments


def _write_customers(
    cursor: Any,
    found: Resolver,
    moments: dict[UUID, list[datetime]],
    parameters: dict[str, Any],
) -> None:
    new = {
        "ids": list(found.customers),
        "kinds": ["known" if known else "visitor" for known in found.customers.values()],
        "firsts": [min(moments.get(row, ()), default=None) for row in found.customers],
        "lasts": [max(moments.get(row, ()), default=None) for row in found.customers],
    }
    cursor.execute(sql.NEW_CUSTOMERS, {**parameters, **new})


def _write(
    cursor: Any, found: Resolver, parameters: dict[str, Any], *, tenant: Tenant, now: datetime
) -> None:
    _write_identities(cursor, found, parameters)
    if found.became_known:
        cursor.execute(sql.BECOME_KNOWN, {**parameters, "ids": sorted(found.became_known)})
    if found.merges:
        _write_merges(cursor, found, parameters, tenant=tenant, now=now)
    if found.proposals:
        pairs = sorted(found.proposals)
        proposals = {
            "ids": [new_id() for _ in pairs],
            "firsts": [first for first, _ in pairs],
            "seconds": [second for _, second in pairs],
            "evidence": [_evidence(found.proposals[pair]) for pair in pairs],
        }
        cursor.execute(sql.PROPOSALS, {**parameters, **proposals})


def _write_identities(cursor: Any, found: Resolver, parameters: dict[str, Any]) -> None:
    moved = {ref: row for ref, row in found.moved.items() if ref in found.owners}
    new = {**found.identities, **{r: row for r, row in found.moved.items() if r not in moved}}
    if new:
        rows = {
            "ids": [new_id() for _ in new],
            "customers": list(new.values()),
            "shared": [ref in found.moved for ref in new],
            **_columns(new),
        }
        cursor.execute(sql.NEW_IDENTITIES, {**parameters, **rows})
    if moved:
        rows = {"customers": list(moved.values()), **_columns(moved)}
        cursor.execute(sql.MOVE_IDENTITIES, {**parameters, **rows})


def _columns(refs: Iterable[Ref]) -> dict[str, list[Any]]:
    listed = list(refs)
    return {
        "kinds": [ref.kind for ref in listed],
        "namespaces": [ref.namespace for ref in listed],
        "values": [ref.value for ref in listed],
    }


def _write_merges(
    cursor: Any, found: Resolver, parameters: dict[str, Any], *, tenant: Tenant, now: datetime
) -> None:
    merges: Sequence[Merge] = found.merges
    rows = {
        "ids": [new_id() for _ in merges],
        "survivors": [merge.survivor for merge in merges],
        "absorbed": [merge.absorbed for merge in merges],
        "rules": [merge.rule for merge in merges],
        "evidence": [_evidence(merge.by) for merge in merges],
    }
    cursor.execute(sql.MERGES, {**parameters, **rows})
    final = found.final_roots()
    moves = {"absorbed": list(final), "survivors": list(final.values())}
    cursor.execute(sql.MOVE_ROOTS, {**parameters, **moves})
    Interaction.objects.bulk_create(
        Interaction(
            tenant=tenant,
            customer_id=survivor,
            kind=Interaction.Kind.MERGE,
            name="visitor joined",
            title="An unknown visitor turned out to be this customer",
            actor=Interaction.Actor.SYSTEM,
            occurred_at=now,
            received_at=now,
            day=now.astimezone(ZoneInfo(tenant.time_zone)).date(),
            source=parameters["source"],
            props={"absorbed": str(absorbed)},
            batch_id=parameters["batch"],
        )
        for absorbed, survivor in final.items()
    )


def _evidence(ref: Ref) -> Jsonb:
    return as_jsonb({"kind": ref.kind, "namespace": ref.namespace, "value": ref.value})
