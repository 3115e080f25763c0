"""Loading the example of a workspace, and removing it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.operations.records import Source
from cxm.tenants.audit import record
from cxm.tenants.models import Tenant
from cxm.touchpoints.services import archive_registered
from cxm.work.models import Batch, BatchChange
from journeys.rules.cxmap_files import read_files
from journeys.rules.example import CURRENT, example_files
from journeys.selectors.example import (
    EXAMPLE,
    MODELS,
    ExamplePart,
    example_parts,
    last_example,
    rows_of,
    uses_of,
)
from journeys.services.journeys import archive_journey, restore_journey
from journeys.services.library import archive_item, restore_item
from journeys.services.map_files_in import apply_files
from journeys.services.map_library_in import MapAsking
from journeys.services.maps import publish_map
from personas.rules.cxmap_import import Becomes
from personas.services.personas import archive_persona, unarchive_persona

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap

_NEW = (Becomes.NEW, Becomes.COPY)
_TITLE = "The example"


@transaction.atomic
def load_example(*, tenant: Tenant, by: Membership, now: datetime) -> Batch:
    """Put the example into a workspace: a journey with a live and a future map, and their parts.

    One that is there stays as it is; one that was removed comes back. What has a key of the example
    already is used as it is, and never removed with it. Raises LibraryRefusedError.
    """
    # Who asks twice waits here, and finds it loaded.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    last = last_example(tenant)
    if last is not None and last.state == Batch.State.DONE:
        return last
    batch = last or _begun(tenant, by, now)
    stayed: dict[str, int] = {}
    if last is None:
        _lay(batch, by, now)
    else:
        stayed = _put_all_back(batch, by, now)
    batch.state, batch.finished_at = Batch.State.DONE, now
    record(tenant=tenant, action="example-loaded", by=by)
    # Read again: what refers to them was written just now.
    uses = uses_of(tenant, rows_of(batch))
    batch.counts = {"uses": {str(pk): n for pk, n in uses.items()} | stayed}
    batch.save(update_fields=["state", "finished_at", "counts"])
    return batch


@transaction.atomic
def remove_example(*, batch: Batch, by: Membership, now: datetime) -> list[ExamplePart]:
    """Take all of the example off the lists that nobody has changed or linked; tell all parts.

    Nothing else is touched. Done twice it does nothing more, and tells nothing.
    """
    rows = Batch.objects.for_tenant(batch.tenant_id).filter(pk=batch.pk, state=Batch.State.DONE)
    if not rows.update(state=Batch.State.UNDONE, finished_at=now):
        return []
    # As it is now: it may have been loaded again since *batch* was read.
    same = Batch.objects.for_tenant(batch.tenant_id).select_related("tenant")
    parts = example_parts(same.get(pk=batch.pk))
    for part in parts:
        if not part.is_kept:
            _take_away(part.kind, part.row, by, now)
    kept = sum(part.is_kept for part in parts)
    changes = {"removed": len(parts) - kept, "kept": kept}
    record(tenant=batch.tenant, action="example-removed", by=by, changes=changes)
    return parts


def _begun(tenant: Tenant, by: Membership, now: datetime) -> Batch:
    return Batch.objects.create(tenant=tenant, kind=EXAMPLE, title=_TITLE, by=by, started_at=now)


def _lay(batch: Batch, by: Membership, now: datetime) -> None:
    """Take the files of the example in, and publish its current map."""
    tables = {kind: model._meta.db_table for kind, model in MODELS.items()}
    drawn: JourneyMap | None = None
    for name, content in example_files().items():
        asking = MapAsking(
            batch.tenant,
            by,
            now,
            Source.IMPORT,
            # A journey that somebody has taken in under this key is theirs.
            {"journey.example-return-shoes": "copy"} if drawn is None else {},
            journey=drawn.journey if drawn else None,
        )
        found = apply_files(asking=asking, files=read_files(content, name))
        BatchChange.objects.bulk_create(
            BatchChange(tenant=batch.tenant, batch=batch, table=tables[part.kind], row_id=part.id)
            for part in found.preview.parts
            if part.kind in tables and part.becomes in _NEW
        )
        drawn = found.maps[0]
        if name == CURRENT:
            publish_map(of=drawn, by=by, now=now, held_before=True)


def _put_all_back(batch: Batch, by: Membership, now: datetime) -> dict[str, int]:
    """Bring back what lies in the archive; give the former counts of what people have kept.

    What they have made their own stays so, however often the example comes and goes.
    """
    before: dict[str, int] = batch.counts.get("uses", {})
    stayed = {}
    for kind, row in rows_of(batch):
        if row.archived_at is None:
            stayed[str(row.pk)] = before.get(str(row.pk), 0)
        _put_back(kind, row, by, now)
    return stayed


def _take_away(kind: str, row: Any, by: Membership, now: datetime) -> None:
    match kind:
        case "journey":
            archive_journey(journey=row, by=by, now=now)
        case "persona":
            archive_persona(persona=row, by=by, now=now)
        case "touchpoint":
            archive_registered(row=row, is_archived=True, by=by, now=now)
        case _:
            archive_item(item=row, by=by, now=now)


def _put_back(kind: str, row: Any, by: Membership, now: datetime) -> None:
    match kind:
        case "journey":
            restore_journey(journey=row, by=by, now=now)
        case "persona":
            unarchive_persona(persona=row, by=by, now=now)
        case "touchpoint":
            if row.archived_at is not None:
                archive_registered(row=row, is_archived=False, by=by, now=now)
        case _:
            restore_item(item=row, by=by, now=now)
