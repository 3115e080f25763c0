"""Moving a tenant to another time zone: the day of every fact is told anew, in small steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from cxm.kernel.effects import Again
from cxm.kernel.zones import is_zone
from cxm.tenants.audit import record
from cxm.tenants.errors import UnknownZoneError, ZoneChangeUnderWayError
from cxm.tenants.models import ApiKey, Tenant
from cxm.work.models import Job
from cxm.work.services import advance_job, start_job

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership

REZONE = "analytics.rezone"
CHUNK = 5_000
# Facts have ids in the order of their making; those that were being written when the zone
# changed are looked at once more, from some time before.
OVERLAP = timedelta(hours=1)
FIRST_ID = UUID(int=0)

_COUNT = "SELECT count(*) FROM {table} WHERE tenant_id = %(tenant)s AND id > %(after)s"
_MOVE = """
WITH chunk AS (
    SELECT id FROM {table} WHERE tenant_id = %(tenant)s AND id > %(after)s
    ORDER BY id LIMIT %(size)s
), moved AS (
    UPDATE {table} f SET day = (f.{moment} AT TIME ZONE %(zone)s)::date
    FROM chunk WHERE f.tenant_id = %(tenant)s AND f.id = chunk.id
        AND f.day <> (f.{moment} AT TIME ZONE %(zone)s)::date
)
SELECT count(*), (array_agg(id ORDER BY id DESC))[1] FROM chunk
"""
FACTS = (
    {"table": "feedback_rating", "moment": "answered_at"},
    {"table": "feedback_response", "moment": "answered_at"},
    {"table": "customers_interaction", "moment": "occurred_at"},
)


@transaction.atomic
def change_time_zone(
    *, tenant: Tenant, time_zone: str, by: Membership | ApiKey, now: datetime
) -> Job | None:
    """Begin to move *tenant* to *time_zone* (an IANA name); None when it is there already.

    The zone in force, which pages name, changes when the job has told all days anew. Raises
    UnknownZoneError, and ZoneChangeUnderWayError while an earlier change runs.
    """
    if not is_zone(time_zone):
        raise UnknownZoneError(time_zone)
    if time_zone == tenant.time_zone:
        return None
    under_way = Job.objects.for_tenant(tenant).filter(kind=REZONE, state__in=Job.OPEN_STATES)
    if under_way.exists():
        raise ZoneChangeUnderWayError
    changes = {"time_zone": [tenant.time_zone, time_zone]}
    record(tenant=tenant, action="time-zone-changed", by=by, changes=changes)
    return start_rezoning(
        tenant=tenant, time_zone=time_zone, by=None if isinstance(by, ApiKey) else by, now=now
    )


def start_rezoning(*, tenant: Tenant, time_zone: str, by: Membership | None, now: datetime) -> Job:
    """Begin the job that tells the days of *tenant* in *time_zone*, whatever they are now."""
    return start_job(
        tenant=tenant,
        kind=REZONE,
        title=f"Moving all days to {time_zone}",
        by=by,
        now=now,
        time_zone=time_zone,
    )


def rezone_step(
    *,
    job: Job,
    now: datetime,
    time_zone: str,
    fact: int = 0,
    after: str = "",
    is_in_force: bool = False,
) -> Again | None:
    """Tell the days of the next few thousand facts anew; give where to go on, None at the end.

    *fact* is the table at hand, *after* the id to go on behind. When all tables are through,
    the zone comes into force, and what was written meanwhile is looked at once more. The
    ledger of the rollups follows each update by itself.
    """
    tenant = job.tenant
    if job.total is None:
        advance_job(job, now=now, total=sum(_count(tenant, table) for table in FACTS))
    position: dict[str, Any] = {"time_zone": time_zone, "is_in_force": is_in_force}
    start = _id_at(job.created_at - OVERLAP) if is_in_force else FIRST_ID
    seen, last = _move(tenant, FACTS[fact], time_zone, after or str(start))
    if not is_in_force:
        advance_job(job, now=now, done=min(job.done + seen, job.total or 0))
    if seen == CHUNK:
        return Again({**position, "fact": fact, "after": str(last)})
    if fact + 1 < len(FACTS):
        return Again({**position, "fact": fact + 1})
    if is_in_force:
        return None
    # FOR UPDATE waits for whoever is writing facts, and they for it: no gap, no mixture.
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    locked.time_zone = time_zone
    locked.save(update_fields=["time_zone"])
    advance_job(job, now=now, message=f"Days are told in {time_zone} now.")
    return Again({**position, "is_in_force": True})


def _count(tenant: Tenant, fact: dict[str, str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(**fact), {"tenant": tenant.pk, "after": FIRST_ID})
        count: int = cursor.fetchone()[0]
    return count


def _move(
    tenant: Tenant, fact: dict[str, str], time_zone: str, after: str
) -> tuple[int, UUID | None]:
    parameters: Any = {"tenant": tenant.pk, "zone": time_zone, "after": UUID(after), "size": CHUNK}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(**fact), parameters)
        seen, last = cursor.fetchone()
    return seen, last


def _id_at(moment: datetime) -> UUID:
    """Give the smallest id that a row made at *moment* could have (UUIDv7, RFC 9562, 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x8 << 60))
