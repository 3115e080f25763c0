"""How well something is backed, as a mark: a shape and a word; and what evidence weighs."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cxm.collaboration.rules.grading import age_words
from cxm.collaboration.rules.kinds import Grade

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
def points_words(hundredths: int) -> str:
    """Write points with two decimals: "1.50"."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


register.simple_tag(age_words)
