"""Personas and stakeholder maps as what people comment on, and who may read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.selectors.talk import Part, Subject, counted, people_of
from cxm.tenants.rules import Right, may
from personas.models import (
    PersonaSection,
    PersonaThread,
    StakeholderMapThread,
    StakeholderPlacement,
)
from personas.rules.map_access import Sight
from personas.selectors.maps import sight_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.collaboration.models import CommentThread
    from cxm.tenants.models import Membership
    from personas.models import Persona, StakeholderMap


class PersonaSubject(Subject):
    """A persona; its parts are its sections."""

    whole, part_word = "persona", "section"
    route = "personas:persona"

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.pk = persona.pk
        self.tenant = persona.tenant
        self.name = persona.name
        self.page = f"personas/{persona.pk}/"

    def links(self) -> QuerySet[Any, Any]:
        """Select the rows that join threads with the persona."""
        return PersonaThread.objects.for_tenant(self.tenant).filter(persona=self.persona)

    def parts(self) -> dict[UUID, Part]:
        """Give the sections in their order. One query."""
        rows = PersonaSection.objects.for_tenant(self.tenant).filter(
            persona=self.persona, deleted_at=None
        )
        return {row.pk: Part(row.pk, row.title) for row in rows.order_by("ord", "pk")}

    def parts_of(self, threads: Sequence[UUID]) -> dict[UUID, Part]:
        """Give the sections that *threads* are about, also deleted ones. One query."""
        rows = self.links().filter(thread__in=threads).exclude(section=None)
        return {
            row.thread_id: Part(
                row.section_id, row.section.title, is_gone=row.section.deleted_at is not None
            )
            for row in rows.select_related("section")
        }

    def about(self, part: UUID) -> QuerySet[Any, Any]:
        """Select the rows of threads about one section."""
        return self.links().filter(section=part)

    def gone(self) -> QuerySet[Any, Any]:
        """Select the rows of threads about sections that were deleted."""
        return self.links().filter(section__deleted_at__isnull=False)

    def open_counts(self) -> dict[UUID | None, int]:
        """Count the open threads by section. One query."""
        return counted(self.links(), "section")

    def joined(self, thread: CommentThread, part: UUID | None) -> PersonaThread:
        """Give the row that joins a new thread with the persona, or with a section of it."""
        return PersonaThread(
            tenant=self.tenant, thread=thread, persona=self.persona, section_id=part
        )

    def readers(self) -> list[Membership]:
        """List who may read personas. One query."""
        return [one for one in people_of(self.tenant) if may(one.role, Right.SEE_JOURNEYS)]


class MapSubject(Subject):
    """A stakeholder map; its parts are those who stand on it."""

    whole, part_word = "map", "stakeholder"
    route = "personas:map"

    def __init__(self, row: StakeholderMap) -> None:
        self.map = row
        self.pk = row.pk
        self.tenant = row.tenant
        self.name = row.title
        self.page = f"stakeholder-maps/{row.pk}/"

    def links(self) -> QuerySet[Any, Any]:
        """Select the rows that join threads with the map."""
        return StakeholderMapThread.objects.for_tenant(self.tenant).filter(map=self.map)

    def parts(self) -> dict[UUID, Part]:
        """Give who stands on the map, in reading order. One query."""
        rows = StakeholderPlacement.objects.for_tenant(self.tenant).filter(
            map=self.map, deleted_at=None
        )
        placed = rows.select_related("stakeholder").order_by("ord", "pk")
        return {
            one.stakeholder_id: Part(one.stakeholder_id, one.stakeholder.name) for one in placed
        }

    def parts_of(self, threads: Sequence[UUID]) -> dict[UUID, Part]:
        """Give whom *threads* are about, also who stands there no more. Two queries."""
        rows = self.links().filter(thread__in=threads).exclude(stakeholder=None)
        there = self.parts()
        return {
            row.thread_id: Part(
                row.stakeholder_id, row.stakeholder.name, is_gone=row.stakeholder_id not in there
            )
            for row in rows.select_related("stakeholder")
        }

    def about(self, part: UUID) -> QuerySet[Any, Any]:
        """Select the rows of threads about one stakeholder."""
        return self.links().filter(stakeholder=part)

    def gone(self) -> QuerySet[Any, Any]:
        """Select the rows of threads about those who were taken off the map."""
        placed = StakeholderPlacement.objects.for_tenant(self.tenant).filter(
            map=self.map, deleted_at=None
        )
        about_one = self.links().exclude(stakeholder=None)
        return about_one.exclude(stakeholder__in=placed.values("stakeholder"))

    def open_counts(self) -> dict[UUID | None, int]:
        """Count the open threads by stakeholder. One query."""
        return counted(self.links(), "stakeholder")

    def joined(self, thread: CommentThread, part: UUID | None) -> StakeholderMapThread:
        """Give the row that joins a new thread with the map, or with somebody on it."""
        return StakeholderMapThread(
            tenant=self.tenant, thread=thread, map=self.map, stakeholder_id=part
        )

    def readers(self) -> list[Membership]:
        """List who gets more of the map than its title. One query."""
        return [
            one
            for one in people_of(self.tenant)
            if may(one.role, Right.SEE_JOURNEYS) and sight_of(self.map, one) >= Sight.CONTENT
        ]


def threads_in_sight(member: Membership, threads: Sequence[UUID]) -> set[UUID]:
    """Tell which of *threads* are about a persona or map that *member* may read. Two queries."""
    if not may(member.role, Right.SEE_JOURNEYS):
        return set()
    of_personas = PersonaThread.objects.for_tenant(member.tenant_id).filter(
        thread__in=threads, persona__deleted_at=None
    )
    of_maps = StakeholderMapThread.objects.for_tenant(member.tenant_id).filter(
        thread__in=threads, map__deleted_at=None
    )
    return set(of_personas.values_list("thread", flat=True)) | {
        row.thread_id
        for row in of_maps.select_related("map")
        if sight_of(row.map, member) >= Sight.CONTENT
    }
