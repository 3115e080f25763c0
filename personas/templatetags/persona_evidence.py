"""What backs the statements of personas, for their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from cxm.collaboration.rules.kinds import Grade
from personas.rules.demographics import is_demographic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.collaboration.selectors.backing import Backing
    from cxm.collaboration.selectors.placing import Placed
    from personas.models import PersonaFact
    from personas.selectors.evidence import PersonaBacking

register = template.Library()


@register.simple_tag
def backing_for(backing: PersonaBacking, fact_id: UUID) -> Backing:
    """Give what backs the statement with *fact_id*."""
    return backing.of(fact_id)


@register.simple_tag
def guessed_of(backing: PersonaBacking, facts: list[Placed[PersonaFact]]) -> list[str]:
    """List the names of *facts* that tell who somebody is, and that nothing backs."""
    return [
        one.row.label
        for one in facts
        if is_demographic(one.row.label) and backing.of(one.row.pk).grade is Grade.ASSUMPTION
    ]


@register.simple_tag
def backing_among(backings: Mapping[UUID, PersonaBacking], persona_id: UUID) -> PersonaBacking:
    """Give what backs the statements of one of several personas."""
    return backings[persona_id]
