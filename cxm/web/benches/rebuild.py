"""Bench `rebuild`: all day rows from the ratings against one plain GROUP BY."""

from __future__ import annotations

from statistics import median

from django.db import connection

from analytics.services.rollups import rebuild_rollups
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.web.benches.ground import Result, bench_database, bench_tenant, fill_ratings, seconds

ROUNDS = 3
PLAIN = """
SELECT sum(answers) FROM (
    SELECT metric_id, survey_id, touchpoint_id, channel_id, day, value, count(*) AS answers
    FROM feedback_rating WHERE tenant_id = %s AND state = 'counted'
    GROUP BY metric_id, survey_id, touchpoint_id, channel_id, day, value
) grouped
"""


def run(size: int = 2_000_000) -> Result:
    """Rebuild from *size* ratings; the limit groups the same rows once. Both in seconds."""
    with bench_database():
        tenant = bench_tenant("bench")
        fill_ratings(tenant, size, builds_rollups=False)

        def group() -> None:
            with tenant_bound(tenant.pk), connection.cursor() as cursor:
                cursor.execute(PLAIN, [tenant.pk])

        def rebuild() -> None:
            with tenant_bound(tenant.pk):
                rebuild_rollups(tenant=tenant, now=now())

        group()
        rounds = [(seconds(group), seconds(rebuild)) for _ in range(ROUNDS)]
    limit, value = (median(times) for times in zip(*rounds, strict=True))
    return Result("rebuild", value / limit, value, limit, "s", size)
