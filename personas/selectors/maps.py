"""Reads of stakeholder maps: their list, who may see them, and what a page draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cxm.tenants.rules import Right, may
from personas.models import (
    CommonRelation,
    Stakeholder,
    StakeholderMap,
    StakeholderPlacement,
    StakeholderRelation,
)
from personas.rules.drawing_lines import Link
from personas.rules.drawing_places import Ground, Mark
from personas.rules.kinds import Layout, Visibility
from personas.rules.map_access import Sight, sight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant


# A relation of one map, or one that holds on every map; the latter has no `map_id`.
type Relation = StakeholderRelation | CommonRelation


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the relation matrix: the relations from one stakeholder to another.

    *is_self* is the diagonal, where there can be none.
    """

    start: StakeholderPlacement
    end: StakeholderPlacement
    relations: list[Relation]

    @property
    def is_self(self) -> bool:
        """Whether both ends are the same."""
        return self.start.pk == self.end.pk

    @property
    def key(self) -> str:
        """Give what names the cell in an address."""
        return f"{self.start.pk}.{self.end.pk}"


def sight_of(of: StakeholderMap, reader: Membership | None) -> Sight:
    """Tell how much *reader* gets of a map; None is a key, which owns nothing and only reads."""
    return sight(
        of.visibility,
        is_owner=reader is not None and of.owner_id == reader.pk,
        may_edit=reader is not None and may(reader.role, Right.EDIT_JOURNEYS),
    )


def maps_listed(
    tenant: Tenant, reader: Membership | None, *, q: str = "", is_archived: bool = False
) -> QuerySet[StakeholderMap]:
    """List the maps that *reader* finds, by title; each has `stakeholder_count`.

    Without a reader these are the maps that are hidden from nobody. *q* is part of a title.
    """
    rows = StakeholderMap.objects.for_tenant(tenant).filter(
        deleted_at=None, archived_at__isnull=not is_archived
    )
    is_found = ~Q(visibility=Visibility.HIDDEN.value)
    rows = rows.filter(is_found | Q(owner=reader) if reader else is_found)
    if q:
        rows = rows.filter(title__icontains=q)
    placed = StakeholderPlacement.objects.for_tenant(tenant).filter(
        map=OuterRef("pk"), deleted_at=None
    )
    counted = placed.order_by().values("map").annotate(n=Count("pk")).values("n")
    rows = rows.select_related("tenant", "owner__user", "updated_by__user").order_by("title", "pk")
    counting = rows.annotate(stakeholder_count=Coalesce(Subquery(counted), 0))
    return counting.fetch_mode(FETCH_RAISE)


def placements_of(of: StakeholderMap) -> list[StakeholderPlacement]:
    """List who stands on a map, in reading order, with the register's entry. One query."""
    rows = StakeholderPlacement.objects.for_tenant(of.tenant_id).filter(map=of, deleted_at=None)
    return list(rows.select_related("stakeholder").order_by("ord", "pk").fetch_mode(FETCH_RAISE))


def relations_of(
    of: StakeholderMap, placements: Iterable[StakeholderPlacement]
) -> list[StakeholderRelation]:
    """List the relations whose both ends are in *placements*, in order. One query."""
    there = [placement.stakeholder_id for placement in placements]
    rows = StakeholderRelation.objects.for_tenant(of.tenant_id).filter(
        map=of, deleted_at=None, start__in=there, end__in=there
    )
    rows = rows.select_related("start", "end").order_by("ord", "pk")
    return list(rows.fetch_mode(FETCH_RAISE))


def common_relations_of(
    of: StakeholderMap, placements: Iterable[StakeholderPlacement]
) -> list[CommonRelation]:
    """List what holds on every map and has both its ends in *placements*, in order. One query."""
    there = [placement.stakeholder_id for placement in placements]
    rows = CommonRelation.objects.for_tenant(of.tenant_id).filter(
        archived_at=None, start__in=there, end__in=there
    )
    rows = rows.select_related("start", "end").order_by("created_at", "pk")
    return list(rows.fetch_mode(FETCH_RAISE))


def addable_to(of: StakeholderMap) -> QuerySet[Stakeholder]:
    """List who is on the register and not on a map, by name."""
    placed = StakeholderPlacement.objects.for_tenant(of.tenant_id).filter(map=of, deleted_at=None)
    rows = Stakeholder.objects.for_tenant(of.tenant_id).filter(archived_at=None)
    return rows.exclude(pk__in=placed.values("stakeholder")).order_by("name", "pk")


def ground_of(of: StakeholderMap, layout: Layout) -> Ground:
    """Give what a map is drawn on in *layout*."""
    return Ground(layout, tuple(of.rings), tuple(of.sectors), tuple(of.ring_colours))


def marks_of(placements: Iterable[StakeholderPlacement], *, is_private: bool = True) -> list[Mark]:
    """Give what drawings need of *placements*; power, interest and attitude if *is_private*."""
    return [
        Mark(
            id=str(one.pk),
            stakeholder=str(one.stakeholder_id),
            name=one.stakeholder.name,
            kind=one.stakeholder.kind,
            ring=one.ring,
            sector=one.sector,
            x=one.x,
            y=one.y,
            power=one.power if is_private else None,
            interest=one.interest if is_private else None,
            attitude=one.attitude if is_private else None,
        )
        for one in placements
    ]


def links_of(relations: Iterable[Relation]) -> list[Link]:
    """Give what drawings need of *relations*."""
    return [
        Link(
            id=str(one.pk),
            start=str(one.start_id),
            end=str(one.end_id),
            kind=one.kind,
            direction=one.direction,
            strength=one.strength,
            title=one.title,
            is_common=isinstance(one, CommonRelation),
        )
        for one in relations
    ]


def matrix(
    placements: list[StakeholderPlacement], relations: Sequence[Relation]
) -> list[tuple[StakeholderPlacement, list[Cell]]]:
    """Lay out relations as a row for each who gives and a column for each who gets.

    A relation both ways stands in both of its cells.
    """
    found: dict[tuple[UUID, UUID], list[Relation]] = {}
    for one in relations:
        found.setdefault((one.start_id, one.end_id), []).append(one)
        if one.direction == "both":
            found.setdefault((one.end_id, one.start_id), []).append(one)
    return [
        (
            row,
            [
                Cell(row, column, found.get((row.stakeholder_id, column.stakeholder_id), []))
                for column in placements
            ],
        )
        for row in placements
    ]
