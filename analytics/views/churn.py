"""The churn page: definitions side by side, months, survival, cohorts, and who is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.errors import ChurnKeyTakenError, TooManyDefinitionsError
from analytics.forms.churn import FORMS, ChurnRuleForm
from analytics.models import ChurnDefinition
from analytics.rules.churn import ChurnKind, ChurnRuleError
from analytics.rules.churn_moves import Move
from analytics.selectors.churn import (
    counted_definitions,
    month_points,
    month_rows,
    month_title,
    rate_figure,
    rows_url,
    spans_behind,
)
from analytics.selectors.churn_onward import onward_rows
from analytics.selectors.churn_pictures import cohort_table, drawn_curves
from analytics.selectors.churn_reasons import asked_of, for_reason, reason_rows
from analytics.selectors.revenue_rows import shown_revenue
from analytics.services import churn_definitions as services
from analytics.services.churn_spans import rule_of
from analytics.views.asking import viewer_of
from analytics.views.filter_bar import Choice
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from uuid import UUID

    from analytics.rules.churn_shapes import Contracts
    from analytics.selectors.churn import Counted
    from analytics.selectors.figures import Viewer

REFUSED = 422
PAGE = "analytics/churn.html"
OTHER_REASONS = "one of those that were given less often"


@require_safe
@tenant_page(Right.SEE_FIGURES)
def churn(request: TenantRequest) -> HttpResponse:
    """Show churn by one definition, `?definition=` its key; `?by=` parts the survival curves."""
    viewer = viewer_of(request)
    every = counted_definitions(request.tenant)
    may_edit = request.may(Right.EDIT_REGISTRIES)
    context: dict[str, Any] = {
        "every": every,
        "may_edit": may_edit,
        "may_open": request.may(Right.SEE_CUSTOMERS),
        "archived": services.archived_definitions(request.tenant) if may_edit else [],
    }
    if not every:
        return render(request, PAGE, {**context, "kinds": ChurnKind.choices()})
    key = query_text(request.GET, "definition")
    chosen = next((one for one in every if one.definition.key == key), every[0])
    may_open = context["may_open"]
    context["rates"] = [_side_by_side(viewer, one, may_open=may_open) for one in every]
    context.update(_found(request, viewer, chosen))
    return render(request, PAGE, {**context, "kinds": ChurnKind.choices()})


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def churn_customers(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """List the customers behind a number: `?what=` of `?month=`, by its first day."""
    definition = _definition(request, churn_definition_id)
    counted = {one.definition.pk: one for one in counted_definitions(request.tenant)}
    chosen = counted.get(definition.pk)
    what = query_text(request.GET, "what")
    if chosen is None or chosen.brief is None or chosen.at is None or what not in set(Move):
        raise Http404
    move, asked = Move(what), query_text(request.GET, "month")
    month = next((one for one in chosen.brief.months if one.day == asked), None)
    if move.is_of_month != (month is not None):
        raise Http404
    spans = spans_behind(definition, move, month, chosen.at)
    reason, others = None, False
    if move is Move.LEFT:
        reason = query_text(request.GET, "reason") if "reason" in request.GET else None
        others = query_text(request.GET, "others") == "1"
        reasons = chosen.result.reasons if others and chosen.result else None
        if others and reasons is None:
            raise Http404
        spans = for_reason(spans, reasons, reason, others=others)
    shown = page_of(spans, request)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    persons = read_persons(reader, [row.customer_id for row in shown.rows])
    context = {
        "counted": chosen,
        "title": move.words(month_title(month) if month else ""),
        "reason": OTHER_REASONS if others else reason,
        "has_reasons": chosen.rule.names_reasons,
        "page": shown,
        "lines": [(row, persons.of(row.customer_id)) for row in shown.rows],
        "back_url": _page_url(request, definition.key),
    }
    return render(request, "analytics/churn_customers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
@sent_once
def churn_definition_new(request: TenantRequest) -> HttpResponse:
    """Make a definition; `?kind=` says what ends the time of a customer."""
    kind = query_text(request.GET, "kind")
    kind = kind if kind in set(ChurnKind) else ChurnKind.INACTIVITY.value
    form = FORMS[ChurnKind(kind)](request.POST or None, tenant=request.tenant)
    if form.is_valid():
        try:
            made = services.create_churn_definition(
                tenant=request.tenant,
                title=form.cleaned_data["title"],
                kind=kind,
                config=form.config(),
                by=request.membership,
                now=now(),
            )
        except (ChurnRuleError, ChurnKeyTakenError, TooManyDefinitionsError) as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{made}” is being counted.")
            return redirect(_page_url(request, made.key))
    kinds = [
        Choice(one.label, f"?{urlencode({'kind': one.value})}", one.value == kind)
        for one in ChurnKind
    ]
    return _form_page(request, form, {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
@sent_once
def churn_definition_edit(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """Change a definition; another rule is a new version, and all history is counted by it."""
    definition = _definition(request, churn_definition_id)
    shape = FORMS[ChurnKind(definition.kind)]
    initial = shape.initial_of(definition.title, rule_of(definition))
    form = shape(request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            services.change_churn_definition(
                definition=definition,
                title=form.cleaned_data["title"],
                config=form.config(),
                by=request.membership,
                now=now(),
            )
        except ChurnRuleError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{form.cleaned_data['title']}” is saved.")
            return redirect(_page_url(request, definition.key))
    return _form_page(request, form, {"definition": definition})


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def churn_definition_lead(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """Let a definition be the one that pages show first."""
    definition = _definition(request, churn_definition_id)
    services.lead_with(definition=definition, by=request.membership)
    return redirect(_page_url(request, definition.key))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def churn_definition_archive(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """Take a definition off the pages, or bring it back with `restore=1`."""
    definition = _definition(request, churn_definition_id)
    is_archived = request.POST.get("restore") != "1"
    services.archive_churn_definition(
        definition=definition, is_archived=is_archived, by=request.membership, now=now()
    )
    words = "archived: its numbers come back with it" if is_archived else "back"
    messages.success(request, f"“{definition}” is {words}.")
    return redirect(_page_url(request, "" if is_archived else definition.key))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def churn_count(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """Count by a definition now; the strip at the bottom shows how far it is."""
    definition = _definition(request, churn_definition_id)
    if services.count_again(definition=definition, by=request.membership, now=now()):
        messages.success(request, "Being counted: the page shows it when it is done.")
    return redirect(_page_url(request, definition.key))


def _definition(request: TenantRequest, churn_definition_id: UUID) -> ChurnDefinition:
    rows = ChurnDefinition.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=churn_definition_id)


def _form_page(
    request: TenantRequest, form: ChurnRuleForm, more: dict[str, object]
) -> HttpResponse:
    context = {"form": form, "back_url": _page_url(request, ""), **more}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/churn_form.html", context, status=status)


def _side_by_side(viewer: Viewer, one: Counted, *, may_open: bool) -> dict[str, object]:
    """Lay out one line of the table that compares definitions."""
    month = one.last_month
    return {
        "counted": one,
        "url": f"?{urlencode({'definition': one.definition.key})}",
        "rate": rate_figure(viewer, one, month, may_open=may_open)
        if month and month.start
        else None,
        "there_url": rows_url(viewer, one.definition, Move.THERE),
        "gone_url": rows_url(viewer, one.definition, Move.GONE),
    }


def _found(request: TenantRequest, viewer: Viewer, chosen: Counted) -> dict[str, object]:
    """Lay out what was counted by the chosen definition; little before the first count."""
    found: dict[str, object] = {"chosen": chosen}
    result = chosen.result
    if result is None:
        return found
    may_open = request.may(Right.SEE_CUSTOMERS)
    rows = month_rows(viewer, chosen)
    dimensions = [("", "Everybody"), *result.dimensions]
    by = query_text(request.GET, "by")
    by = by if by in dict(dimensions) else ""
    month = chosen.last_month
    key = chosen.definition.key
    found.update(
        rows=rows,
        result=result,
        points=month_points(rows, may_open=may_open),
        percent_bounds=(0.0, 100.0),
        rate=rate_figure(viewer, chosen, month, may_open=may_open)
        if month and month.start
        else None,
        there_url=rows_url(viewer, chosen.definition, Move.THERE),
        gone_url=rows_url(viewer, chosen.definition, Move.GONE),
        curves=drawn_curves(result, by),
        by=by,
        groups=[
            Choice(title, f"?{urlencode({'definition': key, 'by': one})}#survival", one == by)
            for one, title in dimensions
        ],
        cohorts=cohort_table(result),
        onward=result.onward,
        onward_rows=onward_rows(chosen.definition, result.onward) if result.onward else [],
    )
    if result.reasons:
        told = result.reasons if may_open else result.reasons.of_many
        found["reasons"] = reason_rows(viewer, chosen, told)
        found["reasons_of"] = asked_of(chosen.rule)
    if result.contracts:
        found.update(_contracts(request, viewer, chosen, result.contracts))
    return found


def _contracts(
    request: TenantRequest, viewer: Viewer, chosen: Counted, contracts: Contracts
) -> dict[str, object]:
    """Lay out what contracts tell: revenue in one `?currency=`."""
    asked = query_text(request.GET, "currency")
    currencies = contracts.currencies
    currency = asked if asked in currencies else next(iter(currencies), "")
    key, may_open = chosen.definition.key, request.may(Right.SEE_CUSTOMERS)
    return {
        "contracts": contracts,
        "revenue": shown_revenue(viewer, chosen, contracts, currency, may_open=may_open)
        if currency
        else None,
        "currencies": [
            Choice(
                one, f"?{urlencode({'definition': key, 'currency': one})}#revenue", one == currency
            )
            for one in currencies
        ],
    }


def _page_url(request: TenantRequest, key: str) -> str:
    address = reverse("analytics:churn", args=[request.tenant.slug])
    return f"{address}?{urlencode({'definition': key})}" if key else address
