"""Journeys that a member keeps at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.models import JourneyStar

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from journeys.models import Journey


def star_journey(*, journey: Journey, member: Membership, is_starred: bool) -> None:
    """Let *member* keep *journey* at hand, or no more; asked twice it is as asked last."""
    JourneyStar.objects.for_tenant(journey.tenant_id).update_or_create(
        tenant=journey.tenant, journey=journey, member=member, defaults={"is_starred": is_starred}
    )
