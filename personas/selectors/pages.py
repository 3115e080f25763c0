"""What the page of one persona shows: its sections with their statements, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.collaboration.selectors.placing import Placed, placed
from personas.models import PersonaFact, PersonaFile, PersonaSection
from personas.rules.kinds import HOLDS_FILES, STATED, SectionKind
from personas.selectors.files import files_by_section

if TYPE_CHECKING:
    from uuid import UUID

    from personas.models import Persona

# How the statements of a kind are written: alone, with a name before them, or with a sort.
_LABELLED = {SectionKind.FACTS: "Name", SectionKind.DAY: "When"}


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section with its statements and files.

    *label* is how a statement's name is called, if it has one.
    """

    place: Placed[PersonaSection]
    facts: list[Placed[PersonaFact]] = field(default_factory=list)
    files: list[Placed[PersonaFile]] = field(default_factory=list)

    @property
    def row(self) -> PersonaSection:
        """Give the section itself."""
        return self.place.row

    @property
    def kind(self) -> SectionKind:
        """Give what it holds."""
        return SectionKind(self.row.kind)

    @property
    def is_stated(self) -> bool:
        """Whether it is made of statements."""
        return self.kind in STATED

    @property
    def holds_files(self) -> bool:
        """Whether pictures or files are put into it."""
        return self.kind in HOLDS_FILES

    @property
    def shows_pictures(self) -> bool:
        """Whether it shows what is put into it, and takes pictures alone."""
        return self.kind == SectionKind.IMAGE

    @property
    def file_rows(self) -> list[PersonaFile]:
        """Give the files alone, for those who only read."""
        return [one.row for one in self.files]

    @property
    def label(self) -> str:
        """Give what the name of a statement is called here; "" where statements have none."""
        return _LABELLED.get(self.kind, "")

    @property
    def has_facets(self) -> bool:
        """Whether its statements are functional, emotional or social."""
        return self.kind == SectionKind.JOBS


def sections_shown(persona: Persona) -> list[SectionShown]:
    """List the sections of *persona* with their statements and files, in order.

    Two queries, and one more where a section may hold files.
    """
    sections = PersonaSection.objects.for_tenant(persona.tenant_id).filter(
        persona=persona, deleted_at=None
    )
    facts = PersonaFact.objects.for_tenant(persona.tenant_id).filter(
        persona=persona, deleted_at=None
    )
    by_section: dict[object, list[PersonaFact]] = {}
    for fact in facts.order_by("ord", "pk"):
        by_section.setdefault(fact.section_id, []).append(fact)
    places = placed(list(sections.order_by("ord", "pk")), _id)
    files = files_by_section(persona.tenant_id, [one.row for one in places])
    return [
        SectionShown(
            one,
            placed(by_section.get(one.row.pk, []), _id),
            placed(files.get(one.row.pk, []), _id),
        )
        for one in places
    ]


def _id(row: PersonaSection | PersonaFact | PersonaFile) -> UUID:
    pk: UUID = row.pk
    return pk
