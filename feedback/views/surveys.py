"""Pages of surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.surveys import SurveyForm
from feedback.models import Survey
from feedback.selectors.surveys import survey_questions, survey_uses, surveys_listed
from feedback.services.surveys import archive_survey, change_survey

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

LIST, DETAIL = "feedback/survey_list.html", "feedback/survey_detail.html"
LONGEST_QUERY = 200


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def survey_list(request: TenantRequest) -> HttpResponse:
    """List surveys with their use; `?q=` and `?archived=1` filter."""
    asked: dict[str, Any] = {
        "q": request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip(),
        "is_archived": bool(request.GET.get("archived")),
    }
    shown = page_of(surveys_listed(request.tenant, **asked), request)
    uses = survey_uses(request.tenant, shown.rows)
    context = {
        **asked,
        "page": shown,
        "rows": [(survey, uses[survey.pk]) for survey in shown.rows],
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_read": request.may(Right.SEE_RESPONSES),
    }
    return page(request, LIST, context, part="survey-rows")


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def survey_detail(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show one survey: its figures, its questions and how often each was answered."""
    return _detail(request, _found(request, survey_id))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_edit(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Change the title and the purpose of a survey; its key stays."""
    survey = _found(request, survey_id)
    form = SurveyForm(request.POST or None, survey=survey)
    if form.is_valid():
        change_survey(survey=survey, by=request.membership, **form.cleaned_data)
        messages.success(request, f"“{survey}” is changed.")
        return redirect(_url(request, survey))
    panel = FormPanel(
        f"Edit {survey}", form, request.path, "Save", _url(request, survey), f"Key: {survey.key}"
    )
    return _detail(request, survey, panel=panel, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def survey_archive(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Take a survey off the list; its answers stay."""
    return _archived(request, survey_id, "“{}” is archived. Its numbers stay.", is_archived=True)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def survey_restore(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Bring an archived survey back."""
    return _archived(request, survey_id, "“{}” is back on the list.", is_archived=False)


def _found(request: TenantRequest, survey_id: UUID) -> Survey:
    rows = Survey.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=survey_id)


def _url(request: TenantRequest, survey: Survey) -> str:
    return reverse("feedback:survey-detail", args=[request.tenant.slug, survey.pk])


def _archived(
    request: TenantRequest, survey_id: UUID, words: str, *, is_archived: bool
) -> HttpResponse:
    survey = _found(request, survey_id)
    archive_survey(survey=survey, is_archived=is_archived, by=request.membership, now=now())
    messages.success(request, words.format(survey))
    return redirect(_url(request, survey))


def _detail(
    request: TenantRequest, survey: Survey, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "survey": survey,
        "use": survey_uses(request.tenant, [survey])[survey.pk],
        "questions": survey_questions(survey),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_read": request.may(Right.SEE_RESPONSES),
        "panel": panel,
    }
    return page(request, DETAIL, context, part="survey-panel" if panel else None, status=status)
