"""What is said on maps, about them and in the library: found by words, mistyped ones too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from cxm.collaboration.models import Comment
from cxm.tenants.rules import Right, may
from journeys.models import Card, Journey, Lane, MapThread, Stage, Step
from journeys.rules.access import is_live
from journeys.rules.kinds import MapStatus
from journeys.rules.library_sorts import SORTS
from journeys.rules.searching import KINDS, LIBRARY, LONGEST, SHORTEST, shortened
from journeys.rules.tags import tags_written
from journeys.selectors.journeys import journeys_found, maps_open_to
from journeys.selectors.library import MODELS
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant

# Of what lies on several maps of a journey one is shown, so more is asked for than is wanted.
_SPARE = 4
# What is less like the words than this share of the likeliest is left out.
_NEXT_BEST = 0.7
_SEARCH = """
SELECT kind, pk, about, likeness FROM search_maps(%(text)s, %(journeys)s::uuid[], %(maps)s::uuid[],
    %(library)s, %(most)s)
"""
type _Reader = Callable[[Tenant, _Hits], list[Found]]


class MapTold(NamedTuple):
    """A map that is searched, as far as it is told with what lies on it."""

    id: UUID
    journey_id: UUID
    name: str
    journey: str


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: its *kind*, what it says, and where it is, from the inside out.

    *id* is a lineage for what lies on *map*. Of a comment it is the one of what is talked about,
    None for the map as a whole.
    """

    kind: str
    id: UUID | None
    words: str
    where: tuple[str, ...] = ()
    map: MapTold | None = None


@dataclass(slots=True)
class _Hits:
    """What the database found: ids with their maps, by kind, the likeliest first."""

    maps: Mapping[UUID, MapTold]
    by_kind: dict[str, list[tuple[UUID, UUID | None]]] = field(default_factory=dict)

    def on_map(self, kind: str) -> list[tuple[UUID, MapTold]]:
        """List what was found on maps, each lineage once: on the map that comes first."""
        order = {pk: place for place, pk in enumerate(self.maps)}
        best: dict[UUID, UUID] = {}
        for pk, about in self.by_kind.get(kind, ()):
            if about in order and order[about] <= order.get(best.get(pk, about), 0):
                best[pk] = about
        return [(pk, self.maps[about]) for pk, about in best.items()]

    def rows(self, rows: QuerySet[Any], kind: str, *columns: str) -> dict[UUID, tuple[Any, ...]]:
        """Read *columns* of what was found of *kind*, the likeliest first. One query at most."""
        ids = [pk for pk, _ in self.by_kind.get(kind, ())]
        told = rows.filter(pk__in=ids).values_list("pk", *columns) if ids else ()
        by_id = {pk: rest for pk, *rest in told}
        return {pk: tuple(by_id[pk]) for pk in ids if pk in by_id}


def found_by(
    tenant: Tenant, reader: Membership | None, text: str, *, most: int
) -> dict[str, list[Found]]:
    """Find what *reader* may read and that says something like each word of *text*, by kind.

    Of each kind of `rules.searching.KINDS` with any, in their order, up to *most* are listed, the
    likeliest first. Searched are the maps in use; of what lies on several maps of a journey the
    one that holds now is shown, or the newest. Titles of journeys are found also where no more of
    them is open. Guests find on the maps of journeys that they were let into. None as *reader* is
    a program with a key. The number of queries hangs on the kinds that are found, 20 at most.
    """
    said = " ".join(text.replace("\0", "")[:LONGEST].split())
    if len(said) < SHORTEST:
        return {}
    maps = _maps_in_use(tenant, reader)
    has_library = reader is None or may(reader.role, Right.SEE_JOURNEYS)
    journeys = journeys_found(tenant, reader).order_by().values_list("pk", flat=True)
    told: dict[str, Any] = {
        "text": said,
        "journeys": list(journeys),
        "maps": list(maps),
        "library": has_library,
        "most": most * _SPARE,
    }
    hits = _Hits(maps)
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, told)
        lines = cursor.fetchall()
    least = _NEXT_BEST * max((line[-1] for line in lines), default=0)
    for kind, pk, about, likeness in lines:
        if likeness >= least:
            hits.by_kind.setdefault(kind, []).append((pk, about))
    found = {kind: _READERS[kind](tenant, hits)[:most] for kind in KINDS}
    return {kind: listed for kind, listed in found.items() if listed}


def _maps_in_use(tenant: Tenant, reader: Membership | None) -> dict[UUID, MapTold]:
    """Give the maps to be searched; of each journey what holds now, then the newest first."""
    rows = maps_open_to(tenant, reader).filter(journey__archived_at=None, archived_at=None)
    rows = rows.exclude(status=MapStatus.RETIRED)
    told = rows.values_list("pk", "journey_id", "name", "journey__title", *_RANKS)
    in_order = sorted(told, key=lambda one: (not _holds_now(*one[4:7]), -one[7]))
    return {one[0]: MapTold(*one[:4]) for one in in_order}


_RANKS = ("state", "status", "valid_to", "number")


def _holds_now(state: str, status: str, valid_to: datetime | None) -> bool:
    return is_live(state, status, is_over=valid_to is not None)


