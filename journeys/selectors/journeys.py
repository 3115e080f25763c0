"""Journeys and maps that somebody may find, and a map as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cxm.kernel.operations.state import children_by_parent
from journeys.models import Journey, JourneyMap
from journeys.rules.access import sight_in
from journeys.rules.kinds import MapStatus
from journeys.rules.laws import steps_in_order
from journeys.rules.reviews import GrantRole
from journeys.selectors.access import (
    OPEN_TO_ALL,
    live_grants,
    maps_shown_to,
    opened_to,
    standing_of,
)
from personas.rules.kinds import Visibility
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import Membership, Tenant
    from journeys.rules.access import Standing

_IN_STEPS = ("contact", "nested", "role")


def sight_of(journey: Journey, reader: Membership | None, *, may_edit: bool) -> Sight:
    """Say how much of a journey somebody sees; None is a program with a key.

    Of a member *may_edit* False asks whether it is open, not whether it may be changed, too.
    """
    return _seen(standing_of(journey, reader, may_edit=may_edit), may_edit=may_edit)


def map_sight_of(row: JourneyMap, reader: Membership | None, *, may_edit: bool) -> Sight:
    """Say how much of a map, loaded with its journey, somebody sees; see `sight_of`."""
    standing = standing_of(row.journey, reader, may_edit=may_edit, map_row=row)
    return _seen(standing, may_edit=may_edit)


def journeys_found(
    tenant: Tenant, reader: Membership | None, *, q: str = "", is_archived: bool = False
) -> QuerySet[Journey]:
    """List the journeys that *reader* finds, by title."""
    rows = Journey.objects.for_tenant(tenant).select_related("tenant", "owner__user")
    rows = rows.filter(archived_at__isnull=not is_archived)
    rows = rows.filter(opened_to(tenant, reader, [Visibility.LISTED, *OPEN_TO_ALL]))
    if q:
        # Of some no more is shown than the title, so no more is searched.
        rows = rows.filter(Q(title__icontains=q) | Q(key__icontains=q))
    return rows.order_by("title", "pk")


def journeys_drawn_by(reader: Membership) -> QuerySet[Journey]:
    """List by title the journeys in use in which *reader*, with the right to edit, draws maps."""
    rows = Journey.objects.for_tenant(reader.tenant_id).filter(archived_at=None)
    granted = live_grants(reader.tenant_id).filter(member=reader, role=GrantRole.CONTRIBUTOR)
    theirs = Q(owner=reader) | Q(pk__in=granted.values("journey_id"))
    return rows.filter(Q(visibility=Visibility.EDITABLE) | theirs).order_by("title", "pk")


def journeys_open_to(tenant: Tenant, reader: Membership | None) -> QuerySet[Journey]:
    """Give the journeys that *reader* may look into, archived ones too, in no order."""
    rows = Journey.objects.for_tenant(tenant)
    return rows.filter(opened_to(tenant, reader, OPEN_TO_ALL)).order_by()


def maps_of(journey: Journey) -> QuerySet[JourneyMap]:
    """List the maps of a journey, the newest first."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    return rows.order_by("-number")


def maps_open_to(tenant: Tenant, reader: Membership | None) -> QuerySet[JourneyMap]:
    """Give the maps that *reader* may look into, archived ones too, in no order."""
    seen = journeys_open_to(tenant, reader).values("pk")
    rows = JourneyMap.objects.for_tenant(tenant).filter(journey__in=seen, deleted_at=None)
    return maps_shown_to(reader, rows).order_by()


def maps_named(tenant: Tenant, reader: Membership | None, q: str) -> QuerySet[JourneyMap]:
    """List the maps in use with *q* in their name that *reader* may read, by name."""
    rows = maps_open_to(tenant, reader).filter(
        journey__archived_at=None, archived_at=None, name__icontains=q
    )
    rows = rows.exclude(status=MapStatus.RETIRED).select_related("tenant", "journey")
    return rows.order_by("name", "pk")


def laid_out(state: State) -> dict[str, Any]:
    """Give a map as one document: stages with their steps, lanes with their cards, and the rest.

    Everything is in its order, without what was deleted; ids are lineages.
    """
    root = next(e for e in state.values() if e.kind == "map")
    places = {step.id: number for number, step in enumerate(steps_in_order(state))}
    inside = children_by_parent(state)

    def within(parent: Element, kind: str) -> list[Element]:
        return inside.get((parent.id, kind), [])

    def step_told(step: Element) -> dict[str, Any]:
        more = {f"{kind}s": [_told(e) for e in within(step, kind)] for kind in _IN_STEPS}
        return {**_told(step), **more}

    return {
        "stages": [
            {**_told(stage), "steps": [step_told(step) for step in within(stage, "step")]}
            for stage in within(root, "stage")
        ],
        "lanes": [
            {**_told(lane), "cards": _cards(within(lane, "card"), places)}
            for lane in within(root, "lane")
        ],
        "flows": [_told(flow) for flow in within(root, "flow")],
        "personas": [_told(one) for one in within(root, "cast")],
    }


def _seen(standing: Standing, *, may_edit: bool) -> Sight:
    # A guest's right to edit is of the grant alone, so no door can have asked for it.
    found = sight_in(standing)
    return found if may_edit or standing.is_guest else min(found, Sight.CONTENT)


def _cards(found: Sequence[Element], places: Mapping[UUID, int]) -> list[dict[str, Any]]:
    cards = [_told(card) for card in found]
    order = {str(step): place for step, place in places.items()}
    return sorted(cards, key=lambda card: order[card["step_from"]])


def _told(element: Element) -> dict[str, Any]:
    return {"id": str(element.id), **element.values}
