"""The queue's door: large files of maps, and maps kept as they were."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from cxm.kernel.effects import Again, effect
from cxm.tenants.models import Tenant
from cxm.work.jobs import job_step
from cxm.work.services import advance_job
from journeys.models import JourneyMap
from journeys.rules.reviews import SnapshotTrigger
from journeys.rules.sheet_options import options_from
from journeys.selectors.exports import EXPORT
from journeys.services.comparing import Moment, state_at
from journeys.services.exports import SWEEP, count_pages, make_file, sweep_exports
from journeys.services.purging import PURGE, purge_deleted
from journeys.services.score_models import COMPUTE
from journeys.services.scores import compute_scores
from journeys.services.snapshots import DUE, is_kept, keep_snapshot

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.work.models import Job

_LOG = logging.getLogger(__name__)


@job_step(EXPORT)
def export_map(
    *,
    job: Job,
    now: datetime,
    map_id: str,
    options: dict[str, Any],
    sees_answers: bool,
    pages: int | None = None,
    **_from_newer_senders: object,
) -> Again | None:
    """Place the map first and say how many pages it has, then make its file."""
    rows = JourneyMap.objects.for_tenant(job.tenant_id)
    of = rows.select_related("tenant", "journey__owner__user").get(pk=map_id)
    asked = options_from(options)
    if pages is None:
        pages = count_pages(of=of, options=asked, reader=job.by, now=now)
        advance_job(job, now=now, done=1, message=_said(pages))
        told = {"map_id": map_id, "options": options, "sees_answers": sees_answers}
        return Again({**told, "pages": pages})
    make_file(job=job, of=of, options=asked, sees_answers=sees_answers, now=now)
    advance_job(job, now=now, done=2, message=_said(pages))
    return None


@effect(SWEEP)
def exports_swept(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Remove the files of maps that were kept long enough."""
    sweep_exports(tenant=Tenant.objects.get(pk=tenant_id), now=now)


@effect(DUE)
def snapshot_due(
    *, tenant_id: UUID, now: datetime, map_id: str, seq: int, **_from_newer_senders: object
) -> None:
    """Keep a map as it was after operation *seq*, unless it was kept just then."""
    rows = JourneyMap.objects.for_tenant(tenant_id).select_related("tenant")
    # Whoever changes the map waits, so that its number and what is on it agree.
    of = rows.select_for_update(no_key=True, of=("self",)).get(pk=map_id)
    if is_kept(of, seq):
        return
    keep_snapshot(
        of=of,
        seq=seq,
        state=state_at(Moment(of, seq), now=now),
        trigger=SnapshotTrigger.EVERY_500_OPS,
        label="",
        by=None,
        now=now,
    )


@effect(PURGE)
def deleted_purged(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Remove for good what was deleted from maps 90 days ago."""
    count = purge_deleted(tenant=Tenant.objects.get(pk=tenant_id), now=now)
    if count:
        _LOG.info("removed %d elements of maps that were deleted long ago", count)


@effect(COMPUTE)
def scores_computed(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Compute what data say of opportunities and solutions."""
    compute_scores(tenant=Tenant.objects.get(pk=tenant_id), now=now)


def _said(pages: int) -> str:
    if not pages:
        return ""
    return "1 page" if pages == 1 else f"{pages} pages"
