"""A map as a story: one step or stage a screen, and the notes of who tells it beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.saved_views import views_of
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.look import look_asked, map_scope
from journeys.selectors.promises import bindings_among
from journeys.selectors.story import Frame, Story, story_of
from journeys.views.finding import found_map
from journeys.views.map_views import route_of, view_context
from journeys.views.panel_metrics import BoundFigure
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from journeys.models import JourneyMap
    from journeys.rules.look import Look

STORY, NOTES = "journeys/map_story.html", "journeys/map_story_notes.html"
_NOTES = "journeys:map-story-notes"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_story(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show one frame of a map: the one with the step `?step=`, of stages with `?by=stage`.

    The address narrows it as that of the grid does (`journeys.rules.look`).
    """
    row = found_map(request, journey_map_id, Sight.CONTENT, "baseline")
    context = _context(request, row, "journeys:map-story")
    story: Story | None = context["story"]
    if story:
        steps = [step.lineage for step in story.shown.steps]
        bound = bindings_among(row, steps)
        context["figures"] = [BoundFigure(row, one.step_id, one) for one in bound if one.step_id]
    told = views_of(map_scope(row.journey_id), request.membership, context["look"].address())
    context["kept_views"] = told.views
    return page(request, STORY, context, part="story")


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def map_story_notes(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Show what is written for the presenter about a frame, and what comes next."""
    row = found_map(request, journey_map_id, Sight.CONTENT, "baseline")
    context = _context(request, row, "journeys:map-story-notes")
    return page(request, NOTES, context, part="story-notes")


def story_paths(one: str) -> list[URLPattern]:
    """Give the routes, below the address of *one* map."""
    return [
        path(f"{one}/story/", map_story, name="map-story"),
        path(f"{one}/story/notes/", map_story_notes, name="map-story-notes"),
    ]


def _context(request: TenantRequest, row: JourneyMap, route: str) -> dict[str, Any]:
    look, by = look_asked(request.GET), request.GET.get("by", "")
    by_stage = by == "stage"
    story = story_of(
        row,
        look,
        reader=request.membership,
        at=_id(request.GET.get("step", "")),
        by_stage=by_stage,
        now=now(),
    )
    page_url = route_of("journeys:map-story", row)
    told: dict[str, Any] = {
        "story": story,
        "look": look,
        "by_stage": by_stage,
        "page_url": page_url,
    }
    told["has_notes"] = bool(story and any(note for _, note in story.notes))
    if story:
        shown = story.shown
        told |= {
            "frames": [(one, _url(route, row, look, one, by)) for one in story.frames],
            "before_url": story.before and _url(route, row, look, story.before, by),
            "after_url": story.after and _url(route, row, look, story.after, by),
            "notes_url": _url(_NOTES, row, look, shown, by),
            "steps_url": _url("journeys:map-story", row, look, shown, ""),
            "stages_url": _url("journeys:map-story", row, look, shown, "stage"),
        }
    here = _url(route, row, look, story.shown, by) if story else page_url
    return {**view_context(request, row, "story", here), **told}


def _url(route: str, row: JourneyMap, look: Look, frame: Frame, by: str) -> str:
    query = urlencode({"step": str(frame.at), **({"by": by} if by == "stage" else {})})
    kept = look.address()
    return f"{route_of(route, row)}{kept}{'' if kept == '?' else '&'}{query}"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
