"""The list of customers, and finding one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.customers.selectors.customer_filter import read_customer_filter
from cxm.customers.selectors.customers import customer_page
from cxm.customers.selectors.listing import read_place
from cxm.customers.selectors.persons import Reader
from cxm.customers.views.customer_filters import customer_filter_bar
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from django.http import HttpResponse

PAGE = "customers/customer_list.html"


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_list(request: TenantRequest) -> HttpResponse:
    """List customers, newest seen first, or what a search finds, best first.

    The query is the filter; what is not understood in it is said and left out. `after` and
    `before` turn pages.
    """
    reader = reader_of(request)
    asked = read_customer_filter(reader, request.GET)
    shown = customer_page(
        reader,
        asked,
        after=read_place(request.GET.get("after", "")),
        before=read_place(request.GET.get("before", "")),
    )
    list_url = reverse("customers:customer-list", args=[request.tenant.slug])
    context = {
        "asked": asked,
        "page": shown,
        "bar": customer_filter_bar(reader, asked, path=list_url, is_whole=not request.htmx),
        "list_url": list_url,
        "newer_query": asked.query(("before", shown.newer.text())) if shown.newer else "",
        "older_query": asked.query(("after", shown.older.text())) if shown.older else "",
        "sees_persons": reader.sees_persons,
        "may_import": request.may(Right.IMPORT_FEEDBACK),
        "may_connect": request.may(Right.MANAGE_SOURCES),
    }
    return page(request, PAGE, context, part="customer-rows")


def reader_of(request: TenantRequest) -> Reader:
    """Say who reads: whether names are hidden from the member at hand."""
    return Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
