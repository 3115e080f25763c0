"""What rang: the list of alerts, and one alert with its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analytics.errors import AlertOwnerError
from analytics.forms.alert_course import ClosingForm, OwnerForm, SnoozeForm
from analytics.models import Alert
from analytics.rules.alert_states import AlertState, SnoozeError
from analytics.rules.alerts import AlertKind
from analytics.selectors.alerts import alerts_of, figure_shown, rows_url, rules_shown, state_counts
from analytics.services import alert_waking
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
    """List what rang and is open; `?show=snoozed` what waits, `?show=all` everything."""
    asked = query_text(request.GET, "show")
    shows = asked if asked in {ALL, AlertState.SNOOZED} else AlertState.OPEN.value
    state = None if shows == ALL else AlertState(shows)
    counts = state_counts(request.tenant)
    context = {
        "page": page_of(alerts_of(request.tenant, state=state), request),
        "shows": shows,
        "open_count": counts[AlertState.OPEN],
        "snoozed_count": counts[AlertState.SNOOZED],
        "has_rules": bool(rules_shown(request.tenant)),
        "may_edit": request.may(Right.EDIT_SEGMENTS),
        "may_note": request.may(Right.COMMENT),
    }
    return render(request, "analytics/alert_list.html", context)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def alert_page(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Show an alert: its figure, its limits, its target, and the way to its answers."""
    return _alert_page(request, _alert(request, alert_id))


@require_POST
@tenant_page(Right.COMMENT)
def alert_assign(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Give an alert to a member, who is told, or to nobody."""
    alert = _alert(request, alert_id)
    form = OwnerForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        return _alert_page(request, alert, owner=form)
    try:
        is_new = services.assign_alert(
            alert=alert, owner_id=form.owner_id(), by=request.membership, now=now()
        )
    except AlertOwnerError as error:
        form.add_error("owner", str(error))
        return _alert_page(request, alert, owner=form)
    if is_new:
        messages.success(
            request,
            f"Owner: {alert.owner.user.get_full_name()}." if alert.owner else "Nobody owns it now.",
        )
    return _back(request, alert)


@require_POST
@tenant_page(Right.COMMENT)
def alert_snooze(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Let an alert wait for some days or until a day, for a reason."""
    alert, form = _alert(request, alert_id), SnoozeForm(request.POST)
    if not form.is_valid():
        return _alert_page(request, alert, snooze=form)
    try:
        is_new = alert_waking.snooze_alert(
            alert=alert, by=request.membership, now=now(), **form.values()
        )
    except SnoozeError as error:
        form.refuse(error)
        return _alert_page(request, alert, snooze=form)
    if is_new:
        messages.success(request, "Snoozed.")
    return _back(request, alert)


@require_POST
@tenant_page(Right.COMMENT)
def alert_wake(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Open a snoozed alert again before its day."""
    alert = _alert(request, alert_id)
    if alert_waking.wake_alert(alert=alert, by=request.membership, now=now()):
        messages.success(request, "It is open again.")
    return _back(request, alert)


@require_POST
@tenant_page(Right.COMMENT)
def alert_acknowledge(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Take note of an alert; a level begins a new epoch tomorrow."""
    alert = _alert(request, alert_id)
    if services.acknowledge_alert(alert=alert, by=request.membership, now=now()):
        messages.success(request, "Noted.")
    return _back(request, alert)


@require_POST
@tenant_page(Right.COMMENT)
def alert_close(request: TenantRequest, alert_id: UUID) -> HttpResponse:
    """Close an alert with what was done about it."""
    alert, form = _alert(request, alert_id), ClosingForm(request.POST)
    if not form.is_valid():
        return _alert_page(request, alert, closing=form)
    services.close_alert(
        alert=alert, note=form.cleaned_data["note"], by=request.membership, now=now()
    )
    messages.success(request, "Closed.")
    return _back(request, alert)


def _alert(request: TenantRequest, alert_id: UUID) -> Alert:
    return get_object_or_404(alerts_of(request.tenant), pk=alert_id)


def _back(request: TenantRequest, alert: Alert) -> HttpResponse:
    return redirect("analytics:alert-page", request.tenant.slug, alert.pk)


def _alert_page(
    request: TenantRequest,
    alert: Alert,
    *,
    closing: ClosingForm | None = None,
    owner: OwnerForm | None = None,
    snooze: SnoozeForm | None = None,
) -> HttpResponse:
    figure = alert.figure
    slug = request.tenant.slug
    responses = figure.get("responses", [])
    has_errors = bool(closing or owner or snooze)
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
        "closing": closing or ClosingForm(),
        "owner_form": owner or OwnerForm.of(alert, tenant=request.tenant),
        "snooze_form": snooze or SnoozeForm(),
        "snooze_is_open": bool(snooze),
        "may_note": request.may(Right.COMMENT),
    }
    status = REFUSED if has_errors else 200
    return render(request, "analytics/alert_page.html", context, status=status)
