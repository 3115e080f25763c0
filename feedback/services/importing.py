"""The life of an import: mapped, checked, loaded, stopped, undone; each move happens once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.work.models import Batch, Job
from cxm.work.services import cancel_job, start_job
from feedback.errors import ImportBusyError, MappingFixedError
from feedback.models import Import
from feedback.services.file_loading import finish_load
from feedback.services.file_reading import open_readers
from feedback.services.preparing import batch_of, mapping_of, plain_mapping, require_usable
from feedback.services.undoing import rows_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from feedback.adapters.event_mapping import FileMapping

CHECK, LOAD, UNDO = "feedback.check_file", "feedback.load_file", "feedback.undo_batch"
_State = Import.State
CHECKABLE = (_State.UPLOADED, _State.CHECKED, _State.FAILED)
LOADABLE = (_State.UPLOADED, _State.CHECKED, _State.CANCELLED, _State.FAILED)
UNDOABLE = (_State.DONE, _State.CANCELLED, _State.FAILED)
RUNNING = Import.RUNNING_STATES


@transaction.atomic
def save_mapping(*, imported: Import, mapping: FileMapping) -> None:
    """Say what the columns of the file mean; an earlier check no longer counts.

    Raises MappingRefusedError with every problem, MappingFixedError once rows of the file are
    in, ImportBusyError while it is being checked.
    """
    if imported.batch_id:
        raise MappingFixedError
    require_usable(imported, mapping)
    _move(
        imported,
        CHECKABLE,
        _State.UPLOADED,
        mapping=plain_mapping(mapping),
        check_report=None,
        error="",
    )


@transaction.atomic
def check_with(
    *, imported: Import, mapping: FileMapping, by: Membership | ApiKey | None, now: datetime
) -> Job:
    """Say what the columns mean and begin the dry run; raises as both of these do."""
    save_mapping(imported=imported, mapping=mapping)
    return start_check(imported=imported, by=by, now=now)


@transaction.atomic
def start_check(*, imported: Import, by: Membership | ApiKey | None, now: datetime) -> Job:
    """Begin the dry run.

    Raises NotMappedError, MappingFixedError once rows of the file are in, ImportBusyError when
    it is being checked already.
    """
    mapping_of(imported)
    if imported.batch_id:
        raise MappingFixedError
    _move(imported, CHECKABLE, _State.CHECKING, check_report=None, error="", progress={})
    return _started(imported, CHECK, "Checking", by=by, now=now, total=_rows_known(imported))


@transaction.atomic
def start_load(*, imported: Import, by: Membership | ApiKey | None, now: datetime) -> Job:
    """Begin loading, or go on where it was stopped or failed; asked twice, it happens once.

    Raises NotMappedError, MappingRefusedError with every problem, ImportBusyError when it is
    loaded, being loaded, or undone in part.
    """
    require_usable(imported, mapping_of(imported))
    _move(imported, LOADABLE, _State.LOADING, error="")
    if imported.batch_id is None:
        imported.batch = Batch.objects.create(
            tenant_id=imported.tenant_id,
            kind="import",
            title=imported.file_name[:200],
            by=None if isinstance(by, ApiKey) else by,
            started_at=now,
        )
        imported.progress = {}
        imported.save(update_fields=["batch", "progress"])
    elif not _moved_batch(imported, Batch.State.DONE, Batch.State.OPEN):
        raise ImportBusyError("undone in part")
    record(tenant=imported.tenant, action="import-started", by=by, about=imported)
    chunk = imported.progress.get("chunk", 0)
    return _started(
        imported, LOAD, "Loading", by=by, now=now, total=_rows_known(imported), chunk=chunk
    )


@transaction.atomic
def start_undo(*, imported: Import, by: Membership | ApiKey | None, now: datetime) -> Job:
    """Begin to take back what the file brought, or go on where that was stopped.

    Raises ImportBusyError when nothing of it is in, or when it is being loaded or undone.
    """
    if imported.batch_id is None:
        raise ImportBusyError(imported.get_state_display())
    _move(imported, UNDOABLE, _State.UNDOING, error="")
    batch = batch_of(imported)
    batch.state = Batch.State.UNDOING
    batch.save(update_fields=["state"])
    record(tenant=imported.tenant, action="import-undone", by=by, about=imported)
    total = rows_of(batch)
    return _started(imported, UNDO, "Undoing", by=by, now=now, total=total)


def cancel_import(*, imported: Import, by: Membership | ApiKey, now: datetime) -> None:
    """Ask the running step of *imported* to stop; what is loaded stays and can be undone."""
    if imported.job is not None and imported.state in RUNNING:
        cancel_job(job=imported.job, by=by, now=now)


@transaction.atomic
def repeat_import(*, imported: Import, by: Membership | ApiKey | None, now: datetime) -> Import:
    """Make a new import of the same stored file with the same mapping: after an undo, say."""
    again = Import.objects.create(
        pk=new_id(),
        tenant=imported.tenant,
        file_name=imported.file_name,
        file_path=imported.file_path,
        bytes=imported.bytes,
        sha256=imported.sha256,
        mapping=imported.mapping,
        preview=imported.preview,
        by=None if isinstance(by, ApiKey) else by,
        created_at=now,
    )
    record(tenant=imported.tenant, action="file-received", by=by, about=again)
    return again


def check_over(*, imported: Import, job_id: UUID, error: str = "") -> None:
    """Note that a check was stopped, or failed with *error*."""
    open_readers.close(job_id)
    imported.state = _State.FAILED if error else _State.UPLOADED
    imported.error, imported.progress = error[:500], {}
    imported.save(update_fields=["state", "error", "progress"])


@transaction.atomic
def load_over(*, imported: Import, job_id: UUID, now: datetime, error: str = "") -> None:
    """Note that loading was stopped, or failed with *error*; what is in stays, to be undone.

    When nothing is in yet, the batch goes, so that the mapping can be corrected.
    """
    open_readers.close(job_id)
    if imported.progress.get("chunk"):
        state = _State.FAILED if error else _State.CANCELLED
        finish_load(imported, state=state, now=now, error=error)
        return
    batch, imported.batch = batch_of(imported), None
    imported.state = _State.FAILED if error else _State.UPLOADED
    imported.error, imported.progress = error[:500], {}
    imported.save(update_fields=["batch", "state", "error", "progress"])
    batch.delete()


def undo_over(*, imported: Import, error: str = "") -> None:
    """Note that an undo was stopped, or failed with *error*; it can be taken up again."""
    imported.state = _State.FAILED if error else _State.CANCELLED
    words = "The undo was stopped half way. Undo again to remove the rest."
    imported.error = (error or words)[:500]
    imported.save(update_fields=["state", "error"])


def _move(
    imported: Import, allowed: Collection[Import.State], to: Import.State, **changes: Any
) -> None:
    """Bring *imported* from one of *allowed* into state *to*, or raise ImportBusyError.

    Two people who ask at once both come here: the row count tells who was first.
    """
    rows = Import.objects.for_tenant(imported.tenant_id).filter(pk=imported.pk, state__in=allowed)
    if not rows.update(state=to, **changes):
        imported.refresh_from_db(fields=["state"])
        raise ImportBusyError(imported.get_state_display())
    imported.state = to
    for name, value in changes.items():
        setattr(imported, name, value)


def _moved_batch(imported: Import, before: Batch.State, after: Batch.State) -> bool:
    rows = Batch.objects.for_tenant(imported.tenant_id).filter(
        pk=batch_of(imported).pk, state=before
    )
    return rows.update(state=after, finished_at=None) == 1


def _started(
    imported: Import,
    kind: str,
    verb: str,
    *,
    by: Membership | ApiKey | None,
    now: datetime,
    total: int | None,
    **arguments: Any,
) -> Job:
    job = start_job(
        tenant=imported.tenant,
        kind=kind,
        title=f"{verb} {imported.file_name}"[:200],
        by=None if isinstance(by, ApiKey) else by,
        now=now,
        total=total,
        import_id=str(imported.pk),
        **arguments,
    )
    job.result_url = reverse("feedback:import", args=[imported.tenant.slug, imported.pk])
    job.save(update_fields=["result_url"])
    imported.job = job
    imported.save(update_fields=["job"])
    return job


def _rows_known(imported: Import) -> int | None:
    """Give the number of rows, when somebody counted them before."""
    if imported.check_report:
        return int(imported.check_report["rows_read"])
    counted: int | None = imported.preview.get("row_count")
    return counted
