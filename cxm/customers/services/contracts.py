"""Taking in contracts from programs and files, and removing them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cxm.customers.models import Company, Contract, Identity
from cxm.customers.rules.contracts import ContractRow, ContractRowError, read_contract
from cxm.customers.rules.records import Call, EventRecord
from cxm.customers.services.loading_events import load_events
from cxm.customers.services.suppressing import load_before_erasing
from cxm.kernel.ids import new_id
from cxm.tenants.audit import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.contracts import CompanyKey
    from cxm.customers.rules.records import Ref
    from cxm.tenants.models import ApiKey, Membership, Tenant

ROWS_AT_ONCE = 1_000
ERASED = "This person was erased: nothing is kept about them."
TWICE = "This contract stands here twice: the first row is used."

_WRITE = """
INSERT INTO customers_contract AS c (
    id, tenant_id, customer_id, company_id, source, external_id, plan, started_on, ended_on,
    amount_per_month, currency, end_reason, changed_at
)
SELECT told.id, %(tenant)s, told.customer_id, told.company_id, %(source)s, told.external_id,
    told.plan, told.started_on, told.ended_on, told.amount, told.currency, told.reason, %(now)s
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(companies)s::uuid[], %(keys)s::text[],
    %(plans)s::text[], %(starts)s::date[], %(ends)s::date[], %(amounts)s::numeric[],
    %(currencies)s::text[], %(reasons)s::text[])
    AS told(id, customer_id, company_id, external_id, plan, started_on, ended_on, amount,
        currency, reason)
ORDER BY told.external_id
ON CONFLICT (tenant_id, source, external_id) DO UPDATE
SET customer_id = excluded.customer_id, company_id = excluded.company_id, plan = excluded.plan,
    started_on = excluded.started_on, ended_on = excluded.ended_on,
    amount_per_month = excluded.amount_per_month, currency = excluded.currency,
    end_reason = excluded.end_reason, changed_at = excluded.changed_at
WHERE (c.customer_id, c.company_id, c.plan, c.started_on, c.ended_on, c.amount_per_month,
    c.currency, c.end_reason) IS DISTINCT FROM (excluded.customer_id, excluded.company_id,
    excluded.plan, excluded.started_on, excluded.ended_on, excluded.amount_per_month,
    excluded.currency, excluded.end_reason)
RETURNING xmax = 0
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was kept out: its *place* from 0, what it was called, and why.

    *field* names the part that is wrong, or is empty.
    """

    place: int
    external_id: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of rows: new contracts, corrected ones, those known just so; and refusals."""

    made: int
    changed: int
    same: int
    refused: tuple[Refused, ...]


def take_in_contracts(
    *,
    tenant: Tenant,
    source: str,
    rows: Sequence[Mapping[str, object]],
    by: Membership | ApiKey | None,
    now: datetime,
) -> TakenIn:
    """Write the contracts that *rows* are, each once whatever how often it comes from *source*.

    A contract that is known is corrected. Customers and companies that are not known yet are
    made. Rows that cannot be read are refused one by one, the others written, a thousand in
    one transaction.
    """
    good: dict[str, tuple[int, ContractRow]] = {}
    refused: list[Refused] = []
    for place, values in enumerate(rows):
        try:
            row = read_contract(values)
        except ContractRowError as error:
            name = str(values.get("external_id") or "")[:200]
            refused.append(Refused(place, name, error.field, str(error)))
            continue
        if row.external_id in good:
            refused.append(Refused(place, row.external_id, "external_id", TWICE))
        else:
            good[row.external_id] = (place, row)
    made = changed = 0
    read = list(good.values())
    for start in range(0, len(read), ROWS_AT_ONCE):
        part = read[start : start + ROWS_AT_ONCE]
        more_made, more_changed, kept_out = _take_in(tenant, source, part, by, now)
        made, changed = made + more_made, changed + more_changed
        refused += kept_out
    erased = sum(one.message == ERASED for one in refused)
    refused.sort(key=lambda one: one.place)
    return TakenIn(made, changed, len(read) - erased - made - changed, tuple(refused))


