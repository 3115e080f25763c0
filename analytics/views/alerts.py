"""What rang: the list of alerts, and one alert with its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analytics.forms.alerts import ClosingForm
from analytics.models import Alert
from analytics.rules.alerts import AlertKind
from analytics.selectors.alerts import alerts_of, figure_shown, open_count, rows_url, rules_shown
from analytics.services import alerts as services
from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422
MOST_LISTED = 50
ALL = "all"


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def alert_list(request: TenantRequest) -> HttpResponse:
    """List what rang and nobody has taken note of; `?show=all` everything."""
    shows_all = query_text(request.GET, "show") == ALL
    context = {
        "page": page_of(alerts_of(request.tenant, only_open=not shows_all), request),
        "shows_all": shows_all,
        "open_count": open_count(request.tenant),
        "has_rules": bool(rules_shown(request.tenant)),
        "may_edit": request.may(Right.EDIT_SEGMENTS),
        "may_note": request.may(Right.COMMENT),
    }
    return render(request, "analytics/alert_list.html", context)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def alert_page(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Show an alert: its figure, its limits, its target, and the way to its answers."""
    return _alert_page(request, _alert(request, alert_id), ClosingForm())


@require_POST
@tenant_page(Right.COMMENT)
def alert_acknowledge(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Take note of an alert; a level begins a new epoch tomorrow."""
    alert = _alert(request, alert_id)
    if services.acknowledge_alert(alert=alert, by=request.membership, now=now()):
        messages.success(request, "Noted.")
    return redirect("analytics:alert-page", request.tenant.slug, alert.pk)


@require_POST
@tenant_page(Right.COMMENT)
def alert_close(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Close an alert with what was done about it."""
    alert, form = _alert(request, alert_id), ClosingForm(request.POST)
    if not form.is_valid():
        return _alert_page(request, alert, form)
    services.close_alert(
        alert=alert, note=form.cleaned_data["note"], by=request.membership, now=now()
    )
    messages.success(request, "Closed.")
    return redirect("analytics:alert-page", request.tenant.slug, alert.pk)


def _alert(request: TenantRequest, alert_id: UUID) -> Alert:
    return get_object_or_404(alerts_of(request.tenant), pk=alert_id)


def _alert_page(request: TenantRequest, alert: Alert, form: ClosingForm) -> HttpResponse:
    figure = alert.figure
    slug = request.tenant.slug
    responses = figure.get("responses", [])
    context = {
        "alert": alert,
        "figure": figure,
        "shown": figure_shown(request.tenant, figure),
        "is_level": alert.rule.kind == AlertKind.LEVEL,
        "rows_url": rows_url(request.tenant, figure),
        "answer_urls": [
            reverse("feedback:response-panel", args=[slug, pk]) for pk in responses[:MOST_LISTED]
        ],
        "unlisted": max(len(responses) - MOST_LISTED, 0),
        "form": form,
        "may_note": request.may(Right.COMMENT),
    }
    status = REFUSED if form.errors else 200
    return render(request, "analytics/alert_page.html", context, status=status)
