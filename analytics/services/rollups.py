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

_COUNTS = ", ".join(f"c{i}" for i in range(11))
_POSITIONS = ", ".join(f"count(*) FILTER (WHERE position = {i})::int AS c{i}" for i in range(11))
_WEIGHED = ", ".join(f"sum(weight) FILTER (WHERE position = {i}) AS w{i}" for i in range(11))
# One row a day row. Weights are rare and their sums dear, so they are only gathered here.
GATHERED = f"""
SELECT metric_id, survey_id, touchpoint_id, channel_id, day, {_POSITIONS}, count(*)::int AS n,
    array_agg(position) FILTER (WHERE weight IS NOT NULL) AS positions,
    array_agg(weight) FILTER (WHERE weight IS NOT NULL) AS weights,
    count(weight)::int AS wn
FROM (
    SELECT r.metric_id, r.survey_id, r.touchpoint_id, r.channel_id, r.day, r.weight,
        (r.value - m.scale_offset) / m.scale_step AS position
    FROM feedback_rating r
    JOIN metrics_metric m ON m.tenant_id = %(tenant)s AND m.id = r.metric_id
    WHERE r.tenant_id = %(tenant)s AND r.state = 'counted'
) counted
GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day
"""


def _recount(gathered: str) -> str:
    """Give SQL of the day rows, in the order of their columns, from rows as GATHERED gives."""
    return f"""
SELECT metric_id, survey_id, touchpoint_id, channel_id, NULL::uuid AS persona_id, day,
    {_COUNTS}, n, weighed.*
FROM {gathered} g CROSS JOIN LATERAL (
    SELECT {_WEIGHED}, g.wn, sum(weight * weight) AS ww
    FROM unnest(g.positions, g.weights) AS gathered(position, weight)
) weighed
"""


RECOUNT = _recount(f"({GATHERED})")
# Grouping millions of ratings in memory instead of on disk, by hashing, and on two processors
# at least: the planner knows neither that a few day rows come of them nor that two are idle.
ROOM_TO_GROUP = (
    "SET LOCAL work_mem = '128MB'",
    "SET LOCAL enable_sort = off",
    "SET LOCAL max_parallel_workers_per_gather = 1",
    "SET LOCAL parallel_setup_cost = 0",
    "SET LOCAL parallel_tuple_cost = 0",
)
# A crash that loses the last moments of a rebuild loses the removal of the ledger rows with
# them, and nothing is wrong.
NEED_NOT_WAIT = "SET LOCAL synchronous_commit = off"
AS_USUAL = (
    "SET LOCAL enable_sort = on",
    "SET LOCAL parallel_setup_cost = DEFAULT",
    "SET LOCAL parallel_tuple_cost = DEFAULT",
    "DROP TABLE analytics_recount",
)
# One statement, one snapshot: the ledger rows that it sees are in the ratings it sees, and both
# are noted. Only a statement that makes a table is let use a second processor.
GATHER = f"""
CREATE TEMPORARY TABLE analytics_recount ON COMMIT DROP AS
SELECT NULL::uuid AS ledger_id, gathered.* FROM ({GATHERED}) gathered
UNION ALL
SELECT id, {", ".join(["NULL"] * 20)} FROM analytics_ratingdelta WHERE tenant_id = %(tenant)s
"""
REBUILD = f"""
INSERT INTO analytics_ratingday (id, tenant_id, generation, {_KEYS}, {_VALUES})
SELECT lpad(to_hex((%(generation)s::bigint << 32) + row_number() OVER ()), 32, '0')::uuid,
    %(tenant)s, %(generation)s, recount.*
FROM ({_recount("(SELECT * FROM analytics_recount WHERE ledger_id IS NULL)")}) recount
"""
# Just the ledger rows that the recount has seen; others are added to it by readers.
REMOVE = """
DELETE FROM analytics_ratingdelta d USING analytics_recount seen
WHERE d.tenant_id = %(tenant)s AND d.id = seen.ledger_id
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
        cursor.execute(GATHER, parameters)
        cursor.execute(REBUILD, parameters)
        rows: int = cursor.rowcount
        cursor.execute(REMOVE, parameters)
        for setting in AS_USUAL:
            cursor.execute(setting)
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
