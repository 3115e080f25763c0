"""The dry run: every line of a file is read as loading would, and only a report is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.customers.models import IngestKey
from cxm.metrics.figures import definition_of
from cxm.metrics.models import Metric, MetricVersion
from cxm.metrics.rules.statistic import Definition, estimate
from cxm.work.services import advance_job
from feedback.adapters.event_mapping import EventMapping
from feedback.models import Import
from feedback.services.file_reading import chunk_of
from feedback.services.line_loading import count_lines
from feedback.services.loading import content_hash
from feedback.services.naming import source_of, wanted_of
from feedback.services.preparing import mapping_of, settled_mapping
from feedback.services.refusing import conflict_refusal, told
from feedback.services.registering import missing
from feedback.services.tally import CheckTally

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.metrics.rules.histogram import Histogram
    from cxm.tenants.models import Tenant
    from cxm.work.models import Job
    from feedback.adapters.event_mapping import FileMapping
    from feedback.adapters.records import ResponseRecord
    from feedback.services.file_reading import Chunk

SAMPLES = 50
SHOWN_REFUSALS = 200


def check_chunk(*, job: Job, imported: Import, chunk: int, now: datetime) -> bool:
    """Read chunk number *chunk* of the file of *imported*; nothing that it says is written.

    Gives whether that was the last one; then the report is in `check_report`. Raises
    FileUnusableError, FileGoneError and MappingRefusedError.
    """
    mapping = mapping_of(imported) if chunk else settled_mapping(imported)
    tally = CheckTally.read(imported.progress if chunk else {})
    with chunk_of(
        imported, mapping, key=job.pk, number=chunk, now=job.created_at, keeps_rows=False
    ) as (part, _):
        _count(tally, part, imported.tenant, mapping)
    imported.progress = tally.kept()
    changed = ["progress"]
    if part.is_last:
        imported.check_report = _report(imported.tenant, mapping, tally)
        imported.state, imported.progress = Import.State.CHECKED, {}
        changed += ["check_report", "state"]
    imported.save(update_fields=changed)
    words = f"{tally.loaded:,} to load, {tally.rows_refused:,} refused"
    advance_job(job, now=now, done=tally.rows_read, message=words)
    return part.is_last


def _count(tally: CheckTally, part: Chunk, tenant: Tenant, mapping: FileMapping) -> None:
    if isinstance(mapping, EventMapping):
        count_lines(tally, part.lines, tenant=tenant, mapping=mapping, samples=SAMPLES)
        tally.add_rows(part)
        room = SHOWN_REFUSALS - len(tally.refusals)
        tally.refusals += told(part.refusals[:room])
        return
    metrics = {metric.key: metric for metric in Metric.objects.for_tenant(tenant)}
    stored = _stored_hashes(tenant, source_of(mapping.survey.key), part.records)
    ratings: Counter[str] = Counter()
    conflicts = []
    for record in part.records:
        there = stored.get(record.key)
        if there is not None and there != content_hash(record):
            conflicts.append(conflict_refusal(record))
            continue
        if there is None:
            tally.loaded += 1
            ratings.update(rating.metric for rating in record.ratings)
        else:
            tally.unchanged += 1
        tally.count_scores(record, metrics)
        if len(tally.samples) < SAMPLES:
            tally.samples.append(_sample(record))
    tally.add_rows(part)
    tally.add_conflicts(len(conflicts))
    tally.add_ratings(ratings)
    room = SHOWN_REFUSALS - len(tally.refusals)
    tally.refusals += told([*part.refusals, *conflicts][:room])


def _stored_hashes(tenant: Tenant, source: str, records: list[ResponseRecord]) -> dict[str, str]:
    keys = [record.key for record in records]
    rows = IngestKey.objects.for_tenant(tenant).filter(source=source, key__in=keys)
    return dict(rows.values_list("key", "content_hash"))


def _sample(record: ResponseRecord) -> dict[str, Any]:
    return {
        "line": record.line,
        "answered_at": record.answered_at.isoformat(),
        "customer": record.customer.value if record.customer else "",
        "scores": [
            {
                "question": r.question,
                "metric": r.metric,
                "value": r.value,
                "touchpoint": r.touchpoint,
            }
            for r in record.ratings
        ],
        "comments": record.comments,
        "weight": str(record.weight) if record.weight is not None else "",
        "kept": len(record.answers),
    }


def _report(tenant: Tenant, mapping: FileMapping, tally: CheckTally) -> dict[str, Any]:
    return {
        **tally.report(),
        "created": missing(tenant, wanted_of(mapping)),
        "figures": _figures(tenant, tally),
        "samples": tally.samples,
        "refusals": tally.refusals,
    }


def _figures(tenant: Tenant, tally: CheckTally) -> list[dict[str, Any]]:
    """Compute what each metric of the file comes to, over all its rows that are or will be in."""
    figures = []
    for metric in Metric.objects.for_tenant(tenant).order_by("ord", "pk"):
        if metric.key not in tally.counts:
            continue
        versions = MetricVersion.objects.for_tenant(tenant)
        version = versions.get(metric=metric, number=metric.version)
        histogram = tally.counts[metric.key].histogram(metric.scale_offset, metric.scale_step)
        figures.append(
            {
                "metric": metric.key,
                "title": metric.title,
                "unit": version.unit,
                "decimals": version.decimals,
                "plain": _estimated(histogram, definition_of(version), weighted=False),
                "weighted": _estimated(histogram, definition_of(version), weighted=True)
                if histogram.weights
                else None,
            }
        )
    return figures


def _estimated(histogram: Histogram, definition: Definition, *, weighted: bool) -> dict[str, Any]:
    found = estimate(histogram, definition, weighted=weighted)
    return {
        "value": found.value,
        "n": found.n,
        "n_eff": found.n_eff,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "method": found.method,
    }
