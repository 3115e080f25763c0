"""Reads of links for people outside: the one behind a token, those of a thing, their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import FETCH_RAISE, Case, CharField, F, Value, When, Window
from django.db.models.functions import RowNumber

from cxm.collaboration.models import ShareLink, ShareVisit
from cxm.tenants.services import token_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

LAST_VISITS = 10


def share_door(token: str) -> tuple[UUID, UUID] | None:
    """Find (tenant id, link id) by the token in an address. One query, unbound.

    None for a token that never was, and for a link that was revoked or has run out: it is the
    same query, so that nothing tells them apart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM door_share_link(%s)", [token_hash(token)])
        found: tuple[UUID, UUID] | None = cursor.fetchone()
    return found


def live_link(tenant_id: UUID, link_id: UUID, *, now: datetime) -> ShareLink | None:
    """Load a link that works at *now*, with its tenant. One query."""
    links = ShareLink.objects.for_tenant(tenant_id).select_related("tenant")
    return links.filter(pk=link_id, revoked_at=None, expires_at__gt=now).first()


def links_in_order(
    tenant: Tenant, link_ids: QuerySet[ShareLink], *, now: datetime
) -> QuerySet[ShareLink]:
    """List those links of *tenant* that *link_ids* names, newest first, with who made them.

    Each has `state`: "live", "revoked", or "ended" when it had run out at *now*.
    """
    links = ShareLink.objects.for_tenant(tenant).filter(pk__in=link_ids)
    state = Case(
        When(revoked_at__isnull=False, then=Value("revoked")),
        When(expires_at__lte=now, then=Value("ended")),
        default=Value("live"),
        output_field=CharField(),
    )
    rows = links.select_related("by__user").annotate(state=state)
    return rows.order_by("-created_at", "pk").fetch_mode(FETCH_RAISE)


def last_visits(tenant: Tenant, links: Iterable[ShareLink]) -> dict[UUID, list[ShareVisit]]:
    """Give the last ten visits of each of *links*, newest first, by its id. One query."""
    number = Window(RowNumber(), partition_by=F("link_id"), order_by=[F("at").desc(), F("pk")])
    visits = ShareVisit.objects.for_tenant(tenant).filter(link__in=[one.pk for one in links])
    found: dict[UUID, list[ShareVisit]] = {}
    for visit in visits.annotate(number=number).filter(number__lte=LAST_VISITS).order_by("number"):
        found.setdefault(visit.link_id, []).append(visit)
    return found
