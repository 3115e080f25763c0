"""Loading for a tenant that the statistics of the database do not know takes no detours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import owner_connection
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PEOPLE = 400
TABLES = ("customers_customer", "customers_identity", "customers_ingestkey")
# Of each person a handful of statements and foreign keys read the row; all rows of the tenant
# for each person would be hundreds.
MOST_A_PERSON = 40


def test_a_new_tenants_rows_are_read_a_few_times_each_and_not_for_one_another() -> None:
    load(make.tenant(), "known")
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
    newcomer = make.tenant()
    load(newcomer, "first")

    read = load(newcomer, "again")

    assert {table: n for table, n in read.items() if n > MOST_A_PERSON * PEOPLE} == {}


def load(tenant: Tenant, batch: str) -> dict[str, int]:
    """Load an event of each of many people; give how many rows of each table were read for it."""
    records = [
        EventRecord(
            Call.TRACK,
            position=number,
            key=f"{batch}-{number}",
            occurred_at=AT,
            refs=(Ref("external", "", f"person-{number}"),),
            name="Order placed",
        )
        for number in range(PEOPLE)
    ]
    with tenant_bound(tenant.pk):
        before = rows_read()
        load_events(tenant=tenant, source="events:shop", records=records, now=AT)
        after = rows_read()
    return {table: after[table] - before[table] for table in TABLES}


def rows_read() -> dict[str, int]:
    """Give how many rows the open transaction has read of each table, by scans and by indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
            " WHERE relname = ANY(%s)",
            [list(TABLES)],
        )
        return dict(cursor.fetchall())
