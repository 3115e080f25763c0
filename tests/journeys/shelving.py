"""Items of the library in tests, made and changed as an editor does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Asked, Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import commit, operations, read_state, undo
from cxm.tenants.binding import tenant_bound
from journeys.models import EvidenceLink
from journeys.services.evidence import Subject, cite_evidence
from journeys.services.library import MODELS, STORES, archive_item, create_item
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.models import Evidence
    from cxm.kernel.operations.store import Outcome
    from cxm.kernel.operations.undoing import Undo
    from cxm.tenants.models import Membership


def made(
    member: Membership,
    sort: str = "insight",
    title: str = "Nobody says when the money comes",
    links: list[tuple[str, UUID]] | None = None,
    **values: Any,
) -> Any:
    """Make an item with links."""
    with tenant_bound(member.tenant_id):
        return create_item(
            sort=sort,
            tenant=member.tenant,
            title=title,
            by=member,
            now=make.NOW,
            values=values,
            links=links or (),
        )


def fresh(member: Membership, item: Any) -> Any:
    with tenant_bound(member.tenant_id):
        return type(item).objects.for_tenant(member.tenant).select_related("tenant").get(pk=item.pk)


def all_of(member: Membership, sort: str) -> list[Any]:
    with tenant_bound(member.tenant_id):
        return list(MODELS[sort].objects.for_tenant(member.tenant).order_by("pk"))


def links_of(member: Membership, item: Any, kind: str) -> list[UUID]:
    """List what an item links to by links of *kind*, in order."""
    store = STORES[item._meta.model_name]
    name = store.shape.element(kind).fields[0].name
    table = store.tables[kind]
    with tenant_bound(member.tenant_id):
        rows = table.model.objects.for_tenant(member.tenant).filter(
            **{table.stream: item.pk}, deleted_at=None
        )
        return list(rows.order_by("ord", "pk").values_list(f"{name}_id", flat=True))


def link(item: Any, kind: str, to: UUID) -> Asked:
    name = STORES[item._meta.model_name].shape.element(kind).fields[0].name
    told = {"values": {name: str(to)}, "parent": str(item.pk)}
    return Asked(
        id=new_id(), batch=new_id(), op=Deed.CREATE, lineage=new_id(), kind=kind, value=told
    )


def put(item: Any, field: str, value: Any) -> Asked:
    return Asked(
        id=new_id(), batch=new_id(), op=Deed.SET, lineage=item.pk, field=field, value=value
    )


def do(member: Membership, item: Any, *asked: Asked) -> Outcome:
    with tenant_bound(member.tenant_id):
        return commit(STORES[item._meta.model_name], _request(member, item), asked)


def cite(member: Membership, item: Any, evidence: Evidence) -> EvidenceLink:
    with tenant_bound(member.tenant_id):
        return cite_evidence(
            subject=Subject.of(member.tenant, item), evidence=evidence, by=member, now=make.NOW
        )


def cited(member: Membership, item: Any) -> list[UUID]:
    """List the evidence cited for an item, by id."""
    with tenant_bound(member.tenant_id):
        rows = EvidenceLink.objects.for_tenant(member.tenant)
        rows = rows.filter(**{item._meta.model_name: item})
        return sorted(rows.values_list("evidence_id", flat=True))


def archive(member: Membership, item: Any) -> None:
    with tenant_bound(member.tenant_id):
        archive_item(item=item, by=member, now=make.NOW)


def take_back(member: Membership, item: Any) -> Undo | None:
    with tenant_bound(member.tenant_id):
        store = STORES[item._meta.model_name]
        return undo(store, _request(member, item), as_batch=new_id())


def assert_true_log(member: Membership, item: Any) -> None:
    """Hold that numbers have no gaps, and that the operations explain the rows."""
    store, request = STORES[item._meta.model_name], _request(member, item)
    with tenant_bound(member.tenant_id):
        done = list(operations(store, request))
        state = read_state(store, request)
    assert [one.seq for one in done] == list(range(1, fresh(member, item).head_seq + 1))
    assert replayed(done) == state


def _request(member: Membership, item: Any) -> Request:
    return Request(member.tenant, item.pk, Actor("member", member.pk), make.NOW)
