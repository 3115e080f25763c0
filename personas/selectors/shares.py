"""Reads of links to personas and stakeholder maps: which are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import ShareLink
from cxm.collaboration.selectors.links import links_in_order
from personas.models import Persona, PersonaShare, StakeholderMap, StakeholderMapShare

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

type Shared = Persona | StakeholderMap


def share_rows(of: Shared) -> QuerySet[Any]:
    """List the rows that join links to a persona or a map, in no order."""
    if isinstance(of, Persona):
        return PersonaShare.objects.for_tenant(of.tenant_id).filter(persona=of)
    return StakeholderMapShare.objects.for_tenant(of.tenant_id).filter(map=of)


def links_to(of: Shared, *, now: datetime) -> QuerySet[ShareLink]:
    """List the links to a persona or a map (loaded with its tenant), newest first.

    Each has `state`, as `cxm.collaboration.selectors.links.links_in_order` says. One query.
    """
    ids: QuerySet[Any] = share_rows(of).values("link")
    return links_in_order(of.tenant, ids, now=now)


def live_links_to(of: Shared, *, now: datetime) -> int:
    """Count the links to a persona or a map that work at *now*. One query."""
    links = ShareLink.objects.for_tenant(of.tenant_id).filter(pk__in=share_rows(of).values("link"))
    return links.filter(revoked_at=None, expires_at__gt=now).count()
