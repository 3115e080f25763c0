"""Personas side by side: what their sections say, by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from personas.models import Persona, PersonaFact, PersonaFile, PersonaSection
from personas.rules.kinds import SectionKind
from personas.selectors.files import files_by_section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import Tenant

MOST_COMPARED = 5
# What these show are numbers of the segment; they stand in rows of their own.
_MEASURED = frozenset({SectionKind.CHANNELS, SectionKind.METRIC})


@dataclass(frozen=True, slots=True)
class Said:
    """A section of a persona with its statements and files."""

    section: PersonaSection
    facts: list[PersonaFact]
    files: list[PersonaFile]


@dataclass(frozen=True, slots=True)
class KindRow:
    """What each persona says in sections of one kind; an empty list where it has none."""

    kind: SectionKind
    cells: list[list[Said]]


def personas_compared(tenant: Tenant, ids: Sequence[UUID]) -> list[Persona]:
    """Load the personas with *ids*, each once and in their order. One query."""
    rows = Persona.objects.for_tenant(tenant).filter(deleted_at=None)
    found = rows.select_related("tenant", "owner__user", "segment", "picture").in_bulk(list(ids))
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def persona_options(tenant: Tenant) -> list[Persona]:
    """List the personas that can be compared, by name. One query."""
    rows = Persona.objects.for_tenant(tenant).filter(deleted_at=None, archived_at=None)
    return list(rows.order_by("name", "pk"))


def kind_rows(tenant: Tenant, personas: Sequence[Persona]) -> list[KindRow]:
    """Read the sections of *personas* by kind, in the order of kinds; each has a cell.

    Kinds that none of them has are absent. Two queries, and one more where sections hold files.
    """
    sections = PersonaSection.objects.for_tenant(tenant).filter(
        persona__in=personas, deleted_at=None
    )
    facts = PersonaFact.objects.for_tenant(tenant).filter(persona__in=personas, deleted_at=None)
    by_section: dict[UUID, list[PersonaFact]] = {}
    for fact in facts.order_by("ord", "pk"):
        by_section.setdefault(fact.section_id, []).append(fact)
    by_place: dict[tuple[str, UUID], list[Said]] = {}
    rows = list(sections.order_by("ord", "pk"))
    files = files_by_section(tenant.pk, rows)
    for section in rows:
        said = Said(section, by_section.get(section.pk, []), files.get(section.pk, []))
        by_place.setdefault((section.kind, section.persona_id), []).append(said)
    had = {kind for kind, _ in by_place}
    return [
        KindRow(kind, [by_place.get((kind.value, one.pk), []) for one in personas])
        for kind in SectionKind
        if kind.value in had and kind not in _MEASURED
    ]
