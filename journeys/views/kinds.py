"""The documents of this app, as the editing routes know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.views.kinds import Kind
from cxm.tenants.rules import Right
from journeys.selectors.journeys import map_sight_of, sight_of
from journeys.services.editing import change_map
from journeys.services.stores import JOURNEYS, MAPS
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest
    from journeys.models import Journey, JourneyMap


def sight_for(request: TenantRequest, row: JourneyMap) -> Sight:
    """Say how much of a map who asks gets; the row comes with its journey."""
    may_edit = request.may(Right.EDIT_JOURNEYS)
    return map_sight_of(row, request.membership, may_edit=may_edit)


def _may_change(row: Any, request: TenantRequest) -> bool:
    return sight_for(request, row) >= Sight.CHANGE


def _may_read_log(row: Any, request: TenantRequest) -> bool:
    return sight_for(request, row) >= Sight.CONTENT


def _journey_sight(request: TenantRequest, row: Journey) -> Sight:
    return sight_of(row, request.membership, may_edit=request.may(Right.EDIT_JOURNEYS))


def _may_change_journey(row: Any, request: TenantRequest) -> bool:
    # Guests draw on maps; what a journey is, members say.
    return request.may(Right.EDIT_JOURNEYS) and _journey_sight(request, row) >= Sight.CHANGE


def _may_read_journey_log(row: Any, request: TenantRequest) -> bool:
    return _journey_sight(request, row) >= Sight.CONTENT


JOURNEY = Kind(
    "journey", "journeys", JOURNEYS, "journey-page", _may_change_journey, _may_read_journey_log
)
MAP = Kind(
    "map",
    "journeys",
    MAPS,
    "map-page",
    _may_change,
    _may_read_log,
    related=("tenant", "journey"),
    change=change_map,
)
