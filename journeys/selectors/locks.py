"""Who locked a map, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.tenants.selectors import audit_entries

if TYPE_CHECKING:
    from cxm.tenants.models import AuditEntry
    from journeys.models import JourneyMap


def lock_on(row: JourneyMap) -> AuditEntry | None:
    """Give what was written down when a map was locked last; None for one that is open.

    One query, and none for an open map.
    """
    if not row.is_locked:
        return None
    return audit_entries(row.tenant, action="map-locked").filter(object_id=row.pk).first()
