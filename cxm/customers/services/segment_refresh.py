"""Counting the members of segments, and writing who came and who went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from cxm.customers.models import Customer, Segment, SegmentVersion
from cxm.customers.rules.segment_errors import SegmentRuleError
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.selectors.segments import rules_inside
from cxm.customers.services.segment_schedules import MOST_COUNTED_OFTEN
from cxm.customers.services.segment_sql import compile_rule
from cxm.metrics.rules.days import local_date
from cxm.work.services import later

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant

KEEP_ONE = "customers.keep-segment"
MEMORY = "64MB"
NOT_COUNTED = "This segment could not be counted: its members are as they were before."

# What is new is written, what is over is ended; whoever stays is not touched.
_REFRESH = sql.SQL("""
{beginning}, wanted AS MATERIALIZED ({ids}),
held AS MATERIALIZED (
    SELECT customer_id FROM customers_segmentmember
    WHERE tenant_id = {tenant} AND segment_id = {segment}::uuid AND to_at IS NULL
), gone AS (
    UPDATE customers_segmentmember m SET to_at = {at}::timestamptz
    FROM held LEFT JOIN wanted ON wanted.id = held.customer_id
    WHERE m.tenant_id = {tenant} AND m.segment_id = {segment}::uuid AND m.to_at IS NULL
        AND m.customer_id = held.customer_id AND wanted.id IS NULL
    RETURNING 1
), came AS (
    INSERT INTO customers_segmentmember (id, tenant_id, segment_id, customer_id, from_at)
    SELECT cxm_uuid7(), {tenant}, {segment}::uuid, wanted.id, {at}::timestamptz
    FROM wanted LEFT JOIN held ON held.customer_id = wanted.id WHERE held.customer_id IS NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM wanted), (SELECT count(*) FROM came), (SELECT count(*) FROM gone)
""")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a count found: how many are in a segment, how many came, how many went."""

    size: int
    came: int
    gone: int

    @property
    def words(self) -> str:
        """Say it in a line."""
        noun = "customer" if self.size == 1 else "customers"
        if not self.came and not self.gone:
            return f"{self.size:,} {noun}, nothing has changed."
        return f"{self.size:,} {noun}: {self.came:,} came, {self.gone:,} went."


@transaction.atomic
def refresh_segment(*, segment: Segment, now: datetime) -> Refreshed:
    """Count the members of *segment* by its rule in force and write what has changed.

    One statement finds them and writes the differences. The first count by a new version is
    dated at the moment of that version. Raises SegmentRuleError for a rule that can no longer be
    used, and whatever the database says.
    """
    rows = Segment.objects.for_tenant(segment.tenant_id).select_for_update()
    locked = rows.get(pk=segment.pk)
    version = SegmentVersion.objects.for_tenant(segment.tenant_id).get(
        segment=locked, number=locked.version
    )
    is_first = locked.refreshed_at is None or locked.refreshed_at < version.at
    tenant, rule = segment.tenant, read_rule(version.rule)
    compiled = compile_rule(
        rule,
        tenant=tenant,
        today=local_date(now, ZoneInfo(tenant.time_zone)),
        others=rules_inside(tenant, rule),
    )
    ids = compiled.ids()
    ground = compiled.ground
    statement = _REFRESH.format(
        beginning=compiled.beginning(),
        ids=ids,
        tenant=ground.tenant_id,
        segment=ground.value(segment.pk),
        at=ground.value(version.at if is_first else now),
    )
    with connection.cursor() as cursor:
        # Millions of rows are grouped and joined: in memory where there is some.
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        cursor.execute(statement, ground.parameters)
        found = Refreshed(*cursor.fetchone())
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
    # A count that waited behind a later change of the rule must not look older than it.
    locked.size, locked.refreshed_at, locked.error = found.size, max(now, version.at), ""
    locked.save(update_fields=["size", "refreshed_at", "error"])
    return found


def keep_segment(*, segment: Segment, now: datetime) -> None:
    """Count a segment by the clock; what goes wrong is noted on it, its members stay."""
    try:
        refresh_segment(segment=segment, now=now)
    except (SegmentRuleError, DatabaseError) as error:
        note_failure(segment=segment, error=failure_words(error))


def failure_words(error: Exception) -> str:
    """Say why a count failed, for people."""
    return f"{NOT_COUNTED} {error}" if isinstance(error, SegmentRuleError) else NOT_COUNTED


def note_failure(*, segment: Segment, error: str) -> None:
    """Write on a segment why it could not be counted."""
    rows = Segment.objects.for_tenant(segment.tenant_id).filter(pk=segment.pk)
    rows.update(error=error[:500])


def keep_segments(*, tenant: Tenant, now: datetime, only_small: bool = False) -> int:
    """Promise a count of every live segment; give how many.

    With *only_small* nothing is promised for a tenant with more than 200,000 customers.
    """
    if only_small and _is_large(tenant):
        return 0
    pks: list[UUID] = list(
        Segment.objects.for_tenant(tenant).live().order_by("pk").values_list("pk", flat=True)
    )
    for pk in pks:
        later(KEEP_ONE, tenant=tenant, now=now, segment_id=str(pk))
    return len(pks)


def _is_large(tenant: Tenant) -> bool:
    some = Customer.objects.for_tenant(tenant).order_by("pk")[MOST_COUNTED_OFTEN:]
    return some.exists()
