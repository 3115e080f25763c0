"""What the page of a journey shows of it beside its own row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journeys.models import JourneyMap, JourneyStakeholderMap, JourneyTag
from journeys.rules.kinds import AHEAD, MapState, MapStatus
from journeys.selectors.access import maps_shown_to
from journeys.selectors.journeys import journeys_found, journeys_open_to
from personas.selectors.maps import maps_listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Membership
    from journeys.models import Journey
    from personas.models import StakeholderMap

type Choices = list[tuple[str, str]]

MOST_HOMES = 500
_ORDER = (MapState.CURRENT, MapState.FUTURE, MapState.IDEAL, MapState.PAST)


@dataclass(frozen=True, slots=True)
class MapsOfState:
    """The maps of a journey that show one world, what holds first, then the newest."""

    state: MapState
    maps: list[JourneyMap]


def maps_by_state(journey: Journey, reader: Membership | None) -> list[MapsOfState]:
    """Give the maps in use that are for *reader*, by the world that they show. One query."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey, deleted_at=None)
    rows = maps_shown_to(reader, rows)
    found = rows.filter(archived_at=None).select_related("baseline", "published_by__user")
    maps = sorted(found.order_by("-number"), key=lambda one: one.status != MapStatus.PUBLISHED)
    groups = (MapsOfState(s, [one for one in maps if one.state == s]) for s in _ORDER)
    return [group for group in groups if group.maps]


def archived_maps(journey: Journey, reader: Membership | None) -> list[JourneyMap]:
    """List the drafts that were put away and are for *reader*, newest first. One query."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey, deleted_at=None)
    return list(maps_shown_to(reader, rows).exclude(archived_at=None).order_by("-number"))


def live_map(groups: Sequence[MapsOfState]) -> JourneyMap | None:
    """Give the map that holds now, among those of *groups*."""
    maps = [one for group in groups if group.state is MapState.CURRENT for one in group.maps]
    return next((one for one in maps if one.status == MapStatus.PUBLISHED), None)


def promises_without_ground(groups: Sequence[MapsOfState]) -> bool:
    """Whether a journey promises a future, and nothing says how it is today."""
    maps = [one for group in groups for one in group.maps]
    is_promised = any(
        one.state in AHEAD and one.status == MapStatus.PUBLISHED and one.valid_to is None
        for one in maps
    )
    return is_promised and not any(one.state == MapState.CURRENT for one in maps)


def tags_of(journey: Journey) -> list[JourneyTag]:
    """List the words of a journey: values of dimensions first, by name. One query."""
    rows = JourneyTag.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    return sorted(rows, key=lambda tag: (not tag.dimension, tag.dimension, tag.name))


def dimensions(journey: Journey, reader: Membership) -> list[str]:
    """List the dimensions that journeys have values of that *reader* may look into. One query."""
    seen = journeys_open_to(journey.tenant, reader).values("pk")
    rows = JourneyTag.objects.for_tenant(journey.tenant_id).filter(journey__in=seen)
    rows = rows.exclude(dimension="")
    return list(rows.order_by("dimension").values_list("dimension", flat=True).distinct())


def stakeholder_maps_of(
    journey: Journey, reader: Membership | None
) -> tuple[list[StakeholderMap], list[StakeholderMap]]:
    """Give the stakeholder maps of a journey that *reader* finds, and those it could have.

    By title. Two queries.
    """
    rows = JourneyStakeholderMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    joined = set(rows.values_list("map_id", flat=True))
    found = list(maps_listed(journey.tenant, reader)[:MOST_HOMES])
    return [m for m in found if m.pk in joined], [m for m in found if m.pk not in joined]


def home_choices(journey: Journey, reader: Membership) -> Choices:
    """List the journeys that one could lie in, by title; none first. One query.

    Which of them would make a circle is said when one is chosen.
    """
    found = journeys_found(journey.tenant, reader).exclude(pk=journey.pk)
    rows: Any = found.values_list("pk", "title")[:MOST_HOMES]
    return [("", "No other journey"), *((str(pk), title) for pk, title in rows)]
