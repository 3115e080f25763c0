"""The page of a journey: what it is, where it lies, and its maps; changed where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.store import undo_steps
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import member_choices
from journeys.forms.journeys import LEVELS
from journeys.rules.access import Action
from journeys.rules.kinds import Sensitivity
from journeys.selectors import journey_page as selectors
from journeys.selectors.access import may_do
from journeys.selectors.journeys import sight_of
from journeys.selectors.portfolio import journey_rows
from journeys.selectors.step_uses import steps_around
from journeys.selectors.talking import talk_in
from journeys.selectors.tree import branches_of, homes_of
from journeys.services.stores import JOURNEYS
from journeys.views.finding import found_journey, journey_url
from personas.rules.kinds import Visibility
from personas.rules.map_access import VISIBILITY_WORDS, Sight
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import Journey

DETAIL = "journeys/journey_page.html"
LEVEL_WORDS = {level.value: level.name.capitalize() for level in LEVELS}
_SENSITIVITY_WORDS = {
    Sensitivity.NORMAL: "Normal",
    Sensitivity.RESTRICTED: "Restricted: no share links",
}


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_page(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Show a journey; those who may edit it change everything where it stands.

    Who may only know that it is there gets its title and its owner.
    """
    return journey_shown(request, found_journey(request, journey_id, Sight.TITLE))


def journey_shown(
    request: TenantRequest, journey: Journey, *, fault: str = "", status: int = 200
) -> HttpResponse:
    """Show the page of *journey*; *fault* says why something on it was not done."""
    may_edit = request.may(Right.EDIT_JOURNEYS)
    sight = sight_of(journey, request.membership, may_edit=may_edit)
    if sight < Sight.CONTENT:
        return page(request, "journeys/journey_listed.html", {"journey": journey})
    may_change = may_edit and sight >= Sight.CHANGE
    is_open = may_change and journey.archived_at is None
    context = {
        **_read(request, journey),
        "fault": fault,
        "may_edit": is_open,
        "may_restore": may_change and journey.archived_at is not None,
        "may_publish": is_open and may_do(Action.PUBLISH, journey, request.membership),
        "may_export": may_do(Action.EXPORT, journey, request.membership),
        "may_let_in": may_do(Action.LET_IN, journey, request.membership),
        "levels": LEVEL_WORDS,
        "here": journey_url(journey),
        **(_editing(request, journey) if is_open else {}),
    }
    return page(request, DETAIL, context, status=status)


def _read(request: TenantRequest, journey: Journey) -> dict[str, Any]:
    """Give what everybody sees who may open the journey."""
    reader = request.membership
    groups = selectors.maps_by_state(journey, reader)
    sees_maps = request.may(Right.SEE_JOURNEYS)
    joined, addable = selectors.stakeholder_maps_of(journey, reader) if sees_maps else ([], [])
    [row] = journey_rows(
        request.tenant, reader, [journey], may_edit=False, today=day_in(request.tenant, now())
    )
    return {
        "journey": journey,
        "row": row,
        "groups": groups,
        "live": selectors.live_map(groups),
        "put_away": selectors.archived_maps(journey, reader),
        "is_groundless": selectors.promises_without_ground(groups),
        "homes": homes_of(journey, reader),
        "branches": branches_of(journey, reader),
        "around": steps_around(journey, reader),
        "tags": selectors.tags_of(journey),
        "stakeholder_maps": joined,
        "addable_maps": addable,
        "talk": talk_in(journey, reader),
    }


def _editing(request: TenantRequest, journey: Journey) -> dict[str, Any]:
    """Give what only those need who may change the journey."""
    asking = Request(request.tenant, journey.pk, actor_of(request.membership), now())
    return {
        "change_url": reverse("journeys:journey-change", args=[request.tenant.slug, journey.pk]),
        "steps": undo_steps(JOURNEYS, asking),
        "level_choices": [(str(level.value), words) for level, words in LEVELS.items()],
        "homes_to_choose": selectors.home_choices(journey, request.membership),
        "owners": member_choices(journey.owner, request.membership),
        "is_owners_to_say": _is_theirs(request, journey),
        "visibilities": [(one.value, VISIBILITY_WORDS[one]) for one in Visibility],
        "sensitivities": [(one.value, _SENSITIVITY_WORDS[one]) for one in Sensitivity],
        "dimensions": selectors.dimensions(journey, request.membership),
    }


def _is_theirs(request: TenantRequest, journey: Journey) -> bool:
    """Whether who asks says who finds the journey, and whose it is; else it is shown only."""
    if journey.owner is None or journey.owner_id == request.membership.pk:
        return True
    return not journey.owner.is_active
