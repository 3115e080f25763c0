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
from feedback.forms.surveys import NewSurveyForm, SurveyForm
from feedback.models import Survey
from feedback.rules.survey_templates import TEMPLATES, template_called
from feedback.selectors.door_counts import door_counts
from feedback.selectors.surveys import (
    survey_questions,
    survey_uses,
    survey_versions,
    surveys_listed,
)
from feedback.services.anonymous import is_nameless, waiting_answers
from feedback.services.survey_editing import begin_survey
from feedback.services.surveys import archive_survey, change_survey
from feedback.views.survey_page import public_url
from feedback.views.survey_settings import own_settings, own_settings_changed

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from feedback.forms.survey_settings import SurveySettingsForm

LIST, DETAIL = "feedback/survey_list.html", "feedback/survey_detail.html"
LONGEST_QUERY = 200


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def survey_list(request: TenantRequest) -> HttpResponse:
    """List surveys with their use; `?q=` and `?archived=1` filter."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_new(request: TenantRequest) -> HttpResponse:
    """Make a survey and open its builder; `?template=` chooses what it begins with."""
    if request.method != "POST":
        return _list(request, NewSurveyForm(initial=_begun(request.GET.get("template", ""))))
    form = NewSurveyForm(request.POST)
    if form.is_valid():
        survey = begin_survey(
            tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
        )
        return redirect("feedback:survey-edit", request.tenant.slug, survey.pk)
    return _list(request, form, status=422)


def _begun(wanted: str) -> dict[str, str]:
    template = template_called(wanted)
    if template is None:
        return {}
    return {"template": template.key, "title": template.title, "purpose": template.purpose}


def _list(
    request: TenantRequest, form: NewSurveyForm | None = None, *, status: int = 200
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip(),
        "is_archived": bool(request.GET.get("archived")),
    }
    shown = page_of(surveys_listed(request.tenant, **asked), request)
    uses = survey_uses(request.tenant, shown.rows)
    list_url = reverse("feedback:survey-list", args=[request.tenant.slug])
    new_url = reverse("feedback:survey-new", args=[request.tenant.slug])
    context = {
        **asked,
        "page": shown,
        "rows": [(survey, uses[survey.pk]) for survey in shown.rows],
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_read": request.may(Right.SEE_RESPONSES),
        "templates": TEMPLATES,
        "new_url": new_url,
        "panel": form and FormPanel("New survey", form, new_url, "Make it", list_url),
    }
    part = "survey-panel" if form else "survey-rows"
    return page(request, LIST, context, part=part, status=status)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def survey_detail(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show one survey: its figures, its questions and how often each was answered."""
    return _detail(request, _found(request, survey_id))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_settings(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Change how a survey of ours is asked, or title and purpose of an imported one."""
    survey = _found(request, survey_id)
    form: SurveyForm | SurveySettingsForm
    if survey.public_id:
        form = own_settings(request, survey)
        is_changed = own_settings_changed(request, survey, form)
    else:
        form = SurveyForm(request.POST or None, survey=survey)
        is_changed = form.is_valid()
        if is_changed:
            change_survey(survey=survey, by=request.membership, **form.cleaned_data)
    if is_changed:
        messages.success(request, f"“{survey}” is changed.")
        return redirect(_url(request, survey))
    panel = FormPanel(
        f"Settings of {survey}",
        form,
        request.path,
        "Save",
        _url(request, survey),
        f"Key: {survey.key}",
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
    rows = Survey.objects.for_tenant(request.tenant).select_related("tenant", "owner__user")
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
        "versions": survey_versions(survey),
        "public_url": public_url(request, survey),
        "door": door_counts(survey) if survey.public_id else None,
        "waiting": waiting_answers(survey) if is_nameless(survey) else 0,
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "may_read": request.may(Right.SEE_RESPONSES),
        "panel": panel,
    }
    return page(request, DETAIL, context, part="survey-panel" if panel else None, status=status)
