"""Saying what an opportunity or a solution is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.scores import ScoresForm
from journeys.selectors.scores import models_of, scoring_of
from journeys.services.score_models import ensure_models
from journeys.services.scores import set_scores
from journeys.views.library_item import item_shown
from journeys.views.library_kinds import found_item, item_url

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.rules.library_sorts import Sort


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_scores(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Say values of inputs of an item by the model `scores`, all or none."""
    item = found_item(request, sort, item_id)
    ensure_models(tenant=request.tenant, now=now())
    key = query_text(request.POST, "scores")
    model = next((one for one in models_of(request.tenant, sort.name) if one.key == key), None)
    if model is None:
        raise Http404
    form = ScoresForm(request.POST, scoring=scoring_of(model))
    if not form.is_valid():
        return item_shown(request, sort, item, fault=form.fault(), status=422)
    try:
        set_scores(
            model=model,
            item=item,
            values=form.values(),
            by=request.membership,
            now=now(),
            reason=form.cleaned_data["reason"],
        )
    except DomainError as error:
        return item_shown(request, sort, item, fault=str(error), status=error.status)
    messages.success(request, "The scores are saved.")
    return redirect(f"{item_url(sort, item)}?scores={model.key}#scores")
