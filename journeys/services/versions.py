"""Keeping a map as it is now, under a name that somebody gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from journeys.services.comparing import locked_now
from journeys.services.snapshots import name_snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import JourneyMap, Snapshot


@transaction.atomic
def keep_version(
    *, of: JourneyMap, label: str, by: Membership | ApiKey | None, now: datetime
) -> Snapshot:
    """Keep a map under a name, as it is once nobody changes it any more.

    Raises what `name_snapshot` raises.
    """
    fresh, state = locked_now(of, now=now)
    return name_snapshot(of=fresh, state=state, label=label, by=by, now=now)
