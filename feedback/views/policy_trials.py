"""Pages of trials: a rule, or a distribution that has not begun, tried on the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.contact_rules import ContactRuleForm
from feedback.forms.policy_trials import USUAL_DAYS, TrialForm
from feedback.models import ContactRule, Distribution, Survey
from feedback.rules.distribution.rule_words import rule_words
from feedback.rules.distribution.words import TRIED, DistributionState, RuleKind
from feedback.selectors.imports import progress_of
from feedback.selectors.policy_trials import (
    policy_trials,
    reasons_compared,
    totals_of,
    weeks_compared,
)
from feedback.services.distribution.trials import try_distribution, try_rule

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

PAGE, RULE_FORM = "feedback/policy_trial.html", "feedback/contact_rule_form.html"
REFUSED = 422


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def policy_trial(request: TenantRequest, policy_trial_id: UUID) -> HttpResponse:
    """Show what a change would have meant, or how far its trial is."""
    trial = get_object_or_404(policy_trials(request.tenant), pk=policy_trial_id)
    is_done = trial.result is not None
    context = {
        "trial": trial,
        "kind": RuleKind(trial.rule["kind"]) if trial.rule else None,
        "words": rule_words(RuleKind(trial.rule["kind"]), trial.rule["params"])
        if trial.rule
        else "",
        "progress": progress_of(trial.job, now=now()),
        "totals": totals_of(trial) if is_done else [],
        "reasons": reasons_compared(trial) if is_done else [],
        "weeks": weeks_compared(trial) if is_done else [],
        "trial_form": TrialForm(initial={"past_days": trial.days}),
        "may_save": request.may(Right.MANAGE_TENANT),
    }
    return page(request, PAGE, context, part="trial-standing")


@require_POST
@tenant_page(Right.MANAGE_TENANT)
def rule_try(request: TenantRequest) -> HttpResponse:
    """Try a new rule of the kind that `?kind=` names, as it is typed; it is not saved."""
    kind = request.GET.get("kind", "")
    if kind not in set(TRIED):
        raise Http404
    return _tried(request, RuleKind(kind), None)


@require_POST
@tenant_page(Right.MANAGE_TENANT)
def rule_change_try(request: TenantRequest, contact_rule_id: UUID) -> HttpResponse:
    """Try a change of a rule, as it is typed; it is not saved."""
    rows = ContactRule.objects.for_tenant(request.tenant).filter(
        ended_at__isnull=True, kind__in=TRIED
    )
    row = get_object_or_404(rows, pk=contact_rule_id)
    return _tried(request, RuleKind(row.kind), row)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def distribution_try(request: TenantRequest, distribution_id: UUID) -> HttpResponse:
    """Try a distribution that does not ask now."""
    rows = Distribution.objects.for_tenant(request.tenant).select_related("survey", "tenant")
    row = get_object_or_404(rows, pk=distribution_id)
    if row.state == DistributionState.ACTIVE:
        messages.error(request, f"“{row}” asks already: see below what came of it.")
        return redirect("feedback:distribution", request.tenant.slug, row.pk)
    if not row.can_be_tried:
        messages.error(request, f"“{row}” asks whom somebody names: there is no past to try it on.")
        return redirect("feedback:distribution", request.tenant.slug, row.pk)
    form = TrialForm(request.POST)
    days = form.cleaned_data["past_days"] if form.is_valid() else USUAL_DAYS
    trial = try_distribution(distribution=row, days=days, by=request.membership, now=now())
    return redirect("feedback:policy-trial", request.tenant.slug, trial.pk)


def _tried(request: TenantRequest, kind: RuleKind, row: ContactRule | None) -> HttpResponse:
    form = ContactRuleForm(request.POST, kind=kind, purposes=list(Survey.Purpose.choices), row=row)
    trial_form = TrialForm(request.POST)
    if not (form.is_valid() and trial_form.is_valid()):
        context = {"form": form, "kind": kind, "row": row, "trial_form": trial_form}
        return render(request, RULE_FORM, context, status=REFUSED)
    trial = try_rule(
        tenant=request.tenant,
        kind=kind,
        values=form.values,
        typed={name: request.POST.get(name, "") for name in form.fields},
        replaced=row,
        days=trial_form.cleaned_data["past_days"],
        by=request.membership,
        now=now(),
    )
    return redirect("feedback:policy-trial", request.tenant.slug, trial.pk)
