"""Pairing a future map that was drawn by itself with the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.rules.change_words import NOUNS, Names
from journeys.rules.kinds import MapState
from journeys.rules.matching import ASKED, in_order
from journeys.selectors.journeys import maps_of
from journeys.services.comparing import live_map
from journeys.services.pairing import Pairing, look_at_pairing, pair_map
from journeys.views.finding import found_map, map_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journeys.models import JourneyMap

PAGE = "journeys/map_pair.html"
_FIELD = "pair-"


@dataclass(frozen=True, slots=True)
class PairLine:
    """One element of the future map, and those of the current one that it may be."""

    id: UUID
    name: str
    chosen: UUID | None
    choices: tuple[tuple[UUID, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_pair(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Say which elements of a future map are which of a current one, and pair the two.

    `?with=` names the current map; without it, it is the one that holds now.
    """
    row = found_map(request, journey_map_id, Sight.CHANGE)
    current = _current(request, row)
    if current is None:
        return _refused(request, row, "This journey has no current map to pair it with.")
    try:
        found = look_at_pairing(of=row, current=current, now=now())
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    if request.method != "POST":
        return _shown(request, row, current, found, found.pairs)
    pairs = dict(_posted(request.POST))
    try:
        made = pair_map(of=row, current=current, pairs=pairs, by=request.membership, now=now())
    except DomainError as error:
        return _shown(request, row, current, found, pairs, words=str(error))
    messages.success(request, f"Paired with map {current.number}, as map {made.number}.")
    return redirect(map_url(made))


def _current(request: TenantRequest, row: JourneyMap) -> JourneyMap | None:
    """Give the current map that is asked for. Raises Http404."""
    text = request.GET.get("with", "")
    if not text:
        return live_map(row.journey)
    try:
        other = found_map(request, UUID(text))
    except ValueError as error:
        raise Http404 from error
    if other.journey_id != row.journey_id:
        raise Http404
    return other


def _posted(posted: Mapping[str, str]) -> Iterator[tuple[UUID, UUID]]:
    """Read which is which; what is no id, or paired with nothing, is left out."""
    for name, value in posted.items():
        if name.startswith(_FIELD) and value:
            try:
                yield UUID(name.removeprefix(_FIELD)), UUID(value)
            except ValueError:
                continue


def _shown(
    request: TenantRequest,
    row: JourneyMap,
    current: JourneyMap,
    found: Pairing,
    pairs: Mapping[UUID, UUID],
    *,
    words: str = "",
) -> HttpResponse:
    context = {
        "map": row,
        "current": current,
        "currents": maps_of(row.journey).filter(state=MapState.CURRENT),
        "groups": [(NOUNS[kind][1].capitalize(), _lines(found, kind, pairs)) for kind in ASKED],
        "words": words,
    }
    return page(request, PAGE, context, status=422 if words else 200)


def _lines(found: Pairing, kind: str, pairs: Mapping[UUID, UUID]) -> list[PairLine]:
    names = Names(found.ours, found.theirs)
    others = in_order(found.ours, kind)
    return [
        PairLine(
            one.id,
            names.name_of(one),
            pairs.get(one.id),
            tuple(
                (other.id, names.name_of(other))
                for other in others
                if other.values.get("kind") == one.values.get("kind")
            ),
        )
        for one in in_order(found.theirs, kind)
    ]


def _refused(
    request: TenantRequest, row: JourneyMap, words: str, *, status: int = 409
) -> HttpResponse:
    context = {"map": row, "words": words, "back": map_url(row)}
    return page(request, "journeys/map_refused.html", context, status=status)
