"""The journeys of a workspace side by side: what holds of each, and where it needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q

from journeys.models import Card, Journey, JourneyMap, JourneyStar, JourneyTag, Target
from journeys.rules.freshness import Freshness, freshness
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.library import InsightKind, InsightStatus
from journeys.selectors.access import LIVE, map_is_live, maps_shown_to
from journeys.selectors.given_order import in_given_order
from journeys.selectors.journeys import journeys_found, journeys_open_to, sight_of
from journeys.selectors.standing import Standing, standings
from journeys.selectors.tree import in_branches
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant

# How long before its day a target stands in the list.
SOON = timedelta(days=30)
# So many journeys are laid out as a tree; more are listed by title.
MOST_IN_TREE = 2_000


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey in the list. What lies behind its title is shown where *is_open*.

    *map* is the one to open: the live current one, else the newest that is in work. *freshness*
    and *standing* are of it. *depth* is how far down it stands in the tree, from 1.
    """

    journey: Journey
    is_open: bool
    is_starred: bool
    map: JourneyMap | None
    is_live: bool
    ahead: int
    in_work: int
    pains: int
    targets_due: int
    changed_at: datetime
    freshness: Freshness
    standing: Standing
    tags: list[JourneyTag]
    depth: int = 1


def journeys_listed(
    tenant: Tenant,
    reader: Membership | None,
    *,
    q: str = "",
    owner: str = "",
    state: str = "",
    tag: str = "",
    is_starred: bool = False,
    is_archived: bool = False,
    parent: UUID | None = None,
) -> QuerySet[Journey]:
    """List the journeys that *reader* finds, by title; *tag* is a word, or "dimension: word".

    *owner* is "me", "nobody" or the id of a member; *state* "live" for those with a published
    current map, "none" for those without, "ahead" for those with a future or ideal map. Other
    words filter nothing. *parent* is the home in the tree. Journeys of which *reader* sees no more
    than the title are found by nothing else.
    """
    rows = _owned(journeys_found(tenant, reader, q=q, is_archived=is_archived), reader, owner)
    if is_starred:
        starred = JourneyStar.objects.for_tenant(tenant).filter(member=reader, is_starred=True)
        rows = rows.filter(pk__in=starred.values("journey_id"))
    if tag:
        rows = rows.filter(pk__in=_tagged(tenant, reader, tag).values("journey_id"))
    if parent:
        rows = rows.filter(parent=parent)
    maps = JourneyMap.objects.for_tenant(tenant).filter(archived_at=None)
    seen = journeys_open_to(tenant, reader)
    maps = maps_shown_to(reader, maps.filter(journey__in=seen.values("pk")))
    return _in_state(rows, maps, state)


def _owned(rows: QuerySet[Journey], reader: Membership | None, owner: str) -> QuerySet[Journey]:
    if owner == "me":
        return rows.filter(owner=reader)
    if owner == "nobody":
        return rows.filter(owner=None)
    try:
        return rows.filter(owner=UUID(owner)) if owner else rows
    except ValueError:
        return rows


def _in_state(rows: QuerySet[Journey], maps: QuerySet[JourneyMap], state: str) -> QuerySet[Journey]:
    if state in ("live", "none"):
        live = Q(pk__in=maps.filter(LIVE).values("journey_id"))
        return rows.filter(live if state == "live" else ~live)
    if state == "ahead":
        return rows.filter(pk__in=maps.filter(_AHEAD).values("journey_id"))
    return rows


def as_tree(rows: QuerySet[Journey]) -> tuple[QuerySet[Journey], dict[UUID, int]]:
    """Order *rows* as a tree, each journey behind the one that it lies in, with how deep it stands.

    More than 2,000 stay as they are, without depths. One query.
    """
    found = list(rows.select_related(None).only("parent", "tenant")[: MOST_IN_TREE + 1])
    if len(found) > MOST_IN_TREE:
        return rows, {}
    laid = in_branches(found, None)
    depths = {branch.journey.pk: branch.depth for branch in laid}
    return in_given_order(rows, depths), depths


def tags_there(tenant: Tenant, reader: Membership | None) -> list[tuple[str, str]]:
    """List the words of the journeys that *reader* may look into, as they are asked for.

    Each with what to read. One query.
    """
    rows = _tags_seen(tenant, reader).order_by("dimension", "name")
    pairs = rows.values_list("dimension", "name").distinct()
    words = [f"{of}: {name}" if of else name for of, name in pairs]
    return [(word, word) for word in words]


