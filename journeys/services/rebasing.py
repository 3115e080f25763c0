"""Letting future maps stand on the current map that holds now, and saying what became real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Source
from cxm.tenants.audit import record
from journeys.errors import NotNowError
from journeys.models import JourneyMap
from journeys.rules.changes import flat
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.merging import Answer, merge
from journeys.services.bringing import bring_to
from journeys.services.comparing import Moment, beginning_of, live_map, state_at
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import ApiKey, Membership


@dataclass(frozen=True, slots=True)
class Rebased:
    """What became of a future map: whether it *is_realised*, or what is left of its promise."""

    map: JourneyMap
    is_realised: bool
    left: int


def newer_ground(of: JourneyMap) -> JourneyMap | None:
    """Give the current map that a future map could stand on instead of an earlier one.

    None where it stands on it already, or did not begin from any, or is out of use. Up to three
    queries, for maps that are not ahead none.
    """
    if not MapState(of.state).is_ahead or of.status == MapStatus.RETIRED or of.archived_at:
        return None
    base, current = beginning_of(of), live_map(of.journey)
    if base is None or current is None or base.map.pk == current.pk:
        return None
    return current


@transaction.atomic
def rebase_map(
    *,
    of: JourneyMap,
    by: Membership | ApiKey | None,
    now: datetime,
    source: Source = Source.UI,
) -> Rebased:
    """Let a future map stand on the current map, so that what differs is what is still promised.

    What only the current map changed comes into a draft; where both changed, the promise stays. A
    map that is published or in review is not changed. With nothing left it is retired, as
    realised. Raises NotNowError where there is no newer current map.
    """
    rows = JourneyMap.objects.for_tenant(of.tenant_id).select_related("tenant", "journey")
    fresh = rows.select_for_update(of=("self",), no_key=True).get(pk=of.pk)
    current, base = newer_ground(fresh), beginning_of(fresh)
    if current is None or base is None:
        message = "This map stands on the current one already."
        raise NotNowError(message)
    began, holds = state_at(base, now=now), state_at(Moment(current), now=now)
    if fresh.status == MapStatus.DRAFT:
        request = Request(of.tenant, of.pk, actor_of(by), now, source)
        bring_to(request, lambda own: merge(began, own, holds, otherwise=Answer.OURS).state)
    left = content_left(holds, state_at(Moment(rows.get(pk=of.pk)), now=now))
    told = {"baseline": current, "baseline_seq": current.head_seq}
    rows.filter(pk=of.pk).update(**told)
    if not left:
        rows.filter(pk=of.pk).update(status=MapStatus.RETIRED)
    action = "map-rebased" if left else "map-realised"
    record(tenant=of.tenant, action=action, by=by, about=of, changes={"onto": current.number})
    return Rebased(rows.get(pk=of.pk), not left, left)


def content_left(current: Mapping[UUID, Element], future: State) -> int:
    """Count what a future map says otherwise than the current one."""
    return sum(leaf.is_of_content for leaf in flat(changes_between(current, future)))
