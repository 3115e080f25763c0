"""How well a statement is backed, as a mark: a shape, a word, and the way to its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cxm.collaboration.rules.kinds import Grade
from personas.rules.demographics import is_demographic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from personas.models import PersonaFact
    from personas.selectors.evidence import Backing, PersonaBacking
    from personas.selectors.pages import Placed

register = template.Library()
# Told apart without colour: an open ring, half a disc, a disc with a tick, a diamond with a bar.
_RING = '<circle cx="8" cy="8" r="5.5"{}></circle>'
_FULL, _CUT = '<path class="is-full" d="{}"></path>', '<path class="is-cut" d="{}"></path>'
_SHAPES = {
    Grade.ASSUMPTION: _RING.format(' stroke-dasharray="2.6 2"'),
    Grade.SOME: _RING.format("") + _FULL.format("M8 2.5a5.5 5.5 0 0 0 0 11z"),
    Grade.STRONG: _RING.format(' class="is-full"') + _CUT.format("m5 8.2 2.1 2.1 4-4.4"),
    Grade.CONTRADICTED: _FULL.format("M8 1 15 8 8 15 1 8z") + _CUT.format("M8 4.8v3.6M8 11v.2"),
}
_SHORT = {
    Grade.ASSUMPTION: "Assumed",
    Grade.SOME: "Some",
    Grade.STRONG: "Strong",
    Grade.CONTRADICTED: "Contradicted",
}


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
def grade_shape(grade: Grade) -> SafeString:
    """Draw the shape of a grade; the word that goes with it stands beside."""
    return format_html(
        '<svg class="grade-shape" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">{}'
        "</svg>",
        SafeString(_SHAPES[grade]),
    )


@register.simple_tag
def grade_words(grade: Grade, *, is_short: bool = False) -> str:
    """Say a grade: "Some evidence", or "Some" where there is little room."""
    return _SHORT[grade] if is_short else grade.words


@register.simple_tag
def backing_among(backings: Mapping[UUID, PersonaBacking], persona_id: UUID) -> PersonaBacking:
    """Give what backs the statements of one of several personas."""
    return backings[persona_id]


@register.simple_tag
def points_words(hundredths: int) -> str:
    """Write points with two decimals: "1.50"."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@register.simple_tag
def age_words(days: int) -> str:
    """Say an age: "today", "1 day", "74 days"."""
    if days == 0:
        return "today"
    return f"{days:,} day{'' if days == 1 else 's'}"
