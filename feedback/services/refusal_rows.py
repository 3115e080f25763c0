"""Writing down what was kept out of bodies of events: what is sent again stays one row."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from feedback.models import RejectedEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from cxm.customers.rules.records import EventRefusal
    from feedback.models import EventSource, Inbox

    # An id, and in which words and where what had that id was refused.
    type Same = tuple[str, str, str, str]

# Of one body so many different refusals are listed and known again; its counts tell of all.
MOST_LISTED = 1_000
# Told once, when the value first comes: reading the body again does not tell it anew.
_TOLD_ONCE = "bad_trait_name"
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 721))"


def list_refusals(
    *,
    inbox: Inbox,
    source: EventSource,
    refused: Sequence[EventRefusal],
    losses: Sequence[EventRefusal],
) -> int:
    """Write down what was kept out of *inbox*; give how many of *refused* had been before.

    *source* is the one it came from; *refused* are whole items, *losses* single values of others.
    What comes again with the same id for the same reason stays one row, which says how often it
    came, and when last. A body that is read again counts nothing anew, and what it lets in by now
    is taken off the list. No query for a body that is read for the first time and has nothing to
    refuse.
    """
    told = [*refused, *losses]
    first = {_same(refusal): refusal for refusal in reversed(told)}
    listed = dict(list(reversed(first.items()))[:MOST_LISTED])
    times = Counter(map(_same, told))
    known = _known(source, listed.values())
    if inbox.counts:
        _take_off(inbox, {row.pk for row in known.values()})
    else:
        _count_again(inbox, {row.pk: times[same] for same, row in known.items()})
    fresh = {same: refusal for same, refusal in listed.items() if same not in known}
    RejectedEvent.objects.bulk_create(
        _row(inbox, source, refusal, times=times[same]) for same, refusal in fresh.items()
    )
    before = {same for same, row in known.items() if row.inbox_id != inbox.pk}
    items = Counter(map(_same, refused))
    return sum(count if same in before else count - 1 for same, count in items.items())


def _same(refusal: EventRefusal | RejectedEvent) -> Same:
    return refusal.key, refusal.code, refusal.path, refusal.message


def _known(source: EventSource, refusals: Collection[EventRefusal]) -> dict[Same, RejectedEvent]:
    """Find the rows of what was refused before, the oldest of each, and keep others from it."""
    keys = {refusal.key for refusal in refusals}
    if not keys:
        return {}
    with connection.cursor() as cursor:
        # Else two bodies with the same refusal, read at once, would each be the first.
        cursor.execute(_TAKE_TURNS, [str(source.pk)])
    rows = RejectedEvent.objects.for_tenant(source.tenant_id).filter(
        event_source=source, key__in=keys
    )
    found = rows.only("tenant", "inbox", "key", "code", "path", "message").order_by("-pk")
    wanted = set(map(_same, refusals))
    return {same: row for row in found if (same := _same(row)) in wanted}


def _take_off(inbox: Inbox, kept: set[UUID]) -> None:
    rows = RejectedEvent.objects.for_tenant(inbox.tenant_id).filter(inbox=inbox)
    rows.exclude(code=_TOLD_ONCE).exclude(pk__in=kept).delete()


def _count_again(inbox: Inbox, times: Mapping[UUID, int]) -> None:
    by_times: dict[int, list[UUID]] = defaultdict(list)
    for pk, more in times.items():
        by_times[more].append(pk)
    rows = RejectedEvent.objects.for_tenant(inbox.tenant_id)
    for more, ids in by_times.items():
        last = Greatest("received_at", inbox.received_at)
        rows.filter(pk__in=ids).update(times=F("times") + more, received_at=last)


def _row(inbox: Inbox, source: EventSource, refusal: EventRefusal, *, times: int) -> RejectedEvent:
    return RejectedEvent(
        tenant_id=inbox.tenant_id,
        event_source=source,
        inbox=inbox,
        position=refusal.position,
        key=refusal.key,
        name=refusal.name,
        path=refusal.path,
        code=refusal.code,
        message=refusal.message,
        raw=refusal.raw,
        received_at=inbox.received_at,
        times=times,
    )
