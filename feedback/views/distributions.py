"""Pages of how surveys are sent: distributions, their invitations, starting and ending them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.customers.selectors.customer_rows import label_of
from cxm.customers.selectors.persons import Reader
from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import DistributionError
from feedback.forms.distributions import DistributionForm
from feedback.forms.policy_trials import USUAL_DAYS, TrialForm
from feedback.models import Distribution, Invitation, Survey
from feedback.rules.distribution.words import (
    Audience,
    DistributionState,
    InvitationState,
    Reason,
)
from feedback.rules.questionnaires import read_questionnaire
from feedback.selectors.ask_lists import lists_of
from feedback.selectors.distributions import (
    cohorts_of,
    distributions_of,
    history_of,
    invitations_of,
    reasons_of,
    standings_of,
)
from feedback.selectors.trying_out import is_for_trying_out
from feedback.services.distribution.messages import example_of
from feedback.services.distribution.running import save_distribution, start, stop
from feedback.services.distribution.trials import try_distribution

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def distribution_list(request: TenantRequest) -> HttpResponse:
    """List how surveys are sent, with what came of it; `?survey=` is the key of one survey."""
    survey = None
    if key := request.GET.get("survey", ""):
        survey = Survey.objects.for_tenant(request.tenant).filter(key=key[:60]).first()
    shown = page_of(distributions_of(request.tenant, survey), request)
    standings = standings_of(request.tenant, shown.rows)
    asked = Survey.objects.for_tenant(request.tenant).filter(archived_at=None)
    context = {
        "page": shown,
        "rows": [(row, standings[row.pk]) for row in shown.rows],
        "survey": survey,
        "is_for_trying_out": is_for_trying_out(request.tenant),
        "may_manage_keys": request.may(Right.MANAGE_KEYS),
        "surveys": asked.exclude(head=None).order_by("title", "pk")[:200],
        "may_edit": request.may(Right.EDIT_REGISTRIES),
    }
    return render(request, "feedback/distribution_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def distribution_new(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Make a way to send a survey; it asks nobody before it is started."""
    return _form_page(request, _survey(request, survey_id), None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def distribution_edit(request: TenantRequest, distribution_id: UUID) -> HttpResponse:
    """Change a way to send a survey; invitations that are planned keep their day."""
    row = _found(request, distribution_id)
    return _form_page(request, row.survey, row)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def distribution_page(request: TenantRequest, distribution_id: UUID) -> HttpResponse:
    """Show what a distribution does, what came of it, and its invitations; `?state=` filters."""
    row = _found(request, distribution_id)
    state = request.GET.get("state", "")
    state = state if state in set(InvitationState) else ""
    shown = page_of(invitations_of(row, state), request)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    may_see = request.may(Right.SEE_CUSTOMERS)
    lines = [(one, label_of(reader, one.customer.root) if may_see else "") for one in shown.rows]
    context = {
        "distribution": row,
        "standing": standings_of(request.tenant, [row])[row.pk],
        "cohorts": cohorts_of(row),
        "reasons": reasons_of(row),
        "page": shown,
        "lines": lines,
        "state": state,
        "states": InvitationState.choices(),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_read": request.may(Right.SEE_RESPONSES),
        "is_for_trying_out": is_for_trying_out(request.tenant),
        "may_see_people": may_see,
        "lists": lists_of(row) if row.audience == Audience.LIST else [],
        "example": example_of(row),
        "trial_form": TrialForm(),
    }
    return render(request, "feedback/distribution_detail.html", context)


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def invitation_page(request: TenantRequest, survey_invitation_id: UUID) -> HttpResponse:
    """Show one invitation: what happened to it, and why it was not sent where it was not."""
    rows = Invitation.objects.for_tenant(request.tenant).select_related(
        "distribution", "survey", "customer__root", "rule", "response"
    )
    row = get_object_or_404(rows, pk=survey_invitation_id)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    context = {
        "invitation": row,
        "who": label_of(reader, row.customer.root),
        "reason": Reason(row.reason).words if row.reason else "",
        "history": history_of(row),
        "may_read": request.may(Right.SEE_RESPONSES),
    }
    return render(request, "feedback/invitation_detail.html", context)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def distribution_start(request: TenantRequest, distribution_id: UUID) -> HttpResponse:
    """Begin, or go on, to ask."""
    row = _found(request, distribution_id)
    try:
        start(distribution=row, by=request.membership, now=now())
    except DistributionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{row}” asks from now on.")
    return redirect("feedback:distribution", request.tenant.slug, row.pk)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def distribution_stop(
    request: TenantRequest, distribution_id: UUID, to: DistributionState
) -> HttpResponse:
    """Pause a distribution, or end it."""
    row = _found(request, distribution_id)
    stop(distribution=row, to=to, by=request.membership, now=now())
    said = {
        DistributionState.PAUSED: f"“{row}” is paused: nothing is sent until you start it again.",
        DistributionState.ENDED: f"“{row}” has ended. What was waiting is called off.",
    }
    messages.success(request, said[to])
    return redirect("feedback:distribution", request.tenant.slug, row.pk)


def _form_page(request: TenantRequest, survey: Survey, row: Distribution | None) -> HttpResponse:
    languages = read_questionnaire(survey.head.document).languages
    form = DistributionForm(
        request.POST if request.method == "POST" else None,
        tenant=request.tenant,
        languages=languages,
        row=row,
        is_planned=bool(row and invitations_of(row).exists()),
    )
    if form.is_valid():
        try:
            saved = save_distribution(
                survey=survey,
                distribution=row,
                values=form.values,
                by=request.membership,
                now=now(),
            )
        except DistributionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _saved(request, saved)
    context: dict[str, Any] = {"form": form, "survey": survey, "distribution": row}
    status = REFUSED if form.is_bound else 200
    return render(request, "feedback/distribution_form.html", context, status=status)


def _saved(request: TenantRequest, row: Distribution) -> HttpResponse:
    """Go on to what was saved, or to its trial where that was asked for."""
    if "try" not in request.POST or row.state == DistributionState.ACTIVE or not row.can_be_tried:
        return redirect("feedback:distribution", request.tenant.slug, row.pk)
    trial = try_distribution(distribution=row, days=USUAL_DAYS, by=request.membership, now=now())
    return redirect("feedback:policy-trial", request.tenant.slug, trial.pk)


def _survey(request: TenantRequest, survey_id: UUID) -> Survey:
    rows = Survey.objects.for_tenant(request.tenant).select_related("head", "tenant")
    survey = get_object_or_404(rows, pk=survey_id)
    if survey.head_id is None:
        raise Http404
    return survey


def _found(request: TenantRequest, distribution_id: UUID) -> Distribution:
    rows = Distribution.objects.for_tenant(request.tenant).select_related(
        "survey__head", "survey__tenant", "tenant", "segment"
    )
    return get_object_or_404(rows, pk=distribution_id)
