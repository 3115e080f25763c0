"""The list of journeys, and making one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.collaboration.selectors.evidence import day_in
from cxm.collaboration.selectors.saved_views import views_of
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import member_choices
from cxm.tenants.sending import sent_once
from journeys.forms.journeys import JourneyForm
from journeys.rules.kinds import Level
from journeys.rules.templates import BLANK
from journeys.selectors.journeys import journeys_found, maps_named
from journeys.selectors.mine import mine
from journeys.selectors.portfolio import as_tree, journey_rows, journeys_listed, tags_there
from journeys.selectors.templates import templates
from journeys.services.starring import star_journey
from journeys.services.starting import start_journey
from journeys.views.finding import found_journey, map_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

LIST, NEW = "journeys/journey_list.html", "journeys/journey_new.html"
MINE = "journeys/journey_mine.html"
SHORTEST_QUERY, MOST_HOMES = 2, 500
# What the kept views of this page are filed under.
SCOPE = "journeys"
_FILTERS = ("q", "owner", "state", "tag")
OWNERS = [("", "Anybody’s"), ("me", "Mine"), ("nobody", "Nobody’s")]
STATES = [
    ("", "Any state"),
    ("live", "With a live map"),
    ("none", "Without a live map"),
    ("ahead", "With a future"),
]


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_list(request: TenantRequest) -> HttpResponse:
    """List the journeys that one finds, with what holds of each.

    `?q=`, `?owner=`, `?state=`, `?tag=`, `?starred=1` and `?archived=1` filter. Without a filter
    they stand as a tree.
    """
    return list_shown(request)


def list_shown(request: TenantRequest, *, fault: str = "", status: int = 200) -> HttpResponse:
    """Show the list; *fault* says why something was not done with journeys of it."""
    reader = request.membership
    asked: dict[str, Any] = {name: query_text(request.GET, name) for name in _FILTERS}
    asked |= {f"is_{name}": bool(request.GET.get(name)) for name in ("starred", "archived")}
    listed = journeys_listed(request.tenant, reader, **asked)
    is_filtered = any(asked.values())
    depths: dict[UUID, int] = {}
    if not is_filtered:
        listed, depths = as_tree(listed)
    found = page_of(listed, request)
    may_edit, sees_all = request.may(Right.EDIT_JOURNEYS), request.may(Right.SEE_JOURNEYS)
    today = day_in(request.tenant, now())
    context = {
        **asked,
        "page": found,
        "rows": journey_rows(
            request.tenant, reader, found.rows, may_edit=may_edit, today=today, depths=depths
        ),
        "is_filtered": is_filtered,
        "owners": OWNERS,
        "states": STATES,
        "tags": tags_there(request.tenant, reader),
        "may_edit": may_edit,
        "may_load_example": request.may(Right.PUBLISH_JOURNEYS),
        "members": member_choices(None, reader)[1:] if may_edit else [],
        "levels": {level.value: level.name.capitalize() for level in Level},
        "kept_views": views_of(SCOPE, reader, request.GET.urlencode()) if sees_all else None,
        "list_url": reverse("journeys:journey-list", args=[request.tenant.slug]),
        "fault": fault,
    }
    return page(request, LIST, context, part="journey-rows", status=status)


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def journey_mine(request: TenantRequest) -> HttpResponse:
    """Show what waits for who asks: journeys, reviews, targets, what they were told."""
    found = mine(request.membership, today=day_in(request.tenant, now()))
    return page(request, MINE, {"mine": found}, part="my-work")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def journey_new(request: TenantRequest) -> HttpResponse:
    """Make a journey with a first map, and open that; `?template=` and `?parent=` choose."""
    listed = templates(request.tenant)
    homes = list(journeys_found(request.tenant, request.membership)[:MOST_HOMES])
    initial = {"template": query_text(request.GET, "template") or BLANK}
    initial |= {"parent": query_text(request.GET, "parent")}
    form = JourneyForm(request.POST or None, journeys=homes, templates=listed, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = start_journey(
                tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            return redirect(map_url(made))
    chosen = form["template"].value()
    context = {"form": form, "templates": listed, "chosen": chosen}
    return page(request, NEW, context, status=status)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def journey_star(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Keep a journey at hand, or no more: `starred` is 1 or empty."""
    found = found_journey(request, journey_id, Sight.TITLE)
    is_starred = bool(request.POST.get("starred"))
    star_journey(journey=found, member=request.membership, is_starred=is_starred)
    return redirect(reverse("journeys:journey-list", args=[request.tenant.slug]))


def maps_called(request: HttpRequest, query: str) -> list[Hit]:
    """Find maps for the command palette by a part of their name. One query."""
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST_QUERY or not inside.may(Right.SEE_JOURNEYS):
        return []
    rows = maps_named(inside.tenant, inside.membership, query)[:MOST_FROM_ONE_SOURCE]
    return [Hit(row.name, map_url(row), "Maps", "map", row.journey.title) for row in rows]


def journeys_called(request: HttpRequest, query: str) -> list[Hit]:
    """Find journeys for the command palette by a part of their title. One query."""
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST_QUERY or not inside.may(Right.SEE_JOURNEYS):
        return []
    rows = journeys_found(inside.tenant, inside.membership, q=query)[:MOST_FROM_ONE_SOURCE]
    slug = inside.tenant.slug
    return [
        Hit(row.title, reverse("journeys:journey-page", args=[slug, row.pk]), "Journeys", "route")
        for row in rows
    ]
