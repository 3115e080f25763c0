"""Keeping the rollups: folding the ledger in, rebuilding, and checking against the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F

from analytics.models import (
    KEY_COLUMNS,
    PIVOTED,
    VALUE_COLUMNS,
    RollupCheck,
    RollupGeneration,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant

_KEYS = ", ".join(KEY_COLUMNS)
_VALUES = ", ".join(VALUE_COLUMNS)
_SUMS = ", ".join(f"coalesce(sum({name}), 0)" for name in VALUE_COLUMNS)
_PLAIN = ", ".join(f"coalesce({name}, 0) AS {name}" for name in VALUE_COLUMNS)
_NULLABLE = (*(f"w{i}" for i in range(11)), "ww")
_ADDED = ", ".join(
    f"{name} = coalesce(analytics_ratingday.{name} + EXCLUDED.{name}, "
    f"analytics_ratingday.{name}, EXCLUDED.{name})"
    if name in _NULLABLE
    else f"{name} = analytics_ratingday.{name} + EXCLUDED.{name}"
    for name in VALUE_COLUMNS
)
_CONFLICT = (
    "tenant_id, generation, metric_id, day, touchpoint_id, channel_id, survey_id, persona_id"
)

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::text, 717))"
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(tenant)s::text, 717))"

# One statement, one snapshot: just the ledger rows that are removed are added to the day rows.
FOLD = f"""
WITH gone AS (
    DELETE FROM analytics_ratingdelta WHERE tenant_id = %(tenant)s RETURNING *
), summed AS (
    SELECT {_KEYS}, {PIVOTED} FROM gone GROUP BY {_KEYS}
)
INSERT INTO analytics_ratingday (tenant_id, generation, {_KEYS}, {_VALUES})
SELECT %(tenant)s, %(generation)s, * FROM summed
ON CONFLICT ({_CONFLICT}) DO UPDATE SET {_ADDED}
"""

_COUNTED = ", ".join(f"coalesce(sum(answers) FILTER (WHERE position = {i}), 0)" for i in range(11))
_WEIGHED = ", ".join(f"sum(weights) FILTER (WHERE position = {i})" for i in range(11))
# score, with three sums a rating, then turned into columns, a few rows a day row.
RECOUNT = f"""
SELECT metric_id, survey_id, touchpoint_id, channel_id, NULL::uuid AS persona_id, day,
    {_COUNTED}, sum(answers), {_WEIGHED}, sum(weighted), sum(squares)
FROM (
    SELECT r.metric_id, r.survey_id, r.touchpoint_id, r.channel_id, r.day,
        (r.value - m.scale_offset) / m.scale_step AS position, r.answers, r.weights, r.weighted,
        r.squares
    FROM (
        SELECT metric_id, survey_id, touchpoint_id, channel_id, day, value,
            count(*)::int AS answers, sum(weight) AS weights, count(weight) AS weighted,
            sum(weight * weight) AS squares
        FROM feedback_rating WHERE tenant_id = %(tenant)s AND state = 'counted'
        GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day, value
    ) r
    JOIN metrics_metric m ON m.tenant_id = %(tenant)s AND m.id = r.metric_id
    OFFSET 0  -- a fence: else each of the columns would work the position out again
) counted
GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day
"""
# Grouping millions of ratings in memory instead of on disk, and by hashing: the planner takes a
# few day rows for granted and would sort the hundred thousands of scores they come from.
ROOM_TO_GROUP = ("SET LOCAL work_mem = '128MB'", "SET LOCAL enable_sort = off")
# A crash that loses the last moments of a rebuild loses the removal of the ledger rows with
# them, and nothing is wrong.
NEED_NOT_WAIT = "SET LOCAL synchronous_commit = off"
AS_USUAL = "SET LOCAL enable_sort = on"
# The ledger rows that this snapshot sees are in the ratings it sees: both go over in one go.
REBUILD = f"""
WITH gone AS (DELETE FROM analytics_ratingdelta WHERE tenant_id = %(tenant)s)
INSERT INTO analytics_ratingday (id, tenant_id, generation, {_KEYS}, {_VALUES})
SELECT lpad(to_hex((%(generation)s::bigint << 32) + row_number() OVER ()), 32, '0')::uuid,
    %(tenant)s, %(generation)s, recount.* FROM ({RECOUNT}) recount
