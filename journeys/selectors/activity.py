"""What was done on a journey, its maps, its targets and its links, some days at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.db.models.functions import TruncDate

from cxm.kernel.operations.records import Actor, Deed
from cxm.tenants.models import AuditEntry
from journeys.models import JourneyMap, JourneyOp, MapOp, MapShare, TargetChange
from journeys.rules.activity import (
    DEEDS,
    LAST,
    Day,
    Done,
    days_in_words,
    on_journey,
    on_map,
    promised,
    rank_of,
)
from journeys.selectors.access import maps_shown_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import Journey

MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Activity:
    """Days on which something was done, the newest first; *older* is the day to go on before.

    *maps* names the maps by id.
    """

    days: list[Day]
    maps: dict[UUID, str]
    older: date | None


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows that tell of deeds: when and by whom, by which columns they are grouped, in words."""

    rows: Any
    at: str
    member: str
    key: str
    by: tuple[str, ...]
    map_id: Callable[[Any], UUID | None]
    words: Callable[[Any], str]
    rank: Callable[[Any], int] = lambda _: LAST


def activity_of(journey: Journey, reader: Membership, *, before: date | None = None) -> Activity:
    """Tell what was done on up to 14 days, the newest before the day *before*; eleven queries.

    *reader* may open the journey; of its maps only those are told that are for them.
    """
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    maps = dict(maps_shown_to(reader, rows.filter(deleted_at=None)).values_list("pk", "name"))
    sources = _sources(journey, maps)
    zone = ZoneInfo(journey.tenant.time_zone)
    days = sorted({d for one in sources for d in _days(one, zone, before)}, reverse=True)
    shown = days[:MOST_DAYS]
    if not shown:
        return Activity([], maps, None)
    done = [deed for one in sources for deed in _done(one, zone, shown[-1], shown[0])]
    older = shown[-1] if len(days) > MOST_DAYS else None
    return Activity(days_in_words(done), maps, older)


def _sources(journey: Journey, maps: dict[UUID, str]) -> list[_Source]:
    tenant = journey.tenant_id
    about = AuditEntry.objects.for_tenant(tenant).filter(object_id__in=[journey.pk, *maps])
    return [
        _Source(
            MapOp.objects.for_tenant(tenant).filter(map__in=maps).exclude(deed=Deed.REBALANCE),
            *("at", "member", "api_key", ("map", "deed", "kind")),
            lambda one: one["map"],
            lambda one: on_map(one["deed"], one["kind"], one["times"]),
            lambda one: rank_of(one["kind"]),
        ),
        _Source(
            JourneyOp.objects.for_tenant(tenant).filter(journey=journey),
            *("at", "member", "api_key", ("deed", "field")),
            lambda _: None,
            lambda one: on_journey(one["deed"], one["field"]),
        ),
        _Source(
            TargetChange.objects.for_tenant(tenant).filter(target__map__in=maps),
            *("at", "by", "", ("target__map", "is_removal")),
            lambda one: one["target__map"],
            lambda one: promised(one["times"], is_removal=one["is_removal"]),
        ),
        _Source(
            MapShare.objects.for_tenant(tenant).filter(map__in=maps),
            *("link__created_at", "link__by", "", ("map",)),
            lambda one: one["map"],
            lambda _: "made a link for people outside",
        ),
        _Source(
            about.filter(action__in=DEEDS),
            *("at", "actor", "api_key", ("object_id", "action")),
            lambda one: one["object_id"] if one["object_id"] in maps else None,
            lambda one: DEEDS[one["action"]],
        ),
    ]


def _days(source: _Source, zone: ZoneInfo, before: date | None) -> list[date]:
    rows = source.rows.annotate(day=TruncDate(source.at, tzinfo=zone)).order_by("-day")
    if before:
        rows = rows.filter(day__lt=before)
    return list(rows.values_list("day", flat=True).distinct()[: MOST_DAYS + 1])


def _done(source: _Source, zone: ZoneInfo, first: date, last: date) -> list[Done]:
    rows = source.rows.annotate(day=TruncDate(source.at, tzinfo=zone))
    names = [name for name in ("day", source.member, source.key, *source.by) if name]
    counted = rows.filter(day__range=(first, last)).order_by().values(*names)
    return [
        Done(
            one["day"],
            _actor(one[source.member], one.get(source.key)),
            source.map_id(one),
            source.words(one),
            one["last"],
            source.rank(one),
        )
        for one in counted.annotate(times=Count("pk"), last=Max(source.at))
    ]


def _actor(member: UUID | None, key: UUID | None) -> Actor | None:
    if member:
        return Actor("member", member)
    return Actor("api_key", key) if key else None
