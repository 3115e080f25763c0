"""What a map is called, and by when it shall be real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.tenants.audit import record
from journeys.models import JourneyMap
from journeys.rules.kinds import MapState
from journeys.services.editing import change_map
from journeys.services.maps import check_horizon
from journeys.services.stores import only_drafts
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from cxm.tenants.models import Membership

LONGEST_LABEL = 80


@transaction.atomic
def describe_map(
    *, of: JourneyMap, name: str, label: str, horizon: date | None, by: Membership, now: datetime
) -> None:
    """Set what a draft is called, its label and its horizon; what is as it was is left.

    Name and label are one batch of operations, which can be undone. The horizon is no operation:
    that it was changed is kept in the audit log. Raises NotNowError where a map that shows no world
    ahead would get one, and what `change_map` raises.
    """
    check_horizon(MapState(of.state), horizon)
    batch = new_id()
    was = {"name": of.name, "label": of.label}
    asked = [
        Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=of.pk, field=field, value=value)
        for field, value in (("name", name), ("label", label))
        if value != was[field]
    ]
    if asked:
        change_map(Request(of.tenant, of.pk, actor_of(by), now), asked)
    if horizon != of.horizon:
        _set_horizon(of, horizon, by)


def _set_horizon(of: JourneyMap, horizon: date | None, by: Membership) -> None:
    rows = JourneyMap.objects.for_tenant(of.tenant_id).select_related("journey")
    locked = rows.select_for_update(no_key=True, of=("self",)).get(pk=of.pk)
    only_drafts(locked)
    before, locked.horizon = locked.horizon, horizon
    locked.save(update_fields=["horizon"])
    told = [day.isoformat() if day else "" for day in (before, horizon)]
    record(tenant=of.tenant, action="map-horizon-set", by=by, about=of, changes={"horizon": told})
