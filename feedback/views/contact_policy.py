"""Pages of the contact policy, and of the addresses that are written to no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import AddressUnusableError
from feedback.forms.contact_rules import ContactRuleForm, SuppressionForm
from feedback.forms.policy_trials import TrialForm
from feedback.models import ContactRule, Survey
from feedback.rules.distribution.rule_words import rule_words
from feedback.rules.distribution.words import TRIED, Reason, RuleKind
from feedback.selectors.distributions import suppressions_counted
from feedback.services.distribution.rules import end_rule, save_rule
from feedback.services.distribution.suppressions import keep_out, lift

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def contact_policy(request: TenantRequest) -> HttpResponse:
    """Show the rules by which people are asked, or not."""
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_TENANT)
def rule_new(request: TenantRequest) -> HttpResponse:
    """Add a rule of the kind that `?kind=` names."""
    rule_kind = request.GET.get("kind", "")
    if rule_kind not in set(RuleKind):
        raise Http404
    return _rule_form(request, RuleKind(rule_kind), None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_TENANT)
def rule_edit(request: TenantRequest, contact_rule_id: UUID) -> HttpResponse:
    """Change a rule: the new one takes its place, and decisions keep the one they went by."""
    row = _rule(request, contact_rule_id)
    return _rule_form(request, RuleKind(row.kind), row)


@require_POST
@tenant_page(Right.MANAGE_TENANT)
def rule_end(request: TenantRequest, contact_rule_id: UUID) -> HttpResponse:
    """Take a rule out of the policy."""
    end_rule(rule=_rule(request, contact_rule_id), by=request.membership, now=now())
    messages.success(request, "The rule is out of the policy.")
    return redirect("feedback:contact-policy", request.tenant.slug)


@require_http_methods(["POST"])
@tenant_page(Right.MANAGE_TENANT)
def suppression_add(request: TenantRequest) -> HttpResponse:
    """Write to an address no more."""
    form = SuppressionForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    try:
        keep_out(
            tenant=request.tenant,
            address=form.cleaned_data["address"],
            why=form.cleaned_data["why"],
            by=request.membership,
            now=now(),
        )
    except AddressUnusableError as error:
        form.add_error(error.field, str(error))
        return _page(request, form, status=REFUSED)
    messages.success(request, "This address is written to no more.")
    return redirect("feedback:contact-policy", request.tenant.slug)


@require_POST
@tenant_page(Right.MANAGE_TENANT)
def suppression_lift(request: TenantRequest) -> HttpResponse:
    """Allow an address to be written to again, for a reason that is kept."""
    form = SuppressionForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    lifted = lift(
        tenant=request.tenant,
        address=form.cleaned_data["address"],
        why=form.cleaned_data["why"],
        by=request.membership,
    )
    if lifted:
        messages.success(request, "This address may be written to again.")
        return redirect("feedback:contact-policy", request.tenant.slug)
    form.add_error("address", "This address is not on the list, or its owner was erased.")
    return _page(request, form, status=REFUSED)


def _page(
    request: TenantRequest, form: SuppressionForm | None = None, *, status: int = 200
) -> HttpResponse:
    rows = ContactRule.objects.for_tenant(request.tenant).filter(ended_at__isnull=True)
    context = {
        "rules": [
            (row, rule_words(RuleKind(row.kind), row.params)) for row in rows.order_by("ord", "pk")
        ],
        "kinds": RuleKind.choices(),
        "counts": [(Reason(reason).words, n) for reason, n in suppressions_counted(request.tenant)],
        "form": form or SuppressionForm(),
        "may_edit": request.may(Right.MANAGE_TENANT),
    }
    return render(request, "feedback/contact_policy.html", context, status=status)


def _rule_form(request: TenantRequest, kind: RuleKind, row: ContactRule | None) -> HttpResponse:
    form = ContactRuleForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        purposes=list(Survey.Purpose.choices),
        row=row,
    )
    if form.is_valid():
        save_rule(
            tenant=request.tenant,
            kind=kind,
            values=form.values,
            replaced=row,
            by=request.membership,
            now=now(),
        )
        messages.success(request, "The policy holds from now on.")
        return redirect("feedback:contact-policy", request.tenant.slug)
    trial_form = TrialForm() if kind in TRIED else None
    context = {"form": form, "kind": kind, "row": row, "trial_form": trial_form}
    status = REFUSED if form.is_bound else 200
    return render(request, "feedback/contact_rule_form.html", context, status=status)


def _rule(request: TenantRequest, contact_rule_id: UUID) -> ContactRule:
    rows = ContactRule.objects.for_tenant(request.tenant).filter(ended_at__isnull=True)
    return get_object_or_404(rows, pk=contact_rule_id)
