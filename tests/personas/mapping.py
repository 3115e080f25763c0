"""Stakeholders and maps for tests, made as people make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Asked, Deed
from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from personas.models import StakeholderMap, StakeholderPlacement, StakeholderRelation
from personas.services.maps import create_map, place_stakeholder
from personas.services.relations import create_common_relation
from personas.services.stakeholders import create_stakeholder
from personas.services.stores import MAPS
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from personas.models import CommonRelation, Stakeholder


def stakeholder(
    member: Membership, name: str = "Courier", kind: str = "partner", /, **more: Any
) -> Stakeholder:
    with tenant_bound(member.tenant_id):
        return create_stakeholder(
            tenant=member.tenant, name=name, kind=kind, by=member, now=make.NOW, **more
        )


def map_of(member: Membership, title: str = "Deliveries", **more: Any) -> StakeholderMap:
    with tenant_bound(member.tenant_id):
        return create_map(tenant=member.tenant, title=title, by=member, now=make.NOW, **more)


def placed(
    member: Membership,
    on: StakeholderMap,
    name: str = "Courier",
    kind: str = "partner",
    *,
    ring: int | None = 0,
    sector: int | None = None,
) -> StakeholderPlacement:
    """Put a new stakeholder on a map, in the innermost ring unless said otherwise."""
    who = stakeholder(member, name, kind)
    with tenant_bound(member.tenant_id):
        pk = place_stakeholder(
            on=on, stakeholder=who, by=member, now=make.NOW, ring=ring, sector=sector
        )
        rows = StakeholderPlacement.objects.for_tenant(member.tenant)
        return rows.select_related("stakeholder").get(pk=pk)


def related(
    member: Membership,
    on: StakeholderMap,
    start: StakeholderPlacement,
    end: StakeholderPlacement,
    kind: str = "trust",
    **more: Any,
) -> StakeholderRelation:
    pk = new_id()
    ends = {"start": str(start.stakeholder_id), "end": str(end.stakeholder_id)}
    told = {"values": {**ends, "kind": kind, **more}, "parent": str(on.pk)}
    do(member, on, Asked(id=pk, batch=pk, op=Deed.CREATE, lineage=pk, kind="relation", value=told))
    with tenant_bound(member.tenant_id):
        return StakeholderRelation.objects.for_tenant(member.tenant).get(pk=pk)


def related_everywhere(
    member: Membership, start: Stakeholder, end: Stakeholder, kind: str = "trust", **more: Any
) -> CommonRelation:
    with tenant_bound(member.tenant_id):
        return create_common_relation(
            tenant=member.tenant, start=start, end=end, kind=kind, by=member, now=make.NOW, **more
        )


def put(member: Membership, on: StakeholderMap, lineage: UUID, **values: Any) -> None:
    """Set fields of an element of a map."""
    batch = new_id()
    do(member, on, *(
        Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=lineage, field=name, value=value)
        for name, value in values.items()
    ))  # fmt: skip


def do(member: Membership, on: StakeholderMap, *operations: Asked) -> None:
    with tenant_bound(member.tenant_id):
        request = Request(member.tenant, on.pk, Actor("member", member.pk), make.NOW)
        commit(MAPS, request, operations)


def again(placement: StakeholderPlacement) -> StakeholderPlacement:
    """Read a placement anew."""
    with tenant_bound(placement.tenant_id):
        rows = StakeholderPlacement.objects.for_tenant(placement.tenant_id)
        return rows.select_related("stakeholder").get(pk=placement.pk)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(member: Membership, name: str, *args: object) -> str:
    return reverse(f"personas:{name}", args=[member.tenant.slug, *args])
