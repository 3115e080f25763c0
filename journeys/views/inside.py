"""Journeys inside others: the way into them and back up, and what they come to in a lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.models import JourneyMap, Lane, StepJourney
from journeys.rules.kinds import LaneKind, MapStatus
from journeys.rules.look import ids_in
from journeys.selectors.access import maps_shown_to
from journeys.selectors.inside_figures import inside_figures, worst_freshness
from journeys.selectors.journeys import maps_open_to, sight_of
from journeys.selectors.measured import Asking, metrics_ranked
from journeys.selectors.portfolio import shown_map
from journeys.views.finding import found_journey, found_map, journey_url, map_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import Journey

LANE, PARTS = "journeys/lane_inside.html", "journeys/_lane_inside_parts.html"


@dataclass(frozen=True, slots=True)
class Above:
    """The map that one came from into this one, or the journey that this one is part of."""

    title: str
    url: str


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_map_door(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Open the map of a journey that one would open, or the journey where it has none.

    `?from=` a map is where one goes up to again; `?to=` a journey inside goes to its place there.
    """
    journey = found_journey(request, journey_id)
    rows = JourneyMap.objects.for_tenant(request.tenant).filter(
        journey=journey, archived_at=None, deleted_at=None
    )
    rows = maps_shown_to(request.membership, rows.exclude(status=MapStatus.RETIRED))
    found = shown_map(list(rows.select_related("tenant").order_by("-number")))
    if found is None:
        return redirect(journey_url(journey))
    within, inside = _id_in(request, "from"), _id_in(request, "to")
    told = {"within": within} if within else {}
    if inside and (lineage := _place_of(found, inside)):
        told["at"] = lineage
    return redirect(f"{map_url(found)}{'?' if told else ''}{urlencode(told)}")


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def lane_inside(request: TenantRequest, journey_map_id: UUID, lane_id: UUID) -> HttpResponse:
    """Tell what the journeys inside come to: htmx gets a part for each, others a table."""
    row = found_map(request, journey_map_id)
    lanes = Lane.objects.for_tenant(request.tenant).filter(map=row, kind=LaneKind.NESTED)
    lane = lanes.filter(lineage=lane_id, deleted_at=None).first()
    if lane is None:
        raise Http404
    moment = now()
    asking = _asking(request)
    told = inside_figures(row, request.membership, asking, today=day_in(request.tenant, moment))
    context = {"map": row, "lane": lane, "told": told, "worst": worst_freshness(told)}
    is_part = request.htmx and not request.htmx.boosted
    return page(request, PARTS if is_part else LANE, context)


def above_of(request: TenantRequest, row: JourneyMap) -> Above | None:
    """Say where one goes up to from a map: where one came from, else the journey it is part of.

    What the reader may not open is not told. No query where there is neither; else two or three.
    """
    if within := _id_in(request, "within"):
        rows = maps_open_to(request.tenant, request.membership).select_related("tenant")
        above = rows.filter(pk=within).first()
        lineage = _place_of(above, row.journey_id) if above else None
        if above and lineage:
            return Above(above.name, f"{map_url(above)}?{urlencode({'at': lineage})}")
    parent: Journey | None = row.journey.parent if row.journey.parent_id else None
    if parent is None or sight_of(parent, request.membership, may_edit=False) < Sight.CONTENT:
        return None
    door = reverse("journeys:journey-map-door", args=[request.tenant.slug, parent.pk])
    return Above(parent.title, f"{door}?{urlencode({'to': row.journey_id})}")


def inside_paths(journey: str, one: str) -> list[URLPattern]:
    """Give the routes at the journey and the map that these address."""
    return [
        path(f"{journey}/map/", journey_map_door, name="journey-map-door"),
        path(f"{one}/lanes/<uuid:lane_id>/inside/", lane_inside, name="lane-inside"),
    ]


def _id_in(request: TenantRequest, name: str) -> UUID | None:
    return next(iter(ids_in(request.GET.get(name, ""))), None)


def _place_of(row: JourneyMap, journey: UUID) -> UUID | None:
    """Find the element by which a journey lies in a step of a map."""
    rows = StepJourney.objects.for_tenant(row.tenant_id).filter(map=row, journey=journey)
    found: UUID | None = (
        rows.filter(deleted_at=None).order_by("pk").values_list("lineage", flat=True).first()
    )
    return found


def _asking(request: TenantRequest) -> Asking | None:
    """Ask for the usual figure; guests see no figures of the workspace."""
    if not request.may(Right.SEE_FIGURES):
        return None
    key = metrics_ranked(request.tenant).values_list("key", flat=True).first()
    return Asking(key, request.may(Right.SEE_RESPONSES), now()) if key else None
