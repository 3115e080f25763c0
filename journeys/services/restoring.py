"""Bringing a map, a lane or one element back to how it was, as one batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request, open_document, save_document
from cxm.kernel.operations.records import Actor, Deed, Source
from cxm.kernel.operations.references import losses_of
from cxm.kernel.operations.state import State, is_there
from cxm.kernel.operations.store import operations
from cxm.kernel.operations.towards import go_back
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.audit import record
from journeys.errors import GoneForGoodError, NotNowError
from journeys.models import JourneyMap
from journeys.rules.change_words import Names
from journeys.rules.comparing import changes_between
from journeys.rules.going_back import Reach, reach_of, removed, wanted_state, within_reach
from journeys.rules.reviews import SnapshotTrigger
from journeys.selectors.reference_names import reference_names
from journeys.services.comparing import Moment, state_at
from journeys.services.snapshots import keep_snapshot
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.state import Element
    from cxm.kernel.operations.undoing import Undo
    from cxm.tenants.models import ApiKey, Membership
    from journeys.rules.changes import Change


@dataclass(frozen=True, slots=True)
class GoingBack:
    """What bringing back would do: *changes* in order, and what of others it would take back.

    *others* counts by actor the elements that others have changed since; *left_out* counts what
    cannot come back, as the steps it lay at are gone, *removed* what is gone for good itself.
    """

    changes: Sequence[Change]
    names: Names
    others: Mapping[Actor, int]
    left_out: int
    removed: int


def look_at_restoring(
    *, of: JourneyMap, until: int, only: UUID | None, by: Membership | None, now: datetime
) -> GoingBack:
    """Say what `restore_map` would do; nothing is written.

    Raises NotNowError and GoneForGoodError.
    """
    begun, then = state_at(Moment(of), now=now), state_at(Moment(of, until), now=now)
    wanted, reach = _wanted(begun, then, only)
    after = State({**begun, **wanted}.values())
    changes = changes_between(begun, after)
    names = Names(begun, after, reference_names(of.tenant, by, begun, after))
    request = Request(of.tenant, of.pk, actor_of(by), now)
    changed = {pk for pk, one in wanted.items() if _differs(begun.get(pk), one)}
    return GoingBack(
        changes,
        names,
        _others(request, until, changed),
        len(reach.left_out & set(begun)) if reach else 0,
        removed(begun, then, reach.inside | reach.left_out if reach else then),
    )


@transaction.atomic
def restore_map(
    *,
    of: JourneyMap,
    until: int,
    only: UUID | None = None,
    choice: Choice = Choice.ASK,
    by: Membership | ApiKey | None,
    now: datetime,
    source: Source = Source.UI,
) -> Undo:
    """Bring a map, or the element *only* with what lies in it, back to after operation *until*.

    One batch, which whoever asked undoes as one; the map is kept as it was before. Where it
    referred to what is lost by now, nothing is done and the clashes are given; told to leave those
    it does the rest. What is removed for good stays so. Raises NotNowError, GoneForGoodError,
    RefusedError, ReadOnlyMapError and ArchivedDocumentError.
    """
    request = Request(of.tenant, of.pk, actor_of(by), now, source)
    opened = open_document(MAPS, request)
    opened.check_not_archived()
    judge = opened.judge
    fresh = JourneyMap.objects.for_tenant(of.tenant_id).select_related("tenant").get(pk=of.pk)
    begun, then = state_at(Moment(fresh), now=now), state_at(Moment(fresh, until), now=now)
    wanted, _ = _wanted(begun, then, only)
    done = go_back(
        judge,
        State(wanted.values()),
        batch=new_id(),
        only=None if only is None else set(wanted),
        choice=choice,
        losses=losses_of(MAPS.references, of.tenant),
    )
    if not done.operations:
        return done
    keep_snapshot(
        of=fresh,
        state=begun,
        trigger=SnapshotTrigger.BEFORE_RESTORE,
        label="",
        by=by,
        now=now,
    )
    save_document(MAPS, request, opened)
    told = {"until": until, "operations": len(done.operations)}
    record(tenant=of.tenant, action="map-restored", by=by, about=of, changes=told)
    return done


def _wanted(
    now: State, then: State, only: UUID | None
) -> tuple[Mapping[UUID, Element], Reach | None]:
    if only is None:
        gone = {pk: _deleted(one) for pk, one in now.items() if pk not in then}
        return within_reach(now, {**then, **gone}), None
    if only not in then or not is_there(then, only):
        message = "This was not on the map then: there is nothing to bring back."
        raise NotNowError(message, field="only")
    if only not in now:
        raise GoneForGoodError
    reach = reach_of(now, then, only)
    if not set(now).issuperset(reach.around):
        raise GoneForGoodError
    if only in reach.left_out:
        message = "The steps that this lay at are gone: bring those back first."
        raise NotNowError(message, field="only")
    wanted = wanted_state(now, then, reach)
    # What was put in since is not there then; what has not been known is of no concern.
    gone = {pk: _deleted(now[pk]) for pk in reach.inside if pk not in then and pk in now}
    return within_reach(now, {**wanted, **gone}), reach


def _deleted(one: Element) -> Element:
    return type(one)(
        one.id, one.kind, one.values, one.parent, one.ord, is_deleted=True, revs=one.revs
    )


def _differs(begun: Element | None, wanted: Element) -> bool:
    if begun is None:
        return False
    told = (begun.values, begun.parent, begun.ord, begun.is_deleted)
    return told != (wanted.values, wanted.parent, wanted.ord, wanted.is_deleted)


def _others(request: Request, until: int, changed: set[UUID]) -> dict[Actor, int]:
    """Count by actor the elements among *changed* that others have worked on since."""
    since = {
        (done.actor, done.lineage)
        for done in operations(MAPS, request, after=until)
        if done.lineage in changed and done.actor != request.actor and done.deed != Deed.REBALANCE
    }
    return dict(Counter(actor for actor, _ in since))
