"""Loading a checked file: one chunk a step, stored and counted in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxm.work.models import Batch, BatchChange
from cxm.work.services import advance_job
from feedback.adapters.event_mapping import EventMapping
from feedback.models import Import, Inbox
from feedback.services.file_reading import chunk_of
from feedback.services.line_loading import load_lines
from feedback.services.loading import load_records
from feedback.services.naming import lines_source_of, questions_of, source_of, wanted_of
from feedback.services.news import tell_of_import
from feedback.services.preparing import batch_of, mapping_of, settled_mapping
from feedback.services.refusing import conflict_refusal, store_refusals
from feedback.services.registering import Wanted, read_registry, register
from feedback.services.registry_rows import REGISTRIES, model_of
from feedback.services.scrubbing import without_lines
from feedback.services.tally import Tally
from feedback.services.threads import joined_responses

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.work.models import Job
    from feedback.adapters.event_mapping import FileMapping
    from feedback.adapters.mapping import Mapping
    from feedback.services.file_reading import Chunk, ChunkReader

ADAPTER = "survey-file"


def load_chunk(*, job: Job, imported: Import, chunk: int, now: datetime) -> bool:
    """Load chunk number *chunk* of the file of *imported* into its batch.

    The rows go into an inbox row, what they say into responses, customers and ratings, refusals
    with their reasons beside them. Gives whether that was the last chunk; then the report is
    there. Raises FileUnusableError, FileGoneError and MappingRefusedError.
    """
    mapping = mapping_of(imported) if chunk else settled_mapping(imported)
    batch = batch_of(imported)
    if not chunk:
        register(tenant=imported.tenant, wanted=wanted_of(mapping), batch=batch)
    tally = Tally.read(imported.progress if chunk else {})
    started = batch.started_at
    with chunk_of(imported, mapping, key=job.pk, number=chunk, now=started, keeps_rows=True) as (
        part,
        reader,
    ):
        _store(tally, part, reader, imported=imported, batch=batch, mapping=mapping, now=now)
    imported.progress = {**tally.kept(), "chunk": chunk + 1}
    imported.save(update_fields=["progress"])
    if part.is_last:
        finish_load(imported, state=Import.State.DONE, now=now)
    words = f"{tally.loaded:,} loaded, {tally.rows_refused:,} refused"
    advance_job(job, now=now, done=tally.rows_read, message=words)
    return part.is_last


def finish_load(imported: Import, *, state: Import.State, now: datetime, error: str = "") -> None:
    """End the loading of *imported* in *state* and write its report, whole or as far as it got."""
    batch = batch_of(imported)
    kept = {key: value for key, value in imported.progress.items() if key != "chunk"}
    tally = Tally.read(kept)
    imported.report = {**tally.report(), "listed": tally.listed, "created": created_by(batch)}
    imported.state, imported.error = state, error[:500]
    imported.save(update_fields=["report", "state", "error"])
    batch.state, batch.finished_at, batch.counts = Batch.State.DONE, now, tally.report()
    batch.save(update_fields=["state", "finished_at", "counts"])
    tell_of_import(imported, now=now)


def created_by(batch: Batch) -> dict[str, list[str]]:
    """List the titles of what *batch* made in the registries, as `missing` does."""
    changes = BatchChange.objects.for_tenant(batch.tenant_id).filter(
        batch=batch, before__isnull=True
    )
    made: dict[str, list[Any]] = {}
    for table, row_id in changes.values_list("table", "row_id"):
        made.setdefault(table, []).append(row_id)
    titles = {}
    for name, table in REGISTRIES.items():
        rows = model_of(table).objects.for_tenant(batch.tenant_id)
        found = rows.filter(pk__in=made.get(table, [])).order_by("pk")
        titles[name] = [str(row) for row in found]
    return titles


def _store(
    tally: Tally,
    part: Chunk,
    reader: ChunkReader,
    *,
    imported: Import,
    batch: Batch,
    mapping: FileMapping,
    now: datetime,
) -> None:
    if isinstance(mapping, EventMapping):
        _store_lines(tally, part, imported=imported, batch=batch, mapping=mapping, now=now)
        return
    source = source_of(mapping.survey.key)
    _register_found(imported, mapping, part, batch)
    loaded = load_records(
        tenant=imported.tenant,
        source=source,
        records=joined_responses(imported.tenant, part.records, mapping.thread),
        registry=read_registry(imported.tenant),
        batch=batch,
        now=now,
    )
    erased = set(loaded.erased)
    body = without_lines(part.body, erased)
    rejected = part.rows_refused + len(loaded.conflicts)
    counts = _counts(loaded.loaded, loaded.unchanged, rejected)
    inbox = _inbox_row(imported, part, counts, body=body, source=source, now=now)
    by_key = {record.key: record for record in part.records}
    conflicting = [by_key[key] for key in loaded.conflicts]
    cells = reader.cells_of([record.line for record in conflicting]) if conflicting else {}
    conflicts = [conflict_refusal(record, cells.get(record.line, ())) for record in conflicting]
    tally.add_rows(part)
    tally.add_conflicts(len(conflicts))
    tally.add_ratings(loaded.ratings)
    tally.loaded += loaded.loaded
    tally.unchanged += loaded.unchanged
    told = [replace(r, raw=()) if r.line in erased else r for r in (*part.refusals, *conflicts)]
    refusals = sorted(told, key=lambda refusal: refusal.line)
    tally.listed += store_refusals(batch=batch, inbox=inbox, refusals=refusals, listed=tally.listed)


def _store_lines(
    tally: Tally,
    part: Chunk,
    *,
    imported: Import,
    batch: Batch,
    mapping: EventMapping,
    now: datetime,
) -> None:
    loaded, unchanged = tally.loaded, tally.unchanged
    erased, more = load_lines(
        tally, part.lines, tenant=imported.tenant, mapping=mapping, batch=batch, now=now
    )
    counts = _counts(tally.loaded - loaded, tally.unchanged - unchanged, part.rows_refused)
    body = without_lines(part.body, erased)
    source = lines_source_of(mapping.source.key)
    inbox = _inbox_row(imported, part, counts, body=body, source=source, now=now)
    tally.add_rows(part)
    tally.add_refused(more)
    told = [replace(r, raw=()) if r.line in erased else r for r in (*part.refusals, *more)]
    refusals = sorted(told, key=lambda refusal: refusal.line)
    tally.listed += store_refusals(batch=batch, inbox=inbox, refusals=refusals, listed=tally.listed)


def _counts(loaded: int, unchanged: int, rejected: int) -> dict[str, int]:
    items = loaded + unchanged + rejected
    return {"items": items, "loaded": loaded, "unchanged": unchanged, "rejected": rejected}


def _register_found(imported: Import, mapping: Mapping, part: Chunk, batch: Batch) -> None:
    """Make the questions that only the rows of a long file name."""
    questions = questions_of(part.records, mapping)
    if questions:
        wanted = Wanted(
            survey_key=mapping.survey.key,
            survey_title=mapping.survey.title,
            source=source_of(mapping.survey.key),
            questions=questions,
        )
        register(tenant=imported.tenant, wanted=wanted, batch=batch)


def _inbox_row(
    imported: Import,
    part: Chunk,
    counts: dict[str, int],
    *,
    body: bytes,
    source: str,
    now: datetime,
) -> Inbox:
    return Inbox.objects.create(
        tenant_id=imported.tenant_id,
        source=source,
        adapter=ADAPTER,
        delivery_key=f"{imported.pk}:{part.number}",
        received_at=now,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        state=Inbox.State.PARTLY if counts["rejected"] else Inbox.State.PARSED,
        counts=counts,
        batch_id=imported.batch_id,
    )
