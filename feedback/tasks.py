"""The queue's door: looking into files, checking them, loading them, taking them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.effects import Again, effect
from cxm.work.jobs import job_step
from cxm.work.services import advance_job
from feedback.models import Import
from feedback.services import (
    accepting,
    checking,
    event_loading,
    file_loading,
    importing,
    receiving,
    undoing,
)
from feedback.services.file_reading import NotThereYetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from cxm.work.models import Job


def _import(job: Job, import_id: str) -> Import:
    imports = Import.objects.for_tenant(job.tenant_id).select_related("tenant")
    return imports.get(pk=import_id)


def _check_cancelled(*, job: Job, import_id: str, **_rest: object) -> None:
    importing.check_over(imported=_import(job, import_id), job_id=job.pk)


def _check_failed(*, job: Job, error: str, import_id: str, **_rest: object) -> None:
    importing.check_over(imported=_import(job, import_id), job_id=job.pk, error=error)


def _load_cancelled(*, job: Job, now: datetime, import_id: str, **_rest: object) -> None:
    importing.load_over(imported=_import(job, import_id), job_id=job.pk, now=now)


def _load_failed(*, job: Job, now: datetime, error: str, import_id: str, **_rest: object) -> None:
    importing.load_over(imported=_import(job, import_id), job_id=job.pk, now=now, error=error)


def _undo_cancelled(*, job: Job, import_id: str, **_rest: object) -> None:
    importing.undo_over(imported=_import(job, import_id))


def _undo_failed(*, job: Job, error: str, import_id: str, **_rest: object) -> None:
    importing.undo_over(imported=_import(job, import_id), error=error)


def _look_failed(*, job: Job, error: str, import_id: str, **_rest: object) -> None:
    importing.check_over(imported=_import(job, import_id), job_id=job.pk, error=error)


@job_step(receiving.PROFILE, failed=_look_failed)
def profile_file(
    *, job: Job, now: datetime, import_id: str, **_from_newer_senders: object
) -> Again | None:
    """Look into a large file: what its columns hold, and what they may mean."""
    imported = _import(job, import_id)
    receiving.profile_file(imported=imported)
    rows = imported.preview["row_count"]
    advance_job(job, now=now, done=rows, total=rows, message=f"{rows:,} rows looked at.")
    return None


def _stepped(
    step: Callable[..., bool], *, job: Job, now: datetime, import_id: str, chunk: int
) -> Again | None:
    """Take one step through a file, or a part of the way to where it goes on."""
    try:
        is_over = step(job=job, imported=_import(job, import_id), chunk=chunk, now=now)
    except NotThereYetError as pause:
        words = f"Reading on to where it stopped: {pause.rows:,} rows passed by."
        advance_job(job, now=now, message=words)
        return Again({"import_id": import_id, "chunk": chunk})
    return None if is_over else Again({"import_id": import_id, "chunk": chunk + 1})


@job_step(importing.CHECK, cancelled=_check_cancelled, failed=_check_failed)
def check_file(
    *, job: Job, now: datetime, import_id: str, chunk: int = 0, **_from_newer_senders: object
) -> Again | None:
    """Check one chunk of a file."""
    return _stepped(checking.check_chunk, job=job, now=now, import_id=import_id, chunk=chunk)


@job_step(importing.LOAD, cancelled=_load_cancelled, failed=_load_failed)
def load_file(
    *, job: Job, now: datetime, import_id: str, chunk: int = 0, **_from_newer_senders: object
) -> Again | None:
    """Load one chunk of a file."""
    return _stepped(file_loading.load_chunk, job=job, now=now, import_id=import_id, chunk=chunk)


@job_step(importing.UNDO, cancelled=_undo_cancelled, failed=_undo_failed)
def undo_batch(
    *, job: Job, now: datetime, import_id: str, **_from_newer_senders: object
) -> Again | None:
    """Take back one chunk of what an import made."""
    is_over = undoing.undo_chunk(job=job, imported=_import(job, import_id), now=now)
    return None if is_over else Again({"import_id": import_id})


def _events_failed(tenant_id: UUID, arguments: dict[str, Any], error: str) -> None:  # noqa: ARG001 - of every give-up
    event_loading.give_up_loading(tenant_id=tenant_id, inbox_id=arguments["inbox_id"])


@effect(accepting.LOAD, give_up=_events_failed)
def load_events(
    *, tenant_id: UUID, now: datetime, inbox_id: str, **_from_newer_senders: object
) -> None:
    """Load one stored body of events."""
    event_loading.load_inbox(tenant_id=tenant_id, inbox_id=inbox_id, now=now)
