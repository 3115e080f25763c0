"""One item of the library with all around it: what it links to, and what links to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from journeys.models import (
    Card,
    Goal,
    InsightLink,
    InsightPersona,
    OpportunityGoal,
    OpportunityInsight,
    OpportunityPersona,
    OpportunityStep,
    SolutionOpportunity,
    SolutionStep,
    Step,
)
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.library_sorts import SORTS
from journeys.selectors.library import maps_in_sight

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant
    from journeys.rules.library_sorts import LinkSort, Sort

MOST_LISTED = 200
_LINKS: Mapping[str, tuple[Any, str, str]] = {
    "about": (InsightPersona, "insight", "persona"),
    "basis": (InsightLink, "insight", "fact"),
    "answers": (OpportunityInsight, "opportunity", "insight"),
    "serves": (OpportunityGoal, "opportunity", "goal"),
    "lies-at": (OpportunityStep, "opportunity", "step"),
    "helps": (OpportunityPersona, "opportunity", "persona"),
    "solves": (SolutionOpportunity, "solution", "opportunity"),
    "makes": (SolutionStep, "solution", "step"),
}
# What links to an item of each sort: the kind of link, read from its end.
_BACK = {
    "insight": ("basis", "answers"),
    "opportunity": ("solves",),
    "goal": ("serves",),
    "solution": (),
}


@dataclass(frozen=True, slots=True)
class Linked:
    """One thing an item is linked to: *link* is the element that operations delete.

    *url* is empty for what the reader may not open; *hint* tells it apart.
    """

    link: UUID
    id: UUID
    title: str
    hint: str
    url: str
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class LinkList:
    """All links of one sort."""

    sort: LinkSort
    rows: Sequence[Linked]


@dataclass(frozen=True, slots=True)
class BackLinks:
    """What of one sort links to an item, under a title."""

    title: str
    rows: Sequence[Linked]


@dataclass(frozen=True, slots=True)
class OnMap:
    """A map that shows an item on one card or more."""

    title: str
    words: str
    url: str
    cards: int


def links_of(sort: Sort, item: Any, reader: Membership | None) -> list[LinkList]:
    """List what *item* links to, sort by sort. A query for each, and up to two for steps."""
    found = []
    for one in sort.links:
        model, parent, name = _LINKS[one.kind]
        rows = model.objects.for_tenant(item.tenant).filter(**{parent: item}, deleted_at=None)
        rows = rows.select_related(name).order_by("ord", "pk")[:MOST_LISTED]
        found.append(LinkList(one, _linked(item.tenant, rows, name, one.to, reader)))
    return found


def back_links_of(sort: Sort, item: Any) -> list[BackLinks]:
    """List what links to *item*, in use first; lists without any are absent. A query for each."""
    found = []
    for kind in _BACK[sort.name]:
        model, parent, name = _LINKS[kind]
        rows = model.objects.for_tenant(item.tenant).filter(**{name: item}, deleted_at=None)
        rows = rows.select_related(parent).order_by(f"{parent}__title", "pk")[:MOST_LISTED]
        told = _linked(item.tenant, rows, parent, parent, None)
        title = "Insights that rest on it" if kind == "basis" else SORTS[parent].plural
        if told:
            found.append(BackLinks(title, sorted(told, key=lambda one: one.is_archived)))
    if sort.name == "goal":
        below = Goal.objects.for_tenant(item.tenant).filter(parent=item).order_by("title", "pk")
        told = [_told(item.tenant, "goal", one, one.pk) for one in below[:MOST_LISTED]]
        found += [BackLinks("Goals below", told)] if told else []
    return found


def maps_showing(sort: Sort, item: Any, reader: Membership | None) -> list[OnMap]:
    """List the maps that show *item* and that *reader* may open, by journey. Two queries."""
    cards = Card.objects.for_tenant(item.tenant).filter(**{sort.name: item}, deleted_at=None)
    on: dict[UUID, int] = {}
    for map_id in cards.values_list("map_id", flat=True):
        on[map_id] = on.get(map_id, 0) + 1
    maps = maps_in_sight(item.tenant, reader).filter(pk__in=on).select_related("journey")
    return [
        OnMap(
            f"{one.journey.title}: {one.name}",
            f"{MapState(one.state).words}, {MapStatus(one.status).words.lower()}",
            reverse("journeys:map-page", args=[item.tenant.slug, one.pk]),
            on[one.pk],
        )
        for one in maps.order_by("journey__title", "-number", "pk")[:MOST_LISTED]
    ]


def _linked(
    tenant: Tenant, rows: Iterable[Any], name: str, to: str, reader: Membership | None
) -> list[Linked]:
    told = list(rows)
    if to == "step":
        return _steps(tenant, told, reader)
    return [_told(tenant, to, getattr(row, name), row.pk) for row in told]


def _told(tenant: Tenant, to: str, row: Any, link: UUID) -> Linked:
    if to == "persona":
        url = reverse("personas:persona-page", args=[tenant.slug, row.pk])
        return Linked(link, row.pk, row.name, row.tagline, url, row.archived_at is not None)
    url = reverse(f"journeys:{to}-page", args=[tenant.slug, row.pk])
    return Linked(
        link, row.pk, row.title, row.get_status_display(), url, row.archived_at is not None
    )


def _steps(tenant: Tenant, rows: Sequence[Any], reader: Membership | None) -> list[Linked]:
    """Name steps as the newest map calls them that *reader* may open."""
    names = step_names(tenant, [row.step_id for row in rows], reader)
    found = []
    for row in rows:
        title, journey, map_id = names.get(row.step_id, ("", "", None))
        if map_id is None:
            words = "A step that you may not see, or that is on no map"
            found.append(Linked(row.pk, row.step_id, words, "", ""))
        else:
            page = reverse("journeys:map-page", args=[tenant.slug, map_id])
            url = f"{page}?of={row.step_id}"
            found.append(Linked(row.pk, row.step_id, title, journey, url))
    return found


def step_names(
    tenant: Tenant, ids: Collection[UUID], reader: Membership | None
) -> dict[UUID, tuple[str, str, UUID | None]]:
    """Give for each step its title, its journey's, and the newest map with it. One query.

    Steps on no map that *reader* may open are absent.
    """
    maps = maps_in_sight(tenant, reader)
    steps = Step.objects.for_tenant(tenant).filter(
        lineage__in=list(ids), deleted_at=None, map__in=maps.values("pk")
    )
    newest = steps.select_related("map__journey").order_by("lineage", "-map__number", "pk")
    return {
        row.lineage: (row.title, row.map.journey.title, row.map_id)
        for row in newest.distinct("lineage")
    }
