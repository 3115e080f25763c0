"""Whose contracts add up to a number of recurring revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.rules.churn import ContractEnd
from analytics.rules.revenue_moves import RevenueMove
from analytics.selectors.churn import counted_definitions
from analytics.selectors.contract_times import held_times
from analytics.selectors.revenue import holders_behind
from analytics.selectors.revenue_rows import revenue_title
from cxm.customers.selectors.companies import companies_named
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.pages import page_of_list
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from analytics.rules.churn_shapes import Contracts
    from analytics.rules.revenue_moves import RevenueMonth
    from analytics.selectors.churn import Counted
    from analytics.selectors.contract_times import HeldTime
    from analytics.selectors.revenue import Holder
    from cxm.customers.models import Company
    from cxm.customers.selectors.persons import Person


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def churn_revenue(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """List the holders behind `?what=` of `?month=`, by its first day, in `?currency=`."""
    counted = _counted(request, churn_definition_id)
    what = query_text(request.GET, "what")
    contracts = _contracts(counted)
    if counted.at is None:
        raise Http404
    month = _month(request, contracts)
    if month is None or what not in set(RevenueMove):
        raise Http404
    move = RevenueMove(what)
    shown = page_of_list(holders_behind(counted.definition, month, move, counted.at), request)
    context = {
        "counted": counted,
        "title": move.words(revenue_title(month)),
        "month": month,
        "amount": month.amount(move),
        "holders": month.count(move),
        "page": shown,
        "lines": _named(request, shown.rows),
        "back_url": _back_url(request, counted, month.currency),
    }
    return render(request, "analytics/churn_revenue.html", context)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def churn_value(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """List the holders whose times and payments the worth of one in `?currency=` is made of."""
    counted = _counted(request, churn_definition_id)
    currency = query_text(request.GET, "currency")
    found = _contracts(counted).values
    value = next((one for one in found if one.currency == currency), None)
    if value is None or counted.at is None or not isinstance(counted.rule, ContractEnd):
        raise Http404
    times = held_times(counted.definition, counted.rule, counted.at, currency)
    shown = page_of_list(times, request)
    context = {
        "counted": counted,
        "value": value,
        "page": shown,
        "lines": _named(request, shown.rows),
        "back_url": _back_url(request, counted, currency),
    }
    return render(request, "analytics/churn_value.html", context)


def _counted(request: TenantRequest, churn_definition_id: UUID) -> Counted:
    every = counted_definitions(request.tenant)
    found = next((one for one in every if one.definition.pk == churn_definition_id), None)
    if found is None:
        raise Http404
    return found


def _contracts(counted: Counted) -> Contracts:
    result = counted.result
    if result is None or result.contracts is None:
        raise Http404
    return result.contracts


def _named[H: Holder | HeldTime](
    request: TenantRequest, rows: Sequence[H]
) -> list[tuple[H, Person, Company | None]]:
    """Put customer and company beside each holder."""
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    persons = read_persons(reader, [one.customer_id for one in rows])
    companies = companies_named(request.tenant, [one.company_id for one in rows])
    return [(one, persons.of(one.customer_id), companies.get(one.company_id)) for one in rows]


def _back_url(request: TenantRequest, counted: Counted, currency: str) -> str:
    page_url = reverse("analytics:churn", args=[request.tenant.slug])
    asked = {"definition": counted.definition.key, "currency": currency}
    return f"{page_url}?{urlencode(asked)}#revenue"


def _month(request: TenantRequest, contracts: Contracts) -> RevenueMonth | None:
    day, currency = query_text(request.GET, "month"), query_text(request.GET, "currency")
    found = (one for one in contracts.revenue if (one.day, one.currency) == (day, currency))
    return next(found, None)
