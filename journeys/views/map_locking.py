"""Locking a map, and unlocking it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.errors import NotNowError
from journeys.services.locking import lock_map, unlock_map
from journeys.views.finding import map_url, to_publish

if TYPE_CHECKING:
    from uuid import UUID


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_lock(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Lock a draft, or with an empty `locked` unlock it."""
    row = to_publish(request, journey_map_id)
    is_locked = bool(request.POST.get("locked"))
    try:
        (lock_map if is_locked else unlock_map)(of=row, by=request.membership)
    except NotNowError as error:
        context = {"map": row, "words": str(error), "back": map_url(row)}
        return page(request, "journeys/map_refused.html", context, status=error.status)
    words = "locked: nobody changes it until it is unlocked" if is_locked else "open to changes"
    messages.success(request, f"“{row.name}” is {words}.")
    return redirect(map_url(row))


def locking_paths(start: str) -> list[URLPattern]:
    """Give the route of locking the map at *start*."""
    return [path(f"{start}/lock/", map_lock, name="map-lock")]
