"""Parts of pages about journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from journeys.rules.thumbnails import HEIGHT, WIDTH, thumbnail

if TYPE_CHECKING:
    from journeys.rules.templates import Template

register = template.Library()


@register.inclusion_tag("journeys/_thumbnail.html")
def template_picture(of: Template) -> dict[str, Any]:
    """Draw the shape of a template: its stages, steps and lanes."""
    drawn = thumbnail([len(steps) for _, steps in of.stages], [kind for _, kind in of.lanes])
    return {"drawn": drawn, "width": WIDTH, "height": HEIGHT}
