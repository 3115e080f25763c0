"""Reading maps as they are and as they were, and comparing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Max

from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor
from cxm.kernel.operations.state import State, apply
from cxm.kernel.operations.store import operations, read_state
from journeys.errors import NotNowError
from journeys.models import JourneyMap, Lineage, MapOp
from journeys.rules.change_words import Names
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.matching import ASKED, renamed, suggested, with_what_follows
from journeys.selectors.access import LIVE
from journeys.selectors.journeys import maps_open_to
from journeys.selectors.reference_names import reference_names, successions_of
from journeys.services.snapshots import nearest_snapshot
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Membership, Tenant
    from journeys.models import Journey
    from journeys.rules.changes import Change

MOST_ELSEWHERE = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """A map as it was after operation *seq*; None is how it is now."""

    map: JourneyMap
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two maps side by side, and what makes of the *left* one the *right* one, in order."""

    left: State
    right: State
    changes: Sequence[Change]
    names: Names


def state_at(moment: Moment, *, now: datetime) -> State:
    """Read a map as it was: the nearest snapshot before, and what was done since.

    Raises NotNowError where it had not come to that operation.
    """
    row, seq = moment.map, moment.seq
    request = Request(row.tenant, row.pk, Actor(), now)
    if seq is None or seq == row.head_seq:
        return read_state(MAPS, request)
    if not 0 < seq < row.head_seq:
        message = f"Choose a moment from 1 to {row.head_seq}."
        raise NotNowError(message, field="at")
    begun, state = nearest_snapshot(row, seq) or (0, State())
    for operation in operations(MAPS, request, after=begun, until=seq):
        apply(state, operation)
    return state


def locked_now(row: JourneyMap, *, now: datetime) -> tuple[JourneyMap, State]:
    """Read a map as it is now, and its row; whoever would change it waits until all is done.

    So its number and what is on it agree, also where it was changed since *row* was read.
    """
    rows = JourneyMap.objects.for_tenant(row.tenant_id).select_related("tenant", "journey")
    fresh = rows.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    return fresh, state_at(Moment(fresh), now=now)


def moment_before(row: JourneyMap, end: datetime) -> Moment | None:
    """Give a map as it was before *end*; None where it did not exist yet. One query."""
    log = MapOp.objects.for_tenant(row.tenant_id).filter(map=row, at__lt=end)
    seq = log.aggregate(last=Max("seq"))["last"]
    return Moment(row, seq) if seq else None


def end_of(day: date, tenant: Tenant) -> datetime:
    """Say when a day is over where the workspace is."""
    zone = ZoneInfo(tenant.time_zone)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def asked_moment(row: JourneyMap, asked: int | date | None) -> Moment:
    """Give a map after an operation, or at the end of a day where the workspace is; None is now.

    Raises NotNowError where the map did not exist yet.
    """
    if isinstance(asked, date):
        found = moment_before(row, end_of(asked, row.tenant))
        if found is None:
            message = "This map did not exist yet on that day."
            raise NotNowError(message, field="asof")
        return found
    return Moment(row, asked)


def compare(left: Moment, right: Moment, *, reader: Membership | None, now: datetime) -> Comparison:
    """Compare two maps of a tenant; *reader* is who is told, None a program.

    That two maps have names of their own is no difference. Maps of two journeys are paired by key,
    then by title: what is the same goes by the ids of the *right* one. Raises NotNowError.
    """
    old, new = state_at(left, now=now), state_at(right, now=now)
    if left.map.journey_id != right.map.journey_id:
        old = _matched(left.map, old, right.map, new)
    told = successions_of(right.map.journey)
    changes = changes_between(old, new, successions=told)
    if left.map.pk != right.map.pk:
        changes = [change for change in changes if change.kind != "map"]
    names = Names(old, new, reference_names(right.map.tenant, reader, old, new))
    return Comparison(old, new, changes, names)


def _matched(left: JourneyMap, old: State, right: JourneyMap, new: State) -> State:
    rows = Lineage.objects.for_tenant(right.tenant_id)
    rows = rows.filter(journey__in=[left.journey_id, right.journey_id], kind__in=ASKED)
    pairs = suggested(old, new, dict(rows.values_list("pk", "key")))
    return renamed(old, with_what_follows(old, new, pairs))


def beginning_of(row: JourneyMap) -> Moment | None:
    """Give the current or past map that a future one began from, however many futures ago.

    None where it was drawn by itself. One query for each map between, and one for it.
    """
    child = row
    for _ in range(row.number):
        if child.baseline_id is None:
            return None
        rows = JourneyMap.objects.for_tenant(row.tenant_id).select_related("tenant", "journey")
        above = rows.get(pk=child.baseline_id)
        if not MapState(above.state).is_ahead:
            return Moment(above, child.baseline_seq)
        child = above
    return None


def live_map(journey: Journey) -> JourneyMap | None:
    """Give the published current map of a journey that holds now. One query."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).select_related("tenant", "journey")
    return rows.filter(
        journey=journey,
        state=MapState.CURRENT,
        status=MapStatus.PUBLISHED,
        valid_to__isnull=True,
    ).first()


def live_elsewhere(journey: Journey, reader: Membership | None) -> Sequence[JourneyMap]:
    """List maps that hold now of other journeys that *reader* reads, by title, up to 100.

    Of journeys of which only the title is for everybody there are none. One query.
    """
    rows = maps_open_to(journey.tenant, reader).select_related("journey")
    holding = rows.filter(LIVE, journey__archived_at=None)
    return list(holding.exclude(journey=journey).order_by("journey__title", "pk")[:MOST_ELSEWHERE])


def open_futures(journey: Journey) -> Sequence[JourneyMap]:
    """List the future and ideal maps of a journey that are not retired, by number. One query."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).select_related("tenant", "journey")
    states = [state for state in MapState if state.is_ahead]
    ahead = rows.filter(journey=journey, state__in=states, archived_at__isnull=True)
    return list(ahead.exclude(status=MapStatus.RETIRED).order_by("number"))
