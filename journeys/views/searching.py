"""Finding what is said on maps, about them and in the library: a page, and the palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.kernel.htmx import page
from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.searching import KINDS, MOST_OF_A_KIND, ON_MAPS, SHORTEST
from journeys.selectors.searching import Found, found_by

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from journeys.rules.searching import Kind

PAGE = "journeys/journey_search.html"
# What the palette finds by their titles anyway.
_IN_PALETTE = frozenset({"journey", "map", "insight", "opportunity", "solution", "goal"})
_OF_A_KIND = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found, with its address."""

    found: Found
    url: str


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_search(request: TenantRequest) -> HttpResponse:
    """Show what says `?q=`, by kind, among what who asks may read."""
    asked = query_text(request.GET, "q")
    found = found_by(request.tenant, request.membership, asked, most=MOST_OF_A_KIND)
    groups: list[tuple[Kind, list[Line]]] = [
        (KINDS[kind], [Line(one, url_of(request, one)) for one in listed])
        for kind, listed in found.items()
    ]
    context = {
        "q": asked,
        "groups": groups,
        "is_asked": len(asked) >= SHORTEST,
        "most": MOST_OF_A_KIND,
        "count": sum(len(lines) for _, lines in groups),
    }
    return page(request, PAGE, context, part="search-results")


def said_somewhere(request: HttpRequest, query: str) -> list[Hit]:
    """Find for the command palette what is said on maps, and lead to all that is found.

    Titles of journeys, maps and items of the library are left to what finds them there.
    """
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST or not inside.may(Right.OPEN_JOURNEYS):
        return []
    found = found_by(inside.tenant, inside.membership, query, most=_OF_A_KIND)
    hits = [
        Hit(one.words, url_of(inside, one), KINDS[kind].plural, KINDS[kind].icon, _where(one))
        for kind, listed in found.items()
        if kind not in _IN_PALETTE
        for one in listed
    ][: MOST_FROM_ONE_SOURCE - 1]
    if not found:
        return []
    address = reverse("journeys:journey-search", args=[inside.tenant.slug])
    url = f"{address}?{urlencode({'q': query})}"
    return [*hits, Hit(f"All that says “{query}”", url, "Maps and library", "search")]


def url_of(request: TenantRequest, found: Found) -> str:
    """Give the address where something that was found is seen; on a map, beside that."""
    slug = request.tenant.slug
    if found.map is None:
        name = "personas:persona-page" if found.kind == "persona" else f"journeys:{found.kind}-page"
        return reverse(name, args=[slug, found.id])
    address = reverse("journeys:map-page", args=[slug, found.map.id])
    if found.kind in ON_MAPS:
        return f"{address}?{urlencode({'of': str(found.id)})}"
    if found.kind == "comment":
        return f"{address}?{urlencode({'of': str(found.id or found.map.id), 'tab': 'comments'})}"
    return address


def _where(found: Found) -> str:
    return " · ".join(found.where)
