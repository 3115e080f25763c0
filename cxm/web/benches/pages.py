"""Routes of the product and three more: an empty page, a plain map, and one INSERT."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from cxm.kernel.clock import now
from cxm.tenants.access import tenant_page
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from feedback.models import Inbox
from journeys.models import JourneyMap
from journeys.rules.look import Look
from journeys.selectors.grid import grid_of
from journeys.selectors.grid_names import names_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from cxm.tenants.access import TenantRequest

EMPTY = "{% extends 'base.html' %}{% block title %}Empty{% endblock %}"


@tenant_page(Right.SEE_FIGURES)
def empty(request: TenantRequest) -> HttpResponse:
    """Answer with the frame of a page and nothing in it."""
    return HttpResponse(engines["django"].from_string(EMPTY).render({}, request))


@tenant_page(Right.SEE_JOURNEYS)
def plain_map(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Draw a map as `journeys` does, with Django's templates instead of Jinja, and keep nothing."""
    rows = JourneyMap.objects.for_tenant(request.tenant).select_related("tenant", "journey")
    row, look = rows.get(pk=journey_map_id), Look()
    grid = grid_of(
        row,
        look,
        names=lambda: names_of(row, request.membership),
        now=now(),
        may_change=True,
    )
    context = {"map": row, "look": look, "grid": grid}
    return HttpResponse(_plain().render(context, request))


@csrf_exempt
def insert(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Write down what was sent, with one INSERT and a commit."""
    moment = now()
    with tenant_bound(tenant_id):
        Inbox(
            tenant_id=tenant_id,
            source="bench",
            adapter="bench",
            delivery_key=request.POST["key"],
            received_at=moment,
            body=request.POST["text"].encode(),
            sha256="",
        ).save(force_insert=True)
    return HttpResponse(status=204)


@lru_cache(maxsize=1)
def _plain() -> Any:
    source = (Path(__file__).parent / "plain_map.html").read_text()
    return engines["django"].from_string(source)


urlpatterns = [
    path("bench-insert/<uuid:tenant_id>/", insert),
    path("t/<slug:tenant_slug>/bench-empty/", empty),
    path("t/<slug:tenant_slug>/bench-map/<uuid:journey_map_id>/", plain_map),
    path("", include("cxm.urls")),
]
