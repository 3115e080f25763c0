"""Whose a line is that names just the number of an order: joined by what was loaded before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxm.customers.rules.records import Call
from cxm.customers.selectors.threads import owners_of_threads
from feedback.adapters.records import CustomerRef
from feedback.services.naming import lines_source_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.customers.rules.records import EventRecord
    from cxm.customers.selectors.threads import ThreadOwner
    from cxm.tenants.models import Tenant
    from feedback.adapters.mapping import ThreadSource
    from feedback.adapters.records import LineEvents, ResponseRecord


def joined_responses(
    tenant: Tenant, records: Sequence[ResponseRecord], thread: ThreadSource | None
) -> list[ResponseRecord]:
    """Give *records* the customers of the orders they are about; others stay as they are.

    A record that names somebody itself is not looked up. One query.
    """
    if thread is None or not thread.joins:
        return list(records)
    asked = {record.thread for record in records if record.thread and not record.customer}
    owners = owners_of_threads(tenant, source=lines_source_of(thread.joins), threads=asked)
    return [
        replace(record, customer=_customer(owners[record.thread]))
        if not record.customer and record.thread in owners
        else record
        for record in records
    ]


def joined_lines(
    tenant: Tenant, lines: Sequence[LineEvents], thread: ThreadSource | None
) -> list[LineEvents]:
    """Give the events of *lines* the customers, and companies, of the threads they belong to.

    One query.
    """
    if thread is None or not thread.joins:
        return list(lines)
    asked = {r.thread_key for line in lines for r in line.records if _is_open(r)}
    owners = owners_of_threads(tenant, source=lines_source_of(thread.joins), threads=asked)
    return [
        replace(line, records=tuple(_joined(record, owners) for record in line.records))
        for line in lines
    ]


def _customer(owner: ThreadOwner) -> CustomerRef:
    ref = owner.ref
    return CustomerRef(ref.kind, ref.namespace, ref.value, is_found_by_thread=True)


def _is_open(record: EventRecord) -> bool:
    return record.call is Call.TRACK and bool(record.thread_key) and not record.refs


def _joined(record: EventRecord, owners: dict[str, ThreadOwner]) -> EventRecord:
    owner = owners.get(record.thread_key)
    if owner is None or not _is_open(record):
        return record
    if record.company:
        return replace(record, refs=(owner.ref,))
    return replace(record, refs=(owner.ref,), company=owner.company, namespace=owner.namespace)
