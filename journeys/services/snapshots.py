"""Keeping maps as they are, whole: by hand, before something bigger, and every 500 operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.tenants.models import ApiKey
from cxm.work.services import later
from journeys.errors import NotNowError, TitleNeededError, TooManyError
from journeys.models import Goal, Insight, JourneyMap, Opportunity, Snapshot, Solution
from journeys.rules.reviews import SnapshotTrigger
from journeys.rules.snapshots import (
    MOST,
    VERSION,
    Mark,
    is_due,
    library_ids,
    packed,
    thinned,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership, Tenant

LONGEST_LABEL = 120
DUE = "journeys.snapshot-due"
_MODELS: dict[str, Any] = {
    "insight": Insight,
    "opportunity": Opportunity,
    "solution": Solution,
    "goal": Goal,
}


@transaction.atomic
def keep_snapshot(
    *,
    of: JourneyMap,
    state: State,
    trigger: SnapshotTrigger,
    label: str,
    by: Membership | ApiKey | None,
    now: datetime,
    seq: int | None = None,
) -> Snapshot:
    """Keep a map whole as it is in *state*, after operation *seq* (None: the last that *of* knows).

    Library items are kept by id and title. Where there are more than 200 the automatic ones that
    are missed least go. At most seven queries.
    """
    made = Snapshot.objects.create(
        tenant=of.tenant,
        map=of,
        seq=of.head_seq if seq is None else seq,
        label=label,
        trigger=trigger.value,
        document=packed(state, _titles(of.tenant, library_ids(state))),
        schema_version=VERSION,
        at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    _thin(of)
    return made


@transaction.atomic
def name_snapshot(
    *, of: JourneyMap, state: State, label: str, by: Membership | ApiKey | None, now: datetime
) -> Snapshot:
    """Keep a map under a name, as it is in *state*, which is its last.

    Raises TitleNeededError, and TooManyError where 200 are kept that nobody but people remove.
    """
    told = _label(label)
    rows = Snapshot.objects.for_tenant(of.tenant_id).filter(map=of)
    if rows.filter(trigger=SnapshotTrigger.MANUAL).count() >= MOST:
        message = f"A map keeps up to {MOST} named versions. Remove one that nobody needs first."
        raise TooManyError(message)
    trigger = SnapshotTrigger.MANUAL
    return keep_snapshot(of=of, state=state, trigger=trigger, label=told, by=by, now=now)


def rename_snapshot(*, snapshot: Snapshot, label: str) -> None:
    """Give a named snapshot another name. Raises TitleNeededError and NotNowError."""
    _check_named(snapshot)
    snapshot.label = _label(label)
    snapshot.save(update_fields=["label"])


def remove_snapshot(*, snapshot: Snapshot) -> None:
    """Forget a named snapshot; what was done to the map stays known. Raises NotNowError."""
    _check_named(snapshot)
    snapshot.delete()


def ask_for_snapshot(request: Request, before: int, after: int) -> None:
    """Promise a snapshot where the operations *before* to *after* went over a multiple of 500.

    A worker makes it, so that whoever changes the map does not wait. One query then, else none.
    """
    if is_due(before, after):
        told = {"map_id": str(request.document), "seq": after}
        later(DUE, tenant=request.tenant, now=request.now, **told)


def is_kept(of: JourneyMap, seq: int) -> bool:
    """Whether there is a snapshot of a map after operation *seq*. One query."""
    rows = Snapshot.objects.for_tenant(of.tenant_id).filter(map=of, seq=seq)
    return rows.filter(schema_version=VERSION).exists()


def nearest_snapshot(of: JourneyMap, seq: int) -> tuple[int, State] | None:
    """Give the last snapshot up to operation *seq*, with its number. One query."""
    rows = Snapshot.objects.for_tenant(of.tenant_id).filter(map=of, seq__lte=seq)
    told = rows.filter(schema_version=VERSION).order_by("-seq", "-pk")
    found = told.values_list("seq", "document").first()
    return (found[0], unpacked(found[1])) if found else None


def _thin(of: JourneyMap) -> None:
    rows = Snapshot.objects.for_tenant(of.tenant_id).filter(map=of)
    told = rows.order_by("seq", "pk").values_list("pk", "seq", "trigger")
    gone = thinned([Mark(pk, seq, SnapshotTrigger(why)) for pk, seq, why in told])
    if gone:
        rows.filter(pk__in=gone).delete()


def _titles(tenant: Tenant, ids: Mapping[str, set[str]]) -> dict[str, str]:
    found: dict[UUID, str] = {}
    for kind, wanted in ids.items():
        rows = _MODELS[kind].objects.for_tenant(tenant).filter(pk__in=wanted)
        found |= dict(rows.values_list("pk", "title"))
    return {str(pk): title for pk, title in found.items()}


def _label(label: str) -> str:
    told = " ".join(label.split())
    if not 0 < len(told) <= LONGEST_LABEL:
        raise TitleNeededError("label", LONGEST_LABEL)
    return told


def _check_named(snapshot: Snapshot) -> None:
    if snapshot.trigger != SnapshotTrigger.MANUAL:
        message = "Only versions that somebody named are renamed or removed."
        raise NotNowError(message)
