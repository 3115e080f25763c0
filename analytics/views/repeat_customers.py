"""The page of repeat customers: who buys again, who probably still does, what they are worth."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.forms.purchases import PurchaseRuleForm
from analytics.rules.purchase_shapes import TENTHS
from analytics.rules.purchases import PurchaseRuleError
from analytics.selectors.purchase_rule import purchase_definition
from analytics.selectors.repeat_customers import (
    alive_bins,
    chosen_sort,
    counted_purchases,
    drawn_trial,
    repeat_customers,
    repeat_rate,
)
from analytics.services import purchase_definitions as services
from analytics.views.asking import viewer_of
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text, whole_number
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

REFUSED = 422
_HEADS = (
    ("repeats", "Repeat purchases"),
    ("last_on", "Last purchase"),
    ("alive", "Still a customer"),
    ("expected", "Purchases to come"),
    ("value", "Value"),
)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def repeat_customers_page(request: TenantRequest) -> HttpResponse:
    """Show the repeat purchase rate, the trial of the model, and how many probably still buy."""
    counted = counted_purchases(request.tenant)
    viewer, may_open = viewer_of(request), request.may(Right.SEE_CUSTOMERS)
    context: dict[str, object] = {
        "counted": counted,
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_open": may_open,
    }
    if counted and counted.result:
        result = counted.result
        context.update(
            result=result,
            rate=repeat_rate(viewer, counted, may_open=may_open),
            trial=drawn_trial(result),
            bins=alive_bins(viewer, result, may_open=may_open),
        )
    return render(request, "analytics/repeat_customers.html", context)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def repeat_customer_list(request: TenantRequest) -> HttpResponse:
    """List buyers by `?sort=` and `?order=`; `?tenth=` of P(alive) or `?again=1` keeps some."""
    counted = counted_purchases(request.tenant)
    if counted is None or counted.result is None:
        raise Http404
    sort, is_up = chosen_sort(request.GET)
    tenth = whole_number(query_text(request.GET, "tenth"))
    if tenth is not None and tenth >= TENTHS:
        raise Http404
    again = {"1": True, "0": False}.get(query_text(request.GET, "again"))
    rows = repeat_customers(request.tenant, sort=sort, is_up=is_up, tenth=tenth, again=again)
    shown = page_of(rows, request)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    persons = read_persons(reader, [row.customer_id for row in shown.rows])
    context = {
        "counted": counted,
        "title": _title(tenth, again=again),
        "page": shown,
        "lines": [(row, persons.of(row.customer_id)) for row in shown.rows],
        "heads": _heads(request, sort, is_up=is_up),
        "back_url": _page_url(request),
    }
    return render(request, "analytics/repeat_customer_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
@sent_once
def repeat_customers_settings(request: TenantRequest) -> HttpResponse:
    """Say what a purchase is; other settings are a new version, and all history is counted."""
    counted = counted_purchases(request.tenant)
    initial = PurchaseRuleForm.initial_from(counted.rule) if counted else None
    form = PurchaseRuleForm(request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            services.set_purchases(
                tenant=request.tenant, config=form.config(), by=request.membership, now=now()
            )
        except PurchaseRuleError as error:
            form.refuse(error)
        else:
            messages.success(request, "Saved: the page shows what was counted when it is done.")
            return redirect(_page_url(request))
    context = {"form": form, "counted": counted, "back_url": _page_url(request)}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/repeat_customers_form.html", context, status=status)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def repeat_customers_count(request: TenantRequest) -> HttpResponse:
    """Count and fit now; the strip at the bottom shows how far it is."""
    definition = purchase_definition(request.tenant)
    if definition is None:
        raise Http404
    if services.fit_again(definition=definition, by=request.membership, now=now()):
        messages.success(request, "Being counted: the page shows it when it is done.")
    return redirect(_page_url(request))


def _title(tenth: int | None, *, again: bool | None) -> str:
    if tenth is not None:
        low, high = 100 * tenth // TENTHS, 100 * (tenth + 1) // TENTHS
        return f"Still customers with {low} to {high}%"
    words = {True: "Customers who bought again", False: "Customers who bought once"}
    return words[again] if again is not None else "Customers who bought"


def _heads(request: TenantRequest, sort: str, *, is_up: bool) -> list[dict[str, str]]:
    """Lay out the columns that sort: the one in force turns round, others begin with the most."""
    heads = []
    for name, label in _HEADS:
        query = {key: value for key, value in request.GET.items() if key not in {"order", "page"}}
        query["sort"] = name
        if name == sort and not is_up:
            query["order"] = "up"
        direction = ("ascending" if is_up else "descending") if name == sort else ""
        heads.append({"label": label, "url": f"?{urlencode(query)}", "direction": direction})
    return heads


def _page_url(request: TenantRequest) -> str:
    return reverse("analytics:repeat-customers", args=[request.tenant.slug])
