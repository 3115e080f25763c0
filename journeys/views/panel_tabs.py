"""The tabs of the panel beside a map: what each shows, of which kinds of elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.collaboration.selectors.documents import names_of
from cxm.collaboration.views.talk import panel_of
from cxm.kernel.operations.wording import words
from cxm.tenants.rules import Right
from journeys.rules.kinds import LineageKind
from journeys.rules.shapes import MAP as SHAPE
from journeys.rules.taking_out import fields_of as words_in
from journeys.selectors.access import sees_live_only
from journeys.selectors.element_uses import history_of, uses_of
from journeys.selectors.journeys import journeys_open_to
from journeys.selectors.map_elements import MODELS, WHOLE, lineage_of
from journeys.selectors.subjects import JourneyMapSubject
from journeys.views import panel_evidence
from journeys.views.kinds import MAP, sight_for
from journeys.views.panel_fields import facts_of, fields_of
from journeys.views.panel_metrics import step_metrics
from journeys.views.panel_uploads import upload_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.access import TenantRequest
    from journeys.models import Journey, JourneyMap
    from journeys.selectors.map_elements import MapElement

type Load = Callable[[TenantRequest, JourneyMap, MapElement], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PanelTab:
    """One tab: its *template*, what *load* gives it, and the *kinds* it is for.

    Without kinds it is for every element, but not for a map as a whole.
    """

    key: str
    words: str
    template: str
    load: Load
    kinds: tuple[str, ...] = ()


def may_edit(request: TenantRequest, row: JourneyMap) -> bool:
    """Whether who asks may change the map now: an open draft that is theirs to change."""
    return sight_for(request, row) >= Sight.CHANGE and MAP.is_open(row)


def _content(request: TenantRequest, row: JourneyMap, element: MapElement) -> dict[str, Any]:
    inside = _inside(request, element)
    told: dict[str, Any]
    if may_edit(request, row):
        sees_all = request.may(Right.SEE_JOURNEYS)
        fields = fields_of(row, element, is_own_only=not sees_all)
        told = {"fields": fields, "inside": inside, "upload": upload_of(row, element)}
    else:
        told = {"facts": facts_of(row, element), "inside": inside}
    told["may_take_out"] = request.may(Right.MANAGE_TENANT) and bool(words_in(element.kind))
    return {**told, "named": lineage_of(row, element)}


def _inside(request: TenantRequest, element: MapElement) -> Journey | None:
    """Give the journey inside a step, where who asks may look into it."""
    if element.kind != "nested":
        return None
    seen = journeys_open_to(request.tenant, request.membership)
    return seen.filter(pk=element.row.journey_id).first()


def _history(request: TenantRequest, row: JourneyMap, element: MapElement) -> dict[str, Any]:
    if sees_live_only(request.membership):
        return {"lines": []}
    done, state = history_of(row, element)
    name_of = names_of(request.tenant, [one.actor for one in done])
    lines = [(one.at, name_of(one.actor), words(one, state, SHAPE)) for one in done]
    return {"lines": lines}


def _uses(request: TenantRequest, row: JourneyMap, element: MapElement) -> dict[str, Any]:
    return {"uses": uses_of(row, element, request.membership)}


def _comments(request: TenantRequest, row: JourneyMap, element: MapElement) -> dict[str, Any]:
    return {"comments_panel": panel_of(request, JourneyMapSubject(row), part=element.id)}


COMMENTS = PanelTab(
    "comments", "Comments", "journeys/_panel_comments.html", _comments, tuple(LineageKind)
)
EVIDENCE = PanelTab(
    "evidence",
    "Evidence",
    "journeys/_panel_evidence.html",
    panel_evidence.evidence_tab,
    panel_evidence.KINDS,
)
TABS = (
    PanelTab("content", "Content", "journeys/_panel_content.html", _content),
    EVIDENCE,
    PanelTab("metrics", "Metrics", "journeys/_panel_metrics.html", step_metrics, ("step", WHOLE)),
    COMMENTS,
    PanelTab("history", "History", "journeys/_panel_history.html", _history),
    PanelTab("uses", "Used in", "journeys/_panel_uses.html", _uses),
)


def tabs_of(element: MapElement) -> list[PanelTab]:
    """List the tabs that the panel of an element has, in order."""
    return [tab for tab in TABS if element.kind in (tab.kinds or MODELS)]
