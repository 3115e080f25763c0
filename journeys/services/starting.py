"""Starting a journey: the journey itself, and its first map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from journeys.services.journeys import create_journey
from journeys.services.map_templates import create_map

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant
    from journeys.models import JourneyMap
    from journeys.rules.kinds import Level

FIRST_MAP = "As it is today"


@transaction.atomic
def start_journey(
    *,
    tenant: Tenant,
    title: str,
    goal: str,
    level: Level,
    parent: UUID | None,
    template: str,
    by: Membership,
    now: datetime,
) -> JourneyMap:
    """Make a journey and the first draft of how it is today, from a template; give the draft.

    Raises what making either of them raises: both are made, or none.
    """
    journey = create_journey(
        tenant=tenant, title=title, goal=goal, level=level, parent=parent, by=by, now=now
    )
    return create_map(journey=journey, name=FIRST_MAP, template=template, by=by, now=now)
