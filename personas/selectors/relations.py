"""Reads of relations that hold everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Q

from personas.models import CommonRelation
from personas.rules.kinds import RELATION_KINDS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


def common_relations_listed(
    tenant: Tenant, *, q: str = "", kind: str = "", is_archived: bool = False
) -> QuerySet[CommonRelation]:
    """List the relations on every map whose ends are on the register, by the names of these.

    *q* is part of an end's name or of the words. A *kind* that there is not filters nothing.
    """
    rows = CommonRelation.objects.for_tenant(tenant).filter(
        archived_at__isnull=not is_archived, start__archived_at=None, end__archived_at=None
    )
    if q:
        rows = rows.filter(
            Q(start__name__icontains=q) | Q(end__name__icontains=q) | Q(title__icontains=q)
        )
    if kind in RELATION_KINDS:
        rows = rows.filter(kind=kind)
    rows = rows.select_related("tenant", "start", "end")
    return rows.order_by("start__name", "end__name", "pk").fetch_mode(FETCH_RAISE)
