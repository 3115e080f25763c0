"""Splitting a step of a map and joining two, with what tells measurements where a step went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked, Deed, Source, UnknownElementError
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import commit, read_state
from journeys.errors import SplitError
from journeys.models import JourneyMap, StepSuccession
from journeys.rules.laws import steps_in_order
from journeys.rules.splitting import Split, merge_operations, split_operations
from journeys.services.editing import change_map
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import ApiKey, Membership
    from journeys.rules.splitting import Goes

LONGEST_TITLE = 200


@transaction.atomic
def split_step(
    *,
    row: JourneyMap,
    step: UUID,
    title: str,
    goes: Mapping[UUID, Goes],
    share: float,
    by: Membership | ApiKey,
    now: datetime,
    earlier_title: str = "",
    source: Source = Source.UI,
) -> UUID:
    """Split a step in two, in one batch that Undo takes back; give the lineage of the later part.

    The step stays as the earlier part. *goes* says where what lies at it goes (left: stays); what
    is not named stays. *share* (0 to 1) is how many of those who come to the earlier part come to
    the later one. Raises UnknownElementError where there is no such step, SplitError for a title or
    share that is none and where *goes* names what does not lie there, and what `commit` raises.
    """
    request = _request(row, by, now, source)
    state = _locked_state(row, request)
    _check_step(state, step)
    if not 0 <= share <= 1:
        message = "Give a share from 0 to 1."
        raise SplitError(message, field="share")
    titled = " ".join(title.split())
    if not 0 < len(titled) <= LONGEST_TITLE:
        message = f"Write 1 to {LONGEST_TITLE} characters."
        raise SplitError(message, field="title")
    split = Split(step, new_id(), titled, goes, " ".join(earlier_title.split()))
    strangers = split.strangers(state)
    if strangers:
        message = f"This does not lie at the step, or is in a locked lane: {strangers[0]}."
        raise SplitError(message, field="goes")
    batch = new_id()
    _do(request, split_operations(state, split, batch))
    _follow(row, batch, now, {(step, step): 1 - share, (step, split.new): share})
    return split.new


@transaction.atomic
def merge_steps(
    *,
    row: JourneyMap,
    kept: UUID,
    gone: UUID,
    by: Membership | ApiKey,
    now: datetime,
    source: Source = Source.UI,
) -> None:
    """Join the step *gone* to its neighbour *kept*, in one batch that Undo takes back.

    See `journeys.rules.splitting.merge_operations`. Raises UnknownElementError where a step is not
    there, SplitError where they are no neighbours, and what `change_map` raises, as where a stage
    would be left empty.
    """
    request = _request(row, by, now, source)
    state = _locked_state(row, request)
    for step in (kept, gone):
        _check_step(state, step)
    order = [one.id for one in steps_in_order(state)]
    if abs(order.index(kept) - order.index(gone)) != 1:
        message = "Join a step with the one before it or after it."
        raise SplitError(message, field="into")
    batch = new_id()
    _do(request, merge_operations(state, kept, gone, batch))
    change_map(request, [Asked(id=new_id(), batch=batch, op=Deed.DELETE, lineage=gone)])
    _follow(row, batch, now, {(kept, kept): 1, (gone, kept): 1})


def _request(row: JourneyMap, by: Membership | ApiKey, now: datetime, source: Source) -> Request:
    return Request(row.tenant, row.pk, actor_of(by), now, source)


def _locked_state(row: JourneyMap, request: Request) -> State:
    """Read the map as it stays until all is done: others wait."""
    maps = JourneyMap.objects.for_tenant(row.tenant_id)
    maps.select_for_update(no_key=True).filter(pk=row.pk).exists()
    return read_state(MAPS, request)


def _check_step(state: State, step: UUID) -> None:
    found = state.get(step)
    if found is None or found.kind != "step" or not is_there(state, step):
        raise UnknownElementError


def _do(request: Request, asked: Sequence[Asked]) -> None:
    for start in range(0, len(asked), MOST_AT_ONCE):
        commit(MAPS, request, asked[start : start + MOST_AT_ONCE])


def _follow(
    row: JourneyMap, batch: UUID, now: datetime, shares: Mapping[tuple[UUID, UUID], float]
) -> None:
    StepSuccession.objects.bulk_create(
        StepSuccession(
            tenant_id=row.tenant_id,
            journey_id=row.journey_id,
            map_id=row.pk,
            from_step_id=before,
            to_step_id=after,
            share=share,
            batch=batch,
            at=now,
        )
        for (before, after), share in shares.items()
    )
