"""Rules of alerts: listed, made, tried on the past, changed, switched."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.errors import AlertArchivedError, AlertPlaceError, TooManyAlertRulesError
from analytics.forms.alerts import FORMS, AlertRuleForm
from analytics.models import AlertRule
from analytics.rules.alerts import AlertKind, AlertRuleError, expected_false
from analytics.selectors.alerts import (
    alerts_of,
    figure_shown,
    listeners_of,
    rings_shown,
    rules_shown,
)
from analytics.services import alert_rules as services
from analytics.views.filter_bar import Choice
from cxm.collaboration.selectors.talk import people_of
from cxm.kernel.clock import now
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422
MOST_SHOWN = 20
WRONG = (AlertRuleError, AlertPlaceError, TooManyAlertRulesError, AlertArchivedError)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def alert_rule_list(request: TenantRequest) -> HttpResponse:
    """List the rules, and how many of them ring by chance."""
    rules = rules_shown(request.tenant)
    on = Counter(one.rule.kind for one in rules if one.rule.is_on)
    levels, volumes = on[AlertKind.LEVEL], on[AlertKind.VOLUME]
    context = {
        "rules": rules,
        "judging": levels + volumes,
        "expected": expected_false(levels, volumes),
        "kinds": AlertKind.choices(),
        "may_edit": request.may(Right.EDIT_SEGMENTS),
    }
    return render(request, "analytics/alert_rule_list.html", context)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def alert_rule_page(request: TenantRequest, alert_rule_id: UUID) -> HttpResponse:
    """Show a rule: where its level stands, what it would have done, what rang."""
    found = rules_shown(request.tenant, only=alert_rule_id)
    if not found:
        raise Http404
    [shown] = found
    told = set(listeners_of(shown.rule))
    context = {
        "shown": shown,
        "rule": shown.rule,
        "standing": figure_shown(request.tenant, shown.rule.standing),
        "fault": (shown.rule.standing or {}).get("fault", ""),
        "preview": shown.preview,
        "rings": rings_shown(request.tenant, shown.preview),
        "is_level": shown.rule.kind == AlertKind.LEVEL,
        "is_volume": shown.rule.kind == AlertKind.VOLUME,
        "alerts": alerts_of(request.tenant).filter(rule=shown.rule)[:MOST_SHOWN],
        "listeners": [one for one in people_of(request.tenant) if one.pk in told],
        "may_edit": request.may(Right.EDIT_SEGMENTS),
    }
    return render(request, "analytics/alert_rule_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def alert_rule_new(request: TenantRequest) -> HttpResponse:
    """Make a rule; `?kind=` says what rings."""
    asked = query_text(request.GET, "kind")
    kind = AlertKind(asked) if asked in set(AlertKind) else AlertKind.LEVEL
    initial = {"side": "below", "listeners": [str(request.membership.pk)]}
    form = FORMS[kind](request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            made = services.create_alert_rule(
                tenant=request.tenant,
                title=form.cleaned_data["title"],
                kind=kind,
                metric=form.chosen_metric(),
                config=form.config(),
                listeners=form.listener_ids(),
                by=request.membership,
                now=now(),
                site=request.build_absolute_uri("/").rstrip("/"),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, "Being tried on the last year.")
            return redirect(_rule_url(request, made))
    kinds = [
        Choice(one.label, f"?{urlencode({'kind': one.value})}", one is kind) for one in AlertKind
    ]
    return _form_page(request, form, {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def alert_rule_edit(request: TenantRequest, alert_rule_id: UUID) -> HttpResponse:
    """Change a rule; another condition is a new version, and counts from tomorrow on."""
    rule = _rule(request, alert_rule_id)
    found = rules_shown(request.tenant, only=rule.pk)
    if not found:
        raise Http404
    shape = FORMS[AlertKind(rule.kind)]
    initial = shape.initial_of(rule, found[0].config, listeners_of(rule))
    form = shape(request.POST or None, tenant=request.tenant, initial=initial)
    form.fix_metric(rule.metric)
    if form.is_valid():
        try:
            services.change_alert_rule(
                rule=rule,
                title=form.cleaned_data["title"],
                config=form.config(),
                listeners=form.listener_ids(),
                by=request.membership,
                now=now(),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{form.cleaned_data['title']}” is saved.")
            return redirect(_rule_url(request, rule))
    return _form_page(request, form, {"rule": rule})


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def alert_rule_switch(request: TenantRequest, alert_rule_id: UUID) -> HttpResponse:
    """Switch a rule on with `on=1`, else off."""
    rule, is_on = _rule(request, alert_rule_id), request.POST.get("on") == "1"
    try:
        services.switch_alert_rule(rule=rule, is_on=is_on, by=request.membership, now=now())
    except AlertArchivedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "It is on." if is_on else "It is off.")
    return redirect(_rule_url(request, rule))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def alert_rule_preview(request: TenantRequest, alert_rule_id: UUID) -> HttpResponse:
    """Try a rule on the last year once more."""
    rule = _rule(request, alert_rule_id)
    if services.preview_again(rule=rule, by=request.membership, now=now()):
        messages.success(request, "Being tried on the last year.")
    return redirect(_rule_url(request, rule))


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def alert_rule_archive(request: TenantRequest, alert_rule_id: UUID) -> HttpResponse:
    """Take a rule off the list; what rang stays."""
    rule = _rule(request, alert_rule_id)
    try:
        services.archive_alert_rule(rule=rule, by=request.membership, now=now())
    except AlertArchivedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{rule}” is archived: what rang stays in the log.")
    return redirect("analytics:alert-rule-list", request.tenant.slug)


def _rule(request: TenantRequest, alert_rule_id: UUID) -> AlertRule:
    rows = AlertRule.objects.for_tenant(request.tenant).select_related("tenant", "metric")
    return get_object_or_404(rows, pk=alert_rule_id)


def _rule_url(request: TenantRequest, rule: AlertRule) -> str:
    return reverse("analytics:alert-rule-page", args=[request.tenant.slug, rule.pk])


def _form_page(request: TenantRequest, form: AlertRuleForm, more: dict[str, Any]) -> HttpResponse:
    back_url = reverse("analytics:alert-rule-list", args=[request.tenant.slug])
    context = {"form": form, "back_url": back_url, **more}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/alert_rule_form.html", context, status=status)
