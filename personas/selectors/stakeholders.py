"""Reads of the register of stakeholders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from personas.models import (
    Stakeholder,
    StakeholderMap,
    StakeholderPlacement,
    StakeholderRelation,
)
from personas.rules.kinds import StakeholderKind
from personas.rules.map_access import Sight
from personas.selectors.maps import sight_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant


@dataclass(frozen=True, slots=True)
class Uses:
    """Where a stakeholder stands: maps that the reader finds, with relations there, by title.

    *hidden* counts the maps that the reader does not find.
    """

    maps: list[tuple[StakeholderMap, int]]
    hidden: int


def stakeholders_listed(
    tenant: Tenant, *, q: str = "", kind: str = "", is_archived: bool = False
) -> QuerySet[Stakeholder]:
    """List the register by name, with persona and member; each has `map_count`.

    *q* is part of a name or description. A *kind* that there is not filters nothing.
    """
    rows = Stakeholder.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(description__icontains=q))
    if kind in set(StakeholderKind):
        rows = rows.filter(kind=kind)
    placed = StakeholderPlacement.objects.for_tenant(tenant).filter(
        stakeholder=OuterRef("pk"), deleted_at=None, map__archived_at=None
    )
    counted = placed.order_by().values("stakeholder").annotate(n=Count("pk")).values("n")
    rows = rows.select_related("tenant", "persona", "member__user").order_by("name", "pk")
    return rows.annotate(map_count=Coalesce(Subquery(counted), 0)).fetch_mode(FETCH_RAISE)


def uses_of(stakeholder: Stakeholder, reader: Membership) -> Uses:
    """Tell on which maps a stakeholder stands, archived ones too. Two queries."""
    tenant = stakeholder.tenant_id
    placements = StakeholderPlacement.objects.for_tenant(tenant).filter(
        stakeholder=stakeholder, deleted_at=None
    )
    maps = StakeholderMap.objects.for_tenant(tenant).filter(pk__in=placements.values("map"))
    relations = StakeholderRelation.objects.for_tenant(tenant).filter(deleted_at=None)
    ends = relations.filter(Q(start=stakeholder) | Q(end=stakeholder)).values_list("map", flat=True)
    counts = list(ends)
    found = [
        (one, counts.count(one.pk))
        for one in maps.select_related("owner__user").order_by("title", "pk")
    ]
    seen = [use for use in found if sight_of(use[0], reader) is not Sight.NOTHING]
    return Uses(seen, len(found) - len(seen))
