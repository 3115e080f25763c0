"""What analytics shows on journey maps: where the numbers of a lane are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.template.loader import render_to_string
from django.urls import reverse

from analytics.selectors.bound_figures import (
    bindings_of,
    bound_item,
    column_of,
    counted_at,
    sought_of,
)
from analytics.selectors.driver_marks import driver_marks
from analytics.selectors.lane_figures import read_numbers
from analytics.selectors.map_outline import NUMBER_KINDS, read_outline
from analytics.selectors.verdicts import standings
from analytics.views.asking import viewer_of
from journeys.selectors.promises import bindings_of_whole

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from analytics.selectors.driver_marks import DriverMarks
    from analytics.selectors.lane_cells import Item
    from analytics.selectors.verdicts import Standing
    from cxm.tenants.access import TenantRequest
    from journeys.models import JourneyMap, MetricBinding, Target

_ITEMS, _STANDINGS = "_figures_of_map", "_standings_of_map"
_DRIVERS = "_drivers_of_map"


class _DrawnLane(Protocol):
    """A lane as the map draws it, with the map it is on."""

    map: JourneyMap
    lane: Any


class _Bound(Protocol):
    """A figure bound to a step, and the map that shows it."""

    map: JourneyMap
    binding: MetricBinding


class _Promised(Protocol):
    """A promise, and the map that made it."""

    map: JourneyMap
    target: Target


def lane_region(_request: HttpRequest, subject: object) -> str:
    """Give the part of a lane's title that asks for its numbers, once it comes into sight.

    The markup is the same for everybody, as it is kept with the lane. Blank for lanes that nobody
    measures.
    """
    drawn = cast("_DrawnLane", subject)
    if drawn.lane.row.kind not in NUMBER_KINDS:
        return ""
    slug, lane_id = drawn.map.tenant.slug, drawn.lane.row.lineage
    url = reverse("analytics:lane-numbers", args=[slug, drawn.map.pk, lane_id])
    return render_to_string("journeys/_lane_region.html", {"url": url, "lane_id": lane_id})


def step_figure(request: HttpRequest, subject: object) -> str:
    """Show the figure of a binding; those of the whole map are read at the first call."""
    told = cast("_Bound", subject)
    known: dict[UUID, Item] | None = getattr(request, _ITEMS, None)
    if known is None:
        known = _items(cast("TenantRequest", request), told.map)
        setattr(request, _ITEMS, known)
    found = known.get(told.binding.pk)
    items = [found] if found else []
    shown = render_to_string("analytics/_lane_items.html", {"items": items}, request)
    return shown + _driver_marks(cast("TenantRequest", request), told)


def target_verdict(request: HttpRequest, subject: object) -> str:
    """Show how a promise stands; those of the whole map are read at the first call."""
    told = cast("_Promised", subject)
    known: dict[UUID, Standing] | None = getattr(request, _STANDINGS, None)
    if known is None:
        viewer = viewer_of(cast("TenantRequest", request))
        found = standings(viewer, read_outline(told.map))
        known = {one.target.pk: one for one in found}
        setattr(request, _STANDINGS, known)
    context = {"one": known.get(told.target.pk)}
    return render_to_string("analytics/_standing.html", context, request)


def _driver_marks(request: TenantRequest, told: _Bound) -> str:
    """Show how the ratings of a binding go with an outcome, if that was worked out."""
    known: DriverMarks | None = getattr(request, _DRIVERS, None)
    if known is None:
        known = driver_marks(viewer_of(request))
        setattr(request, _DRIVERS, known)
    if known.result is None:
        return ""
    column = column_of(read_outline(told.map), told.binding.step_id)
    at = {str(one.id) for one in counted_at(told.binding, column)} if column else set()
    marks = known.of(str(told.binding.metric_id), at)
    return render_to_string("analytics/_driver_marks.html", {"marks": marks}, request)


def _items(request: TenantRequest, found: JourneyMap) -> dict[UUID, Item]:
    outline = read_outline(found)
    every_one = [*bindings_of(outline), *bindings_of_whole(found)]
    columns = [(one, column_of(outline, one.step_id)) for one in every_one]
    bound = [(one, column) for one, column in columns if column]
    every = [sought_of(one, column) for one, column in bound]
    numbers = read_numbers(viewer_of(request), every)
    return {one.pk: replace(bound_item(numbers, one, column), label="") for one, column in bound}
