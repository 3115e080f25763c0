"""Erasing a person: what goes and what stays, the confirmation, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from cxm.customers.errors import CustomerError
from cxm.customers.forms.identity import EraseForm
from cxm.customers.selectors.erasures import (
    erasures_of,
    finished_erasures,
    foreseen,
    leaving_person,
    open_erasure,
)
from cxm.customers.services.erasing import start_erasing
from cxm.customers.services.receipts import receipt_of
from cxm.customers.views.looking import opened_subject
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

PAGE = "customers/customer_erase.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.ERASE_PERSONS)
def customer_erase(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Say what erasing a person takes away, and begin it once the words are typed."""
    subject, moment = opened_subject(request, customer_id), now()
    form = EraseForm(request.POST or None, wanted=f"erase {subject.root.pk.hex[-4:]}")
    if form.is_valid():
        customer = subject.root
        customer.tenant = request.tenant
        try:
            start_erasing(customer=customer, by=request.membership, now=moment)
        except CustomerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The person is being erased. The receipt will be here.")
            return redirect(request.path)
    person = leaving_person(request.tenant, subject.root.pk, now=moment)
    erasures = erasures_of(request.tenant, subject.root.pk)
    context = {
        "subject": subject,
        "form": form,
        "foreseen": foreseen(request.tenant, person),
        "erasures": erasures,
        "running": open_erasure(request.tenant, subject.root.pk),
        "is_done": any(batch.finished_at for batch in erasures),
    }
    return page(request, PAGE, context, status=422 if form.is_bound else 200)


@require_safe
@tenant_page(Right.ERASE_PERSONS)
def erasure_receipt(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    """Give the signed receipt of an erasure as a JSON file."""
    batch = get_object_or_404(finished_erasures(request.tenant), pk=batch_id)
    answer = JsonResponse(receipt_of(request.tenant, batch), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="erasure-{batch.pk}.json"'
    return answer