def _journeys(tenant: Tenant, hits: _Hits) -> list[Found]:
    titles = hits.rows(Journey.objects.for_tenant(tenant), "journey", "title")
    return [Found("journey", pk, title) for pk, (title,) in titles.items()]


def _maps(_tenant: Tenant, hits: _Hits) -> list[Found]:
    return [Found("map", pk, one.name, (one.journey,), one) for pk, one in hits.on_map("map")]


def _titled(kind: str, model: Any) -> _Reader:
    """Read stages, or lanes, which are told by their titles."""

    def listed(tenant: Tenant, hits: _Hits) -> list[Found]:
        there = hits.on_map(kind)
        titles = _titles(tenant, model, there)
        return [
            Found(kind, pk, title, (one.name, one.journey), one)
            for pk, one in there
            if (title := titles.get((one.id, pk)))
        ]

    return listed


def _steps(tenant: Tenant, hits: _Hits) -> list[Found]:
    told = _told(tenant, Step, hits.on_map("step"), "stage", "title", "tags")
    stages = _titles(tenant, Stage, [(row[0], one) for _, one, row in told])
    found = []
    for pk, one, (stage, title, tags) in told:
        where = (*filter(None, (stages.get((one.id, stage)),)), one.name, one.journey)
        found.append(Found("step", pk, _with_tags(title, tags), where, one))
    return found


def _cards(tenant: Tenant, hits: _Hits) -> list[Found]:
    columns = ("lane", "step_from", "text", "alt", "tags")
    told = _told(tenant, Card, hits.on_map("card"), *columns)
    lanes = _titles(tenant, Lane, [(row[0], one) for _, one, row in told])
    steps = _titles(tenant, Step, [(row[1], one) for _, one, row in told])
    found = []
    for pk, one, (lane, step, text, alt, tags) in told:
        inside = (lanes.get((one.id, lane)), steps.get((one.id, step)))
        where = (*filter(None, inside), one.name, one.journey)
        found.append(Found("card", pk, _with_tags(text or alt, tags), where, one))
    return found


def _comments(tenant: Tenant, hits: _Hits) -> list[Found]:
    rows = Comment.objects.for_tenant(tenant).filter(deleted_at=None)
    told = hits.rows(rows, "comment", "body", "thread_id")
    threads = [thread for _, thread in told.values()]
    joined = MapThread.objects.for_tenant(tenant).filter(thread__in=threads) if threads else []
    about = {one.thread_id: one for one in joined}
    return [
        Found("comment", at.lineage_id, shortened(body), (one.name, one.journey), one)
        for body, thread in told.values()
        if (at := about.get(thread)) and (one := hits.maps.get(at.map_id))
    ]


def _items(kind: str) -> _Reader:
    def listed(tenant: Tenant, hits: _Hits) -> list[Found]:
        rows = MODELS[kind].objects.for_tenant(tenant).filter(archived_at=None)
        words = dict(SORTS[kind].columns)
        told = hits.rows(rows, kind, "title", "status")
        return [Found(kind, pk, title, (words[status],)) for pk, (title, status) in told.items()]

    return listed


def _personas(tenant: Tenant, hits: _Hits) -> list[Found]:
    told = hits.rows(Persona.objects.for_tenant(tenant), "persona", "name", "tagline")
    return [
        Found("persona", pk, name, (tagline,) if tagline else ())
        for pk, (name, tagline) in told.items()
    ]


_READERS: Mapping[str, _Reader] = {
    "journey": _journeys,
    "map": _maps,
    "stage": _titled("stage", Stage),
    "step": _steps,
    "card": _cards,
    "lane": _titled("lane", Lane),
    **{kind: _items(kind) for kind in LIBRARY},
    "persona": _personas,
    "comment": _comments,
}


def _rows(
    tenant: Tenant, model: Any, there: Collection[tuple[UUID, MapTold]], *columns: str
) -> dict[tuple[UUID, UUID], tuple[Any, ...]]:
    """Read columns of elements by their map and lineage. One query, none without elements."""
    if not there:
        return {}
    rows = model.objects.for_tenant(tenant).filter(
        map__in={one.id for _, one in there}, lineage__in={pk for pk, _ in there}, deleted_at=None
    )
    return {told[:2]: told[2:] for told in rows.values_list("map_id", "lineage", *columns)}


def _told(
    tenant: Tenant, model: Any, there: Collection[tuple[UUID, MapTold]], *columns: str
) -> list[tuple[UUID, MapTold, tuple[Any, ...]]]:
    """Read columns of elements in the order in which they were found. One query at most."""
    rows = _rows(tenant, model, there, *columns)
    return [(pk, one, rows[one.id, pk]) for pk, one in there if (one.id, pk) in rows]


def _titles(
    tenant: Tenant, model: Any, there: Collection[tuple[UUID, MapTold]]
) -> dict[tuple[UUID, UUID], str]:
    return {key: title for key, (title,) in _rows(tenant, model, there, "title").items()}


def _with_tags(words: str, tags: Sequence[str]) -> str:
    said = shortened(words)
    return f"{said} ({tags_written(tags)})" if tags else said
