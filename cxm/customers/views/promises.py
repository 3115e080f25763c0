"""The page of open promises to all customers, and what ends a promise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.errors import CustomerError
from cxm.customers.models import Promise
from cxm.customers.selectors.persons import read_persons
from cxm.customers.selectors.promises import open_promises, promise_line
from cxm.customers.services import serving
from cxm.customers.views.looking import looking_of
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

MINE = "me"


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def promise_list(request: TenantRequest) -> HttpResponse:
    """List what is promised to anybody and not done, overdue first; `by=me` keeps one's own."""
    looking, rows = looking_of(request), open_promises(request.tenant)
    is_mine = request.GET.get("by") == MINE
    if is_mine:
        rows = rows.filter(made_by=request.membership)
    shown = page_of(rows, request)
    persons = read_persons(looking.reader, [row.customer_id for row in shown.rows])
    people = [persons.of(row.customer_id) for row in shown.rows]
    lines = [
        (promise_line(looking, row, person.shown(row.text)), person)
        for row, person in zip(shown.rows, people, strict=True)
    ]
    context = {
        "page": shown,
        "lines": lines,
        "is_mine": is_mine,
        "may_serve": request.may(Right.SERVE_CUSTOMERS),
    }
    return page(request, "customers/promise_list.html", context)


@require_POST
@tenant_page(Right.SERVE_CUSTOMERS)
def promise_keep(request: TenantRequest, promise_id: UUID) -> HttpResponse:
    """Say that a promise was kept."""
    promise = _found(request, promise_id)
    act = partial(serving.keep_promise, promise=promise)
    return _done(request, promise, act, "Kept. Well done.")


@require_POST
@tenant_page(Right.SERVE_CUSTOMERS)
def promise_drop(request: TenantRequest, promise_id: UUID) -> HttpResponse:
    """Say that a promise will not be kept."""
    promise = _found(request, promise_id)
    act = partial(serving.drop_promise, promise=promise)
    return _done(request, promise, act, "Dropped. Tell the customer, too.")


def _found(request: TenantRequest, promise_id: UUID) -> Promise:
    rows = Promise.objects.for_tenant(request.tenant).select_related("tenant", "customer")
    return get_object_or_404(rows.defer("customer__words"), pk=promise_id)


def _done(
    request: TenantRequest, promise: Promise, act: Callable[..., None], words: str
) -> HttpResponse:
    """Do *act* and lead back to where the button stood, saying how it went."""
    try:
        act(by=request.membership, now=now())
    except CustomerError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, words)
    back = request.POST.get("next", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, None):
        return redirect(back)
    return redirect("customers:customer-page", request.tenant.slug, promise.customer.root_id)
