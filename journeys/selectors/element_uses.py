"""What was done to one element of a map, and where else it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.rows import operation_of
from cxm.kernel.operations.state import Element, State
from journeys.models import JourneyMap, MapOp
from journeys.rules.kinds import MapState, MapStatus
from journeys.selectors.library import maps_in_sight
from journeys.selectors.map_elements import MODELS

if TYPE_CHECKING:
    from cxm.kernel.operations.records import Operation
    from cxm.tenants.models import Membership
    from journeys.selectors.map_elements import MapElement

MOST_LISTED = 50
_TOLD_BY = {"contact": "touchpoint_id", "role": "stakeholder_id", "nested": "journey_id"}
_SHOWN = ("insight_id", "opportunity_id", "solution_id", "goal_id")


@dataclass(frozen=True, slots=True)
class Use:
    """A map that has the same: *map_id*, its words, and those of its journey."""

    map_id: UUID
    title: str
    sub: str


def history_of(row: JourneyMap, element: MapElement) -> tuple[list[Operation], State]:
    """Give the latest operations on an element, the last first, and what names it. One query."""
    log = MapOp.objects.for_tenant(row.tenant_id).filter(map=row, lineage=element.id)
    done = [operation_of(one) for one in log.order_by("-seq")[:MOST_LISTED]]
    named = [_named(element.kind, element.row)]
    if element.within is not None:
        named.append(_named("lane" if element.kind == "card" else "step", element.within))
        named[0].parent = named[1].id
    return done, State(named)


def uses_of(row: JourneyMap, element: MapElement, reader: Membership | None) -> list[Use]:
    """List the other maps with the same element, or with what it shows, that *reader* may open.

    Those of the journey first, the newest before the others. Two queries.
    """
    model: Any = MODELS[element.kind]
    rows = model.objects.for_tenant(row.tenant_id).filter(deleted_at=None).exclude(map=row)
    maps = rows.filter(**_same(element)).values("map_id")
    shown = maps_in_sight(row.tenant, reader).filter(pk__in=maps).select_related("journey")
    listed = sorted(
        shown.order_by("-number", "pk")[:MOST_LISTED], key=lambda m: m.journey_id != row.journey_id
    )
    return [
        Use(
            one.pk,
            f"{one.journey.title}: {one.name}",
            f"{MapState(one.state).words}, {MapStatus(one.status).words.lower()}",
        )
        for one in listed
    ]


def _same(element: MapElement) -> dict[str, Any]:
    """Give what rows of the same have in common: what they show, or else the lineage."""
    columns = _SHOWN if element.kind == "card" else (_TOLD_BY.get(element.kind, "lineage"),)
    for column in columns:
        value = getattr(element.row, column, None)
        if value:
            return {column: value}
    return {"lineage": element.id}


def _named(kind: str, row: Any) -> Element:
    """Give an element with the words that it goes by."""
    names = ("title", "text", "condition", "name")
    values = {name: getattr(row, name) for name in names if hasattr(row, name)}
    return Element(row.lineage, kind, values)
