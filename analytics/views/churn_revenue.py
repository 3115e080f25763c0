"""Whose contracts add up to a number of recurring revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.rules.revenue_moves import RevenueMove
from analytics.selectors.churn import counted_definitions
from analytics.selectors.revenue import holders_behind
from analytics.selectors.revenue_rows import revenue_title
from cxm.customers.selectors.companies import companies_named
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.pages import page_of_list
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from analytics.rules.churn_shapes import Contracts
    from analytics.rules.revenue_moves import RevenueMonth


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def churn_revenue(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """List the holders behind `?what=` of `?month=`, by its first day, in `?currency=`."""
    counted = next(
        (
            one
            for one in counted_definitions(request.tenant)
            if one.definition.pk == churn_definition_id
        ),
        None,
    )
    result = counted.result if counted else None
    what = query_text(request.GET, "what")
    if counted is None or counted.at is None or not (result and result.contracts):
        raise Http404
    month = _month(request, result.contracts)
    if month is None or what not in set(RevenueMove):
        raise Http404
    move = RevenueMove(what)
    shown = page_of_list(holders_behind(counted.definition, month, move, counted.at), request)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    persons = read_persons(reader, [one.customer_id for one in shown.rows])
    companies = companies_named(request.tenant, [one.company_id for one in shown.rows])
    page_url = reverse("analytics:churn", args=[request.tenant.slug])
    asked = {"definition": counted.definition.key, "currency": month.currency}
    context = {
        "counted": counted,
        "title": move.words(revenue_title(month)),
        "month": month,
        "amount": month.amount(move),
        "holders": month.count(move),
        "page": shown,
        "lines": [
            (one, persons.of(one.customer_id), companies.get(one.company_id)) for one in shown.rows
        ],
        "back_url": f"{page_url}?{urlencode(asked)}#revenue",
    }
    return render(request, "analytics/churn_revenue.html", context)


def _month(request: TenantRequest, contracts: Contracts) -> RevenueMonth | None:
    day, currency = query_text(request.GET, "month"), query_text(request.GET, "currency")
    found = (one for one in contracts.revenue if (one.day, one.currency) == (day, currency))
    return next(found, None)
