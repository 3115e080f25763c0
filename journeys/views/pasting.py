"""Pasting a table into a map: looked at first, then done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from cxm.collaboration.views.documents import to_change
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.operations.store import read_state
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.pasting import PasteForm, told_of
from journeys.rules.pasted_lines import places_for_lanes, places_for_steps
from journeys.rules.pasting import PastePlan, plan_paste
from journeys.services.pasting import paste_table
from journeys.services.stores import MAPS
from journeys.views.finding import found_map, map_url
from journeys.views.kinds import MAP
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from journeys.rules.pasted_lines import PasteLine
    from journeys.rules.pasting import Landing

PAGE = "journeys/map_paste.html"
MOST_STEPS_SHOWN, MOST_LANES_SHOWN, MOST_FAULTS_SHOWN = 24, 60, 20


@dataclass(frozen=True, slots=True)
class PastePreview:
    """A plan as it is shown: its first steps and lanes with their cells, and how many more."""

    plan: PastePlan
    steps: Sequence[PasteLine]
    rows: Sequence[tuple[PasteLine, Sequence[Landing]]]
    faults: list[tuple[PasteLine, PasteLine, Landing]]
    fault_count: int

    @classmethod
    def of(cls, plan: PastePlan) -> PastePreview:
        """Cut a plan to what a page shows; what is not shown is pasted all the same."""
        lines = list(zip(plan.lanes, plan.rows, strict=True))[:MOST_LANES_SHOWN]
        rows = [(lane, cells[:MOST_STEPS_SHOWN]) for lane, cells in lines]
        faults = plan.faults
        shown = faults[:MOST_FAULTS_SHOWN]
        return cls(plan, plan.steps[:MOST_STEPS_SHOWN], rows, shown, len(faults))

    @property
    def more_steps(self) -> int:
        """Count the steps that are not shown."""
        return len(self.plan.steps) - len(self.steps)

    @property
    def more_lanes(self) -> int:
        """Count the lanes that are not shown."""
        return len(self.plan.lanes) - len(self.rows)

    @property
    def more_faults(self) -> int:
        """Count the cells that do not fit and are not listed."""
        return self.fault_count - len(self.faults)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.OPEN_JOURNEYS)
@sent_once
def map_paste(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Ask for a table, show where its cells would go, and put them there.

    `?lane=` and `?step=` say where it begins. Posting `do=look` shows the map as it would be,
    `do=paste` with the `seen` of that does it and goes to the map.
    """
    asked = to_change(request, MAP, journey_map_id)
    row = found_map(request, journey_map_id, Sight.CHANGE)
    state = read_state(MAPS, asked)
    lines = {"steps": places_for_steps(state), "lanes": places_for_lanes(state)}
    context = {"map": row, "back": map_url(row)}
    form = PasteForm(request.POST or None, initial=request.GET.dict(), **lines)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, PAGE, context | {"form": form}, status=status)
    pasting, status, words = form.pasting(), 200, ""
    if request.POST.get("do") == "paste":
        seen = request.POST.get("seen", "")
        try:
            done = paste_table(row=row, asked=pasting, seen=seen, by=request.membership, now=now())
        except DomainError as error:
            status, words = error.status, str(error)
        else:
            messages.success(request, _done_words(done))
            return redirect(map_url(row))
    preview = PastePreview.of(plan_paste(state, pasting))
    again = PasteForm(initial=told_of(pasting, form.cleaned_data["text"]), **lines)
    return page(
        request, PAGE, context | {"form": again, "preview": preview, "words": words}, status=status
    )


def pasting_paths(one: str) -> list[URLPattern]:
    """Give the routes, below the address of *one* map."""
    return [path(f"{one}/paste/", map_paste, name="map-paste")]


def _done_words(done: PastePlan) -> str:
    count, left = done.card_count, len(done.faults)
    cards = f"{count:,} card{'' if count == 1 else 's'}"
    more = f" {left:,} cell{'' if left == 1 else 's'} did not fit." if left else ""
    return f"The table is pasted: {cards}.{more} Undo takes it back."
