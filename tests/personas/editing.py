"""Editing personas in tests as a browser does: operations with ids of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Asked, Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import commit, operations, read_state, undo
from cxm.tenants.binding import tenant_bound
from personas.models import Persona
from personas.services.stores import PERSONAS
from tests import make

if TYPE_CHECKING:
    from cxm.kernel.operations.state import State
    from cxm.kernel.operations.store import Outcome
    from cxm.kernel.operations.undoing import Undo
    from cxm.tenants.models import Membership


def request(member: Membership, persona: UUID) -> Request:
    return Request(member.tenant, persona, Actor("member", member.pk), make.NOW)


def create(
    lineage: UUID, kind: str, values: dict[str, Any], parent: UUID | None = None, **place: Any
) -> Asked:
    told = {"values": values, **({"parent": str(parent)} if parent else {}), **place}
    return asked(Deed.CREATE, lineage, kind=kind, value=told)


def put(lineage: UUID, name: str, value: Any, **more: Any) -> Asked:
    return asked(Deed.SET, lineage, field=name, value=value, **more)


def asked(deed: Deed, lineage: UUID, **more: Any) -> Asked:
    told = {"id": new_id(), "batch": new_id(), **more}
    return Asked(op=deed, lineage=lineage, **told)


def persona(member: Membership, name: str = "Busy Bea") -> UUID:
    pk = new_id()
    with tenant_bound(member.tenant_id):
        values = {"key": f"p-{pk.hex[-12:]}", "name": name}
        commit(PERSONAS, request(member, pk), [create(pk, "persona", values)])
    return pk


def section(member: Membership, of: UUID, kind: str = "needs", title: str = "Needs") -> UUID:
    pk = new_id()
    do(member, of, create(pk, "section", {"kind": kind, "title": title}, of))
    return pk


def fact(member: Membership, of: UUID, within: UUID, text: str = "A quick answer") -> UUID:
    pk = new_id()
    do(member, of, create(pk, "fact", {"text": text}, within))
    return pk


def do(member: Membership, of: UUID, *operations: Asked) -> Outcome:
    with tenant_bound(member.tenant_id):
        return commit(PERSONAS, request(member, of), operations)


def state_of(member: Membership, of: UUID) -> State:
    with tenant_bound(member.tenant_id):
        return read_state(PERSONAS, request(member, of))


def value_of(member: Membership, of: UUID, lineage: UUID, name: str) -> Any:
    return state_of(member, of)[lineage].values[name]


def take_back(member: Membership, of: UUID, **how: Any) -> Undo | None:
    with tenant_bound(member.tenant_id):
        told = {"as_batch": new_id(), **how}
        return undo(PERSONAS, request(member, of), **told)


def assert_true_log(member: Membership, of: UUID) -> None:
    """Hold invariants I4 and I5: numbers without gaps, and rows that the operations explain."""
    with tenant_bound(member.tenant_id):
        done = list(operations(PERSONAS, request(member, of)))
        head = Persona.objects.for_tenant(member.tenant).get(pk=of).head_seq
    assert [o.seq for o in done] == list(range(1, head + 1))
    assert replayed(done) == state_of(member, of)
