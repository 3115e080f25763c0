"""Pages of lists of people to be asked: bringing one, looking at its rows, having them asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import DistributionError
from feedback.forms.ask_lists import AskListForm
from feedback.models import AskList
from feedback.rules.distribution.words import Audience, DistributionState, ListState
from feedback.selectors.ask_lists import SHOWN, counts_of, lines_of, rows_of
from feedback.selectors.distributions import distributions_of
from feedback.services.distribution.lists import ask_list, drop_list, keep_list

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def list_new(request: TenantRequest, distribution_id: UUID) -> HttpResponse:
    """Bring a list of people; nobody is asked before its rows were looked at."""
    _require_sight(request)
    rows = distributions_of(request.tenant).filter(audience=Audience.LIST)
    row = get_object_or_404(rows, pk=distribution_id)
    form = AskListForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        kept = keep_list(
            distribution=row,
            title=form.title,
            people=form.people,
            by=request.membership,
            now=now(),
        )
        return redirect("feedback:ask-list", request.tenant.slug, kept.pk)
    context = {"form": form, "distribution": row}
    status = REFUSED if form.is_bound else 200
    return render(request, "feedback/ask_list_new.html", context, status=status)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def list_page(request: TenantRequest, ask_list_id: UUID) -> HttpResponse:
    """Show the rows of a list, what is wrong with some, and what became of the others; `?show=`."""
    row = _found(request, ask_list_id)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    page = page_of(rows_of(row, show), request)
    context = {
        "ask_list": row,
        "counts": counts_of(row),
        "page": page,
        "lines": lines_of(row, page.rows, sees_persons=request.may(Right.SEE_PERSONS)),
        "show": show,
        "is_draft": row.state == ListState.DRAFT,
        "is_asking": row.distribution.state == DistributionState.ACTIVE,
        "may_edit": request.may(Right.EDIT_REGISTRIES),
    }
    return render(request, "feedback/ask_list.html", context)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def list_ask(request: TenantRequest, ask_list_id: UUID) -> HttpResponse:
    """Have the people of a list asked."""
    _require_sight(request)
    row = _found(request, ask_list_id)
    try:
        ask_list(ask_list=row, by=request.membership, now=now())
    except DistributionError as error:
        messages.error(request, str(error))
    else:
        is_asking = row.distribution.state == DistributionState.ACTIVE
        begins = "They are asked now." if is_asking else f"Start “{row.distribution}” to ask them."
        messages.success(request, f"“{row}” is confirmed. {begins}")
    return redirect("feedback:ask-list", request.tenant.slug, row.pk)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def list_drop(request: TenantRequest, ask_list_id: UUID) -> HttpResponse:
    """Throw a list away that was not confirmed."""
    _require_sight(request)
    row = _found(request, ask_list_id)
    try:
        drop_list(ask_list=row, by=request.membership)
    except DistributionError as error:
        messages.error(request, str(error))
        return redirect("feedback:ask-list", request.tenant.slug, row.pk)
    messages.success(request, f"“{row}” is thrown away. Nobody of it was asked.")
    return redirect("feedback:distribution", request.tenant.slug, row.distribution_id)


def _require_sight(request: TenantRequest) -> None:
    """Keep out who may not see customers: whoever has some asked looks at them first."""
    if not request.may(Right.SEE_CUSTOMERS):
        raise PermissionDenied


def _found(request: TenantRequest, ask_list_id: UUID) -> AskList:
    rows = AskList.objects.for_tenant(request.tenant)
    return get_object_or_404(rows.select_related("tenant", "distribution__survey"), pk=ask_list_id)
