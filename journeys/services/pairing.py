"""Pairing a future map that was drawn by itself with the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import State
from cxm.kernel.operations.store import commit
from cxm.tenants.audit import record
from journeys.errors import NotNowError, PairError
from journeys.models import JourneyMap, Lineage, MetricBinding, StepRealisation, Target
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.matching import ASKED, in_order, renamed, suggested, with_what_follows
from journeys.services.bringing import bring_to
from journeys.services.comparing import Moment, state_at
from journeys.services.maps import begin_map
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two maps to be paired, and which elements seem to be the same, by those of the future one."""

    theirs: State
    ours: State
    pairs: Mapping[UUID, UUID]


def look_at_pairing(*, of: JourneyMap, current: JourneyMap, now: datetime) -> Pairing:
    """Suggest which stages, steps and lanes of two maps are the same; nothing is written.

    Raises NotNowError where *of* is no draft of a future map that was drawn by itself, or
    *current* no current map of its journey.
    """
    _check(of, current)
    theirs, ours = state_at(Moment(of), now=now), state_at(Moment(current), now=now)
    rows = Lineage.objects.for_tenant(of.tenant_id).filter(journey=of.journey, kind__in=ASKED)
    keys = dict(rows.values_list("pk", "key"))
    return Pairing(theirs, ours, suggested(theirs, ours, keys))


@transaction.atomic
def pair_map(
    *,
    of: JourneyMap,
    current: JourneyMap,
    pairs: Mapping[UUID, UUID],
    by: Membership | ApiKey | None,
    now: datetime,
) -> JourneyMap:
    """Make the future map anew as a fork of the current one, and give it.

    Elements that *pairs* names, by their ids on the future map, take the lineage of the current
    one; cards and ways that are the same follow. Targets, figures and what was noted of steps go
    along; the map it was is archived. Raises NotNowError as `look_at_pairing`, PairError where
    what is paired is not of a kind or is paired twice, and what operations raise.
    """
    found = look_at_pairing(of=of, current=current, now=now)
    _check_pairs(found, pairs)
    everything = with_what_follows(found.theirs, found.ours, pairs)
    made = begin_map(
        journey=of.journey,
        map_id=new_id(),
        name=of.name,
        label=of.label,
        by=by,
        now=now,
        columns={
            "state": of.state,
            "horizon": of.horizon,
            "baseline": current,
            "baseline_seq": current.head_seq,
        },
    )
    state = renamed(found.theirs, {**everything, of.pk: made.pk})

    def drawn(own: State) -> State:
        return State(own.get(element.id) or element for element in state.values())

    bring_to(Request(of.tenant, made.pk, actor_of(by), now), drawn)
    _take_along(of, made, everything)
    archived = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.SET,
        lineage=of.pk,
        field="archived_at",
        value=now.isoformat(),
    )
    commit(MAPS, Request(of.tenant, of.pk, actor_of(by), now), [archived])
    changes = {"with": current.number, "from": of.number}
    record(tenant=of.tenant, action="map-paired", by=by, about=made, changes=changes)
    rows = JourneyMap.objects.for_tenant(of.tenant_id).select_related("tenant", "journey")
    return rows.get(pk=made.pk)


def _check(of: JourneyMap, current: JourneyMap) -> None:
    is_alone = MapState(of.state).is_ahead and of.baseline_id is None and not of.archived_at
    if not is_alone or of.status != MapStatus.DRAFT:
        message = "Only the draft of a future map that was drawn by itself is paired."
        raise NotNowError(message)
    if current.journey_id != of.journey_id or current.state != MapState.CURRENT:
        message = "Choose a current map of the same journey."
        raise NotNowError(message, field="with")


def _check_pairs(found: Pairing, pairs: Mapping[UUID, UUID]) -> None:
    for kind in ASKED:
        own = {e.id: e.values.get("kind") for e in in_order(found.theirs, kind)}
        other = {e.id: e.values.get("kind") for e in in_order(found.ours, kind)}
        for pk in own.keys() & pairs.keys():
            if pairs[pk] not in other or other[pairs[pk]] != own[pk]:
                raise PairError(str(found.theirs[pk].values["title"]))
    twice = len(set(pairs.values())) < len(pairs)
    unknown = next((pk for pk in pairs if pk not in found.theirs), None)
    if twice or unknown:
        raise PairError("")


def _take_along(of: JourneyMap, made: JourneyMap, pairs: Mapping[UUID, UUID]) -> None:
    """Let what is bound to the map, and to its steps, go to the new one."""
    tenant = of.tenant_id
    Target.objects.for_tenant(tenant).filter(map=of).update(map=made)
    StepRealisation.objects.for_tenant(tenant).filter(map=of).update(map=made)
    steps = Lineage.objects.for_tenant(tenant).filter(pk__in=pairs, kind="step")
    for pk in steps.values_list("pk", flat=True):
        for rows in (
            Target.objects.for_tenant(tenant).filter(map=made, step=pk),
            StepRealisation.objects.for_tenant(tenant).filter(map=made, step=pk),
            MetricBinding.objects.for_tenant(tenant).filter(journey=of.journey, step=pk),
        ):
            rows.update(step=pairs[pk])
