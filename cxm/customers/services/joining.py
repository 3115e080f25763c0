"""Making two customers one, and taking them apart again, at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q

from cxm.customers.errors import (
    ApartAlreadyError,
    ErasedCustomerError,
    OneAlreadyError,
    TwoNumbersError,
)
from cxm.customers.models import (
    Customer,
    CustomerMerge,
    Identity,
    Interaction,
    MergeProposal,
    SegmentMember,
)
from cxm.customers.rules.forest import roots, unmerged
from cxm.customers.rules.masking import customer_alias
from cxm.customers.services.event_sql import TAKE_TURNS
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

SOURCE = "identity"
LONGEST_REASON = 300

# All rows in one statement: the trigger sees the tree before and after, never in between.
_MOVE = """
UPDATE customers_customer c SET root_id = moved.root
FROM unnest(%(ids)s::uuid[], %(roots)s::uuid[]) AS moved(id, root)
WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = moved.id AND c.root_id <> moved.root
"""


@transaction.atomic
def merge_customers(
    *,
    survivor: Customer,
    absorbed: Customer,
    by: Membership | ApiKey,
    now: datetime,
    reason: str = "",
    is_confirmed: bool = False,
) -> CustomerMerge:
    """Let *absorbed*, with all that is merged into it, be shown as *survivor* from now on.

    Facts, identifiers and attributes stay on the rows they were recorded on; `unmerge_customers`
    takes the merge back. Of a visitor and a known customer the known one survives, whichever was
    named. Raises OneAlreadyError and ErasedCustomerError; and TwoNumbersError, unless
    *is_confirmed*, where both have external ids in one namespace.
    """
    tenant = survivor.tenant
    stays, goes = _locked(tenant, survivor, absorbed)
    if goes.root.kind == Customer.Kind.KNOWN != stays.root.kind:
        stays, goes = goes, stays
    shared = shared_namespaces(tenant, stays.root_id, goes.root_id)
    if shared and not is_confirmed:
        raise TwoNumbersError(shared)
    member = None if isinstance(by, ApiKey) else by
    merge = CustomerMerge.objects.create(
        tenant=tenant,
        survivor_id=stays.pk,
        absorbed_id=goes.root_id,
        rule=CustomerMerge.Rule.PERSON if member else CustomerMerge.Rule.API,
        evidence={"reason": reason[:LONGEST_REASON]} if reason else {},
        by=member,
        at=now,
    )
    members = Customer.objects.for_tenant(tenant).filter(root=goes.root_id)
    _move(tenant, dict.fromkeys(members.values_list("pk", flat=True), stays.root_id))
    _leave_segments(tenant, goes.root_id, now)
    _decide_within(tenant, stays.root_id, by=merge.by, now=now)
    _tell(merge, stays.root_id, goes.root_id, "joined", "Joined with", by=by, now=now)
    record(tenant=tenant, action="customers-merged", by=by, about=merge)
    return merge


@transaction.atomic
def unmerge_customers(
    *, merge: CustomerMerge, by: Membership | ApiKey, now: datetime
) -> CustomerMerge:
    """Take back *merge*, also from the middle of a group; every other merge of it stays.

    What was merged into the absorbed customer goes along with it, and all facts with the rows
    they were recorded on. Raises ApartAlreadyError and ErasedCustomerError.
    """
    tenant = merge.tenant
    take_turns(tenant)
    merge = CustomerMerge.objects.for_tenant(tenant).select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise ApartAlreadyError
    root = _root_held(tenant, merge.absorbed_id)
    group = list(Customer.objects.for_tenant(tenant).filter(root=root).order_by("pk"))
    _require_nobody_erased(group)
    merge.undone_at, merge.undone_by = now, None if isinstance(by, ApiKey) else by
    merge.save(update_fields=["undone_at", "undone_by"])
    _move(tenant, parted_roots(tenant, group, merge))
    _reopen_between(tenant, root, merge.absorbed_id)
    _tell(merge, root, merge.absorbed_id, "parted", "Taken apart from", by=by, now=now)
    _tell(merge, merge.absorbed_id, root, "parted", "Taken apart from", by=by, now=now)
    record(tenant=tenant, action="customers-unmerged", by=by, about=merge)
    return merge


def take_turns(tenant: Tenant) -> None:
    """Wait until nobody else says who is one with whom, until this transaction ends.

    Loaders do the same before they join visitors: one lock a tenant, then rows by their ids.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURNS, {"tenant": tenant.pk})


def shared_namespaces(tenant: Tenant, one: UUID, other: UUID) -> list[str]:
    """List the namespaces in which both roots have external ids, in order. One query."""
    ids = Identity.objects.for_tenant(tenant).filter(
        kind=Identity.Kind.EXTERNAL, customer__root__in=[one, other]
    )
    pairs = set(ids.values_list("namespace", "customer__root_id"))
    return sorted(space for space, root in pairs if root == one and (space, other) in pairs)


