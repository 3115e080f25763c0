"""Publishing a survey, and letting it take answers or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.panels import FormPanel
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import SurveyNotReadyError
from feedback.forms.surveys import PublishForm
from feedback.models import Survey
from feedback.rules.qr_codes import qr_svg
from feedback.rules.survey_words import SurveyStatus
from feedback.services.survey_states import set_standing
from feedback.services.surveys_making import publish_survey
from feedback.views.survey_page import build_url, builder, found_draft, public_url

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422
_DONE = {
    SurveyStatus.PAUSED: "“{}” is paused: it takes no answers until you open it again.",
    SurveyStatus.CLOSED: "“{}” is closed. Its answers and numbers stay.",
    SurveyStatus.LIVE: "“{}” takes answers again.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_publish(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Ask what is new about this version, then publish it; errors keep it from being published."""
    draft = found_draft(request, survey_id)
    survey = draft.survey
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            version = publish_survey(
                survey=survey, by=request.membership, now=now(), note=form.cleaned_data["note"]
            )
        except SurveyNotReadyError as error:
            for words in error.findings:
                form.add_error(None, words)
        else:
            messages.success(request, f"Version {version.number} of “{draft}” takes answers now.")
            return redirect("feedback:survey-detail", request.tenant.slug, survey.pk)
    panel = FormPanel(
        "Publish it",
        form,
        request.path,
        "Publish",
        build_url(survey),
        "Whoever opens its address from now on is asked what stands here. People who have begun "
        "finish what they began.",
    )
    return builder(request, draft, panel=panel, status=REFUSED if form.errors else 200)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def survey_qr(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Draw the public address of a survey of ours as a QR code."""
    rows = Survey.objects.for_tenant(request.tenant).exclude(public_id="")
    survey = get_object_or_404(rows, pk=survey_id)
    answer = HttpResponse(qr_svg(public_url(request, survey)), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'inline; filename="{survey.key}.svg"'
    return answer


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def survey_standing(request: TenantRequest, survey_id: UUID, to: SurveyStatus) -> HttpResponse:
    """Pause, close or open a survey again."""
    survey = found_draft(request, survey_id).survey
    try:
        set_standing(survey=survey, to=to, by=request.membership)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _DONE[to].format(survey))
    return redirect(reverse("feedback:survey-detail", args=[request.tenant.slug, survey.pk]))
