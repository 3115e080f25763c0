"""The tags that steps and cards have, to be offered where others are tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from journeys.models import JourneyMap

MOST_OFFERED = 200
_OFFERED = """
SELECT min(tag) FROM (
    SELECT unnest(c.tags) AS tag FROM journeys_card c
        JOIN journeys_journeymap m ON m.tenant_id = c.tenant_id AND m.id = c.map_id
        WHERE c.tenant_id = %(tenant)s AND m.journey_id = %(journey)s AND c.tags <> '{}'
        AND c.deleted_at IS NULL
    UNION ALL SELECT unnest(s.tags) FROM journeys_step s
        JOIN journeys_journeymap m ON m.tenant_id = s.tenant_id AND m.id = s.map_id
        WHERE s.tenant_id = %(tenant)s AND m.journey_id = %(journey)s AND s.tags <> '{}'
        AND s.deleted_at IS NULL
    UNION ALL SELECT name FROM journeys_journeytag
        WHERE tenant_id = %(tenant)s AND journey_id = %(journey)s AND dimension = ''
) known WHERE position(',' IN tag) = 0 GROUP BY lower(tag) ORDER BY lower(tag) LIMIT %(most)s
"""


def tags_offered(row: JourneyMap) -> list[str]:
    """List the tags of the journey of a map, of all its maps and its own, by the alphabet.

    At most MOST_OFFERED. One query.
    """
    told: dict[str, Any] = {
        "tenant": row.tenant_id,
        "journey": row.journey_id,
        "most": MOST_OFFERED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED, told)
        return [tag for (tag,) in cursor.fetchall()]
