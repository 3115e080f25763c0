"""Maps that a request is about: found for those who may, else not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cxm.tenants.rules import Right
from journeys.models import Journey, JourneyMap
from journeys.rules.access import Action
from journeys.selectors.access import may_do, sees_live_only
from journeys.selectors.journeys import sight_of
from journeys.views.kinds import sight_for
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.access import TenantRequest


def found_map(
    request: TenantRequest, map_id: UUID, least: Sight = Sight.CONTENT, *related: str
) -> JourneyMap:
    """Give a map of which who asks may see or do *least*, with its tenant, journey and *related*.

    Raises Http404.
    """
    rows = JourneyMap.objects.for_tenant(request.tenant)
    found = get_object_or_404(rows.select_related("journey", *related), pk=map_id)
    found.tenant = request.tenant
    if found.deleted_at or sight_for(request, found) < least:
        raise Http404
    return found


def found_then(request: TenantRequest, map_id: UUID) -> JourneyMap:
    """Give a map of which who asks may see how it was; 404 for whoever sees only what holds now."""
    if sees_live_only(request.membership):
        raise Http404
    return found_map(request, map_id)


def found_journey(
    request: TenantRequest, journey_id: UUID, least: Sight = Sight.CONTENT
) -> Journey:
    """Give a journey of which who asks may see or do *least*. Raises Http404."""
    rows = Journey.objects.for_tenant(request.tenant).select_related("tenant", "owner__user")
    found = get_object_or_404(rows, pk=journey_id)
    may_edit = request.may(Right.EDIT_JOURNEYS)
    if sight_of(found, request.membership, may_edit=may_edit) < least:
        raise Http404
    return found


def to_publish(request: TenantRequest, map_id: UUID) -> JourneyMap:
    """Give a map that who asks may publish: a manager, or the owner of its journey.

    Raises Http404.
    """
    found = found_map(request, map_id, Sight.CHANGE)
    if not may_publish(request, found):
        raise Http404
    return found


def may_publish(request: TenantRequest, row: JourneyMap) -> bool:
    """Whether who asks may publish, retire and lock the map."""
    return may_with(request, row, Action.PUBLISH)


def to_export(request: TenantRequest, map_id: UUID, *related: str) -> JourneyMap:
    """Give a map that who asks may take out, as `found_map` does. Raises Http404."""
    found = found_map(request, map_id, Sight.CONTENT, *related)
    if not may_with(request, found, Action.EXPORT):
        raise Http404
    return found


def to_share(request: TenantRequest, map_id: UUID) -> JourneyMap:
    """Give a map that who asks may show to people outside, or could if it were not restricted.

    Raises Http404.
    """
    found = found_map(request, map_id)
    if not may_share(request, found):
        raise Http404
    return found


def may_share(request: TenantRequest, row: JourneyMap) -> bool:
    """Whether who asks makes, sees and ends the links of a map, loaded with its journey."""
    member = request.membership
    return may_do(Action.SHARE, row.journey, member, map_row=row, as_unrestricted=True)


def may_with(request: TenantRequest, row: JourneyMap, action: Action) -> bool:
    """Whether who asks may do *action* with a map, loaded with its journey."""
    return may_do(action, row.journey, request.membership, map_row=row)


def map_url(row: JourneyMap) -> str:
    """Give the address of a map's page."""
    return reverse("journeys:map-page", args=[row.tenant.slug, row.pk])


def journey_url(row: Journey) -> str:
    """Give the address of a journey's page."""
    return reverse("journeys:journey-page", args=[row.tenant.slug, row.pk])
