"""Lines of a file of events: counted in the dry run, loaded chunk by chunk."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.customers.models import IngestKey
from cxm.customers.rules.records import Call
from cxm.customers.services.forgetting import without_erased
from cxm.customers.services.loading_events import load_events
from cxm.customers.services.suppressing import load_before_erasing
from feedback.adapters.records import Refusal
from feedback.services.before_loading import note_before, note_made
from feedback.services.naming import lines_source_of
from feedback.services.threads import joined_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cxm.customers.rules.records import EventRecord
    from cxm.tenants.models import Tenant
    from cxm.work.models import Batch
    from feedback.adapters.event_mapping import EventMapping
    from feedback.adapters.records import LineEvents
    from feedback.services.tally import CheckTally, Tally


def count_lines(
    tally: CheckTally,
    lines: Sequence[LineEvents],
    *,
    tenant: Tenant,
    mapping: EventMapping,
    samples: int,
) -> None:
    """Count what loading *lines* would bring, and keep the first *samples* to be shown.

    Three queries.
    """
    joined = joined_lines(tenant, lines, mapping.thread)
    keys = [record.key for line in joined for record in line.records]
    tally.line = mapping.line
    source = lines_source_of(mapping.source.key)
    there = set(_claimed(tenant, source, keys).values_list("key", flat=True))
    new = {record.key for line in joined for record in line.records} - there
    _count(tally, joined, new)
    room = max(samples - len(tally.samples), 0)
    tally.samples += [_sample(line) for line in joined[:room]]


def load_lines(
    tally: Tally,
    lines: Sequence[LineEvents],
    *,
    tenant: Tenant,
    mapping: EventMapping,
    batch: Batch,
    now: datetime,
) -> tuple[set[int], list[Refusal]]:
    """Give *lines* their effect, each once whatever how often it comes.

    Gives the lines that are about erased people, whose cells must not be kept, and refusals of
    single values. Runs in the transaction of its caller.
    """
    joined = joined_lines(tenant, lines, mapping.thread)
    records = [record for line in joined for record in line.records]
    tally.line = mapping.line
    source = lines_source_of(mapping.source.key)
    load_before_erasing(tenant)
    kept = without_erased(tenant, records)
    before = note_before(kept, batch=batch)
    loaded = load_events(tenant=tenant, source=source, records=records, now=now, batch=batch)
    note_made(before, source=source, batch=batch)
    keys = [record.key for record in records]
    # Lines of one file have keys of their own, so that what this batch claimed is new now.
    claimed = _claimed(tenant, source, keys).filter(batch=batch).values_list("key", flat=True)
    _count(tally, joined, set(claimed))
    erased = {
        record.position for record, left in zip(records, kept, strict=True) if left is not record
    }
    refusals = [
        Refusal(one.position, one.code, one.message, one.path, is_whole_row=False)
        for one in loaded.refused
    ]
    return erased, refusals


def _claimed(tenant: Tenant, source: str, keys: Sequence[str]) -> Any:
    return IngestKey.objects.for_tenant(tenant).filter(source=source, key__in=keys)


def _count(tally: Tally, lines: Iterable[LineEvents], new: set[str]) -> None:
    """Count lines of which anything is new, and the events in them; flags of all lines."""
    told = list(lines)
    names: Counter[str] = Counter()
    for line in told:
        fresh = [record for record in line.records if record.key in new]
        tally.loaded += bool(fresh)
        tally.unchanged += not fresh
        names.update(record.name for record in fresh if record.call is Call.TRACK)
    tally.add_events(names)
    tally.add_flags(told)


def _sample(line: LineEvents) -> dict[str, Any]:
    """Give a line as the report of a dry run shows it: who, what, when."""
    return {
        "line": line.line,
        "customer": next((r.refs[0].value for r in line.records if r.refs), ""),
        "company": next((r.company for r in line.records if r.company), ""),
        "tells": [_told(record) for record in line.records],
    }


def _told(record: EventRecord) -> dict[str, Any]:
    return {
        "call": record.call.value,
        "name": record.name,
        "at": record.occurred_at.isoformat(),
        "tells": [[key, value] for key, value in {**record.traits, **record.props}.items()],
    }
