"""Contracts: the list, and taking in a file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.views.decorators.http import require_POST, require_safe

from cxm.customers.forms.contracts import LINE, ContractFileForm
from cxm.customers.rules.contracts import FIELDS
from cxm.customers.selectors.contracts import (
    ContractFilter,
    ContractState,
    contracts_listed,
    plans_of,
    state_on,
)
from cxm.customers.selectors.persons import read_persons
from cxm.customers.services.contracts import take_in_contracts
from cxm.customers.views.customers import reader_of
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.metrics.rules.days import local_date
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from django.http import HttpResponse

PAGE = "customers/contract_list.html"
REFUSED = 422
MOST_REFUSED = 50


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def contract_list(request: TenantRequest) -> HttpResponse:
    """List contracts, those that began last first; `?state=` and `?plan=` choose some."""
    return page(request, PAGE, _context(request, ContractFileForm()))


@require_POST
@tenant_page(Right.EDIT_CUSTOMERS)
def contract_import(request: TenantRequest) -> HttpResponse:
    """Take in a file of contracts, and say what became of its lines."""
    form = ContractFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, PAGE, _context(request, form), status=REFUSED)
    rows = form.cleaned_data["file"]
    lines = [row.pop(LINE) for row in rows]
    taken = take_in_contracts(
        tenant=request.tenant,
        source=form.cleaned_data["source"],
        rows=rows,
        by=request.membership,
        now=now(),
    )
    refused = [(lines[one.place], one) for one in taken.refused[:MOST_REFUSED]]
    context = {"taken": taken, "refused": refused}
    return page(request, PAGE, _context(request, ContractFileForm()) | context)


def _context(request: TenantRequest, form: ContractFileForm) -> dict[str, Any]:
    today = local_date(now(), ZoneInfo(request.tenant.time_zone))
    state, plan = query_text(request.GET, "state"), query_text(request.GET, "plan")
    wanted = ContractFilter(state=state, plans=(plan,) if plan else ())
    shown = page_of(contracts_listed(request.tenant, wanted, today=today), request)
    persons = read_persons(reader_of(request), [one.customer_id for one in shown.rows])
    return {
        "page": shown,
        "lines": [
            (one, state_on(one, today).label, persons.of(one.customer_id)) for one in shown.rows
        ],
        "states": list(ContractState),
        "state": state,
        "plans": plans_of(request.tenant),
        "plan": plan,
        "form": form if request.may(Right.EDIT_CUSTOMERS) else None,
        "fields": FIELDS,
    }
