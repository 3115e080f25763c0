"""From a map into the library, for those who change the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cxm.collaboration.views.documents import wants_json
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.capturing import CardsForm
from journeys.models import Card
from journeys.rules.library_sorts import OPPORTUNITY
from journeys.services.capturing import capture_opportunity, insights_from_cards
from journeys.views.finding import found_map, map_url
from journeys.views.library_kinds import item_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import JourneyMap


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_capture(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Make an opportunity of the card `card`, known by its lineage, and open it.

    Scripts accept JSON and get `{id, title, url, is_new}`. The map may be a published one: it
    stays as it is.
    """
    row = found_map(request, journey_map_id)
    card = _cards(row, CardsForm(request.POST))[0]
    try:
        found = capture_opportunity(row=row, card=card, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, error)
    made = found.opportunity
    url = item_url(OPPORTUNITY, made)
    if wants_json(request):
        told = {"id": str(made.pk), "title": made.title, "url": url, "is_new": found.is_new}
        return JsonResponse(told, status=201 if found.is_new else 200)
    words = "is a new opportunity." if found.is_new else "is an opportunity already."
    messages.success(request, f"“{made.title}” {words}")
    return redirect(url)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_to_insights(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Make insights of the cards of text `card`, known by their lineages, of type `kind`.

    Scripts accept JSON and get `{insights}`: a list of `{id, title}` in the order of the cards.
    """
    row = found_map(request, journey_map_id, Sight.CHANGE)
    form = CardsForm(request.POST)
    cards = _cards(row, form)
    try:
        made = insights_from_cards(
            row=row, cards=cards, kind=form.kind_of(), by=request.membership, now=now()
        )
    except DomainError as error:
        return _refused(request, row, error)
    if wants_json(request):
        told = [{"id": str(one.pk), "title": one.title} for one in made]
        return JsonResponse({"insights": told}, status=201)
    words = "1 insight is" if len(made) == 1 else f"{len(made)} insights are"
    messages.success(request, f"{words} in the library now; the map shows them.")
    return redirect(map_url(row))


def _cards(row: JourneyMap, form: CardsForm) -> list[Card]:
    """Give the cards that the form names, in its order. Raises Http404."""
    if not form.is_valid():
        raise Http404
    ids = list(dict.fromkeys(form.cleaned_data["card"]))
    rows = Card.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None, lineage__in=ids)
    found = {card.lineage: card for card in rows}
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _refused(request: TenantRequest, row: JourneyMap, error: DomainError) -> HttpResponse:
    if wants_json(request):
        told = {"code": "refused", "message": str(error), "field": error.field}
        return JsonResponse(told, status=error.status)
    messages.error(request, str(error))
    return redirect(map_url(row))
