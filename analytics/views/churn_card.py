"""The overview's card of churn: who left in the last whole month, by the leading definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.selectors.churn import counted_definitions, rate_figure
from analytics.views.asking import viewer_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from analytics.selectors.churn import Counted

CARD = "analytics/_churn_card.html"
NOTHING = 204


@require_safe
@tenant_page(Right.SEE_FIGURES)
def churn_card(request: TenantRequest) -> HttpResponse:
    """Show the churn of the last whole month; nothing before anybody said what churn is.

    The page asks for it once it is there: the filter of the overview has no part in it.
    """
    every = counted_definitions(request.tenant)
    leading: Counted | None = every[0] if every else None
    month = leading.last_month if leading else None
    if leading is None or month is None or not month.start:
        return HttpResponse(status=NOTHING)
    may_open = request.may(Right.SEE_CUSTOMERS)
    figure = rate_figure(viewer_of(request), leading, month, may_open=may_open)
    return render(request, CARD, {"figure": figure, "counted": leading})
