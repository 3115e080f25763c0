"""What other systems are told of journeys: which kinds of news there are, and what they say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.integrations.selectors.webhooks import listens
from cxm.kernel.announcing import News, NewsKind, announce

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.records import Operation
    from cxm.tenants.models import Tenant
    from journeys.models import JourneyMap

PUBLISHED, CHANGED = "map.published", "op.batch"
KINDS = (
    NewsKind(PUBLISHED, "A journey map was published", "Journeys"),
    NewsKind(CHANGED, "A journey map was changed", "Journeys"),
)
# A message holds 20 KB: an import may do thousands of batches at once.
_MOST_BATCHES = 100
_LISTENED = "is_listened_to"


def with_listening(rows: QuerySet[JourneyMap], tenant: Tenant) -> QuerySet[JourneyMap]:
    """Let *rows* of maps say whether anybody wants to hear of changes, without a query more."""
    return rows.annotate(**{_LISTENED: listens(tenant, CHANGED)})


def tell_of_changes(request: Request, done: Sequence[Operation], before: JourneyMap | None) -> None:
    """Tell what was *done* to a map, by numbers, kinds and counts, without a word of its text.

    *before* is its row of `with_listening`, None where the map is new. No query where nobody
    listens to an old one; one for a new one.
    """
    if before is not None and not getattr(before, _LISTENED):
        return
    announce(
        News(
            kind=CHANGED,
            tenant_id=request.tenant.pk,
            about=request.document,
            at=request.now,
            content=lambda: _told(request, done, before),
            path=f"maps/{request.document}/",
        )
    )


def _told(request: Request, done: Sequence[Operation], before: JourneyMap | None) -> dict[str, Any]:
    batches = list(dict.fromkeys(str(one.batch) for one in done))
    counts = Counter((one.kind, one.deed.value) for one in done)
    return {
        "journey": {"id": str(before.journey_id) if before else _journey_of(done)},
        "operations": {"from": done[0].seq, "to": done[-1].seq},
        "batches": batches[:_MOST_BATCHES],
        "batch_count": len(batches),
        "changes": [
            {"kind": kind, "op": deed, "count": count}
            for (kind, deed), count in sorted(counts.items())
        ],
        "by": {"kind": request.actor.kind, "id": str(request.actor.id or "") or None},
        "source": request.source.value,
    }


def _journey_of(done: Sequence[Operation]) -> str:
    """Give the journey that the first operation of a map names."""
    made: Any = done[0].after
    return str(made["values"]["journey"])


def tell_of_publishing(of: JourneyMap, *, now: datetime) -> None:
    """Tell that a map, which comes with its journey, now holds; in the transaction at hand."""
    announce(
        News(
            kind=PUBLISHED,
            tenant_id=of.tenant_id,
            about=of.pk,
            at=now,
            content=lambda: {
                "journey": {"id": str(of.journey_id), "title": of.journey.title},
                "name": of.name,
                "state": of.state,
                "note": of.published_note,
            },
            path=f"maps/{of.pk}/",
        )
    )
