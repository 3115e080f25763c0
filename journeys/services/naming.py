"""Adding to the registries and the library by a name alone, while a map is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.touchpoints.services import create_channel, create_touchpoint
from journeys.errors import TooManyError
from journeys.models import MapPersona
from journeys.rules.kinds import LaneKind, StepRoleKind
from journeys.rules.shapes import MAP
from journeys.selectors.picks import look_of_next, role_of_next
from journeys.services.library import create_item
from personas.rules.kinds import StakeholderKind
from personas.services.personas import create_persona
from personas.services.stakeholders import create_stakeholder

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from journeys.selectors.picks import Place
    from personas.rules.kinds import PersonaKind


@transaction.atomic
def add_named(
    *, kind: LaneKind, name: str, place: Place, by: Membership, now: datetime
) -> dict[str, JSON]:
    """Add what lanes of *kind* take, called *name* (clean, not empty); give what its element gets.

    The lane of *place* says by its settings what sort of insight or stakeholder it is; the first
    touchpoint of its step is the primary one.
    Raises KeyTakenError, NameTakenError, TitleNeededError, TooManyError and
    RefusedError.
    """
    tenant, config = by.tenant, place.config(kind)
    if kind is LaneKind.TOUCHPOINT:
        made = create_touchpoint(tenant=tenant, by=by, title=name)
        return {"touchpoint": str(made.pk), "role": role_of_next(place).value}
    if kind is LaneKind.CHANNEL:
        return {"channel": str(create_channel(tenant=tenant, by=by, title=name).pk)}
    if kind is LaneKind.ACTOR:
        sort = next(iter(config.kinds), StakeholderKind.ROLE)
        part = next(iter(config.roles), StepRoleKind.RESPONSIBLE)
        person = create_stakeholder(tenant=tenant, name=name, kind=sort.value, by=by, now=now)
        return {"stakeholder": str(person.pk), "role": part.value}
    return {kind.value: str(_item(kind, name, config, by, now))}


@transaction.atomic
def add_named_persona(
    *, of: JourneyMap, name: str, kind: PersonaKind, by: Membership, now: datetime
) -> dict[str, JSON]:
    """Make a persona called *name* (clean, not empty) for a map; give what its place there gets.

    Raises TooManyError where the map has no place left, and what `create_persona` raises.
    """
    cast = MapPersona.objects.for_tenant(of.tenant_id).filter(map=of, deleted_at=None)
    there, most = cast.count(), MAP.element("cast").most
    if there >= most:
        words = f"A map shows up to {most} personas. Take one off it first."
        raise TooManyError(words)
    made = create_persona(tenant=of.tenant, name=name, kind=kind, by=by, now=now)
    return {"persona": str(made.pk), **look_of_next(there)}


def _item(kind: LaneKind, name: str, config: Any, by: Membership, now: datetime) -> Any:
    values: dict[str, JSON] = {}
    if kind is LaneKind.INSIGHT:
        values["status"] = config.new_status.value
        values |= {"kind": config.types[0].value} if config.types else {}
    elif config.statuses:
        values["status"] = config.statuses[0]
    return create_item(
        sort=kind.value, tenant=by.tenant, title=name, by=by, now=now, values=values
    ).pk