@transaction.atomic
def remove_contract(*, contract: Contract, by: Membership | ApiKey) -> None:
    """Remove a contract that should never have been there; one that ended gets an end instead."""
    record(tenant=contract.tenant, action="contract-removed", by=by, about=contract)
    Contract.objects.for_tenant(contract.tenant_id).filter(pk=contract.pk).delete()


@transaction.atomic
def _take_in(
    tenant: Tenant,
    source: str,
    read: Sequence[tuple[int, ContractRow]],
    by: Membership | ApiKey | None,
    now: datetime,
) -> tuple[int, int, list[Refused]]:
    load_before_erasing(tenant)
    rows = [row for _, row in read]
    refs = {row.ref for row in rows if row.ref}
    keys = {row.company for row in rows if row.company}
    _make_unknown(tenant, source, refs - set(_customers(tenant, refs)), keys, now)
    customers, companies = _customers(tenant, refs), _companies(tenant, keys)
    held = [(row, row.ref and customers.get(row.ref)) for row in rows]
    usable = [(row, customer) for row, customer in held if customer or row.company]
    refused = [
        Refused(place, row.external_id, "", ERASED)
        for place, row in read
        if row.ref and row.ref not in customers
    ]
    values: dict[str, Any] = {
        "tenant": tenant.pk,
        "source": source,
        "now": now,
        "ids": [new_id() for _ in usable],
        "customers": [customer or None for _, customer in usable],
        "companies": [row.company and companies[row.company] for row, _ in usable],
        "keys": [row.external_id for row, _ in usable],
        "plans": [row.plan for row, _ in usable],
        "starts": [row.started_on for row, _ in usable],
        "ends": [row.ended_on for row, _ in usable],
        "amounts": [row.amount_per_month for row, _ in usable],
        "currencies": [row.currency for row, _ in usable],
        "reasons": [row.end_reason for row, _ in usable],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        written = [is_new for (is_new,) in cursor.fetchall()]
    made, changed = sum(written), len(written) - sum(written)
    if written:
        changes = {"source": source, "made": made, "changed": changed}
        record(tenant=tenant, action="contracts-taken-in", by=by, changes=changes)
    return made, changed, refused


def _make_unknown(
    tenant: Tenant, source: str, refs: set[Ref], keys: set[CompanyKey], now: datetime
) -> None:
    """Let the loader of events make the customers and companies that nobody knows yet."""
    calls = [(Call.IDENTIFY, (ref.kind, ref.namespace, ref.value), ref) for ref in sorted(refs)]
    records = [EventRecord(call, 0, _key(*name), now, refs=(ref,)) for call, name, ref in calls] + [
        EventRecord(Call.GROUP, 0, _key("company", *key), now, company=key[1], namespace=key[0])
        for key in sorted(keys - set(_companies(tenant, keys)))
    ]
    if records:
        load_events(tenant=tenant, source=f"contracts:{source}"[:60], records=records, now=now)


def _key(*parts: str) -> str:
    # Keys are kept for good: no identifier can be read from one.
    return sha256("\0".join(parts).encode()).hexdigest()


def _customers(tenant: Tenant, refs: Iterable[Ref]) -> dict[Ref, UUID]:
    """Find the rows that carry *refs*, but for those of erased people. One query."""
    wanted = set(refs)
    rows = Identity.objects.for_tenant(tenant).filter(
        value__in={ref.value for ref in wanted},
        kind__in={ref.kind for ref in wanted},
        customer__root__erased_at__isnull=True,
    )
    found = rows.values_list("kind", "namespace", "value", "customer_id")
    by_name = {(kind, namespace, value): pk for kind, namespace, value, pk in found}
    return {
        ref: by_name[name]
        for ref in wanted
        if (name := (ref.kind, ref.namespace, ref.value)) in by_name
    }


def _companies(tenant: Tenant, keys: set[CompanyKey]) -> dict[CompanyKey, UUID]:
    rows = Company.objects.for_tenant(tenant).filter(external_id__in={key[1] for key in keys})
    found = rows.values_list("namespace", "external_id", "pk")
    return {
        (namespace, number): pk for namespace, number, pk in found if (namespace, number) in keys
    }
