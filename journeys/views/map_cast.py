"""The personas whose way a map shows: told above it, and put on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_http_methods

from cxm.collaboration.views.documents import to_change
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.cast import CastForm, NewPersonaForm
from journeys.selectors.grid_names import cast_in_order, lineage_of_cast
from journeys.selectors.picks import personas_beside
from journeys.services.adding import add_new_persona, add_persona
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP
from journeys.views.map_views import route_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.urls import URLPattern
    from django.utils.safestring import SafeString

    from cxm.kernel.operations.documents import Request
    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from journeys.selectors.grid_names import Name

CAST, PAGE = "journeys/_map_cast.html", "journeys/map_cast.html"


@dataclass(frozen=True, slots=True)
class CastShown:
    """One persona of a map: its *name*, its *colour* as a class, and where its details are."""

    name: str
    colour: str
    is_main: bool
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_cast(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Put a persona on a map, and show it beside: one that is offered, or by `name` a new one."""
    asked = to_change(request, MAP, journey_map_id)
    row = found_map(request, journey_map_id, Sight.CHANGE)
    offered = personas_beside(row)
    is_new = "name" in request.POST
    form = CastForm(None if is_new else request.POST or None, offered=offered)
    new = NewPersonaForm(request.POST if is_new else None)
    sent: CastForm | NewPersonaForm = new if is_new else form
    status = 422 if sent.is_bound else 200
    if sent.is_valid():
        try:
            made = _put_on(asked, row, sent, request.membership)
        except DomainError as error:
            sent.add_error(error.field if error.field in sent.fields else None, str(error))
            status = error.status
        else:
            return redirect(f"{map_url(row)}?of={made}")
    context = {"map": row, "form": form, "new": new, "is_offered": bool(offered)}
    return page(request, PAGE, {**context, "back": map_url(row)}, status=status)


def _put_on(
    asked: Request, row: JourneyMap, form: CastForm | NewPersonaForm, by: Membership
) -> UUID:
    if isinstance(form, NewPersonaForm):
        return add_new_persona(asked, of=row, by=by, **form.cleaned_data)
    return add_persona(asked, values=form.chosen().values)


def cast_told(
    request: TenantRequest, row: JourneyMap, names: Sequence[Name], *, may_change: bool
) -> dict[str, Any]:
    """Give what journeys/_map_cast.html expects; *names* are those of `names_of`."""
    cast = cast_in_order(names)
    shown = [
        CastShown(
            name.title,
            f"persona-c{name.more.partition('.')[0]}",
            place == 0,
            f"{map_url(row)}?of={lineage_of_cast(name)}",
        )
        for place, name in enumerate(cast)
    ]
    may_add = may_change and request.may(Right.EDIT_JOURNEYS)
    return {"cast": shown, "cast_url": route_of("journeys:map-cast", row) if may_add else ""}


def cast_markup(
    request: TenantRequest, row: JourneyMap, names: Sequence[Name], *, may_change: bool
) -> SafeString:
    """Draw the personas of a map as they stand above it."""
    return render_to_string(CAST, cast_told(request, row, names, may_change=may_change))


def cast_paths(start: str) -> list[URLPattern]:
    """Give the route of the personas of a map under *start*, which takes its id."""
    return [path(f"{start}/personas/", map_cast, name="map-cast")]
