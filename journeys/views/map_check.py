"""Looking a map over: what is to be mended before it is published, and what would make it truer."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.services.checking import found_on
from journeys.views.finding import found_map, map_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from journeys.models import JourneyMap

CHECK = "journeys/map_check.html"
_SAID = {
    "error": ("To mend", "The map cannot be published before these are mended."),
    "warning": ("To look at", "Each of these leaves the map less true than it could be."),
    "hint": ("Hints", "Take them or leave them."),
}


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_check(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """List what is found on a map, each with the way to it."""
    row = found_map(request, journey_map_id)
    context = {"map": row, "groups": findings_of(row), "back": map_url(row)}
    return page(request, CHECK, context)


def findings_of(row: JourneyMap) -> list[Any]:
    """Give what is found on a map, what is worst first: (heading, words, list of Finding)."""
    found = found_on(row, now=now())
    return [
        (*_SAID[severity], list(some))
        for severity, some in groupby(found, key=lambda one: one.severity)
    ]
