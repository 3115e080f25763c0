"""Choosing what is put on a map, and telling what elements are made of for copies of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.store import read_state
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.models import Lane
from journeys.rules.kinds import LaneKind
from journeys.selectors.copies import copies
from journeys.selectors.picks import CAST, NAMEABLE, OWN, Pick, Place, picks
from journeys.services.naming import add_named, add_named_persona
from journeys.services.stores import MAPS, only_drafts
from journeys.views.finding import found_map
from personas.rules.kinds import PersonaKind
from personas.rules.map_access import Sight
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.kernel.operations.shapes import JSON
    from journeys.models import JourneyMap

LONGEST_NAME, MOST_COPIED = 120, 500
_REGISTRIES = frozenset({LaneKind.TOUCHPOINT, LaneKind.CHANNEL})
_PERSONAS = [{"hint": f"New {one.words.lower()}", "sort": one.value} for one in PersonaKind]


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
def map_picker(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """List what of `?kind=` can be put on the map, `?q=` in its name; post `name` to add one.

    `?lane=` and `?step=` say where to. Answers `{options}`, each `{label, hint, values}`; the last
    ones have `creates`, the name to post, where nothing is called so yet; of personas there is one
    for each kind, with `sort` to post. Posting answers `{label, values}`, or 422 with `message` and
    `field`. Guests find nothing that lies beyond the map.
    """
    row = found_map(request, journey_map_id, Sight.CHANGE)
    if request.method == "POST":
        return _added(request, row)
    kind, q = request.GET.get("kind", ""), query_text(request.GET, "q")[:LONGEST_NAME]
    if kind not in OWN and not request.may(Right.SEE_JOURNEYS):
        raise Http404
    place = Place(row, request.membership, _lane(row, request.GET), _id(request.GET.get("step")))
    found = picks(place, kind, q)
    options = [_told(one) for one in found]
    is_new = q and all(one.label.casefold() != q.casefold() for one in found)
    if is_new and _may_add(request, kind):
        told = {"label": f"Create “{q}”", "creates": q, "kind": kind}
        options += [{**told, **more} for more in (_PERSONAS if kind == CAST else [{"hint": "New"}])]
    return JsonResponse({"options": options})


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_copies(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Tell what the elements `?of=` (lineages, by commas) are made of; see `copies`."""
    row = found_map(request, journey_map_id)
    wanted = [_id(text) for text in request.GET.get("of", "").split(",")[:MOST_COPIED]]
    asked = Request(request.tenant, row.pk, actor_of(request.membership), now())
    found = copies(read_state(MAPS, asked), [one for one in wanted if one])
    return JsonResponse({"elements": found})


def _added(request: TenantRequest, row: JourneyMap) -> HttpResponse:
    kind, name = request.POST.get("kind", ""), " ".join(request.POST.get("name", "").split())
    if not _may_add(request, kind):
        raise Http404
    # What is made for a map that takes nothing would stay behind in the library.
    try:
        only_drafts(row)
    except DomainError as error:
        return _refused(str(error), error.field or "name")
    if not 0 < len(name) <= LONGEST_NAME:
        return _refused(f"Give it a name of 1 to {LONGEST_NAME} characters.", "name")
    if "\0" in name:
        return _refused("This name holds a sign that cannot be stored.", "name")
    try:
        values = _made(request, row, kind, name)
    except DomainError as error:
        return _refused(str(error), error.field or "name")
    return JsonResponse({"label": name, "values": values}, status=201)


def _made(request: TenantRequest, row: JourneyMap, kind: str, name: str) -> Mapping[str, JSON]:
    by = request.membership
    if kind == CAST:
        told = request.POST.get("sort", "")
        if told not in set(PersonaKind):
            words = "Choose whom the persona describes."
            raise RefusedError(words, field="sort")
        return add_named_persona(of=row, name=name, kind=PersonaKind(told), by=by, now=now())
    step = _id(request.POST.get("step"))
    place, sort = Place(row, by, _lane(row, request.POST), step), LaneKind(kind)
    return add_named(kind=sort, name=name, place=place, by=by, now=now())


def _may_add(request: TenantRequest, kind: str) -> bool:
    if not request.may(Right.EDIT_JOURNEYS) or kind not in {*NAMEABLE, CAST}:
        return False
    return kind not in _REGISTRIES or request.may(Right.EDIT_REGISTRIES)


def _lane(row: JourneyMap, told: Any) -> Lane | None:
    """Give the lane that is named; raises Http404 for one that is not on the map."""
    if not told.get("lane"):
        return None
    rows = Lane.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    return get_object_or_404(rows, lineage=_id(told["lane"]))


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _refused(message: str, field: str) -> JsonResponse:
    return JsonResponse({"code": "refused", "message": message, "field": field}, status=422)


def _told(pick: Pick) -> dict[str, Any]:
    return {"label": pick.label, "hint": pick.hint, "values": pick.values}