"""
# What a rebuild has left behind.
CLEAR = """
DELETE FROM analytics_ratingday WHERE tenant_id = %(tenant)s AND generation < %(generation)s
"""
READ = f"""
SELECT {_KEYS}, {_VALUES} FROM analytics_ratingday
WHERE tenant_id = %(tenant)s AND generation = coalesce(
    (SELECT current FROM analytics_rollupgeneration WHERE tenant_id = %(tenant)s), 1)
UNION ALL
SELECT {_KEYS}, {PIVOTED} FROM analytics_ratingdelta WHERE tenant_id = %(tenant)s
GROUP BY {_KEYS}
"""
DIFFERENCES = f"""
WITH shown AS (
    SELECT {_KEYS}, {_SUMS} FROM ({READ}) parts GROUP BY {_KEYS} HAVING sum(n) <> 0
        OR sum(wn) <> 0
), shown_named ({_KEYS}, {_VALUES}) AS (SELECT * FROM shown),
recounted ({_KEYS}, {_VALUES}) AS ({RECOUNT}),
recount_named AS (SELECT {_KEYS}, {_PLAIN} FROM recounted),
differing AS (
    (SELECT * FROM shown_named EXCEPT SELECT * FROM recount_named)
    UNION ALL
    (SELECT * FROM recount_named EXCEPT SELECT * FROM shown_named)
)
SELECT (SELECT coalesce(sum(n), 0) FROM recount_named),
    (SELECT count(*) FROM (SELECT DISTINCT {_KEYS} FROM differing) d),
    (SELECT coalesce(json_agg(sample), '[]') FROM (
        SELECT {_KEYS}, n FROM differing ORDER BY day LIMIT 20) sample)
"""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found: ratings counted, day rows that differ, and a sample of those."""

    rows: int
    differences: int
    details: list[dict[str, Any]]


@transaction.atomic
def fold_ledger(*, tenant: Tenant) -> bool:
    """Add the ledger rows to the day rows and remove just those; False when another is at it.

    What a page reads is the same before, during and after. Day rows that a rebuild has replaced
    are cleared away.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, {"tenant": str(tenant.pk)})
        if not cursor.fetchone()[0]:
            return False
        parameters: dict[str, Any] = {
            "tenant": tenant.pk,
            "generation": _generation(tenant).current,
        }
        cursor.execute(FOLD, parameters)
        folded = cursor.rowcount
        cursor.execute(CLEAR, parameters)
        if folded:
            # Pages tell by the version of this row whether any day row has changed.
            RollupGeneration.objects.for_tenant(tenant).update(current=F("current"))
    return True


@transaction.atomic
def rebuild_rollups(*, tenant: Tenant, now: datetime) -> int:
    """Compute all day rows anew from the ratings under the next generation, then switch.

    The old numbers stay readable, and exact, until the commit; the next fold clears them away.
    Gives the number of day rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"tenant": str(tenant.pk)})
        generation = _generation(tenant)
        generation.current += 1
        for setting in (*ROOM_TO_GROUP, NEED_NOT_WAIT):
            cursor.execute(setting)
        parameters: dict[str, Any] = {"tenant": tenant.pk, "generation": generation.current}
        cursor.execute(REBUILD, parameters)
        rows: int = cursor.rowcount
        cursor.execute(AS_USUAL)
        generation.rebuilt_at = now
        generation.save(update_fields=["current", "rebuilt_at"])
    return rows


@transaction.atomic
def verify_rollups(*, tenant: Tenant, now: datetime) -> Verified:
    """Compare what pages read with a recount of the ratings, in one snapshot; keep the result."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"tenant": tenant.pk})
        rows, differences, details = cursor.fetchone()
    found = Verified(rows=int(rows), differences=differences, details=details)
    RollupCheck.objects.create(
        tenant=tenant, at=now, rows=found.rows, differences=differences, details=details
    )
    return found


def _generation(tenant: Tenant) -> RollupGeneration:
    generation, _ = RollupGeneration.objects.for_tenant(tenant).get_or_create(
        defaults={"tenant": tenant}
    )
    return generation