def parted_roots(
    tenant: Tenant, group: Iterable[Customer], merge: CustomerMerge
) -> dict[UUID, UUID]:
    """Give the root of each row of a group once *merge* is undone. One query."""
    ids = [row.pk for row in group]
    merges = CustomerMerge.objects.for_tenant(tenant).filter(absorbed__in=ids)
    still = merges.filter(Q(undone_at__isnull=True) | Q(pk=merge.pk))
    edges = {one.absorbed_id: one.survivor_id for one in still}
    return roots(ids, unmerged(edges, merge.absorbed_id))


def _locked(tenant: Tenant, *named: Customer) -> list[Customer]:
    """Hold the roots of two customers; give both as they are then, with their roots."""
    take_turns(tenant)
    customers = Customer.objects.for_tenant(tenant)
    ids = [row.pk for row in named]
    root_ids = customers.filter(pk__in=ids).values_list("root_id", flat=True)
    list(_held(tenant, set(root_ids)))
    found = {row.pk: row for row in customers.select_related("root").filter(pk__in=ids)}
    pair = [found[pk] for pk in ids]
    if len({row.root_id for row in pair}) == 1:
        raise OneAlreadyError
    _require_nobody_erased([row.root for row in pair])
    return pair


def _root_held(tenant: Tenant, customer_id: UUID) -> UUID:
    customers = Customer.objects.for_tenant(tenant)
    root: UUID = customers.values_list("root_id", flat=True).get(pk=customer_id)
    list(_held(tenant, {root}))
    return root


def _held(tenant: Tenant, ids: set[UUID]) -> Iterable[Customer]:
    rows = Customer.objects.for_tenant(tenant).filter(pk__in=ids).order_by("pk")
    return rows.select_for_update(no_key=True)


def _require_nobody_erased(rows: Iterable[Customer]) -> None:
    if any(row.erased_at for row in rows):
        raise ErasedCustomerError


def _move(tenant: Tenant, new_roots: dict[UUID, UUID]) -> None:
    moved: dict[str, Any] = {
        "ids": list(new_roots),
        "roots": list(new_roots.values()),
        "tenant": tenant.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, moved)


def _leave_segments(tenant: Tenant, customer_id: UUID, now: datetime) -> None:
    """End the memberships of a customer that is no root any more; a refresh decides anew."""
    members = SegmentMember.objects.for_tenant(tenant)
    members.filter(customer=customer_id, to_at__isnull=True).update(to_at=now)


def _decide_within(tenant: Tenant, root: UUID, *, by: Membership | None, now: datetime) -> None:
    """Close the open proposals whose two customers are one now."""
    proposals = MergeProposal.objects.for_tenant(tenant).filter(state=MergeProposal.State.OPEN)
    within = proposals.filter(first__root=root, second__root=root).values_list("pk", flat=True)
    MergeProposal.objects.for_tenant(tenant).filter(pk__in=list(within)).update(
        state=MergeProposal.State.MERGED, decided_at=now, decided_by=by
    )


def _reopen_between(tenant: Tenant, one: UUID, other: UUID) -> None:
    """Let people decide again about pairs that are two customers once more."""
    proposals = MergeProposal.objects.for_tenant(tenant).filter(state=MergeProposal.State.MERGED)
    either = proposals.filter(
        Q(first__root=one, second__root=other) | Q(first__root=other, second__root=one)
    ).exclude(first__root=F("second__root"))
    MergeProposal.objects.for_tenant(tenant).filter(
        pk__in=list(either.values_list("pk", flat=True))
    ).update(state=MergeProposal.State.OPEN, decided_at=None, decided_by=None)


def _tell(
    merge: CustomerMerge,
    about: UUID,
    other: UUID,
    deed: str,
    words: str,
    *,
    by: Membership | ApiKey,
    now: datetime,
) -> None:
    """Write into the timeline of *about* what happened; without a name, which may be erased."""
    member = None if isinstance(by, ApiKey) else by
    props: dict[str, Any] = {"merge": str(merge.pk), "other": str(other)}
    Interaction.objects.create(
        tenant_id=merge.tenant_id,
        customer_id=about,
        kind=Interaction.Kind.MERGE,
        name=f"customers {deed}",
        title=f"{words} {customer_alias(other)}",
        actor=Interaction.Actor.AGENT if member else Interaction.Actor.SYSTEM,
        by=member,
        occurred_at=now,
        received_at=now,
        day=now.astimezone(ZoneInfo(merge.tenant.time_zone)).date(),
        source=SOURCE,
        props=props,
    )
