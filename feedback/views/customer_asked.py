"""When a customer was asked, why not, and whether they could be asked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.models import Customer
from cxm.customers.selectors.customer_rows import label_of
from cxm.customers.selectors.persons import Reader
from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import DistributionError, NotAskedError
from feedback.forms.distributions import AskForm
from feedback.selectors.distributions import asked_of_customer, asking_distributions
from feedback.services.distribution.asking_now import ask_now, possibilities

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

MOST = 50
REFUSED = 422


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_asked(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Answer “why was Ana not asked?” with rule, figures and the next day she can be."""
    customer = _found(request, customer_id)
    if customer.root_id != customer.pk:
        return redirect("feedback:customer-asked", request.tenant.slug, customer.root_id)
    return _page(request, customer)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def customer_ask(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Ask a person now, or say why the contact policy does not let them be asked."""
    if not request.may(Right.SEE_CUSTOMERS):
        raise PermissionDenied
    customer = _found(request, customer_id).root
    form = AskForm(request.POST, distributions=asking_distributions(request.tenant))
    if not form.is_valid():
        return _page(request, customer, form)
    try:
        invitation, is_new = ask_now(
            distribution=form.cleaned_data["distribution"],
            customer=customer,
            key=f"asked:{form.cleaned_data['key']}",
            by=request.membership,
            now=now(),
        )
    except NotAskedError as error:
        form.add_error("distribution", error.words)
    except DistributionError as error:
        form.add_error("distribution", str(error))
    else:
        said = "They are asked." if is_new else "They were asked already."
        messages.success(request, f"{said} Here is what becomes of it.")
        return redirect("feedback:survey-invitation", request.tenant.slug, invitation.pk)
    return _page(request, customer, form)


def _found(request: TenantRequest, customer_id: UUID) -> Customer:
    rows = Customer.objects.for_tenant(request.tenant).select_related("tenant", "root__tenant")
    return get_object_or_404(rows, pk=customer_id)


def _page(request: TenantRequest, customer: Customer, form: AskForm | None = None) -> HttpResponse:
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    if form is None and request.may(Right.EDIT_REGISTRIES) and customer.erased_at is None:
        form = AskForm(distributions=asking_distributions(request.tenant), key=new_id())
    context = {
        "who": label_of(reader, customer),
        "customer": customer,
        "invitations": asked_of_customer(request.tenant, customer.pk, most=MOST),
        "possible": possibilities(customer, now=now()),
        "form": form,
        "has_ways": bool(form and asking_distributions(request.tenant).exists()),
    }
    status = REFUSED if form and form.is_bound else 200
    return render(request, "feedback/customer_asked.html", context, status=status)
