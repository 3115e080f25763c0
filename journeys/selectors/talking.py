"""Who may read and write comments on maps, and how many threads are open where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from cxm.collaboration.selectors.talk import people_of
from cxm.tenants.rules import Right, may
from journeys.models import Card, JourneyMap, JourneyStar, LibraryThread, MapThread
from journeys.rules.access import Action, allowed
from journeys.selectors.access import maps_shown_to, may_do, standings_of
from journeys.selectors.journeys import journeys_open_to
from journeys.selectors.successions import heirs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.collaboration.models import CommentThread
    from cxm.tenants.models import Membership
    from journeys.models import Journey

# Where pages of maps and journeys lie, below the tenant's address.
MAPS, JOURNEYS = "maps/", "journeys/"
MOST_SHOWN = 5
# Every page of a map asks this, and who looks at one asks it once a second: as Django puts it
# together it would take longer to write than to run.
_OPEN = """
SELECT t.lineage_id, l.kind = 'step' AND NOT EXISTS (
    SELECT FROM journeys_step s JOIN journeys_stage g ON g.tenant_id = s.tenant_id
        AND g.map_id = s.map_id AND g.lineage = s.stage AND g.deleted_at IS NULL
    WHERE s.tenant_id = t.tenant_id AND s.map_id = t.map_id AND s.lineage = t.lineage_id
        AND s.deleted_at IS NULL
) AS is_lost, count(*)
FROM journeys_mapthread t
    JOIN collaboration_commentthread c ON c.tenant_id = t.tenant_id AND c.id = t.thread_id
    LEFT JOIN journeys_lineage l ON l.tenant_id = t.tenant_id AND l.id = t.lineage_id
WHERE t.tenant_id = %(tenant)s AND t.map_id = %(map)s AND c.resolved_at IS NULL
GROUP BY t.lineage_id, is_lost
"""


def thread_counts(row: JourneyMap) -> dict[UUID, int]:
    """Count the open threads of a map by the lineage they are about, as `open_threads` does.

    Those about the map as a whole are not among them.
    """
    return {pk: n for pk, n in open_threads(row).items() if pk is not None}


def open_threads(row: JourneyMap) -> dict[UUID | None, int]:
    """Count the open threads of a map by the lineage they are about, None for the map as a whole.

    Those about a step that was joined to another count there. One query, and another where any is
    about a step that is not on the map.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"tenant": row.tenant_id, "map": row.pk})
        counts: list[tuple[UUID | None, bool, int]] = cursor.fetchall()
    is_lost = any(lost for _, lost, _ in counts)
    heirs = heirs_of(row) if is_lost else {}
    found: dict[UUID | None, int] = {}
    for pk, _, n in counts:
        about = heirs.get(pk, pk) if pk else None
        found[about] = found.get(about, 0) + n
    return found


def readers_of(row: JourneyMap) -> list[Membership]:
    """List the active members who may read a map, by name, with their users. Two queries.

    The map comes with its journey.
    """
    standings = standings_of(row.journey, people_of(row.tenant), map_row=row)
    return [one for one, standing in standings if allowed(Action.READ, standing)]


def threads_in_sight(member: Membership, threads: Sequence[UUID]) -> set[UUID]:
    """Tell which of *threads* are about a map or an item that *member* may read.

    Three queries at most.
    """
    tenant = member.tenant_id
    of_maps = MapThread.objects.for_tenant(tenant).filter(thread__in=threads, map__deleted_at=None)
    seen = {
        row.thread_id
        for row in of_maps.select_related("map__journey")
        if may_do(Action.READ, row.map.journey, member, map_row=row.map)
    }
    if not may(member.role, Right.SEE_JOURNEYS):
        return seen
    of_items = LibraryThread.objects.for_tenant(tenant).filter(
        thread__in=threads,
        **{f"{sort}__deleted_at": None for sort in ("insight", "opportunity", "solution", "goal")},
    )
    return seen | set(of_items.values_list("thread", flat=True))


def pages_in_sight(member: Membership, pages: Sequence[str]) -> set[str]:
    """Tell which of *pages*, addresses below the tenant's, are of maps or journeys that are open.

    Three queries at most.
    """
    maps = {page: pk for page in pages if (pk := _named(page, MAPS))}
    journeys = {page: pk for page in pages if (pk := _named(page, JOURNEYS))}
    rows = JourneyMap.objects.for_tenant(member.tenant_id).filter(
        pk__in=set(maps.values()), deleted_at=None
    )
    found = {
        row.pk
        for row in rows.select_related("journey")
        if may_do(Action.READ, row.journey, member, map_row=row)
    }
    if journeys:
        opened = journeys_open_to(member.tenant, member).filter(pk__in=set(journeys.values()))
        found |= set(opened.values_list("pk", flat=True))
    return {page for page, pk in {**maps, **journeys}.items() if pk in found}


def files_in_sight(member: Membership, asset_id: UUID) -> bool:
    """Tell whether a card of a map that *member* may read shows a file, or showed it once.

    Two queries at most.
    """
    shown = Card.objects.for_tenant(member.tenant_id).filter(asset=asset_id).values("map")
    maps = JourneyMap.objects.for_tenant(member.tenant_id).filter(pk__in=shown, deleted_at=None)
    return any(
        may_do(Action.READ, row.journey, member, map_row=row)
        for row in maps.select_related("journey")
    )


def _named(page: str, folder: str) -> UUID | None:
    """Give the id that an address in *folder* names; None for another one."""
    if not page.startswith(folder):
        return None
    try:
        return UUID(page.removeprefix(folder).partition("/")[0])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """An open thread on a map, in one line; *by* is empty where a key began it."""

    row: MapThread
    by: str


@dataclass(frozen=True, slots=True)
class JourneyTalk:
    """What is said in a journey: the newest open threads, how many there are, and *is_followed*."""

    threads: list[ThreadLine]
    count: int
    is_followed: bool


def talk_in(journey: Journey, reader: Membership) -> JourneyTalk:
    """Gather the open threads on the maps of a journey that *reader* may open. Three queries."""
    tenant = journey.tenant_id
    maps = JourneyMap.objects.for_tenant(tenant).filter(journey=journey, deleted_at=None)
    rows = MapThread.objects.for_tenant(tenant).filter(
        map__in=maps_shown_to(reader, maps).values("pk"), thread__resolved_at=None
    )
    newest = rows.select_related("thread__by__user").order_by("-thread__created_at", "-pk")
    stars = JourneyStar.objects.for_tenant(tenant).filter(
        journey=journey, member=reader, is_followed=True
    )
    lines = [ThreadLine(row, _by(row.thread)) for row in newest[:MOST_SHOWN]]
    return JourneyTalk(lines, rows.count(), stars.exists())


def _by(thread: CommentThread) -> str:
    return thread.by.user.get_full_name() if thread.by else ""
