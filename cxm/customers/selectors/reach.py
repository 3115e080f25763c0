"""How many customers were at places, each counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant

# Merged touchpoints and customers are read as what they were merged into.
_COUNTED = """
SELECT place.group_number, count(DISTINCT customer.root_id)
FROM unnest(%(groups)s::int[], %(touchpoints)s::uuid[]) AS place (group_number, touchpoint_id)
JOIN touchpoints_touchpoint touchpoint
  ON touchpoint.tenant_id = %(tenant)s
 AND place.touchpoint_id IN (touchpoint.id, touchpoint.merged_into_id)
JOIN customers_interaction interaction
  ON interaction.tenant_id = %(tenant)s
 AND interaction.touchpoint_id = touchpoint.id
 AND interaction.occurred_at >= %(start)s
 AND interaction.occurred_at < %(end)s
 AND interaction.deleted_at IS NULL
JOIN customers_customer customer
  ON customer.tenant_id = %(tenant)s
 AND customer.id = interaction.customer_id
GROUP BY place.group_number
"""


def customers_at[K: Hashable](
    tenant: Tenant, places: Mapping[K, Collection[UUID]], *, start: datetime, end: datetime
) -> dict[K, int]:
    """Count the customers who were at any touchpoint of each group in [start, end).

    Groups that nobody was at are absent. One query, which reads every interaction of those days:
    for background work, not for pages.
    """
    keys = list(places)
    pairs = [(number, pk) for number, key in enumerate(keys) for pk in places[key]]
    if not pairs:
        return {}
    told: dict[str, Any] = {
        "tenant": tenant.pk,
        "groups": [number for number, _ in pairs],
        "touchpoints": [pk for _, pk in pairs],
        "start": start,
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, told)
        return {keys[number]: count for number, count in cursor.fetchall()}
