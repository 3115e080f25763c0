"""Pages that touchpoints alone have: one touchpoint, and pasting many titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.touchpoints import selectors, services
from cxm.touchpoints.forms import TouchpointTitlesForm
from cxm.touchpoints.rules.conditions import condition_words
from cxm.touchpoints.views.registries import TOUCHPOINTS, form_page, found

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def touchpoint_detail(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Show one touchpoint: its figures, the events that happen there, its facts, its names."""
    touchpoint = found(request, TOUCHPOINTS, touchpoint_id=touchpoint_id)
    context = {
        "touchpoint": touchpoint,
        "aliases": selectors.touchpoint_aliases(touchpoint),
        "followers": selectors.merged_touchpoints(touchpoint),
        "rules": [
            (rule, [condition_words(stored) for stored in rule.conditions])
            for rule in selectors.rules_to(touchpoint)
        ],
        "may_edit": request.may(Right.EDIT_REGISTRIES),
    }
    return page(request, "touchpoints/touchpoint_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_add_many(request: TenantRequest) -> HttpResponse:
    """Add touchpoints by pasting their titles."""
    form = TouchpointTitlesForm(request.POST or None, tenant=request.tenant)
    if form.is_valid():
        titles = form.cleaned_data["titles"]
        made = services.add_touchpoints(
            tenant=request.tenant, by=request.membership, **form.cleaned_data
        )
        messages.success(request, _added_words(len(made), there=len(titles) - len(made)))
        return redirect(TOUCHPOINTS.url(request))
    return form_page(request, TOUCHPOINTS, "Add many touchpoints", form, "Add all")


def _added_words(made: int, *, there: int) -> str:
    words = "1 touchpoint is added." if made == 1 else f"{made} touchpoints are added."
    if not there:
        return words
    return f"{words} {there} {'was' if there == 1 else 'were'} there already."
