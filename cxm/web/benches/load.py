"""Bench `load`: the loader against COPY of the very rows it makes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import owner_connection
from cxm.web.benches.copying import copied_in, copied_out, mirror
from cxm.web.benches.ground import (
    Result,
    bench_batch,
    bench_database,
    bench_tenant,
    seconds,
    triggers_off,
)
from feedback.adapters.records import CustomerRef, RatingRecord, ResponseRecord
from feedback.services.loading import load_records
from feedback.services.registering import read_registry

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from cxm.web.benches.copying import Taken
    from cxm.work.models import Batch

CHUNK = 5_000
RATINGS_A_RECORD = 2
# In the order in which references allow; those below carry the batch, the others hang on one.
COPIED = {
    "customers_customer": "batch_id = %(batch)s",
    "customers_identity": "customer_id IN (SELECT id FROM customers_customer WHERE "
    "tenant_id = %(tenant)s AND batch_id = %(batch)s)",
    "customers_ingestkey": "batch_id = %(batch)s",
    "customers_interaction": "batch_id = %(batch)s",
    "feedback_response": "batch_id = %(batch)s",
    "feedback_rating": "response_id IN (SELECT id FROM feedback_response WHERE "
    "tenant_id = %(tenant)s AND batch_id = %(batch)s)",
}


def run(size: int = 100_000) -> Result:
    """Load *size* ratings, two a response, rollups on; interleaved, copy each chunk's rows.

    The limit is COPY of the final rows into the same tables and indexes, for a twin tenant, as
    the owner with the rollup's triggers off (COPY into row-level security is refused). *value*
    and *limit* are ratings a second.
    """
    dice = random.Random(7)  # noqa: S311 - no secret
    loading = copying = 0.0
    with bench_database():
        tenant, twin = bench_tenant("bench"), bench_tenant("twin")
        _mirror_registry(tenant, twin)
        with tenant_bound(tenant.pk):
            registry = read_registry(tenant)
        for start in range(0, size // RATINGS_A_RECORD, CHUNK):
            count = min(CHUNK, size // RATINGS_A_RECORD - start)
            records = [_record(dice, start + i) for i in range(count)]
            batch = bench_batch(tenant)

            def load(records: list[ResponseRecord] = records, batch: Batch = batch) -> None:
                with tenant_bound(tenant.pk):
                    load_records(
                        tenant=tenant,
                        source="bench",
                        records=records,
                        registry=registry,
                        batch=batch,
                        now=now(),
                    )

            loading += seconds(load)
            copying += _copy_again(tenant, twin, batch)
    value, limit = size / loading, size / copying
    return Result("load", value / limit, value, limit, "ratings/s", size)


def _record(dice: random.Random, number: int) -> ResponseRecord:
    touchpoint = f"touchpoint-{dice.randrange(20)}"
    return ResponseRecord(
        line=number,
        key=f"{dice.getrandbits(96):024x}",
        answered_at=datetime(2026, 1, 1, tzinfo=UTC)
        + timedelta(seconds=dice.randrange(26_000_000)),
        survey="survey",
        channel=f"channel-{dice.randrange(5)}",
        customer=CustomerRef("external", "crm", str(dice.randrange(30_000))),
        ratings=(
            RatingRecord("q1", "nps", dice.randrange(11), touchpoint),
            RatingRecord("q2", "csat_5", 1 + dice.randrange(5), touchpoint),
        ),
    )


def _mirror_registry(tenant: Tenant, twin: Tenant) -> None:
    """Give the twin registry rows with the same ids, so that copied rows find theirs there."""
    tables = ["metrics_metric", "feedback_survey", "touchpoints_channel", "touchpoints_touchpoint"]
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in ("metrics_metricversion", *tables):
            cursor.execute(f"DELETE FROM {table} WHERE tenant_id = %s", [twin.pk])
        for table in tables:
            mirror(cursor, table, {"tenant": tenant.pk, "twin": twin.pk})


def _copy_again(tenant: Tenant, twin: Tenant, batch: Batch) -> float:
    """Copy the rows of *batch* out and into the twin; give the seconds that going in took."""
    parameters = {"tenant": tenant.pk, "batch": batch.pk, "twin": twin.pk}
    with owner_connection() as owner, owner.cursor() as cursor:
        mirror(cursor, "work_batch", parameters, "id = %(batch)s")
        taken = {t: copied_out(cursor, t, parameters, where) for t, where in COPIED.items()}
        with triggers_off(cursor):
            cursor.execute("BEGIN")
            spent = seconds(lambda: _copy_all_in(cursor, taken))
            spent += seconds(lambda: cursor.execute("COMMIT"))
    connection.close()
    return spent


def _copy_all_in(cursor: Any, taken: dict[str, Taken]) -> None:
    for table, rows in taken.items():
        copied_in(cursor, table, rows)
