"""Bench `rollup_lag`: how soon a change is seen, and what keeping the rollup costs."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Any

from django.db import connection

from analytics.selectors.histograms import histogram
from analytics.services.rollups import fold_ledger
from cxm.kernel.ids import new_id
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import owner_connection
from cxm.web.benches.ground import (
    Result,
    backend_cpu_seconds,
    backend_pid,
    bench_database,
    bench_tenant,
    fill_ratings,
    triggers_off,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from cxm.tenants.models import Tenant

CHANGES_PER_SECOND = 2_000
# A response rates several touchpoints: its scores come in one transaction.
CHANGES_A_COMMIT = 5
WRITERS = 4
FOLD_EVERY_SECONDS = 1.0
GROUND = 100_000
CPU_ROUNDS = 6
# Every second change is a new score, every other one an edited score.
EDIT = "UPDATE feedback_rating SET value = 6 - value WHERE tenant_id = %(tenant)s AND id = %(id)s"
ADD = """
INSERT INTO feedback_rating
    (id, tenant_id, response_id, metric_id, question_key, value, survey_id, touchpoint_id,
     channel_id, answered_at, day, state, reason, recorded_at)
SELECT %(new)s, tenant_id, response_id, metric_id, %(question)s, value, survey_id, touchpoint_id,
    channel_id, answered_at, day, state, reason, recorded_at
FROM feedback_rating WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
SCORES = "SELECT id FROM feedback_rating WHERE tenant_id = %s AND metric_id = %s LIMIT 20000"


def run(size: int = 30_000) -> Result:
    """Change *size* scores at 2,000 a second, five a transaction, with the folder running.

    `p99_seconds` is from a commit until the page's own read shows it; *ratio* equals it over the
    promised second. `upkeep_ratio` is database CPU a change, folding included, with the triggers
    on over off, taken in turn, each change in a transaction of its own.
    """
    with bench_database():
        tenant = bench_tenant("bench")
        fill_ratings(tenant, GROUND)
        with tenant_bound(tenant.pk):
            metrics = {m.key: m for m in Metric.objects.for_tenant(tenant)}
        watched, *_ = _scores(tenant, metrics["nps"])
        ids = _scores(tenant, metrics["csat_5"])
        lags, rate = _lags(tenant, metrics["nps"], watched, ids, size)
        upkeep, cost, bare = _upkeep(tenant, ids, size // 3)
    p99 = sorted(lags)[int(len(lags) * 0.99)]
    more = {
        "p99_seconds": p99,
        "upkeep_ratio": upkeep,
        "changes_per_second": rate,
        "cpu_us_with_rollup": cost * 1e6,
        "cpu_us_without": bare * 1e6,
    }
    return Result("rollup_lag", p99 / 1.0, p99, 1.0, "s", size, more)


def _scores(tenant: Tenant, metric: Metric) -> list[UUID]:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(SCORES, [tenant.pk, metric.pk])
        return [pk for (pk,) in cursor.fetchall()]


def _lags(
    tenant: Tenant, metric: Metric, watched: UUID, ids: Sequence[UUID], size: int
) -> tuple[list[float], float]:
    """Write at the pace in some threads, fold in another, watch in this one."""
    stop = threading.Event()
    begun = time.perf_counter()
    done: list[float] = []
    writers = [
        threading.Thread(target=_write_at_pace, args=(tenant, ids, size // WRITERS, stop, done))
        for _ in range(WRITERS)
    ]
    folder = threading.Thread(target=_fold_until, args=(tenant, stop))
    for thread in (*writers, folder):
        thread.start()
    lags = []
    try:
        while len(done) < WRITERS:
            lags.append(_watch_one(tenant, metric, watched))
            time.sleep(0.02)
    finally:
        stop.set()
        for thread in (*writers, folder):
            thread.join()
    return lags, size / (max(done) - begun)


def _write_at_pace(
    tenant: Tenant, ids: Sequence[UUID], size: int, stop: threading.Event, done: list[float]
) -> None:
    start = time.perf_counter()
    for turn in range(0, size, CHANGES_A_COMMIT):
        if stop.is_set():
            break
        due = start + turn * WRITERS / CHANGES_PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        _change(tenant, ids, range(turn, turn + CHANGES_A_COMMIT))
    done.append(time.perf_counter())
    connection.close()


def _change(tenant: Tenant, ids: Sequence[UUID], turns: Iterable[int]) -> None:
    """Change one score a turn, each by a statement of its own, all in one transaction."""
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        for turn in turns:
            new = new_id()
            parameters: dict[str, Any] = {
                "tenant": tenant.pk,
                "id": ids[turn % len(ids)],
                "new": new,
                "question": f"bench {new}",
            }
            cursor.execute(EDIT if turn % 2 else ADD, parameters)


def _fold_until(tenant: Tenant, stop: threading.Event) -> None:
    while not stop.wait(FOLD_EVERY_SECONDS):
        with tenant_bound(tenant.pk):
            fold_ledger(tenant=tenant)
    connection.close()


def _watch_one(tenant: Tenant, metric: Metric, watched: UUID) -> float:
    """Take one score out of the numbers, or back in, and time until a read agrees on n.

    Other writers change another metric, so that n is the watched score's alone.
    """
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feedback_rating SET state = CASE state WHEN 'counted' THEN 'quarantined' "
            "ELSE 'counted' END WHERE tenant_id = %s AND id = %s RETURNING state = 'counted'",
            [tenant.pk, watched],
        )
        is_counted = cursor.fetchone()[0]
    committed = time.perf_counter()
    expected = GROUND // 2 - (0 if is_counted else 1)
    while True:
        with tenant_bound(tenant.pk):
            shown = histogram(tenant=tenant, metric=metric).n
        if shown == expected:
            return time.perf_counter() - committed


def _upkeep(tenant: Tenant, ids: Sequence[UUID], size: int) -> tuple[float, float, float]:
    """Give database CPU a change with over without rollup, and both in seconds."""
    spent = {True: 0.0, False: 0.0}
    order = [True, False] * (CPU_ROUNDS // 2)
    random.Random(7).shuffle(order)  # noqa: S311 - no secret
    turns = size // CPU_ROUNDS
    with owner_connection() as owner, owner.cursor() as owner_cursor:
        for with_rollup in order:
            if with_rollup:
                spent[True] += _cpu_of_changes(tenant, ids, turns, folds=True)
            else:
                with triggers_off(owner_cursor):
                    spent[False] += _cpu_of_changes(tenant, ids, turns, folds=False)
    cost, bare = (spent[key] / order.count(key) / turns for key in (True, False))
    return cost / bare, cost, bare


def _cpu_of_changes(tenant: Tenant, ids: Sequence[UUID], turns: int, *, folds: bool) -> float:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        pid = backend_pid(cursor)
    before = backend_cpu_seconds(pid)
    for turn in range(turns):
        _change(tenant, ids, [turn])
        if folds and turn % CHANGES_PER_SECOND == 0:
            with tenant_bound(tenant.pk):
                fold_ledger(tenant=tenant)
    if folds:
        with tenant_bound(tenant.pk):
            fold_ledger(tenant=tenant)
    return backend_cpu_seconds(pid) - before
