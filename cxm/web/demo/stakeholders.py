"""Drawing who has a part in what a made-up company's customers live through."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.store import commit
from cxm.tenants.models import Membership
from personas.services.maps import create_map, place_stakeholder
from personas.services.personas import actor_of
from personas.services.stakeholders import create_stakeholder
from personas.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import MapPlan, RelationPlan, StakeholderPlan
    from personas.models import Stakeholder

_MADE_BEFORE = timedelta(days=9, hours=2)


def draw_maps(tenant: Tenant, plans: Sequence[MapPlan], *, now: datetime) -> None:
    """Make the register and the maps of *plans*; once for a tenant."""
    if not plans:
        return
    members = Membership.objects.for_tenant(tenant).select_related("user")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    made_at = now - _MADE_BEFORE
    register: dict[str, Stakeholder] = {}
    for plan in plans:
        _draw(tenant, plan, register, manager, made_at)


def _draw(
    tenant: Tenant,
    plan: MapPlan,
    register: dict[str, Stakeholder],
    manager: Membership,
    made_at: datetime,
) -> None:
    drawn = create_map(
        tenant=tenant,
        title=plan.title,
        description=plan.description,
        layout=plan.layout,
        by=manager,
        now=made_at,
    )
    changes: list[Asked] = []
    for one in plan.stakeholders:
        if one.name not in register:
            register[one.name] = create_stakeholder(
                tenant=tenant,
                name=one.name,
                kind=one.kind,
                description=one.description,
                by=manager,
                now=made_at,
            )
        placement = place_stakeholder(
            on=drawn,
            stakeholder=register[one.name],
            by=manager,
            now=made_at,
            ring=one.ring,
            sector=one.sector,
        )
        changes += _opinions(placement, one)
    changes += [_relation(drawn.pk, one, register) for one in plan.relations]
    commit(MAPS, Request(tenant, drawn.pk, actor_of(manager), made_at), changes)


def _opinions(placement: UUID, plan: StakeholderPlan) -> Iterator[Asked]:
    batch = new_id()
    values = {"power": plan.power, "interest": plan.interest, "attitude": plan.attitude}
    for name, value in values.items():
        yield Asked(
            id=new_id(), batch=batch, op=Deed.SET, lineage=placement, field=name, value=value
        )


def _relation(map_id: UUID, plan: RelationPlan, register: dict[str, Stakeholder]) -> Asked:
    pk = new_id()
    values = {
        "start": str(register[plan.start].pk),
        "end": str(register[plan.end].pk),
        "kind": plan.kind,
        "direction": plan.direction,
        "strength": plan.strength,
        "title": plan.title,
    }
    told = {"values": values, "parent": str(map_id)}
    return Asked(id=pk, batch=pk, op=Deed.CREATE, lineage=pk, kind="relation", value=told)
