"""Steps of maps that use something: a touchpoint, or a journey inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery

from journeys.models import Step, StepJourney, StepTouchpoint
from journeys.rules.kinds import ContactRole, MapState, MapStatus
from journeys.selectors.journeys import journeys_found, map_sight_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from cxm.touchpoints.models import Touchpoint
    from journeys.models import Journey, JourneyMap

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class StepUse:
    """A step of a map that uses something; *is_first* says that it happens there first of all."""

    map: JourneyMap
    step_id: UUID
    step: str
    is_first: bool

    @property
    def words(self) -> str:
        """Say which of its journey's maps it is on."""
        return f"{MapState(self.map.state).words}, {MapStatus(self.map.status).words.lower()}"


def steps_at(touchpoint: Touchpoint, reader: Membership | None) -> list[StepUse]:
    """List the steps that happen at a touchpoint, of maps in use that *reader* may open.

    What was merged into it is read as it, as everywhere. By journey, then map, the newest first.
    One query.
    """
    read_as = Q(touchpoint=touchpoint) | Q(touchpoint__merged_into=touchpoint)
    links = StepTouchpoint.objects.for_tenant(touchpoint.tenant_id).filter(read_as)
    return _uses(links, touchpoint.tenant, reader)


def steps_around(journey: Journey, reader: Membership | None) -> list[StepUse]:
    """List the steps that a journey lies in, of maps in use that *reader* may open. One query."""
    links = StepJourney.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    return _uses(links, journey.tenant, reader)


def _uses(links: Any, tenant: Any, reader: Membership | None) -> list[StepUse]:
    steps = Step.objects.for_tenant(tenant).filter(
        map=OuterRef("map"), lineage=OuterRef("step"), deleted_at=None
    )
    found = links.filter(
        deleted_at=None,
        map__archived_at=None,
        map__deleted_at=None,
        map__journey__in=journeys_found(tenant, reader).order_by().values("pk"),
    )
    found = found.exclude(map__status=MapStatus.RETIRED)
    rows = found.select_related("map__journey", "map__tenant").annotate(
        title=Subquery(steps.values("title")[:1])
    )
    ordered = rows.order_by("map__journey__title", "map__journey", "-map__number", "ord", "pk")
    return [
        StepUse(row.map, row.step, row.title, _is_first(row))
        for row in ordered[:MOST_LISTED]
        if row.title is not None and _is_open(row.map, reader)
    ]


def _is_open(row: JourneyMap, reader: Membership | None) -> bool:
    return map_sight_of(row, reader, may_edit=False) >= Sight.CONTENT


def _is_first(row: Any) -> bool:
    return getattr(row, "role", ContactRole.PRIMARY) == ContactRole.PRIMARY
