"""Pages of the rules that give events their touchpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.htmx import page
from cxm.kernel.panels import with_toast
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.touchpoints import selectors, services
from cxm.touchpoints.errors import RegistryError
from cxm.touchpoints.forms import RuleForm
from cxm.touchpoints.models import TouchpointRule
from cxm.touchpoints.rules.conditions import condition_words
from cxm.touchpoints.rules.kinds import RULED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.touchpoints.rules.matching import MatchRule

LIST, FORM = "touchpoints/rule_list.html", "touchpoints/rule_form.html"
TRY = "try"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the list shows it: *number* from 1 is its place in the order of trying."""

    number: int
    rule: TouchpointRule
    kind: str
    conditions: list[str]
    is_first: bool
    is_last: bool


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def rule_list(request: TenantRequest) -> HttpResponse:
    """List the rules in the order in which they are tried."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def rule_add(request: TenantRequest) -> HttpResponse:
    """Make a rule, or try it first.

    `?event_name=`, `?kind=`, `?source=` and `?touchpoint=` (an id) fill the form.
    """
    asked = {
        "event_name": query_text(request.GET, "event_name"),
        "interaction_kind": query_text(request.GET, "kind"),
        "source": query_text(request.GET, "source"),
        "touchpoint": query_text(request.GET, "touchpoint"),
    }
    form = RuleForm(request.POST or None, tenant=request.tenant, initial=asked)
    return _answered(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def rule_edit(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule, or try the change first."""
    rule = _found(request, rule_id)
    form = RuleForm(request.POST or None, tenant=request.tenant, rule=rule)
    return _answered(request, form, rule)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_earlier(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    """Let a rule be tried one place earlier."""
    services.step_rule(rule=_found(request, rule_id), by_steps=-1, by=request.membership)
    return _done(request)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_later(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    """Let a rule be tried one place later."""
    services.step_rule(rule=_found(request, rule_id), by_steps=1, by=request.membership)
    return _done(request)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_enable(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    """Let a rule be tried again."""
    rule = _found(request, rule_id)
    services.change_rule(rule=rule, by=request.membership, is_enabled=True)
    return _done(request, "The rule is on.")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_disable(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    """Leave a rule out from now on."""
    rule = _found(request, rule_id)
    services.change_rule(rule=rule, by=request.membership, is_enabled=False)
    undo_url = reverse("touchpoints:rule-enable", args=[request.tenant.slug, rule.pk])
    return _done(request, "The rule is off.", undo_url=undo_url)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_remove(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    """Remove a rule that nothing has its touchpoint from."""
    try:
        services.remove_rule(rule=_found(request, rule_id), by=request.membership)
    except RegistryError as error:
        return _list(request, refused=str(error), status=422)
    return _done(request, "The rule is removed.")


def _found(request: TenantRequest, rule_id: UUID) -> TouchpointRule:
    rows = TouchpointRule.objects.for_tenant(request.tenant)
    return get_object_or_404(rows.select_related("touchpoint", "channel"), pk=rule_id)


def _answered(request: TenantRequest, form: RuleForm, rule: TouchpointRule | None) -> HttpResponse:
    """Show the form, try what is in it, or save it."""
    if not form.is_valid():
        return _form(request, form, rule, status=422 if form.is_bound else 200)
    try:
        if request.POST.get("deed") == TRY:
            draft = services.drafted_rule(tenant=request.tenant, rule=rule, **form.values())
            return _form(request, form, rule, draft=draft)
        _save(request, form, rule)
    except RegistryError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _form(request, form, rule, status=422)
    messages.success(request, "The rule is saved. It is for events from now on.")
    return redirect("touchpoints:rule-list", request.tenant.slug)


def _save(request: TenantRequest, form: RuleForm, rule: TouchpointRule | None) -> None:
    if rule:
        services.change_rule(rule=rule, by=request.membership, **form.values())
    else:
        services.create_rule(tenant=request.tenant, by=request.membership, **form.values())


def _done(request: TenantRequest, words: str = "", *, undo_url: str = "") -> HttpResponse:
    """Answer htmx with the rows and a toast, and others with the list."""
    if request.htmx:
        answer = _list(request)
        return with_toast(answer, words, undo_url=undo_url) if words else answer
    if words:
        messages.success(request, words)
    return redirect("touchpoints:rule-list", request.tenant.slug)


def _form(
    request: TenantRequest,
    form: RuleForm,
    rule: TouchpointRule | None,
    *,
    draft: MatchRule | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "rule": rule, "draft": draft}
    return page(request, FORM, context, status=status)


def _list(request: TenantRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "lines": _lines(list(selectors.rules_listed(request.tenant))),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "refused": refused,
    }
    return page(request, LIST, context, part="rule-rows", status=status)


def _lines(rules: Sequence[TouchpointRule]) -> list[RuleLine]:
    return [
        RuleLine(
            number=number,
            rule=rule,
            kind=RULED_KINDS.get(rule.interaction_kind, ""),
            conditions=[condition_words(stored) for stored in rule.conditions],
            is_first=number == 1,
            is_last=number == len(rules),
        )
        for number, rule in enumerate(rules, 1)
    ]