def journey_rows(
    tenant: Tenant,
    reader: Membership,
    rows: Sequence[Journey],
    *,
    may_edit: bool,
    today: date,
    depths: Mapping[UUID, int] | None = None,
) -> list[JourneyRow]:
    """Tell what holds of each journey of a page of the list; six queries."""
    opened = {
        journey.pk for journey in rows if sight_of(journey, reader, may_edit=may_edit) > Sight.TITLE
    }
    maps: dict[UUID, list[JourneyMap]] = {}
    there = JourneyMap.objects.for_tenant(tenant).filter(journey__in=opened, archived_at=None)
    there = maps_shown_to(reader, there)
    for one in there.exclude(status=MapStatus.RETIRED).order_by("-number"):
        maps.setdefault(one.journey_id, []).append(one)
    stars = JourneyStar.objects.for_tenant(tenant).filter(member=reader, is_starred=True)
    shown = [one.pk for one in map(shown_map, maps.values()) if one]
    gathered = _Gathered(
        maps=maps,
        starred=set(stars.filter(journey__in=rows).values_list("journey_id", flat=True)),
        pains=open_pains(tenant, shown),
        due=_targets_due(tenant, opened, today),
        standings=standings(tenant, shown, today),
        tags=_tags(tenant, opened),
        today=today,
    )
    depths = depths or {}
    return [
        gathered.row(one, is_open=one.pk in opened, depth=depths.get(one.pk, 1)) for one in rows
    ]


_AHEAD = Q(state__in=[MapState.FUTURE, MapState.IDEAL]) & ~Q(status=MapStatus.RETIRED)
_IN_WORK = (MapStatus.DRAFT, MapStatus.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What was read for a page of the list, by journey or by map."""

    maps: dict[UUID, list[JourneyMap]]
    starred: set[UUID]
    pains: dict[UUID, int]
    due: dict[UUID, int]
    standings: dict[UUID, Standing]
    tags: dict[UUID, list[JourneyTag]]
    today: date

    def row(self, journey: Journey, *, is_open: bool, depth: int) -> JourneyRow:
        """Give the row of one journey."""
        maps = self.maps.get(journey.pk, [])
        shown = shown_map(maps)
        standing = self.standings.get(shown.pk, Standing()) if shown else Standing()
        return JourneyRow(
            journey=journey,
            is_open=is_open,
            is_starred=journey.pk in self.starred,
            map=shown,
            is_live=shown is not None and map_is_live(shown),
            ahead=sum(one.state in (MapState.FUTURE, MapState.IDEAL) for one in maps),
            in_work=sum(one.status in _IN_WORK for one in maps),
            pains=self.pains.get(shown.pk, 0) if shown else 0,
            targets_due=self.due.get(journey.pk, 0),
            changed_at=max([journey.updated_at, *(one.updated_at for one in maps)]),
            freshness=self._freshness(journey, shown, standing),
            standing=standing,
            tags=self.tags.get(journey.pk, []),
            depth=depth,
        )

    def _freshness(
        self, journey: Journey, shown: JourneyMap | None, standing: Standing
    ) -> Freshness:
        if shown is None:
            return Freshness(None)
        return freshness(
            steps=standing.steps,
            backed=standing.backed,
            age_days=standing.age_days,
            reviewed_on=journey.reviewed_on,
            review_every_days=journey.review_every_days,
            today=self.today,
        )


def shown_map(maps: Sequence[JourneyMap]) -> JourneyMap | None:
    """Give the map to open of a journey's: the live one, else the newest current, else the newest.

    *maps* are in order, the newest first.
    """
    live = next((one for one in maps if map_is_live(one)), None)
    return (
        live or next((one for one in maps if one.state == MapState.CURRENT), None) or _first(maps)
    )


def _first(maps: Sequence[JourneyMap]) -> JourneyMap | None:
    return maps[0] if maps else None


def open_pains(tenant: Tenant, maps: Sequence[UUID]) -> dict[UUID, int]:
    """Count the open pains of the library that each of *maps* shows. One query."""
    cards = Card.objects.for_tenant(tenant).filter(map__in=maps, deleted_at=None)
    cards = cards.filter(insight__kind=InsightKind.PAIN, insight__status=InsightStatus.OPEN)
    counted = cards.values("map_id").annotate(n=Count("insight_id", distinct=True))
    return {one["map_id"]: one["n"] for one in counted}


def _targets_due(tenant: Tenant, journeys: set[UUID], today: date) -> dict[UUID, int]:
    targets = Target.objects.for_tenant(tenant).filter(removed_at=None, due__lte=today + SOON)
    targets = targets.filter(map__journey__in=journeys).exclude(map__status=MapStatus.RETIRED)
    counted = targets.values("map__journey_id").annotate(n=Count("pk"))
    return {one["map__journey_id"]: one["n"] for one in counted}


def _tags_seen(tenant: Tenant, reader: Membership | None) -> QuerySet[JourneyTag]:
    seen = journeys_open_to(tenant, reader).values("pk")
    return JourneyTag.objects.for_tenant(tenant).filter(journey__in=seen)


def _tagged(tenant: Tenant, reader: Membership | None, tag: str) -> QuerySet[JourneyTag]:
    dimension, found, name = tag.partition(": ")
    rows = _tags_seen(tenant, reader)
    plain = Q(dimension="", name=tag)
    return rows.filter(Q(dimension=dimension, name=name) | plain if found else plain)


def _tags(tenant: Tenant, journeys: set[UUID]) -> dict[UUID, list[JourneyTag]]:
    found: dict[UUID, list[JourneyTag]] = {}
    rows = JourneyTag.objects.for_tenant(tenant).filter(journey__in=journeys)
    for tag in rows.order_by("dimension", "name"):
        found.setdefault(tag.journey_id, []).append(tag)
    return found
