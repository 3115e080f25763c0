"""When people were seen, once facts are taken back that told so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.work.models import Batch

# Only people whose first or last moment is one of those that go: theirs are found anew, in what
# is left of their facts and of what was told of them.
_FORGET = """
WITH gone AS (
    SELECT c.root_id AS id, min(i.occurred_at) AS first, max(i.occurred_at) AS last
    FROM customers_interaction i
    JOIN customers_customer c
        ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
    WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.id = ANY(%(ids)s)
    GROUP BY c.root_id
), locked AS MATERIALIZED (
    SELECT c.id, c.first_seen_at = gone.first AS is_first, c.last_seen_at = gone.last AS is_last
    FROM gone JOIN customers_customer c
        ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = gone.id
    WHERE c.first_seen_at = gone.first OR c.last_seen_at = gone.last
    ORDER BY c.id FOR NO KEY UPDATE OF c
), kept AS (
    SELECT locked.id, min(told.at) AS first, max(told.at) AS last
    FROM locked
    JOIN customers_customer r
        ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.root_id = locked.id
    CROSS JOIN LATERAL (
        SELECT i.occurred_at AS at FROM customers_interaction i
        WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.customer_id = r.id
            AND i.kind NOT IN ('note', 'merge') AND NOT i.id = ANY(%(ids)s)
        UNION ALL
        SELECT v.valid_from FROM customers_attributevalue v
        WHERE v.tenant_id = (SELECT %(tenant)s::uuid) AND v.customer_id = r.id
    ) AS told
    GROUP BY locked.id
)
UPDATE customers_customer c
SET first_seen_at = CASE WHEN locked.is_first THEN kept.first ELSE c.first_seen_at END,
    last_seen_at = CASE WHEN locked.is_last THEN kept.last ELSE c.last_seen_at END
FROM locked LEFT JOIN kept ON kept.id = locked.id
WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = locked.id
"""


def forget_seen(batch: Batch, interactions: Collection[UUID]) -> None:
    """Give people the moments they were seen at without *interactions*, which are about to go.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"tenant": batch.tenant_id, "ids": list(interactions)})
