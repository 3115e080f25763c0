"""Pages of models of scores: their list, and one with its inputs and formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text, whole_number
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.scores import ModelCopyForm, ScoringForms
from journeys.models import ScoreModel
from journeys.rules.formula_errors import FormulaError
from journeys.rules.formulas import FUNCTIONS, read_formula
from journeys.rules.scoring import MOST_INPUTS
from journeys.selectors.scores import models_of, scoring_of
from journeys.services import score_models as services
from journeys.services.scores import compute_again

if TYPE_CHECKING:
    from uuid import UUID

LIST, DETAIL = "journeys/score_models.html", "journeys/score_model.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def score_model_list(request: TenantRequest) -> HttpResponse:
    """List the models of scores, the archived ones too."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
@sent_once
def score_model_create(request: TenantRequest) -> HttpResponse:
    """Make a model that begins as another one, and open it."""
    services.ensure_models(tenant=request.tenant, now=now())
    sent = request.POST if request.method == "POST" else None
    form = ModelCopyForm(sent, models=models_of(request.tenant))
    if form.is_valid():
        try:
            made = services.copy_model(
                of=form.model(), title=form.cleaned_data["title"], by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(_url(made))
    return _list(request, form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def score_model_page(request: TenantRequest, score_model_id: UUID) -> HttpResponse:
    """Change what a model asks for and how its scores are made."""
    model = _found(request, score_model_id)
    entered = ScoringForms(model, scoring_of(model), request.POST or None)
    fault, status = "", 422 if request.method == "POST" else 200
    if request.method == "POST" and entered.is_valid():
        try:
            services.change_model(
                model=model,
                scoring=entered.scoring(),
                by=request.membership,
                now=now(),
                **entered.model.cleaned_data,
            )
        except DomainError as error:
            fault, status = str(error), error.status
        else:
            messages.success(request, f"“{model.title}” is saved.")
            return redirect(_url(model))
    context = {
        "model": model,
        "entered": entered,
        "fault": fault,
        "functions": ", ".join(FUNCTIONS),
        "check_url": reverse("journeys:score-formula-check", args=[request.tenant.slug]),
        "list_url": _list_url(request),
    }
    return page(request, DETAIL, context, status=status)


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def score_formula_check(request: TenantRequest) -> HttpResponse:
    """Say whether the formula at `?at=` of the form that was sent can be read, and else why not."""
    at = whole_number(query_text(request.GET, "at")) or 0
    known = {request.GET.get(f"inputs-{number}-key", "") for number in range(MOST_INPUTS)} - {""}
    text, fault = request.GET.get(f"formulas-{at}-text", ""), ""
    try:
        read_formula(text, known)
    except FormulaError as error:
        fault = str(error)
    context = {"at": at, "fault": fault, "is_empty": not text.strip()}
    return page(request, f"{DETAIL}#formula-check", context)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def score_model_default(request: TenantRequest, score_model_id: UUID) -> HttpResponse:
    """Let lists and boards show this model."""
    model = _found(request, score_model_id)
    try:
        services.make_default(model=model, by=request.membership)
    except DomainError as error:
        return _list(request, fault=str(error), status=error.status)
    words = f"Lists of {model.get_subject_display().lower()} scores show “{model.title}” now."
    messages.success(request, words)
    return redirect(_list_url(request))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def score_model_archive(request: TenantRequest, score_model_id: UUID) -> HttpResponse:
    """Take a model off the lists; what was scored by it stays."""
    model = _found(request, score_model_id)
    try:
        services.archive_model(model=model, by=request.membership, now=now())
    except DomainError as error:
        return _list(request, fault=str(error), status=error.status)
    messages.success(request, f"“{model.title}” is archived. What was scored by it is kept.")
    return redirect(_list_url(request))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def score_model_restore(request: TenantRequest, score_model_id: UUID) -> HttpResponse:
    """Bring an archived model back."""
    model = _found(request, score_model_id)
    services.restore_model(model=model, by=request.membership)
    messages.success(request, f"“{model.title}” is back.")
    return redirect(_list_url(request))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def scores_compute(request: TenantRequest) -> HttpResponse:
    """Have all that comes from data computed once more, behind the page."""
    compute_again(tenant=request.tenant, now=now())
    messages.success(request, "Reach and impact are being computed. Look again in a moment.")
    return redirect(_list_url(request))


def _list(
    request: TenantRequest,
    form: ModelCopyForm | None = None,
    *,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    services.ensure_models(tenant=request.tenant, now=now())
    add_url = reverse("journeys:score-model-create", args=[request.tenant.slug])
    shown = [(one, scoring_of(one)) for one in models_of(request.tenant)]
    context: dict[str, Any] = {
        "groups": [
            (subject, [(one, scoring) for one, scoring in shown if one.subject == subject])
            for subject in ("opportunity", "solution")
        ],
        "archived": models_of(request.tenant, is_archived=True),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_compute": request.may(Right.EDIT_JOURNEYS),
        "fault": fault,
        "add_url": add_url,
        "panel": form and FormPanel("A new model", form, add_url, "Make it", _list_url(request)),
    }
    return page(request, LIST, context, part="models-panel" if form else None, status=status)


def _found(request: TenantRequest, score_model_id: UUID) -> ScoreModel:
    rows = ScoreModel.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=score_model_id)


def _url(model: ScoreModel) -> str:
    return reverse("journeys:score-model-page", args=[model.tenant.slug, model.pk])


def _list_url(request: TenantRequest) -> str:
    return reverse("journeys:score-model-list", args=[request.tenant.slug])
