"""Writing down the verdict on a promise, once, when it was due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from analytics.models import TargetAssessment
from analytics.selectors.figures import Viewer
from analytics.selectors.map_outline import read_outline
from analytics.selectors.verdicts import Standing, standings
from analytics.services.news import tell_of_verdict
from cxm.tenants.audit import record
from journeys.models import JourneyMap, Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analytics.selectors.verdicts import Spans
    from cxm.metrics.rules.promises import Assessment
    from cxm.tenants.models import Tenant


@transaction.atomic
def write_due_verdicts(*, tenant: Tenant, now: datetime) -> int:
    """Write the verdict on every promise of *tenant* whose day is over; give how many were new.

    One verdict a promise and day: repeated runs write nothing, and what was written stays. A
    promise of a map that was never published, or of a broken figure, has none yet.
    """
    viewer = Viewer(tenant, sees_rows=True, now=now)
    due = Target.objects.for_tenant(tenant).filter(due__lt=viewer.today, removed_at=None)
    maps = JourneyMap.objects.for_tenant(tenant).filter(
        pk__in=due.values("map"), deleted_at=None, published_at__isnull=False
    )
    written = 0
    for found in maps.select_related("tenant", "journey").order_by("pk"):
        told = standings(viewer, read_outline(found))
        made = [_row(one, one.found, one.spans, len(told), now) for one in told if _is_new(one)]
        rows = [row for row in made if row is not None]
        written += _keep(rows, tenant)
    return written


def _is_new(one: Standing) -> bool:
    return one.found is not None and not one.is_interim and one.decided_on is None


def _keep(rows: Sequence[TargetAssessment], tenant: Tenant) -> int:
    """Keep the rows that nobody else has written meanwhile, and tell of those; give how many."""
    TargetAssessment.objects.bulk_create(rows, ignore_conflicts=True)
    there = TargetAssessment.objects.for_tenant(tenant).filter(pk__in=[row.pk for row in rows])
    kept = set(there.values_list("pk", flat=True))
    for row in (one for one in rows if one.pk in kept):
        changes = {"verdict": row.verdict, "due": row.due_on.isoformat()}
        record(tenant=tenant, action="target-assessed", by=None, about=row.target, changes=changes)
        tell_of_verdict(row)
    return len(kept)


def _row(
    one: Standing, found: Assessment | None, spans: Spans | None, tests: int, now: datetime
) -> TargetAssessment | None:
    if found is None or spans is None or one.item.reading is None:
        return None
    target = one.target
    return TargetAssessment(
        tenant=target.tenant,
        target=target,
        due_on=target.due,
        promised=target.value,
        direction=target.direction,
        margin=target.margin,
        verdict=found.word.value,
        needed=found.needed,
        visible=found.visible,
        value_before=found.before.value,
        n_before=found.before.n,
        before_start_on=spans.before.start_on,
        before_end_on=spans.before.end_on,
        value_now=found.since.value,
        n_now=found.since.n,
        now_start_on=spans.since.start_on,
        now_end_on=spans.since.end_on,
        low=found.low,
        high=found.high,
        tests=tests,
        confidence=found.confidence,
        definition_version=one.item.reading.figure.definition_version,
        decided_at=now,
    )
