"""Erasing a person for good: asked for once, done step by step, with a receipt at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from cxm.customers.errors import ErasingAlreadyError
from cxm.customers.models import Customer, Identity
from cxm.customers.rules.masking import customer_alias
from cxm.customers.rules.records import Ref
from cxm.customers.selectors.erasures import KIND, leaving_person, open_erasure
from cxm.customers.services.emptying import OWN_PARTS
from cxm.customers.services.joining import take_turns
from cxm.customers.services.suppressing import erase_after_loads, suppress
from cxm.kernel.announcing import News, announce
from cxm.kernel.effects import Again
from cxm.kernel.erasing import Erased, erasers
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.work.models import Batch
from cxm.work.services import advance_job, start_job

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership
    from cxm.work.models import Job

ERASE = "customers.erase"
# What other systems are told when it is done.
ERASED = "customer.erased"


@transaction.atomic
def start_erasing(*, customer: Customer, by: Membership | ApiKey, now: datetime) -> Batch:
    """Begin to erase the person that *customer* belongs to, with all rows that are them.

    At once they are on no list any more, nobody can be merged with them, and their identifiers
    are kept out: what comes under one of those names nobody. A job does the rest. Raises
    ErasingAlreadyError; one that stopped half-way may be begun again.
    """
    tenant = customer.tenant
    # First of all: loads take their turns later, too.
    erase_after_loads(tenant)
    take_turns(tenant)
    customers = Customer.objects.for_tenant(tenant)
    root: UUID = customers.values_list("root_id", flat=True).get(pk=customer.pk)
    group = customers.filter(root=root).order_by("pk").select_for_update(no_key=True)
    ids = [row.pk for row in group.only("pk", "tenant")]
    if open_erasure(tenant, root):
        raise ErasingAlreadyError
    identities = Identity.objects.for_tenant(tenant).filter(customer__in=ids)
    refs = [Ref(one.kind, one.namespace, one.value) for one in identities]
    customers.filter(pk__in=ids).update(erased_at=now)
    batch = Batch.objects.create(
        tenant=tenant,
        kind=KIND,
        title=f"Erasure of {customer_alias(root)}",
        by=None if isinstance(by, ApiKey) else by,
        started_at=now,
        counts={"customer": str(root), "tables": {}, "kept": {}},
    )
    job = start_job(
        tenant=tenant,
        kind=ERASE,
        title=f"Erasing {customer_alias(root)}",
        by=batch.by,
        now=now,
        total=None,
        unit="rows",
        batch_id=str(batch.pk),
    )
    kept_out = suppress(tenant=tenant, refs=refs, now=now)
    batch.counts = {**batch.counts, "job": str(job.pk), "suppressed": kept_out}
    batch.save(update_fields=["counts"])
    record(tenant=tenant, action="customer-erasure-started", by=by, about=batch)
    return batch


def erase_step(*, job: Job, batch_id: UUID, part: str, cursor: str, now: datetime) -> Again | None:
    """Do one step of an erasure: *part* from *cursor* on; "" is the first part.

    Other apps' parts come first, while identifiers can still be recognised; the customer's own
    rows are last.
    """
    batch = Batch.objects.for_tenant(job.tenant_id).get(pk=batch_id)
    person = leaving_person(job.tenant, UUID(batch.counts["customer"]), now=now)
    parts = [*erasers.names(), *OWN_PARTS]
    current = part or parts[0]
    if current in OWN_PARTS:
        erased = OWN_PARTS[current](person, cursor)
    else:
        erased = erasers.erase(current, person, cursor)
    batch.counts = _added(batch.counts, erased)
    batch.save(update_fields=["counts"])
    done = sum(batch.counts["tables"].values())
    advance_job(job, now=now, done=done, message=f"{done:,} rows emptied or removed")
    following = _after(parts, current) if erased.cursor is None else current
    if following:
        return Again({"batch_id": str(batch_id), "part": following, "cursor": erased.cursor or ""})
    _finish(batch, job=job, now=now)
    return None


def _finish(batch: Batch, *, job: Job, now: datetime) -> None:
    batch.state, batch.finished_at = Batch.State.DONE, now
    batch.save(update_fields=["state", "finished_at"])
    record(
        tenant=job.tenant,
        action="customer-erased",
        by=job.by,
        about=batch,
        changes={"rows": sum(batch.counts["tables"].values())},
    )
    root = UUID(batch.counts["customer"])
    announce(News(kind=ERASED, tenant_id=job.tenant_id, about=root, at=now, content=dict))


def _after(parts: list[str], current: str) -> str:
    return next(iter(parts[parts.index(current) + 1 :]), "")


def _added(counts: dict[str, Any], erased: Erased) -> dict[str, Any]:
    """Add what a step did to the counts so far; tables with nothing done are left out."""
    added = dict(counts)
    for name, more in (("tables", erased.counts), ("kept", erased.kept)):
        so_far = dict(counts[name])
        for table, count in more.items():
            if count:
                so_far[table] = so_far.get(table, 0) + count
        added[name] = so_far
    return added
