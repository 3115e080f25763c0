"""Noting how far the steps of future maps are real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import NotNowError
from journeys.models import JourneyMap, Step, StepRealisation
from journeys.rules.choosing import changed_steps
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.promises import Realisation
from journeys.services.comparing import Moment, beginning_of, open_futures, state_at

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from cxm.tenants.models import Membership


@transaction.atomic
def note_realisation(
    *,
    of: JourneyMap,
    step: UUID,
    state: Realisation,
    by: Membership | ApiKey | None,
    now: datetime,
    live_on: date | None = None,
    due: date | None = None,
    owner: Membership | None = None,
    note: str = "",
) -> StepRealisation:
    """Say how far a step of a future map is real; what is live without a day is so since today.

    The step must be on the map, whatever its status. Raises NotNowError where the map promises
    nothing, is retired or archived, or has no such step.
    """
    if not MapState(of.state).is_ahead or of.status == MapStatus.RETIRED:
        message = "Only steps of a future or ideal map in use become real."
        raise NotNowError(message)
    if of.archived_at or of.journey.archived_at:
        message = "This map is archived: restore it first."
        raise NotNowError(message)
    steps = Step.objects.for_tenant(of.tenant_id).filter(map=of, lineage=step, deleted_at=None)
    if not steps.exists():
        message = "This step is not on the map any more."
        raise NotNowError(message, field="step")
    is_live = state is Realisation.LIVE
    told: dict[str, Any] = {
        "state": state.value,
        "live_on": (live_on or _today(of, now)) if is_live else None,
        "due": due,
        "owner": owner,
        "note": note.strip(),
        "updated_at": now,
        "updated_by": None if isinstance(by, ApiKey) else by,
    }
    rows = StepRealisation.objects.for_tenant(of.tenant_id)
    found, _ = rows.update_or_create(tenant=of.tenant, map=of, step_id=step, defaults=told)
    changes = {"step": str(step), "state": state.value}
    record(tenant=of.tenant, action="step-realised", by=by, about=of, changes=changes)
    return found


def promised_steps(of: JourneyMap, *, now: datetime) -> set[UUID]:
    """Name the steps of which a future map says something else than what it began from.

    Of a map that was drawn by itself these are all.
    """
    theirs, base = state_at(Moment(of), now=now), beginning_of(of)
    if base is None:
        return {element.id for element in theirs.of_kind("step")}
    return changed_steps(changes_between(state_at(base, now=now), theirs))


@transaction.atomic
def mark_promoted(*, current: JourneyMap, by: Membership | ApiKey, now: datetime) -> int:
    """Mark as live what a current map, just published, has of the promises of future maps.

    These are steps that an open future map changed and that are in the current map now as it says.
    Steps that are live already stay as they were noted. Gives how many were marked.
    """
    marked = 0
    holds = state_at(Moment(current), now=now)
    for future in open_futures(current.journey):
        promised = promised_steps(future, now=now) if beginning_of(future) else set()
        if not promised:
            continue
        theirs = state_at(Moment(future), now=now)
        real = promised - changed_steps(changes_between(holds, theirs))
        marked += _mark(future, {pk for pk in real if pk in theirs}, by, now)
    return marked


def _mark(future: JourneyMap, steps: set[UUID], by: Membership | ApiKey, now: datetime) -> int:
    rows = StepRealisation.objects.for_tenant(future.tenant_id).filter(map=future)
    told: dict[str, Any] = {
        "state": Realisation.LIVE.value,
        "live_on": _today(future, now),
        "updated_at": now,
        "updated_by": None if isinstance(by, ApiKey) else by,
    }
    there = set(rows.filter(step__in=steps).values_list("step_id", flat=True))
    done = rows.filter(step__in=steps).exclude(state=Realisation.LIVE).update(**told)
    on_map = Step.objects.for_tenant(future.tenant_id).filter(map=future, deleted_at=None)
    new = set(on_map.filter(lineage__in=steps - there).values_list("lineage", flat=True))
    StepRealisation.objects.bulk_create(
        StepRealisation(tenant=future.tenant, map=future, step_id=pk, **told) for pk in new
    )
    return done + len(new)


def _today(of: JourneyMap, now: datetime) -> date:
    return now.astimezone(ZoneInfo(of.tenant.time_zone)).date()
