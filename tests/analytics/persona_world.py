"""Customers in overlapping segments, personas bound to them, and what persona pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.models import Customer, Identity
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from tests import make
from tests.personas import editing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.customers.models import Segment
    from cxm.tenants.models import Membership, Tenant


def people(tenant: Tenant, groups: Sequence[str], *, value: int = 9, comment: str = "") -> None:
    """Make a customer with an answer for each of *groups*: letters of the groups they are in.

    They had one contact each over the shop, and those in more than one group one by phone.
    """
    records = [
        make.record(value, customer=f"c{at}-{letters}", channel="web", comment=comment)
        for at, letters in enumerate(groups)
    ]
    make.load(*records, of=tenant)
    with tenant_bound(tenant.pk):
        owners = dict(Identity.objects.for_tenant(tenant).values_list("value", "customer"))
        for at, letters in enumerate(groups):
            attributes = dict.fromkeys(letters, "yes")
            rows = Customer.objects.for_tenant(tenant).filter(pk=owners[f"c{at}-{letters}"])
            rows.update(attributes=attributes)


def segment(tenant: Tenant, letter: str) -> Segment:
    """Make the segment of those in the group *letter*."""
    rule = {"attr": letter, "op": "=", "value": "yes"}
    return make.segment(of=tenant, title=f"Group {letter}", key=f"group-{letter}", rule=rule)


def bind(member: Membership, segment: Segment, name: str = "") -> UUID:
    """Make a persona bound to *segment*."""
    pk = editing.persona(member, name or segment.title)
    editing.do(member, pk, editing.put(pk, "segment", str(segment.pk)))
    return pk


def world(
    member: Membership, groups: Sequence[str], letters: str = "ab", **answers: str
) -> dict[str, Segment]:
    """Make customers, a segment and a persona for each letter, all counted."""
    tenant = member.tenant
    people(tenant, groups, **answers)  # type: ignore[arg-type]  # a comment
    made = {letter: segment(tenant, letter) for letter in letters}
    for one in made.values():
        bind(member, one)
    drain(tenant.pk)
    return made
