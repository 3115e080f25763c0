"""Pages of companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cxm.customers.models import Company
from cxm.customers.selectors.companies import companies_listed, company_detail, company_people
from cxm.customers.views.customers import reader_of
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def company_list(request: TenantRequest) -> HttpResponse:
    """List companies by name, with how many people of theirs we know."""
    q = query_text(request.GET, "q")
    shown = page_of(companies_listed(request.tenant, q=q), request)
    people = company_people(request.tenant, shown.rows)
    context = {
        "page": shown,
        "rows": [(company, people[company.pk]) for company in shown.rows],
        "q": q,
        "may_import": request.may(Right.IMPORT_FEEDBACK),
        "may_connect": request.may(Right.MANAGE_SOURCES),
    }
    return page(request, "customers/company_list.html", context, part="company-rows")


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def company_page(request: TenantRequest, company_id: UUID) -> HttpResponse:
    """Show one company: what is known of it, its people, what happened with them last."""
    company = get_object_or_404(Company.objects.for_tenant(request.tenant), pk=company_id)
    detail = company_detail(reader_of(request), company)
    return page(request, "customers/company_detail.html", {"detail": detail})
