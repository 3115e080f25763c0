"""Making maps, forking them, and how far they are as documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.copying import begin_as_copy
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import ArchivedDocumentError, Asked, Deed, Source
from cxm.kernel.operations.store import commit, read_state
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import NotNowError, TitleNeededError, TooManyError
from journeys.models import Journey, JourneyMap
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.templates import BLANK, MapPlan
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership

MOST_MAPS = 500
LONGEST_NAME = 120
AHEAD = (MapState.FUTURE, MapState.IDEAL)


@transaction.atomic
def create_map(
    *,
    journey: Journey,
    name: str,
    by: Membership | ApiKey | None,
    now: datetime,
    state: MapState = MapState.CURRENT,
    plan: MapPlan = BLANK,
    source: Source = Source.UI,
) -> JourneyMap:
    """Make a draft that begins as *plan* says, in one batch of operations.

    Raises TitleNeededError, TooManyError, NotNowError and RefusedError.
    """
    map_id, batch = new_id(), new_id()
    root = _root(journey, name, state)
    asked = [_create(batch, map_id, "map", root)]
    for title, steps in plan.stages:
        stage = new_id()
        asked.append(_create(batch, stage, "stage", {"title": title}, map_id))
        asked += [_create(batch, new_id(), "step", {"title": step}, stage) for step in steps]
    for lane in plan.lanes:
        values: dict[str, JSON] = {
            "kind": lane.kind.value,
            "title": lane.title,
            "zone": lane.zone.value if lane.zone else "",
        }
        asked.append(_create(batch, new_id(), "lane", values, map_id))
    commit(MAPS, Request(journey.tenant, map_id, actor_of(by), now, source), asked)
    return _told(journey, map_id, state=state)


@transaction.atomic
def fork_map(
    *,
    of: JourneyMap,
    name: str,
    state: MapState,
    by: Membership | ApiKey | None,
    now: datetime,
    horizon: date | None = None,
    source: Source = Source.UI,
) -> JourneyMap:
    """Make a draft with everything that is on the map *of*, paired with it element by element.

    The new map names it as baseline, at the operation it had come to. Raises TitleNeededError,
    TooManyError, NotNowError and RefusedError.
    """
    if horizon and state not in AHEAD:
        message = "Only a future or an ideal map has a horizon."
        raise NotNowError(message, field="horizon")
    journey = of.journey
    map_id = new_id()
    values = _root(journey, name, state)
    # Whoever is changing the other map ends first, so that its number and its rows agree.
    locked = JourneyMap.objects.for_tenant(of.tenant_id).select_for_update(no_key=True)
    seq = locked.values_list("head_seq", flat=True).get(pk=of.pk)
    begun = read_state(MAPS, Request(of.tenant, of.pk, actor_of(by), now))
    request = Request(of.tenant, map_id, actor_of(by), now, source)
    begin_as_copy(MAPS, request, of=begun, values=values)
    return _told(journey, map_id, state=state, horizon=horizon, baseline=of, baseline_seq=seq)


@transaction.atomic
def open_draft(*, of: JourneyMap, by: Membership | ApiKey | None, now: datetime) -> JourneyMap:
    """Give the draft in which a published map is changed: the one there is, or a new one."""
    rows = JourneyMap.objects.for_tenant(of.tenant_id).select_related("tenant", "journey")
    _lock(of.journey)
    there = rows.filter(
        baseline=of, state=of.state, status=MapStatus.DRAFT, archived_at__isnull=True
    )
    found = there.order_by("-number").first()
    return found or fork_map(of=of, name=of.name, state=MapState(of.state), by=by, now=now)


@transaction.atomic
def publish_map(*, of: JourneyMap, by: Membership | ApiKey, now: datetime) -> None:
    """Make a draft what holds; of a current one's journey, the one before becomes the past.

    Raises NotNowError where it is no draft, or is locked.
    """
    _lock(of.journey)
    rows = JourneyMap.objects.for_tenant(of.tenant_id)
    fresh = rows.select_for_update().get(pk=of.pk)
    if fresh.status not in (MapStatus.DRAFT, MapStatus.IN_REVIEW) or fresh.archived_at:
        message = "Only a draft is published."
        raise NotNowError(message)
    if fresh.state == MapState.CURRENT:
        live = rows.filter(
            journey=of.journey,
            state=MapState.CURRENT,
            status=MapStatus.PUBLISHED,
            valid_to__isnull=True,
        )
        live.update(state=MapState.PAST, status=MapStatus.RETIRED, valid_to=_end(now))
    fresh.status, fresh.valid_from, fresh.published_at = MapStatus.PUBLISHED, now, now
    fresh.published_by = None if isinstance(by, ApiKey) else by
    fresh.save(update_fields=["status", "valid_from", "published_at", "published_by"])
    record(tenant=of.tenant, action="map-published", by=by, about=fresh)


@transaction.atomic
def retire_map(*, of: JourneyMap, by: Membership | ApiKey, now: datetime) -> None:
    """Take a published map out of use. Raises NotNowError where it is not published."""
    rows = JourneyMap.objects.for_tenant(of.tenant_id)
    published = rows.filter(pk=of.pk, status=MapStatus.PUBLISHED)
    if not published.update(status=MapStatus.RETIRED, valid_to=_end(now)):
        message = "Only a published map is retired."
        raise NotNowError(message)
    record(tenant=of.tenant, action="map-retired", by=by, about=of)


def _root(journey: Journey, name: str, state: MapState) -> dict[str, JSON]:
    told = " ".join(name.split())
    if not 0 < len(told) <= LONGEST_NAME:
        raise TitleNeededError("name", LONGEST_NAME)
    if state is MapState.PAST:
        message = "A map becomes the past when another is published in its place."
        raise NotNowError(message, field="state")
    number = _next_number(journey)
    return {
        "journey": str(journey.pk),
        "number": number,
        "name": told,
    }


def _end(now: datetime) -> Greatest:
    """Give when a map ends to hold: after it began, though who began it came a moment later."""
    return Greatest(now, F("valid_from") + timedelta(microseconds=1))


def _next_number(journey: Journey) -> int:
    _lock(journey)
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_MAPS:
        words = f"A journey holds up to {MOST_MAPS} maps."
        raise TooManyError(words)
    return int(last) + 1


def _lock(journey: Journey) -> None:
    """Let others that number or publish maps of the journey wait.

    Raises ArchivedDocumentError.
    """
    rows = Journey.objects.for_tenant(journey.tenant_id).select_for_update(no_key=True)
    if rows.get(pk=journey.pk).archived_at:
        label = "journey"
        raise ArchivedDocumentError(label)


def _create(
    batch: UUID, lineage: UUID, kind: str, values: dict[str, JSON], parent: UUID | None = None
) -> Asked:
    told = {"values": values, **({"parent": str(parent)} if parent else {})}
    return Asked(id=new_id(), batch=batch, op=Deed.CREATE, lineage=lineage, kind=kind, value=told)


def _told(journey: Journey, map_id: UUID, **columns: Any) -> JourneyMap:
    """Set what of a new map is no operation, and read it."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id)
    rows.filter(pk=map_id).update(**columns)
    return rows.select_related("tenant", "journey", "baseline").get(pk=map_id)
