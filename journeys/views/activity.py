"""The page with what was done on a journey, by day and person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.documents import names_of
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.selectors.activity import activity_of
from journeys.views.finding import found_journey, journey_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from uuid import UUID

    from cxm.kernel.operations.records import Actor
    from journeys.rules.activity import Part

    type NameOf = Callable[[Actor | None], str]
    type _Line = tuple[UUID | None, str, str]

PAGE = "journeys/journey_activity.html"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_activity(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """List what was done on a journey and its maps; `?before=` a day shows what was earlier."""
    journey = found_journey(request, journey_id)
    found = activity_of(journey, request.membership, before=_day(query_text(request.GET, "before")))
    name_of = names_of(request.tenant, [part.actor for day in found.days for part in day.parts])
    days = [
        (day.day, [_told(part, found.maps, name_of) for part in day.parts]) for day in found.days
    ]
    context = {"journey": journey, "back": journey_url(journey), "days": days, "older": found.older}
    return page(request, PAGE, context)


def activity_paths(start: str) -> list[URLPattern]:
    """Give the route of what was done on the journey at *start*."""
    return [path(f"{start}/activity/", journey_activity, name="journey-activity")]


def _told(part: Part, maps: Mapping[UUID, str], name_of: NameOf) -> tuple[str, list[_Line]]:
    lines = [(one.map_id, maps[one.map_id] if one.map_id else "", one.words) for one in part.lines]
    return name_of(part.actor), lines


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
