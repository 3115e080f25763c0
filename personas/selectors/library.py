"""Reads of the persona library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Q

from personas.models import Persona
from personas.rules.kinds import PersonaKind, PersonaStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


def personas_listed(
    tenant: Tenant, *, q: str = "", kind: str = "", status: str = "", is_archived: bool = False
) -> QuerySet[Persona]:
    """List personas by name, with owners, segments and pictures.

    *q* is part of the name, tagline or category. A *kind* or *status* that there is not filters
    nothing.
    """
    rows = Persona.objects.for_tenant(tenant).filter(
        deleted_at=None, archived_at__isnull=not is_archived
    )
    if q:
        rows = rows.filter(
            Q(name__icontains=q) | Q(tagline__icontains=q) | Q(category__icontains=q)
        )
    if kind in set(PersonaKind):
        rows = rows.filter(kind=kind)
    if status in set(PersonaStatus):
        rows = rows.filter(status=status)
    rows = rows.select_related("tenant", "owner__user", "segment", "picture")
    return rows.order_by("name", "pk").fetch_mode(FETCH_RAISE)
