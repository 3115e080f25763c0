"""Finding personas that an address or the command palette names, and the address of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import get_object_or_404
from django.urls import reverse

from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit
from cxm.tenants.rules import Right
from personas.models import Persona
from personas.selectors.library import personas_listed

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from cxm.tenants.access import TenantRequest

SHORTEST_QUERY = 2


def found_persona(request: TenantRequest, persona_id: UUID) -> Persona:
    """Load a persona of the tenant at hand, also an archived one; raises Http404."""
    rows = Persona.objects.for_tenant(request.tenant).filter(deleted_at=None)
    rows = rows.select_related(
        "tenant", "owner__user", "segment", "updated_by__user", "picture", "cover"
    )
    return get_object_or_404(rows, pk=persona_id)


def persona_url(persona: Persona) -> str:
    """Give the address of a persona's page."""
    return reverse("personas:persona-page", args=[persona.tenant.slug, persona.pk])


def personas_called(request: HttpRequest, query: str) -> list[Hit]:
    """Find personas for the command palette by a part of their name or tagline. One query."""
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST_QUERY or not inside.may(Right.SEE_JOURNEYS):
        return []
    rows = personas_listed(inside.tenant, q=query)[:MOST_FROM_ONE_SOURCE]
    return [
        Hit(row.name, persona_url(row), "Personas", "smile", row.get_kind_display()) for row in rows
    ]
