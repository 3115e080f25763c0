"""Personas and stakeholder maps as what links for people outside may show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.selectors.shareable import Shareable
from personas.models import Persona, PersonaShare, StakeholderMap, StakeholderMapShare
from personas.rules.shared import LAYOUTS, SECTIONS, USUAL_SECTIONS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.collaboration.models import ShareLink

type Shared = Persona | StakeholderMap


class SharedPersonaOf(Shareable):
    """A persona, shown by kinds of sections; quotes may hold words of customers."""

    kinds = [(kind.value, kind.words) for kind in SECTIONS]
    usual = tuple(kind.value for kind in USUAL_SECTIONS)
    asks = "Which sections does it show?"
    hint = "Quotes may be words of customers, and are shown only if you tick it."
    never = (
        "Numbers, scores and channels of the segment; what customers said; evidence, comments and "
        "files; who made or owns the persona; e-mail addresses."
    )

    def __init__(self, persona: Persona) -> None:
        self.document = persona

    def rows(self) -> QuerySet[Any]:
        """Select the rows that join links with the persona."""
        rows = PersonaShare.objects.for_tenant(self.document.tenant_id)
        return rows.filter(persona=self.document)

    def joined(self, link: ShareLink) -> PersonaShare:
        """Give the row that joins a new link with the persona."""
        return PersonaShare(tenant=self.tenant, link=link, persona=self.document)


class SharedMapOf(Shareable):
    """A stakeholder map, shown by layouts."""

    kinds = [(layout.value, layout.words) for layout in LAYOUTS]
    usual = tuple(layout.value for layout in LAYOUTS)
    asks = "Which layouts?"
    never = (
        "Power, interest, attitude and notes; comments; who made or owns the map; e-mail addresses."
    )

    def __init__(self, row: StakeholderMap) -> None:
        self.document = row

    def rows(self) -> QuerySet[Any]:
        """Select the rows that join links with the map."""
        rows = StakeholderMapShare.objects.for_tenant(self.document.tenant_id)
        return rows.filter(map=self.document)

    def joined(self, link: ShareLink) -> StakeholderMapShare:
        """Give the row that joins a new link with the map."""
        return StakeholderMapShare(tenant=self.tenant, link=link, map=self.document)


def shareable(of: Shared) -> Shareable:
    """Give a persona or a map, loaded with its tenant, as what links may show."""
    return SharedPersonaOf(of) if isinstance(of, Persona) else SharedMapOf(of)
