"""Journey maps and items of the library as what people comment on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from cxm.collaboration.selectors.talk import Part, Subject, people_of
from cxm.tenants.rules import Right, may
from journeys.models import JourneyStar, LibraryThread, Lineage, MapThread
from journeys.rules.access import Action
from journeys.rules.kinds import LaneKind, LineageKind
from journeys.rules.lane_kinds import RULES
from journeys.selectors.access import may_do, sees_live_only
from journeys.selectors.grid_rows import lanes_of, stages_and_steps
from journeys.selectors.map_elements import LONGEST, MODELS, element_of
from journeys.selectors.successions import forebears_of, heirs_of, steps_followed
from journeys.selectors.talking import open_threads, readers_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.collaboration.models import CommentThread
    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from journeys.rules.library_sorts import Sort

_WORDS = {"flow": "Way"}
# What goes with what it lies in, without being deleted itself.
_WITHIN = {"step": "stage", "card": "lane"}


class JourneyMapSubject(Subject):
    """A map of a journey, loaded with it; its parts are known by their lineage.

    All that has a key can be commented on: stages, steps, lanes, cards with the values of curves,
    and ways. To choose from there are stages, steps and lanes.
    """

    whole, part_word = "map", "element"
    route, beside, has_tabs = "journeys:map", "map-panel", True

    def __init__(self, row: JourneyMap) -> None:
        self.map = row
        self.pk = row.pk
        self.tenant = row.tenant
        self.name = f"{row.journey.title}: {row.name}"
        self.page = f"maps/{row.pk}/"

    def links(self) -> QuerySet[Any, Any]:
        """Select the rows that join threads with the map."""
        return MapThread.objects.for_tenant(self.tenant).filter(map=self.map)

    def parts(self) -> dict[UUID, Part]:
        """Give stages, steps and lanes in their order. Two queries."""
        stages, steps = stages_and_steps(self.map)
        found = [Part(one.lineage, one.title, kind="Stage") for one in stages]
        found += [Part(one.lineage, one.title, kind="Step") for one in steps]
        found += [
            Part(one.lineage, one.title or RULES[LaneKind(one.kind)].words, kind="Lane")
            for one in lanes_of(self.map)
        ]
        return {part.pk: part for part in found}

    def part(self, pk: UUID) -> Part | None:
        """Give one element that is on the map and can be commented on. At most seven queries."""
        found = element_of(self.map, pk)
        if found is None or found.kind not in set(LineageKind):
            return None
        if not self._living(found.kind).filter(lineage=pk).exists():
            return None
        return Part(pk, found.title, kind=_kind(found.kind))

    def parts_of(self, threads: Sequence[UUID]) -> dict[UUID, Part]:
        """Give what *threads* are about, also what is gone. Six queries at most.

        Those of the baseline are about the same lineages; those of a step that was joined to
        another are about that. Twice as many where anything is gone.
        """
        rows = MapThread.objects.for_tenant(self.tenant).filter(thread__in=threads)
        about = dict(rows.exclude(lineage=None).values_list("thread", "lineage"))
        named = self._named(set(about.values()))
        if any(part.is_gone for part in named.values()):
            heirs = heirs_of(self.map)
            about = {thread: heirs.get(pk, pk) for thread, pk in about.items()}
        found = named | self._named(set(about.values()) - named.keys())
        return {thread: found[lineage] for thread, lineage in about.items()}

    def about(self, part: UUID) -> QuerySet[Any, Any]:
        """Select the rows of threads about one element, and about steps that were joined to it."""
        return self.links().filter(lineage__in={part, *forebears_of(self.map, part)})

    def gone(self) -> QuerySet[Any, Any]:
        """Select the rows of threads about what is not on the map any more."""
        there = Q()
        for kind in LineageKind:
            there |= Q(Exists(self._living(kind).filter(lineage=OuterRef("lineage_id"))))
        gone = self.links().exclude(lineage=None).exclude(there)
        # Of what was joined to another step, one reads there.
        return gone.exclude(lineage__in=steps_followed(self.map))

    def earlier(self, reader: Membership | None) -> QuerySet[Any, Any] | None:
        """Select the rows that join threads with the map that this one was forked from.

        None where it was not, and for whoever sees only the map that holds now.
        """
        if self.map.baseline_id is None or sees_live_only(reader):
            return None
        return MapThread.objects.for_tenant(self.tenant).filter(map=self.map.baseline_id)

    def open_counts(self) -> dict[UUID | None, int]:
        """Count the open threads by lineage. Two queries at most."""
        return open_threads(self.map)

    def joined(self, thread: CommentThread, part: UUID | None) -> MapThread:
        """Give the row that joins a new thread with the map, or with an element of it."""
        return MapThread(tenant=self.tenant, thread=thread, map=self.map, lineage_id=part)

    def readers(self) -> list[Membership]:
        """List who may read the map. Two queries."""
        return readers_of(self.map)

    def known_to_guests(self) -> set[UUID]:
        """Give who wrote something here, and who owns the journey. One query."""
        return super().known_to_guests() | ({self.map.journey.owner_id} - {None})

    def followers(self) -> set[UUID]:
        """Give who follows the journey. One query."""
        rows = JourneyStar.objects.for_tenant(self.tenant).filter(
            journey=self.map.journey_id, is_followed=True
        )
        return set(rows.values_list("member", flat=True))

    def may_comment(self, reader: Membership) -> bool:
        """Decide whether *reader* may write; agents only where a map says what holds now."""
        return may_do(Action.COMMENT, self.map.journey, reader, map_row=self.map)

    def _living(self, kind: str) -> QuerySet[Any]:
        """Select the elements of one kind that are on the map."""
        rows: QuerySet[Any] = MODELS[kind].objects.for_tenant(self.tenant)
        rows = rows.filter(map=self.map, deleted_at=None)
        within = _WITHIN.get(kind)
        if within is None:
            return rows
        return rows.filter(**{f"{within}__in": self._living(within).values("lineage")})

    def _named(self, lineages: Collection[UUID]) -> dict[UUID, Part]:
        """Name elements as this map calls, or called, them; else by their keys."""
        rows = Lineage.objects.for_tenant(self.tenant).filter(pk__in=lineages)
        known = {pk: (kind, key) for pk, kind, key in rows.values_list("pk", "kind", "key")}
        found: dict[UUID, Part] = {}
        for kind in {kind for kind, _ in known.values()}:
            elements = MODELS[kind].objects.for_tenant(self.tenant).filter(map=self.map)
            there = Exists(self._living(kind).filter(lineage=OuterRef("lineage")))
            for row in elements.filter(lineage__in=lineages).annotate(is_there=there):
                found[row.lineage] = Part(
                    row.lineage, _title(kind, row), not row.is_there, _kind(kind)
                )
        return {
            pk: found.get(pk) or Part(pk, key, is_gone=True, kind=_kind(kind))
            for pk, (kind, key) in known.items()
        }


class ItemSubject(Subject):
    """An item of the library; it has no parts."""

    part_word = "part"

    def __init__(self, sort: Sort, item: Any) -> None:
        self.item = item
        self.sort = sort
        self.pk = item.pk
        self.tenant = item.tenant
        self.name = item.title
        self.whole = sort.name
        self.route = f"journeys:{sort.name}"
        self.page = f"{sort.plural.lower()}/{item.pk}/"

    def links(self) -> QuerySet[Any, Any]:
        """Select the rows that join threads with the item."""
        return LibraryThread.objects.for_tenant(self.tenant).filter(**{self.sort.name: self.item})

    def parts(self) -> dict[UUID, Part]:
        """Give nothing: an item is commented on as a whole."""
        return {}

    def parts_of(self, threads: Sequence[UUID]) -> dict[UUID, Part]:  # noqa: ARG002 - has none
        """Give nothing: every thread is about the whole."""
        return {}

    def about(self, part: UUID) -> QuerySet[Any, Any]:  # noqa: ARG002 - has none
        """Select nothing."""
        return self.links().none()

    def gone(self) -> QuerySet[Any, Any]:
        """Select nothing."""
        return self.links().none()

    def open_counts(self) -> dict[UUID | None, int]:
        """Count the open threads. One query."""
        open_ones = self.links().filter(thread__resolved_at=None).count()
        return {None: open_ones} if open_ones else {}

    def joined(self, thread: CommentThread, part: UUID | None) -> LibraryThread:  # noqa: ARG002 - has none
        """Give the row that joins a new thread with the item."""
        return LibraryThread(tenant=self.tenant, thread=thread, **{self.sort.name: self.item})

    def readers(self) -> list[Membership]:
        """List who may read the library. One query."""
        return [one for one in people_of(self.tenant) if may(one.role, Right.SEE_JOURNEYS)]


def _kind(kind: str) -> str:
    return _WORDS.get(kind, kind.capitalize())


def _title(kind: str, row: Any) -> str:
    """Give what an element is called, also one whose lane is gone."""
    words: str = row.text if kind == "card" else row.condition if kind == "flow" else row.title
    short = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return short or "without words"
