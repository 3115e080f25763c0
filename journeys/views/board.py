"""Moving a card on a board from the lane of one goal to that of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_POST

from cxm.collaboration.views.documents import next_address, wants_json
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.operations.records import UnknownElementError
from cxm.kernel.operations.wire import said
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.library import GoalMoveForm
from journeys.rules.library_sorts import OPPORTUNITY
from journeys.services.library import move_between_goals
from journeys.views.library_kinds import KINDS, found_item

if TYPE_CHECKING:
    from uuid import UUID


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def opportunity_goal(request: TenantRequest, item_id: UUID) -> HttpResponse:
    """Let an opportunity serve another goal, and go back to the board; scripts accept JSON."""
    item = found_item(request, OPPORTUNITY, item_id)
    form = GoalMoveForm(request.POST)
    try:
        if not form.is_valid():
            raise form.refused()
        move_between_goals(item=item, by=request.membership, now=now(), **form.cleaned_data)
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        if wants_json(request):
            return JsonResponse(said(error, lambda _: ""), status=error.status)
        messages.error(request, str(error))
    else:
        if wants_json(request):
            return JsonResponse({})
    return HttpResponseRedirect(next_address(request, KINDS[OPPORTUNITY.name], item.pk))
