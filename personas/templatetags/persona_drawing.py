"""Links on the page of a stakeholder map: the same look, with something else chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

register = template.Library()


@register.simple_tag
def chosen_link(request: HttpRequest, chosen: UUID | str = "", *, pair: str = "") -> str:
    """Give the query string of this page with *chosen*, or a *pair*, instead of what was chosen."""
    query = request.GET.copy()
    for name, value in (("chosen", str(chosen)), ("pair", pair)):
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}#details"


@register.simple_tag
def look_link(request: HttpRequest, *, layout: str = "", view: str = "") -> str:
    """Give the query string of this page in another layout, or as the matrix; the rest stays."""
    query = request.GET.copy()
    for name, value in (("layout", layout), ("view", view), ("pair", "")):
        if name == "layout" and view:
            continue
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"
