"""Links to journey maps for tests, made as people make them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import ShareLink
from cxm.collaboration.rules.links import Terms
from cxm.collaboration.services.sharing import share, unshare
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from journeys.models import Journey, JourneyMap
from journeys.rules.shared import KINDS
from journeys.selectors.shares import SharedJourneyMap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import Membership

EVERYTHING = tuple(kind for kind, _ in KINDS)


def the_map(member: Membership, pk: UUID) -> JourneyMap:
    """Read a map anew, as its links are made of it."""
    with tenant_bound(member.tenant_id):
        rows = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant", "journey")
        return rows.get(pk=pk)


def link_to(member: Membership, pk: UUID, *, personas: Sequence[UUID] = (), **terms: Any) -> str:
    """Make a link to a map, to all that may be shown; give its path."""
    moment = now()
    told = {"kinds": EVERYTHING, "expires_at": moment + timedelta(days=90), **terms}
    of = SharedJourneyMap(the_map(member, pk), personas)
    with tenant_bound(member.tenant_id):
        _, token = share(of=of, terms=Terms(**told), by=member, now=moment)
    return f"/s/{token}"


def revoke(member: Membership, pk: UUID) -> None:
    of = SharedJourneyMap(the_map(member, pk))
    with tenant_bound(member.tenant_id):
        link = ShareLink.objects.for_tenant(member.tenant).select_related("tenant").get()
        unshare(of=of, link=link, by=member, now=now())


def change_map(member: Membership, pk: UUID, **values: Any) -> None:
    with tenant_bound(member.tenant_id):
        JourneyMap.objects.for_tenant(member.tenant).filter(pk=pk).update(**values)


def change_journey(member: Membership, on: UUID, **values: Any) -> None:
    """Change the journey of the map *on*."""
    journey = the_map(member, on).journey_id
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).filter(pk=journey).update(**values)
