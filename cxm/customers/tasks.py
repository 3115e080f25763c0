"""The queue's door: counting members of segments, erasing people, applying touchpoint rules."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import DatabaseError, transaction

from cxm.customers.models import Segment
from cxm.customers.rules.segment_errors import SegmentError, SegmentRuleError
from cxm.customers.services import attributing
from cxm.customers.services.erasing import ERASE, erase_step
from cxm.customers.services.proposing import FIND, find_step
from cxm.customers.services.segment_refresh import (
    KEEP_ONE,
    failure_words,
    keep_segment,
    keep_segments,
    note_failure,
    refresh_segment,
)
from cxm.customers.services.segment_schedules import KEEP_NIGHTLY, KEEP_OFTEN
from cxm.customers.services.segments import REFRESH
from cxm.kernel.effects import Again, effect
from cxm.tenants.models import Tenant
from cxm.work.jobs import job_step
from cxm.work.models import Batch
from cxm.work.services import advance_job

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.work.models import Job


def _note_failure(
    *, job: Job, error: str, segment_id: str, **_position: object
) -> None:  # fmt: skip
    segment = Segment.objects.for_tenant(job.tenant_id).filter(pk=segment_id).first()
    if segment:
        note_failure(segment=segment, error=error)


@job_step(REFRESH, failed=_note_failure)
def count_members(
    *, job: Job, now: datetime, segment_id: str, **_from_newer_senders: object
) -> Again | None:
    """Count the members of one segment for somebody who waits for it."""
    segment = _segment(job.tenant_id, segment_id)
    if segment is None:
        return None
    try:
        with transaction.atomic():
            found = refresh_segment(segment=segment, now=now)
    except (SegmentRuleError, DatabaseError) as error:
        raise SegmentError(failure_words(error)) from error
    advance_job(job, now=now, done=found.size, total=found.size, message=found.words)
    return None


@effect(KEEP_ONE)
def keep_one(
    *, tenant_id: UUID, now: datetime, segment_id: str, **_from_newer_senders: object
) -> None:
    """Count one segment by the clock."""
    segment = _segment(tenant_id, segment_id)
    if segment is not None:
        keep_segment(segment=segment, now=now)


@effect(KEEP_NIGHTLY)
def keep_nightly(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Promise the nightly count of all segments."""
    keep_segments(tenant=Tenant.objects.get(pk=tenant_id), now=now)


@effect(KEEP_OFTEN)
def keep_often(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> None:
    """Promise the count of all segments of a tenant that is not large."""
    keep_segments(tenant=Tenant.objects.get(pk=tenant_id), now=now, only_small=True)


@job_step(ERASE)
def erase_person(
    *,
    job: Job,
    now: datetime,
    batch_id: str,
    part: str = "",
    cursor: str = "",
    **_from_newer_senders: object,
) -> Again | None:
    """Do one step of erasing a person."""
    return erase_step(job=job, batch_id=UUID(batch_id), part=part, cursor=cursor, now=now)


def _applying_over(*, job: Job, now: datetime, batch_id: str, **_rest: object) -> None:
    attributing.finish_applying(batch=_batch(job, batch_id), now=now)


def _undoing_over(*, job: Job, now: datetime, batch_id: str, **_rest: object) -> None:
    attributing.finish_undoing(batch=_batch(job, batch_id), is_whole=False, now=now)


@job_step(attributing.APPLY, cancelled=_applying_over, failed=_applying_over)
def apply_rules(
    *,
    job: Job,
    now: datetime,
    batch_id: str,
    rules: str,
    start: str | None = None,
    end: str | None = None,
    after: str | None = None,
    **_from_newer_senders: object,
) -> Again | None:
    """Apply the touchpoint rules to one chunk of the past."""
    batch = _batch(job, batch_id)
    last = attributing.apply_chunk(
        job=job,
        batch=batch,
        start=date.fromisoformat(start) if start else None,
        end=date.fromisoformat(end) if end else None,
        after=UUID(after) if after else None,
        rules=rules,
        now=now,
    )
    if last is None:
        attributing.finish_applying(batch=batch, now=now)
        return None
    same = {"batch_id": batch_id, "rules": rules, "start": start, "end": end}
    return Again({**same, "after": str(last)})


@job_step(attributing.UNDO, cancelled=_undoing_over, failed=_undoing_over)
def undo_rules(
    *,
    job: Job,
    now: datetime,
    batch_id: str,
    after: str | None = None,
    **_from_newer_senders: object,
) -> Again | None:
    """Put back one chunk of what applying touchpoint rules changed."""
    batch = _batch(job, batch_id)
    last = attributing.undo_chunk(
        job=job, batch=batch, after=UUID(after) if after else None, now=now
    )
    if last is None:
        attributing.finish_undoing(batch=batch, is_whole=True, now=now)
        return None
    return Again({"batch_id": batch_id, "after": str(last)})


def _batch(job: Job, batch_id: str) -> Batch:
    return Batch.objects.for_tenant(job.tenant_id).select_related("tenant").get(pk=batch_id)


@job_step(FIND)
def find_duplicates(
    *,
    job: Job,
    now: datetime,
    look: int = 0,
    found: int = 0,
    shared: int = 0,
    **_from_newer_senders: object,
) -> Again | None:
    """Look for one kind of likeness between customers."""
    return find_step(job=job, look=look, found=found, shared=shared, now=now)


def _segment(tenant_id: UUID, segment_id: str) -> Segment | None:
    rows = Segment.objects.for_tenant(tenant_id).live().select_related("tenant")
    return rows.filter(pk=segment_id).first()
