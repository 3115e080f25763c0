"""Following a journey from its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.services.following import follow_journey
from journeys.views.finding import found_journey, journey_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def journey_follow(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Be told of what is done in a journey, or no more: `followed` is 1 or empty."""
    journey = found_journey(request, journey_id)
    is_followed = bool(request.POST.get("followed"))
    follow_journey(journey=journey, member=request.membership, is_followed=is_followed)
    told = "You are told of comments, reviews and what is published here."
    messages.success(request, told if is_followed else "You are told of this journey no more.")
    return redirect(journey_url(journey))
