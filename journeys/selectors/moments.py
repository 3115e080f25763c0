"""When a map was changed, and what was decided about it then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.operations.records import Actor
from journeys.models import MapOp, Snapshot
from journeys.rules.moments import Stop, chosen_stops
from journeys.rules.reviews import SnapshotTrigger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from journeys.models import JourneyMap

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot as people see it; *is_named* by somebody, who may rename and remove it."""

    id: UUID
    seq: int
    at: datetime
    words: str
    is_named: bool


def stops_of(row: JourneyMap, decided: Sequence[Kept]) -> list[Stop]:
    """List the moments of a map that a slider stops at, in order. One query.

    Each batch of operations is one thing that somebody did: within it is no moment.
    """
    log = MapOp.objects.for_tenant(row.tenant_id).filter(map=row)
    told = log.values("batch", "member_id", "api_key_id").annotate(last=Max("seq"), when=Max("at"))
    stops = [
        Stop(one["last"], one["when"], _actor(one["member_id"], one["api_key_id"]))
        for one in told.order_by("last")
    ]
    return chosen_stops(stops, {one.seq for one in decided}, lambda at: day_in(row.tenant, at))


def kept_versions(row: JourneyMap) -> list[Kept]:
    """List the snapshots that say something about a map, the last first. One query.

    Those that were made every 500 operations say nothing.
    """
    rows = Snapshot.objects.for_tenant(row.tenant_id).filter(map=row)
    told = rows.exclude(trigger=SnapshotTrigger.EVERY_500_OPS).order_by("-seq", "-pk")
    return [
        Kept(
            one.pk,
            one.seq,
            one.at,
            _words(SnapshotTrigger(one.trigger), one.label),
            one.trigger == SnapshotTrigger.MANUAL,
        )
        for one in told.defer("document")[:MOST_LISTED]
    ]


def moment_of(row: JourneyMap, seq: int) -> datetime | None:
    """Say when operation *seq* was done; None where there is none. One query."""
    log = MapOp.objects.for_tenant(row.tenant_id).filter(map=row, seq=seq)
    return log.values_list("at", flat=True).first()


def _actor(member: UUID | None, key: UUID | None) -> Actor:
    if member:
        return Actor("member", member)
    return Actor("api_key", key) if key else Actor()


def _words(trigger: SnapshotTrigger, label: str) -> str:
    if trigger is SnapshotTrigger.PUBLISH:
        return f"Published: {label}" if label else "Published"
    return label or _WORDS.get(trigger, trigger.words)


_WORDS = {
    SnapshotTrigger.BEFORE_RESTORE: "Before something was brought back",
    SnapshotTrigger.BEFORE_IMPORT: "Before an import",
    SnapshotTrigger.BEFORE_PROMOTE: "Before a promotion",
}
