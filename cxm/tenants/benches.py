"""What row-level security costs: the same reads with it and without, on the same rows."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from psycopg import Cursor

from cxm.tenants.binding import tenant_bound
from cxm.tenants.migration_operations import BOUND
from cxm.tenants.postgresql.owner import owner_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 101
WORST_READ, WORST_SEARCH = 1.25, 1.5
TENANT, METRIC = UUID(int=1), UUID(int=2)
LAST_DAY = date(2026, 11, 1)

# Copies of the real tables, with their indexes and a policy, and without triggers and references.
COPY = f"""
DROP TABLE IF EXISTS bench_{{table}};
CREATE TABLE bench_{{table}} (LIKE feedback_{{table}} INCLUDING ALL);
ALTER TABLE bench_{{table}} ENABLE ROW LEVEL SECURITY;
ALTER TABLE bench_{{table}} FORCE ROW LEVEL SECURITY;
CREATE POLICY bench_{{table}}_tenant ON bench_{{table}}
    USING (tenant_id = {BOUND}) WITH CHECK (tenant_id = {BOUND});
"""
# Twenty tenants, the first with a good third of the rows.
RATINGS = """
INSERT INTO bench_rating (id, tenant_id, response_id, metric_id, question_key, value, answered_at,
    day, state, reason, recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + floor(20 * power(random(), 3))::int), 32,
    '0')::uuid, gen_random_uuid(), %(metric)s, 'q', floor(random() * 11), %(now)s,
    %(day)s::date - floor(random() * 365)::int, 'counted', '', %(now)s
FROM generate_series(1, %(size)s) n
"""
VERBATIMS = """
INSERT INTO bench_verbatim (id, tenant_id, response_id, question_key, text, language)
SELECT r.id, r.tenant_id, r.response_id, 'why', (
    SELECT string_agg('word' || floor(random() * 2000)::int, ' ')
    FROM generate_series(1, 8) WHERE r.id IS NOT NULL), ''
FROM bench_rating r LIMIT %(size)s / 4
"""
NPS = """
SELECT count(*) FILTER (WHERE value >= 9), count(*) FILTER (WHERE value <= 6), count(*)
FROM bench_rating WHERE tenant_id = %(tenant)s AND metric_id = %(metric)s
    AND day > %(from)s AND state = 'counted'
"""
LOOKUP = "SELECT * FROM bench_rating WHERE tenant_id = %(tenant)s AND id = %(id)s"
SEARCH = "SELECT * FROM bench_search('word17')"
SEARCH_WITHOUT = """
SELECT DISTINCT response_id FROM bench_verbatim
WHERE tenant_id = %(tenant)s AND words @@ websearch_to_tsquery('simple', 'word17')
"""


def rls_cost(size: int = 200_000) -> dict[str, Any]:
    """Compare three reads of *size* ratings with row-level security and without, interleaved.

    Gives the median times of whole statements in milliseconds, their ratios, whether the plans
    enter the rows by the same node, and whether all is within the limits: reads 1.25, search
    1.5. Works on copies of the tables, which are dropped at the end.
    """
    with _copies(size) as owner:
        parameters = _parameters(owner)
        nps = _compare(owner, NPS, NPS, parameters)
        lookup = _compare(owner, LOOKUP, LOOKUP, parameters)
        search = _compare(owner, SEARCH, SEARCH_WITHOUT, parameters)
    is_same = nps["nodes"][0] == nps["nodes"][1] and lookup["nodes"][0] == lookup["nodes"][1]
    is_cheap = max(nps["ratio"], lookup["ratio"]) <= WORST_READ
    return {
        "rows": size,
        "nps": nps,
        "lookup": lookup,
        "search": search,
        "same_plan": is_same,
        "within_limits": is_same and is_cheap and search["ratio"] <= WORST_SEARCH,
    }


@contextmanager
def _copies(size: int) -> Iterator[Any]:
    """Fill the copies as the owner; give its cursor."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    parameters: Any = {"metric": METRIC, "day": LAST_DAY, "now": now, "size": size}
    with owner_connection() as owner, owner.cursor() as cursor:
        try:
            for table in ("rating", "verbatim"):
                cursor.execute(COPY.format(table=table))
            cursor.execute(_search_function(cursor))
            cursor.execute(RATINGS, parameters)
            cursor.execute(VERBATIMS, parameters)
            cursor.execute("VACUUM ANALYZE bench_rating")
            cursor.execute("VACUUM ANALYZE bench_verbatim")
            yield cursor
        finally:
            cursor.execute("DROP FUNCTION IF EXISTS bench_search(text)")
            cursor.execute("DROP TABLE IF EXISTS bench_rating, bench_verbatim")


def _search_function(cursor: Any) -> str:
    """Give the definition of the search function, reading the copy."""
    cursor.execute("SELECT pg_get_functiondef('search_verbatims(text)'::regprocedure)")
    definition: str = cursor.fetchone()[0]
    renamed = definition.replace("search_verbatims", "bench_search")
    return renamed.replace("feedback_verbatim", "bench_verbatim")


def _parameters(cursor: Any) -> dict[str, Any]:
    cursor.execute("SELECT id FROM bench_rating WHERE tenant_id = %s LIMIT 1", [TENANT])
    return {
        "tenant": TENANT,
        "metric": METRIC,
        "from": LAST_DAY - timedelta(days=30),
        "id": cursor.fetchone()[0],
    }


def _compare(owner: Any, guarded: str, plain: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Run both in turn: *guarded* as the application, bound; *plain* as the owner, who bypasses."""
    times: tuple[list[float], list[float]] = ([], [])
    with tenant_bound(TENANT):
        # The driver's own cursors: Django's differ in protocol between the two roles.
        sides = (Cursor(owner.connection), plain), (Cursor(connection.connection), guarded)
        for _ in range(ROUNDS):
            for measured, (cursor, statement) in zip(times, sides, strict=True):
                begin = perf_counter()
                cursor.execute(statement, parameters).fetchall()
                measured.append((perf_counter() - begin) * 1000)
        nodes = [_node(cursor, statement, parameters) for cursor, statement in sides]
    without, with_it = (median(found) for found in times)
    return {
        "without_ms": round(without, 3),
        "with_ms": round(with_it, 3),
        "ratio": round(with_it / without, 3),
        "nodes": nodes,
    }


def _node(cursor: Any, statement: str, parameters: dict[str, Any]) -> str:
    """Name the node by which the plan of *statement* enters the rows, and its index."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    plan = cursor.fetchone()[0][0]["Plan"]
    while "Plans" in plan and "Relation Name" not in plan:
        plan = next(part for part in plan["Plans"] if part["Parent Relationship"] == "Outer")
    return f"{plan['Node Type']} {plan.get('Index Name', '')}".strip()
