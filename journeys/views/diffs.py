"""What differs between two maps: as a list, side by side, one over the other, and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.made_files import answer_with_made
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.comparing import VIEWS, AgainstForm, TakeForm
from journeys.rules.overlay import Shown, overlaid
from journeys.selectors.access import maps_shown_to, sees_live_only
from journeys.selectors.journeys import maps_of
from journeys.selectors.talking import thread_counts
from journeys.services.comparing import (
    Comparison,
    Moment,
    compare,
    end_of,
    live_elsewhere,
    moment_before,
)
from journeys.services.settling import take_change
from journeys.services.telling import export_changes
from journeys.views.change_lines import MOST_LINES, counted, parts_of
from journeys.views.finding import found_map, map_url, to_export
from journeys.views.panel_tabs import may_edit
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from journeys.models import JourneyMap

PAGE = "journeys/map_diff.html"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a map is compared with, and how that is looked at; *address* asks for it again.

    *asof* is the operation after which the map itself is looked at; None is now.
    """

    form: AgainstForm
    other: Moment | None
    words: str
    asof: int | None = None

    @property
    def address(self) -> str:
        """Give the query of an address that asks for the same two."""
        if self.other is None:
            return ""
        told: dict[str, Any] = {"against": self.other.map.pk}
        if self.other.seq is not None:
            told["at"] = self.other.seq
        if self.asof is not None:
            told["asof"] = self.asof
        return urlencode(told)


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_diff(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show what differs between a map and another one, or itself at an earlier time.

    `?against=<map>`, with `&at=<operation>` as it was then; `?at=` or `?on=<day>` alone is this
    map; nothing is what it was forked from. Whoever sees only what holds now is told of no moment
    before. With `?asof=<operation>` this map is looked at as it
    was then. `?view=` is `list`, `sides` or `overlay`.
    """
    row = found_map(request, journey_map_id, Sight.CONTENT, "baseline")
    asked = _asked(request, row, request.GET)
    view = asked.form.cleaned_data.get("view") or "list"
    context: dict[str, Any] = {
        "map": row,
        "form": asked.form,
        "words": asked.words,
        "view": view,
        "views": VIEWS,
        "maps": maps_shown_to(request.membership, maps_of(row.journey).exclude(pk=row.pk)),
        "elsewhere": live_elsewhere(row.journey, request.membership),
        "other": asked.other,
        "address": asked.address,
        "asof": asked.asof,
    }
    status = 422 if asked.words else 200
    if asked.other is not None and not asked.words:
        try:
            right = Moment(row, asked.asof)
            found = compare(asked.other, right, reader=request.membership, now=now())
        except DomainError as error:
            context["words"], status = str(error), 422
        else:
            context |= _told(request, row, asked, found, view)
    return page(request, PAGE, context, part="diff", status=status)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def map_diff_take(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Take one difference back in this map, or over into the other one, and show what is left.

    `side` is `right` for this map and `left` for the other; the query says what is compared.
    """
    row = found_map(request, journey_map_id, Sight.CONTENT, "baseline")
    asked = _asked(request, row, request.GET)
    form = TakeForm(request.POST)
    if asked.other is None or not form.is_valid():
        return _refused(request, row, "Choose a difference on the page that shows them.")
    is_back = form.cleaned_data["side"] == "right"
    into, other = (row, asked.other) if is_back else (asked.other.map, Moment(row))
    is_own = asked.other.map.journey_id == row.journey_id
    is_now = asked.asof is None and (is_back or asked.other.seq is None)
    if not (is_own and is_now and may_edit(request, into)):
        return _refused(request, row, "This map is no draft that you may change.", status=403)
    try:
        take_change(
            into=into,
            other=other,
            key=form.cleaned_data["change"],
            is_back=is_back,
            by=request.membership,
            now=now(),
        )
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    messages.success(request, f"Changed in “{into.name}”. Undo there takes it back.")
    here = reverse("journeys:map-diff", args=[request.tenant.slug, row.pk])
    return redirect(f"{here}?{asked.address}")


@require_GET
@tenant_page(Right.OPEN_JOURNEYS)
def map_diff_file(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Give all differences as a Markdown file; the query says what is compared."""
    row = to_export(request, journey_map_id, "baseline")
    asked = _asked(request, row, request.GET)
    if asked.other is None or asked.words:
        return _refused(request, row, asked.words or "Choose what to compare with.")
    try:
        right = Moment(row, asked.asof)
        file = export_changes(asked.other, right, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, row, str(error), status=error.status)
    return answer_with_made(file)


def _asked(request: TenantRequest, row: JourneyMap, query: Mapping[str, str]) -> Asked:
    """Read what is compared. Raises Http404 for maps that who asks does not see."""
    form = AgainstForm(query)
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        return Asked(form, None, f"{name}: {faults[0]}")
    told = form.cleaned_data
    is_of_then = any(told[name] is not None for name in ("at", "on", "asof"))
    if is_of_then and sees_live_only(request.membership):
        raise Http404
    if told["against"] is not None:
        other = found_map(request, told["against"])
        return Asked(form, Moment(other, told["at"]), "", told["asof"])
    if told["at"] is not None:
        return Asked(form, Moment(row, told["at"]), "", told["asof"])
    if told["on"] is not None:
        then = moment_before(row, end_of(told["on"], row.tenant))
        words = "" if then else "This map did not exist yet on that day."
        return Asked(form, then, words, told["asof"])
    is_seen = row.baseline and not sees_live_only(request.membership)
    baseline = Moment(row.baseline, row.baseline_seq) if row.baseline and is_seen else None
    if baseline:
        found_map(request, baseline.map.pk)
    return Asked(form, baseline, "", told["asof"])


def _told(
    request: TenantRequest, row: JourneyMap, asked: Asked, found: Comparison, view: str
) -> dict[str, Any]:
    other = asked.other
    assert other is not None  # noqa: S101 - what differs was found with it
    # Between journeys nothing is taken: an element belongs to its own. Nor is it from the past.
    is_own = other.map.journey_id == row.journey_id and asked.asof is None
    both = (found.left, found.right, found.changes, found.names)
    told: dict[str, Any] = {
        "changes": found.changes,
        "counts": counted(found.changes),
        "may_talk": asked.asof is None,
        "may_take_back": is_own and may_edit(request, row),
        "may_take_over": is_own and other.seq is None and may_edit(request, other.map),
        "more": max(0, len(found.changes) - MOST_LINES),
        "parts": parts_of(found.changes, found.names, thread_counts(row)),
    }
    if view == "overlay":
        told["overlay"] = overlaid(*both)
    if view == "sides":
        before, after = (overlaid(*both, shown=s) for s in (Shown.LEFT, Shown.RIGHT))
        told["overlay"] = after
        told["sides"] = list(zip(before.lanes, after.lanes, strict=True))
    return told


def _refused(
    request: TenantRequest, row: JourneyMap, words: str, *, status: int = 422
) -> HttpResponse:
    context = {"map": row, "words": words, "back": map_url(row)}
    return page(request, "journeys/map_refused.html", context, status=status)
