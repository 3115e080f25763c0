"""Removing for good what was deleted from maps long ago and nothing needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from cxm.tenants.audit import record
from journeys.models import (
    Card,
    Flow,
    JourneyMap,
    MapThread,
    Step,
    StepJourney,
    StepRole,
    StepTouchpoint,
    Target,
)
from journeys.rules.kinds import MapStatus
from journeys.selectors.map_elements import MODELS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant

PURGE = "journeys.purge-deleted"
KEPT = timedelta(days=90)
# What lies in others goes before these.
_ORDER = ("card", "flow", "contact", "nested", "role", "cast", "lane", "step", "stage")
# By kind: the rows that refer to one of it, and by which column. Deleted ones count as well.
_INSIDE: dict[str, tuple[tuple[Any, str], ...]] = {
    "lane": ((Card, "lane"),),
    "step": (
        (Card, "step_from"),
        (Card, "step_to"),
        (Flow, "from_step"),
        (Flow, "to_step"),
        (StepTouchpoint, "step"),
        (StepJourney, "step"),
        (StepRole, "step"),
    ),
    "stage": ((Step, "stage"),),
}
# What was there in a version that is kept: bringing that back needs its row.
_IN_VERSIONS = """
SELECT DISTINCT (line ->> 'id')::uuid
FROM journeys_snapshot s, jsonb_array_elements(s.document -> 'elements') AS line
WHERE s.tenant_id = %s AND s.map_id = %s
    AND coalesce((line ->> 'is_deleted')::boolean, false) = false
"""


def purge_deleted(*, tenant: Tenant, now: datetime) -> int:
    """Remove what was deleted from drafts of a tenant at least 90 days before *now*; say how much.

    What a kept version shows, a target is about, a thread is on, or another row refers to stays.
    Lineages, with their keys, and the log stay as well. Maps are purged one by one, each in a
    transaction with an entry in the audit log; doing it again removes nothing more.
    """
    open_maps = JourneyMap.objects.for_tenant(tenant).exclude(
        status__in=(MapStatus.PUBLISHED, MapStatus.RETIRED)
    )
    old = Q(deleted_at__lte=now - KEPT)
    found: set[UUID] = set()
    for kind in _ORDER:
        rows = MODELS[kind].objects.for_tenant(tenant).filter(old, map__in=open_maps)
        found.update(rows.values_list("map_id", flat=True).distinct())
    return sum(_purge(row, old) for row in open_maps.filter(pk__in=found).order_by("pk"))


@transaction.atomic
def _purge(row: JourneyMap, old: Q) -> int:
    # Whoever would bring something back waits, and then finds it gone, or it is there again.
    rows = JourneyMap.objects.for_tenant(row.tenant_id).filter(pk=row.pk)
    if not rows.select_for_update(no_key=True).exclude(
        status__in=(MapStatus.PUBLISHED, MapStatus.RETIRED)
    ):
        return 0
    needed = _needed(row)
    counts: dict[str, int] = {}
    for kind in _ORDER:
        gone = MODELS[kind].objects.for_tenant(row.tenant_id).filter(old, map=row)
        gone = gone.exclude(lineage__in=needed)
        for model, column in _INSIDE.get(kind, ()):
            inside = model.objects.for_tenant(row.tenant_id).filter(map=row)
            gone = gone.exclude(Exists(inside.filter(**{column: OuterRef("lineage")})))
        count, _ = gone.delete()
        counts |= {kind: count} if count else {}
    if counts:
        record(tenant=row.tenant, action="map-purged", by=None, about=row, changes=counts)
    return sum(counts.values())


def _needed(row: JourneyMap) -> set[UUID]:
    threads = MapThread.objects.for_tenant(row.tenant_id).filter(lineage__isnull=False, map=row)
    targets = Target.objects.for_tenant(row.tenant_id).filter(step__isnull=False, map=row)
    found = set(threads.values_list("lineage_id", flat=True))
    found |= set(targets.values_list("step_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_IN_VERSIONS, [row.tenant_id, row.pk])
        found |= {pk for (pk,) in cursor.fetchall()}
    return found
