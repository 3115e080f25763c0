"""Pages about the key of one element, and about taking a text out of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.elements import KeyForm, TakeOutForm
from journeys.rules.taking_out import fields_of
from journeys.selectors.map_elements import element_of, kind_once, lineage_of
from journeys.services.rekeying import rekey
from journeys.services.taking_out import take_out
from journeys.views.finding import found_map, map_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.services.taking_out import TakenOut

KEY, TAKE_OUT = "journeys/element_key.html", "journeys/element_take_out.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def element_key(request: TenantRequest, journey_map_id: UUID, lineage: UUID) -> HttpResponse:
    """Ask for another key of an element, and give it to it on all maps of the journey."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    element = element_of(row, lineage)
    named = lineage_of(row, element) if element else None
    if element is None or named is None:
        raise Http404
    form = KeyForm(request.POST or None, initial={"key": named.key})
    status = 422 if form.is_bound else 200
    back = f"{map_url(row)}?of={lineage}"
    if form.is_valid():
        key = form.cleaned_data["key"]
        try:
            rekey(lineage=named, journey=row.journey, key=key, by=request.membership)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            messages.success(request, f"“{element.title}” is called {key} in files.")
            return redirect(back)
    context = {"map": row, "element": element, "named": named, "form": form, "back": back}
    return page(request, KEY, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_TENANT)
@sent_once
def element_take_out(request: TenantRequest, journey_map_id: UUID, lineage: UUID) -> HttpResponse:
    """Ask which text of an element goes out of its history and why, and take it out."""
    row = found_map(request, journey_map_id)
    kind = kind_once(row, lineage)
    if kind is None or not fields_of(kind):
        raise Http404
    form = TakeOutForm(request.POST or None, kind=kind)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            done = take_out(
                of=row,
                lineage=lineage,
                kind=kind,
                by=request.membership,
                now=now(),
                **form.told(),
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            messages.success(request, _words(done))
            return redirect(map_url(row))
    element = element_of(row, lineage)
    title = element.title if element else "what was deleted"
    context = {"map": row, "title": title, "form": form, "back": map_url(row)}
    return page(request, TAKE_OUT, context, status=status)


def element_paths(one: str) -> list[URLPattern]:
    """Give the routes, below the address of *one* map."""
    start = f"{one}/elements/<uuid:lineage>"
    return [
        path(f"{start}/key/", element_key, name="element-key"),
        path(f"{start}/take-out/", element_take_out, name="element-take-out"),
    ]


def _words(done: TakenOut) -> str:
    told = "1 change" if done.operations == 1 else f"{done.operations:,} changes"
    words = f"Taken out of {told} and of the versions that are kept."
    if not done.operations:
        words = "Nothing was taken out: no earlier text was written there."
    if done.stands:
        names = ", ".join(f"“{row.name}”" for row in done.stands)
        words += f" What stands now stays on {names}."
    return words
