"""The page of a map as it was: after an operation, or at the end of a day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateformat import format as formatted
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.documents import names_of as names_of_actors
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.errors import NotNowError
from journeys.forms.history import DayForm, ThenForm
from journeys.rules.look import ZOOMS, Look, look_asked
from journeys.rules.moments import place_of
from journeys.selectors.grid_then import grid_then
from journeys.selectors.moments import kept_versions, moment_of, stops_of
from journeys.selectors.names_then import names_then
from journeys.services.comparing import Moment, asked_moment, end_of, state_at
from journeys.views.element_then import element_then
from journeys.views.finding import found_then, map_url
from journeys.views.grid_markup import TABLE_PLACE, table_markup, with_table
from journeys.views.panel_tabs import may_edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.models import JourneyMap
    from journeys.rules.moments import Stop

PAGE = "journeys/map_then.html"
_WHEN = "j M Y, H:i"


@dataclass(frozen=True, slots=True)
class Then:
    """A moment of a map: after operation *seq*, as things were called *at*; *day* was asked for."""

    seq: int
    at: datetime
    day: date | None = None


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_then_door(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Lead to the map as it was `?asof=` a day or operation, or at `?stop=` of the slider.

    With `?compare=` it leads to what differs between that moment and the other one.
    """
    row = found_then(request, journey_map_id)
    form = ThenForm(request.GET)
    if not form.is_valid():
        return _refused(request, row, "Choose a day, or the number of an operation.")
    told = form.cleaned_data
    if told["compare"] is not None:
        key = "on" if isinstance(told["compare"], date) else "at"
        query = {key: told["compare"], **({"asof": told["asof"]} if told["asof"] else {})}
        return redirect(f"{_url(row, 'map-diff')}?{urlencode(query)}")
    if isinstance(told["asof"], date):
        return redirect(_url(row, "map-on", told["asof"].isoformat()))
    if told["asof"] is not None:
        return redirect(_url(row, "map-then", told["asof"]))
    stops = stops_of(row, kept_versions(row))
    return redirect(_url(row, "map-then", stops[min(told["stop"] or 0, len(stops) - 1)].seq))


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_then(request: TenantRequest, journey_map_id: UUID, seq: int) -> HttpResponse:
    """Show a map as it was after operation *seq*; nothing on it can be changed.

    `?of=` shows an element as it was, beside it.
    """
    row = found_then(request, journey_map_id)
    at = moment_of(row, seq) if seq <= row.head_seq else None
    if at is None:
        raise Http404
    return _shown(request, row, Then(seq, at))


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_on(request: TenantRequest, journey_map_id: UUID, day: str) -> HttpResponse:
    """Show a map as it was at the end of a day."""
    row = found_then(request, journey_map_id)
    form = DayForm({"day": day})
    if not form.is_valid():
        raise Http404
    asked: date = form.cleaned_data["day"]
    try:
        found = asked_moment(row, asked)
    except NotNowError as error:
        return _refused(request, row, str(error), status=404)
    end = min(end_of(asked, row.tenant), now())
    return _shown(request, row, Then(found.seq or row.head_seq, end, asked))


def _shown(request: TenantRequest, row: JourneyMap, then: Then) -> HttpResponse:
    look = _look(request)
    state = state_at(Moment(row, then.seq), now=now())
    names = names_then(row, request.membership, state, at=then.at)
    grid = grid_then(row, state, look, names=names, at=then.at)
    kept = kept_versions(row)
    stops = stops_of(row, kept)
    context = {
        "map": row,
        "journey": row.journey,
        "name": state[row.pk].values["name"],
        "then": then,
        "is_now": then.seq == row.head_seq,
        "table": TABLE_PLACE,
        "grid": grid,
        "look": look,
        "decision": row.published_note if row.published_at and row.published_at <= then.at else "",
        "has_figures": any(lane.rule.is_measured for lane in grid.lanes),
        "zooms": [(z, f"{z} %" if z.isdigit() else "Fit", look.address(zoom=z)) for z in ZOOMS],
        "may_restore": may_edit(request, row) and then.seq < row.head_seq,
        "kept": kept,
        "marks": sorted({place_of(stops, one.seq) for one in kept}),
        **_slider(row, then, stops),
        **element_then(request, row, state, names, then.seq),
    }
    table = table_markup(request, row, look, grid, may_change=False)
    return with_table(page(request, PAGE, context, part="map-then"), table.encode())


def _slider(row: JourneyMap, then: Then, stops: Sequence[Stop]) -> dict[str, Any]:
    """Give what the slider says, and its neighbours as links."""
    place, zone = place_of(stops, then.seq), _zone(row)
    name_of = names_of_actors(row.tenant, [stop.actor for stop in stops])
    words = [f"{formatted(s.at.astimezone(zone), _WHEN)}, {name_of(s.actor)}" for s in stops]
    urls = [_url(row, "map-then", stop.seq) for stop in stops]
    told = [list(pair) for pair in zip(urls, words, strict=True)]
    is_between = stops[place].seq != then.seq
    return {
        "stops": json.dumps(told),
        "last_stop": len(stops) - 1,
        "place": place,
        "said": words[place],
        "earlier": urls[place if is_between else place - 1] if place or is_between else "",
        "later": urls[place + 1] if place + 1 < len(urls) else "",
    }


def _look(request: TenantRequest) -> Look:
    """Read how the map is looked at; filters are about what is there now."""
    asked = look_asked(request.GET)
    return Look(stage=asked.stage, lanes=asked.lanes, toggled=asked.toggled, zoom=asked.zoom)


def _refused(
    request: TenantRequest, row: JourneyMap, words: str, *, status: int = 422
) -> HttpResponse:
    context = {"map": row, "words": words, "back": map_url(row)}
    return page(request, "journeys/map_refused.html", context, status=status)


def _zone(row: JourneyMap) -> ZoneInfo:
    return ZoneInfo(row.tenant.time_zone)


def _url(row: JourneyMap, name: str, *more: Any) -> str:
    return reverse(f"journeys:{name}", args=[row.tenant.slug, row.pk, *more])
