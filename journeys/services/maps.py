"""Making maps, forking them, and how far they are as documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest

from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.ids import new_id
from cxm.kernel.operations.copying import begin_as_copy
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import ArchivedDocumentError, Asked, Deed, Source
from cxm.kernel.operations.store import commit, read_state
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import NotNowError, TitleNeededError, TooManyError, UnsoundMapError
from journeys.models import Journey, JourneyMap
from journeys.rules.kinds import AHEAD, MapState, MapStatus
from journeys.rules.lint import errors
from journeys.rules.reviews import SnapshotTrigger
from journeys.selectors.looking_over import facts_of
from journeys.services.carrying import carry_targets, check_carried
from journeys.services.following import tell_followers
from journeys.services.news import tell_of_publishing
from journeys.services.realising import mark_promoted
from journeys.services.reviews import check_approved, end_review
from journeys.services.snapshots import keep_snapshot
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership

MOST_MAPS = 500
LONGEST_NAME, LONGEST_NOTE = 120, 2_000
_PUBLISHED = ("status", "valid_from", "published_at", "published_by", "published_note")


@transaction.atomic
def begin_map(
    *,
    journey: Journey,
    map_id: UUID,
    name: str,
    by: Membership | ApiKey | None,
    now: datetime,
    label: str = "",
    number: int | None = None,
    source: Source = Source.UI,
    columns: Mapping[str, Any],
) -> JourneyMap:
    """Make a draft with nothing on it, for what is laid on it at once.

    It gets *number*, if no map of the journey has it yet. *columns* are `state`, `horizon`,
    `baseline` and `baseline_seq`. Raises TitleNeededError, TooManyError and RefusedError.
    """
    root = first_values(journey, name, MapState(columns["state"])) | {"label": label}
    taken = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    if number and not taken.filter(number=number).exists():
        root["number"] = number
    asked = _create(new_id(), map_id, "map", root)
    commit(MAPS, Request(journey.tenant, map_id, actor_of(by), now, source), [asked])
    return with_columns(journey, map_id, **columns)


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
    with_targets: bool = False,
) -> JourneyMap:
    """Make a draft with everything that is on the map *of*, paired with it element by element.

    The new map names it as baseline, at the operation it had come to. Its promises come along only
    from one future map to another, and only *with_targets*. Raises TitleNeededError, TooManyError,
    NotNowError and RefusedError.
    """
    check_horizon(state, horizon)
    if with_targets:
        check_carried(of, state)
    journey = of.journey
    map_id = new_id()
    values = first_values(journey, name, state)
    # Whoever is changing the other map ends first, so that its number and its rows agree.
    locked = JourneyMap.objects.for_tenant(of.tenant_id).select_for_update(no_key=True)
    seq = locked.values_list("head_seq", flat=True).get(pk=of.pk)
    begun = read_state(MAPS, Request(of.tenant, of.pk, actor_of(by), now))
    request = Request(of.tenant, map_id, actor_of(by), now, source)
    begin_as_copy(MAPS, request, of=begun, values=values)
    made = with_columns(
        journey,
        map_id,
        state=state,
        horizon=horizon,
        baseline=of,
        baseline_seq=seq,
        template=of.template,
        template_parts=of.template_parts,
    )
    if with_targets:
        carry_targets(of=of, to=made, by=by, now=now)
    return made


@transaction.atomic
def open_draft(*, of: JourneyMap, by: Membership | ApiKey | None, now: datetime) -> JourneyMap:
    """Give the draft in which a published map is changed: the one there is, or a new one.

    One that is in review is the draft there is: it is not changed until the review is over.
    """
    _lock(of.journey)
    found = draft_there(of)
    return found or fork_map(of=of, name=of.name, state=MapState(of.state), by=by, now=now)


def draft_there(of: JourneyMap) -> JourneyMap | None:
    """Give the draft in which a published map is changed, in review or not, with its journey.

    None where nobody has opened one. One query.
    """
    rows = JourneyMap.objects.for_tenant(of.tenant_id).select_related("tenant", "journey")
    there = rows.filter(
        baseline=of,
        state=of.state,
        status__in=(MapStatus.DRAFT, MapStatus.IN_REVIEW),
        archived_at=None,
        deleted_at=None,
    )
    return there.order_by("-number").first()


@transaction.atomic
def publish_map(
    *,
    of: JourneyMap,
    by: Membership | ApiKey,
    now: datetime,
    note: str = "",
    held_before: bool = False,
    site: str = "",
) -> None:
    """Make a draft what holds; of a current one's journey, the one before becomes the past.

    *note* says why. One that *held_before* needs no approvals. Who follows the journey is told, by
    mail as well where *site* begins the links. Raises NotNowError where it is no draft, or is
    locked, UnsoundMapError and NotApprovedError.
    """
    _lock(of.journey)
    rows = JourneyMap.objects.for_tenant(of.tenant_id)
    fresh = rows.select_related("journey").select_for_update(of=("self",)).get(pk=of.pk)
    if fresh.status not in (MapStatus.DRAFT, MapStatus.IN_REVIEW) or fresh.archived_at:
        message = "Only a draft is published."
        raise NotNowError(message)
    state = _check_sound(fresh, by, now)
    if not held_before:
        check_approved(fresh)
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
    fresh.published_note = note.strip()[:LONGEST_NOTE]
    fresh.save(update_fields=_PUBLISHED)
    end_review(fresh, now=now)
    if fresh.state == MapState.CURRENT:
        mark_promoted(current=fresh, by=by, now=now)
    trigger = SnapshotTrigger.PUBLISH
    keep_snapshot(of=fresh, state=state, trigger=trigger, label="", by=by, now=now)
    changes = {"note": fresh.published_note} if fresh.published_note else {}
    record(tenant=of.tenant, action="map-published", by=by, about=fresh, changes=changes)
    member = fresh.published_by
    tell_followers(of=fresh, kind=NoticeKind.PUBLISHED, by=member, now=now, site=site)
    tell_of_publishing(fresh, now=now)


@transaction.atomic
def retire_map(*, of: JourneyMap, by: Membership | ApiKey, now: datetime) -> None:
    """Take a published map out of use. Raises NotNowError where it is not published."""
    rows = JourneyMap.objects.for_tenant(of.tenant_id)
    published = rows.filter(pk=of.pk, status=MapStatus.PUBLISHED)
    if not published.update(status=MapStatus.RETIRED, valid_to=_end(now)):
        message = "Only a published map is retired."
        raise NotNowError(message)
    record(tenant=of.tenant, action="map-retired", by=by, about=of)


def check_horizon(state: MapState, horizon: date | None) -> None:
    """Refuse a day by which a map shall be real for one that shows no world ahead.

    Raises NotNowError.
    """
    if horizon and state not in AHEAD:
        message = "Only a future or an ideal map has a horizon."
        raise NotNowError(message, field="horizon")


def _check_sound(row: JourneyMap, by: Membership | ApiKey, now: datetime) -> State:
    """Look a map over, and give it. Raises UnsoundMapError for what is to be mended first."""
    state = read_state(MAPS, Request(row.tenant, row.pk, actor_of(by), now))
    found = errors(facts_of(row, state, today=day_in(row.tenant, now)))
    if found:
        raise UnsoundMapError([one.words for one in found])
    return state


def first_values(journey: Journey, name: str, state: MapState) -> dict[str, JSON]:
    """Give what a new map of *journey* is by its first operation, with the next free number.

    Others that number maps of it wait. Raises TitleNeededError, NotNowError, TooManyError and
    ArchivedDocumentError.
    """
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


def with_columns(journey: Journey, map_id: UUID, **columns: Any) -> JourneyMap:
    """Set what of a new map is no operation, and read it."""
    rows = JourneyMap.objects.for_tenant(journey.tenant_id)
    rows.filter(pk=map_id).update(**columns)
    return rows.select_related("tenant", "journey", "baseline").get(pk=map_id)
