"""Taking what a future map promises into the current one, and making an earlier map hold again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Source
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import NotNowError, OpenConflictsError
from journeys.models import JourneyMap
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.merging import Answer, Merged, merge
from journeys.rules.reviews import LONGEST_WHY, SnapshotTrigger
from journeys.services.bringing import bring_to
from journeys.services.comparing import (
    Moment,
    beginning_of,
    live_map,
    locked_now,
    state_at,
)
from journeys.services.maps import draft_there, fork_map, open_draft, publish_map
from journeys.services.snapshots import keep_snapshot
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership
    from journeys.rules.choosing import Wanted


@dataclass(frozen=True, slots=True)
class Promotion:
    """What would come of promoting: the three maps, and what the merge makes of them.

    *into* is the published current map, or the draft of it that is open already.
    """

    into: JourneyMap
    base: State
    ours: State
    theirs: State
    merged: Merged


def look_at_promotion(
    *,
    of: JourneyMap,
    now: datetime,
    wanted: Wanted | None = None,
    answers: Mapping[str, Answer] | None = None,
) -> Promotion:
    """Work out what promoting *wanted* of a future map would do; nothing is written.

    Raises NotNowError where it is no open future map, has no current one that it began from, or
    the journey has no published current map.
    """
    base, current = _promotable(of)
    into = _draft_to_change(current) or current
    began, ours = state_at(base, now=now), state_at(Moment(into), now=now)
    theirs = state_at(Moment(of), now=now)
    merged = merge(began, ours, theirs, wanted=wanted, answers=answers)
    return Promotion(into, began, ours, theirs, merged)


@transaction.atomic
def promote_steps(
    *,
    of: JourneyMap,
    by: Membership | ApiKey | None,
    now: datetime,
    wanted: Wanted | None = None,
    answers: Mapping[str, Answer] | None = None,
    source: Source = Source.UI,
    note: str = "",
) -> JourneyMap:
    """Bring *wanted* of a future map, or all of it, into a draft of the current map; give that.

    *note* says why, in up to LONGEST_WHY characters; the time machine shows it.
    A three-way merge in one batch, which whoever asked undoes as one; the draft is kept as it was
    before. Raises OpenConflictsError where a conflict is not answered, NotNowError as
    `look_at_promotion` does and where nothing would come over, and what operations raise.
    """
    base, current = _promotable(of)
    _draft_to_change(current)
    began, theirs = state_at(base, now=now), state_at(Moment(of), now=now)
    draft, before = locked_now(open_draft(of=current, by=by, now=now), now=now)
    note = " ".join(note.split())[:LONGEST_WHY]
    label = f"Before the promotion of map {of.number}" + (f": {note}" if note else "")
    keep_snapshot(
        of=draft,
        state=before,
        trigger=SnapshotTrigger.BEFORE_PROMOTE,
        label=label,
        by=by,
        now=now,
    )

    def promoted(ours: State) -> State:
        merged = merge(began, ours, theirs, wanted=wanted, answers=answers)
        if merged.open:
            raise OpenConflictsError([conflict.key for conflict in merged.open])
        if not merged.taken:
            message = "There is nothing to promote: the current map holds it already."
            raise NotNowError(message)
        return merged.state

    bring_to(Request(of.tenant, draft.pk, actor_of(by), now, source), promoted)
    changes = {"into": draft.number, **({"note": note} if note else {})}
    record(tenant=of.tenant, action="map-promoted", by=by, about=of, changes=changes)
    return (
        JourneyMap.objects.for_tenant(of.tenant_id)
        .select_related("tenant", "journey")
        .get(pk=draft.pk)
    )


@transaction.atomic
def publish_again(*, of: JourneyMap, by: Membership | ApiKey, now: datetime) -> JourneyMap:
    """Make a map that held once hold again, as a new map with a new number; give that.

    History is not rewritten: the one that holds now becomes the past. Raises NotNowError where
    the map is none that held.
    """
    if of.state != MapState.PAST:
        message = "Only a map of the past is published again."
        raise NotNowError(message)
    fork = fork_map(of=of, name=of.name, state=MapState.CURRENT, by=by, now=now)
    note = f"Map {of.number} holds again."
    publish_map(of=fork, by=by, now=now, note=note, held_before=True)
    return fork


def _promotable(of: JourneyMap) -> tuple[Moment, JourneyMap]:
    """Give what a future map began from, and the current map that it goes into."""
    if not MapState(of.state).is_ahead or of.status == MapStatus.RETIRED or of.archived_at:
        message = "Only a future or ideal map in use is promoted."
        raise NotNowError(message)
    base = beginning_of(of)
    if base is None:
        message = "This map was not forked from a current one: pair it with one first."
        raise NotNowError(message)
    current = live_map(of.journey)
    if current is None:
        message = "This journey has no published current map: publish one first."
        raise NotNowError(message)
    return base, current


def _draft_to_change(current: JourneyMap) -> JourneyMap | None:
    """Give the draft of the current map, if there is one. Raises NotNowError for one in review."""
    found = draft_there(current)
    if found and found.status == MapStatus.IN_REVIEW:
        words = (
            f"The draft of the current map, map {found.number}, is in review: take it back from "
            "review, or publish it, and promote then."
        )
        raise NotNowError(words)
    return found
