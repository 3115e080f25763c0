"""Journeys and maps that somebody may find, and a map as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cxm.kernel.operations.state import children_by_parent
from journeys.models import Journey, JourneyMap
from journeys.rules.laws import steps_in_order
from personas.rules.kinds import Visibility
from personas.rules.map_access import Sight, sight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import Membership, Tenant

_IN_STEPS = ("contact", "nested", "role")


def sight_of(journey: Journey, reader: Membership | None, *, may_edit: bool) -> Sight:
    """Say how much of a journey and its maps somebody sees; None is a program with a key."""
    is_owner = reader is not None and journey.owner_id == reader.pk
    return sight(journey.visibility, is_owner=is_owner, may_edit=may_edit)


def journeys_found(
    tenant: Tenant, reader: Membership | None, *, q: str = "", is_archived: bool = False
) -> QuerySet[Journey]:
    """List the journeys that *reader* finds, by title."""
    rows = Journey.objects.for_tenant(tenant).select_related("tenant", "owner__user")
    rows = rows.filter(archived_at__isnull=not is_archived)
    seen = ~Q(visibility=Visibility.HIDDEN)
    rows = rows.filter(seen | Q(owner=reader) if reader else seen)
    if q:
        # Of some no more is shown than the title, so no more is searched.
        rows = rows.filter(Q(title__icontains=q) | Q(key__icontains=q))
    return rows.order_by("title", "pk")


def maps_of(journey: Journey) -> QuerySet[JourneyMap]:
    """List the maps of a journey, the newest first."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    return rows.order_by("-number")


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


def _cards(found: Sequence[Element], places: Mapping[UUID, int]) -> list[dict[str, Any]]:
    cards = [_told(card) for card in found]
    order = {str(step): place for step, place in places.items()}
    return sorted(cards, key=lambda card: order[card["step_from"]])


def _told(element: Element) -> dict[str, Any]:
    return {"id": str(element.id), **element.values}
