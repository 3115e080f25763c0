"""Adding a stage, a step, a lane or a persona to a map, as buttons without scripts do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed, RefusedError
from journeys.models import Stage
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import PRESETS, RULES
from journeys.services.editing import change_map
from journeys.services.naming import add_named_persona

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from personas.rules.kinds import PersonaKind

UNTITLED = "Untitled"


def add_stage(request: Request, *, title: str) -> UUID:
    """Add a stage with one step, both called *title*; give the stage's lineage.

    Raises what `change_map` raises.
    """
    stage, batch = new_id(), new_id()
    named = title or UNTITLED
    asked = [
        _create(batch, stage, "stage", {"title": named}, request.document),
        _create(batch, new_id(), "step", {"title": named}, stage),
    ]
    change_map(request, asked)
    return stage


def add_step(request: Request, *, title: str) -> UUID:
    """Add a step to the last stage; give its lineage. Raises what `change_map` raises."""
    stages = Stage.objects.for_tenant(request.tenant).filter(map=request.document, deleted_at=None)
    last = stages.order_by("-ord", "-lineage").values_list("lineage", flat=True).first()
    if last is None:
        return add_stage(request, title=title)
    step = new_id()
    change_map(request, [_create(new_id(), step, "step", {"title": title or UNTITLED}, last)])
    return step


def add_lane(request: Request, *, preset: str, title: str = "") -> UUID:
    """Add a lane of a *preset*, or of a kind of that name; give its lineage.

    Raises RefusedError for a name of neither, and what `change_map` raises.
    """
    values = _lane_values(preset)
    if title:
        values["title"] = title
    lane = new_id()
    change_map(request, [_create(new_id(), lane, "lane", values, request.document)])
    return lane


def add_persona(request: Request, *, values: Mapping[str, JSON]) -> UUID:
    """Put a persona on the map; give the lineage of its place there.

    *values* are those of an element of kind "cast". Raises what `change_map` raises.
    """
    cast = new_id()
    change_map(request, [_create(new_id(), cast, "cast", dict(values), request.document)])
    return cast


@transaction.atomic
def add_new_persona(
    request: Request, *, of: JourneyMap, name: str, kind: PersonaKind, by: Membership
) -> UUID:
    """Make a persona and put it on the map *of*, both or neither; give the lineage of its place.

    Raises what `add_named_persona` and `change_map` raise.
    """
    values = add_named_persona(of=of, name=name, kind=kind, by=by, now=request.now)
    return add_persona(request, values=values)


def _lane_values(name: str) -> dict[str, Any]:
    preset = next((one for one in PRESETS if one.key == name), None)
    if preset:
        zone = preset.zone.value if preset.zone else ""
        told = {"kind": preset.kind.value, "title": preset.title, "zone": zone}
        return {**told, "config": dict(preset.config)}
    if name not in set(LaneKind):
        message = "Choose one of the lanes that are offered."
        raise RefusedError(message, field="preset")
    return {"kind": name, "title": RULES[LaneKind(name)].words}


def _create(batch: UUID, lineage: UUID, kind: str, values: dict[str, Any], parent: UUID) -> Asked:
    value = {"values": values, "parent": str(parent)}
    return Asked(id=new_id(), batch=batch, op=Deed.CREATE, lineage=lineage, kind=kind, value=value)
