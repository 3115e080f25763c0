"""Journeys and maps in tests, made and changed as an editor does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Asked, Deed
from cxm.kernel.operations.store import commit, read_state
from cxm.tenants.binding import tenant_bound
from journeys.services.stores import JOURNEYS, MAPS
from tests import make

if TYPE_CHECKING:
    from cxm.kernel.operations.state import State
    from cxm.kernel.operations.store import Outcome
    from cxm.tenants.models import Membership


def request(member: Membership, document: UUID) -> Request:
    return Request(member.tenant, document, Actor("member", member.pk), make.NOW)


def create(
    lineage: UUID, kind: str, values: dict[str, Any], parent: UUID | None = None, **more: Any
) -> Asked:
    told = {"values": values, **({"parent": str(parent)} if parent else {})}
    return asked(Deed.CREATE, lineage, kind=kind, value=told, **more)


def put(lineage: UUID, name: str, value: Any, **more: Any) -> Asked:
    return asked(Deed.SET, lineage, field=name, value=value, **more)


def asked(deed: Deed, lineage: UUID, **more: Any) -> Asked:
    return Asked(op=deed, lineage=lineage, **{"id": new_id(), "batch": new_id(), **more})


def journey(member: Membership, title: str = "I send back shoes", *, is_owned: bool = True) -> UUID:
    pk = new_id()
    with tenant_bound(member.tenant_id):
        values = {
            "key": f"j-{pk.hex[-12:]}",
            "title": title,
            "owner": str(member.pk) if is_owned else None,
        }
        commit(JOURNEYS, request(member, pk), [create(pk, "journey", values)])
    return pk


def blank_map(member: Membership, of: UUID, *, number: int = 1) -> UUID:
    pk = new_id()
    values = {"journey": str(of), "number": number, "name": "As it is"}
    do(member, pk, create(pk, "map", values))
    return pk


def stage(member: Membership, on: UUID, title: str = "Hand over", steps: int = 1) -> list[UUID]:
    """Add a stage with *steps* steps; give its lineage and theirs."""
    ids = [new_id() for _ in range(steps + 1)]
    batch = [create(ids[0], "stage", {"title": title}, on)]
    batch += [
        create(pk, "step", {"title": f"{title} {number}"}, ids[0])
        for number, pk in enumerate(ids[1:], start=1)
    ]
    do(member, on, *batch)
    return ids


def lane(member: Membership, on: UUID, kind: str = "text", title: str = "Does") -> UUID:
    pk = new_id()
    do(member, on, create(pk, "lane", {"kind": kind, "title": title}, on))
    return pk


def card(member: Membership, on: UUID, within: UUID, at: UUID, **values: Any) -> UUID:
    pk = new_id()
    told = {"step_from": str(at), "step_to": str(at), **values}
    do(member, on, create(pk, "card", told, within))
    return pk


def do(member: Membership, on: UUID, *operations: Asked) -> Outcome:
    with tenant_bound(member.tenant_id):
        return commit(MAPS, request(member, on), operations)


def state_of(member: Membership, of: UUID) -> State:
    with tenant_bound(member.tenant_id):
        return read_state(MAPS, request(member, of))
