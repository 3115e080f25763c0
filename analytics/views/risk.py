"""The pages of risk: how right the model is, who will probably leave, and who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analytics.models import ChurnDefinition
from analytics.selectors.risk import (
    chosen_risk_sort,
    counted_risks,
    is_hidden_from_agents,
    left_out_rows,
    reasons_of,
    risk_is_hidden,
    risk_scores,
    tenth_rows,
    weight_rows,
)
from analytics.services import risk_settings as services
from analytics.views.filter_bar import Choice
from cxm.customers.models import Segment
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from analytics.selectors.risk import CountedRisk

_HEADS = (
    ("within_90", "Within 90 days"),
    ("within_30", "Within 30 days"),
    ("amount", "Pays a month"),
    ("at_stake", "At stake"),
    ("coverage", "Inputs known"),
)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def risk(request: TenantRequest) -> HttpResponse:
    """Show the model of one definition, `?definition=` its key: its trial and what went in."""
    every = counted_risks(request.tenant)
    chosen = _chosen(request, every)
    may_edit = request.may(Right.EDIT_REGISTRIES)
    context: dict[str, Any] = {
        "chosen": chosen,
        "result": chosen and chosen.result,
        "definitions": _definitions(every, chosen),
        "may_edit": may_edit,
        "may_open": request.may(Right.SEE_CUSTOMERS)
        and not risk_is_hidden(request.tenant, request.may),
        "is_hidden": is_hidden_from_agents(request.tenant),
    }
    if chosen and chosen.result:
        context["tenths"] = tenth_rows(chosen.result)
        context["weights"] = weight_rows(chosen.result)
        context["left_out"] = left_out_rows(chosen.result)
    return render(request, "analytics/risk.html", context)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def risk_customers(request: TenantRequest) -> HttpResponse:
    """List customers by risk; `?definition=`, `?segment=`, `?sort=` and `?order=` choose."""
    every, chosen, segment = asked_risks(request)
    sort, is_up = chosen_risk_sort(request.GET)
    shown = page_of(
        risk_scores(chosen.definition, sort=sort, is_up=is_up, segment=segment), request
    )
    persons = read_persons(reader_of(request), [row.customer_id for row in shown.rows])
    query = {"definition": chosen.definition.key, "sort": sort}
    if segment:
        query["segment"] = segment.key
    context = {
        "chosen": chosen,
        "definitions": _definitions([one for one in every if one.is_offered], chosen),
        "segments": _segments(request),
        "segment": segment,
        "page": shown,
        "lines": [(row, persons.of(row.customer_id), reasons_of(row)) for row in shown.rows],
        "heads": _heads(request, sort, is_up=is_up),
        "sort": sort,
        "back_url": f"{_page_url(request)}?{urlencode({'definition': chosen.definition.key})}",
        "export_query": urlencode(query),
    }
    return render(request, "analytics/risk_customers.html", context)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def risk_count(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """Count risks by a definition now; the strip at the bottom shows how far it is."""
    rows = ChurnDefinition.objects.for_tenant(request.tenant).select_related("tenant")
    definition = get_object_or_404(rows, pk=churn_definition_id, archived_at=None)
    if services.count_risk_again(definition=definition, by=request.membership, now=now()):
        messages.success(request, "Being counted: the page shows it when it is done.")
    return redirect(f"{_page_url(request)}?{urlencode({'definition': definition.key})}")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def risk_visibility(request: TenantRequest) -> HttpResponse:
    """Hide risks from those who serve customers, `hide=1`, or show them again, `hide=0`."""
    is_hidden = request.POST.get("hide") == "1"
    services.show_risk_to_agents(
        tenant=request.tenant, is_hidden=is_hidden, by=request.membership, now=now()
    )
    words = "Agents no longer see risks." if is_hidden else "Agents see risks."
    messages.success(request, words)
    return redirect(_page_url(request))


def asked_risks(request: TenantRequest) -> tuple[list[CountedRisk], CountedRisk, Segment | None]:
    """Read what a list is asked for; raises Http404 where risks are hidden, or none is offered."""
    if risk_is_hidden(request.tenant, request.may):
        raise Http404
    every = counted_risks(request.tenant)
    chosen = _chosen(request, [one for one in every if one.is_offered])
    if chosen is None:
        raise Http404
    key = query_text(request.GET, "segment")
    rows = Segment.objects.for_tenant(request.tenant).filter(archived_at=None)
    return every, chosen, get_object_or_404(rows, key=key) if key else None


def _chosen(request: TenantRequest, every: list[CountedRisk]) -> CountedRisk | None:
    key = query_text(request.GET, "definition")
    first = every[0] if every else None
    return next((one for one in every if one.definition.key == key), first)


def _definitions(every: list[CountedRisk], chosen: CountedRisk | None) -> list[Choice]:
    return [
        Choice(
            one.definition.title,
            f"?{urlencode({'definition': one.definition.key})}",
            chosen is not None and one.definition.pk == chosen.definition.pk,
        )
        for one in every
    ]


def _segments(request: TenantRequest) -> list[Segment]:
    rows = Segment.objects.for_tenant(request.tenant).filter(archived_at=None)
    return list(rows.order_by("title", "pk"))


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


def reader_of(request: TenantRequest) -> Reader:
    """Say who reads, and whether they see persons."""
    return Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))


def _page_url(request: TenantRequest) -> str:
    return reverse("analytics:risk", args=[request.tenant.slug])
