"""When a customer was asked, why not, and whether they could be asked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from cxm.customers.models import Customer
from cxm.customers.selectors.customer_rows import label_of
from cxm.customers.selectors.persons import Reader
from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.selectors.distributions import asked_of_customer
from feedback.services.distribution.asking_now import possibilities

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

MOST = 50


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_asked(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Answer “why was Ana not asked?” with rule, figures and the next day she can be."""
    rows = Customer.objects.for_tenant(request.tenant).select_related("tenant", "root")
    customer = get_object_or_404(rows, pk=customer_id)
    if customer.root_id != customer.pk:
        return redirect("feedback:customer-asked", request.tenant.slug, customer.root_id)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    context = {
        "who": label_of(reader, customer),
        "customer": customer,
        "invitations": asked_of_customer(request.tenant, customer.pk, most=MOST),
        "possible": possibilities(customer, now=now()),
    }
    return render(request, "feedback/customer_asked.html", context)
