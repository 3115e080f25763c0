"""A whole survey as a JSON file: saved from one, and a new one made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from feedback.rules.survey_files import (
    MOST_BYTES,
    SurveyFile,
    SurveyFileError,
    read_survey_file,
    write_survey_file,
)
from feedback.services.survey_copying import Copied, survey_from_file
from feedback.services.surveys_making import questionnaire_now
from feedback.views.survey_page import build_url, found_draft

if TYPE_CHECKING:
    from uuid import UUID

READ = "feedback/survey_file.html"
REFUSED = 422


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def survey_file(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Give what the draft of a survey asks, in all languages, as one JSON file."""
    survey = found_draft(request, survey_id).survey
    told = SurveyFile(survey.purpose, questionnaire_now(survey, now=now()))
    record(tenant=request.tenant, action="survey-exported", by=request.membership, about=survey)
    answer = HttpResponse(write_survey_file(told), content_type="application/json")
    name = content_disposition_header(True, f"{survey.key}.json")  # noqa: FBT003 - of Django
    answer["Content-Disposition"] = name or "attachment"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_read(request: TenantRequest) -> HttpResponse:
    """Make a survey of a JSON file that was saved from one."""
    if request.method != "POST":
        return page(request, READ, {"problem": ""})
    try:
        copied = _copied(request)
    except (SurveyFileError, DomainError) as error:
        return page(request, READ, {"problem": str(error)}, status=REFUSED)
    messages.success(request, f"“{copied.survey}” is made from the file, as a draft.")
    for words in copied.without:
        messages.warning(request, words)
    return redirect(build_url(copied.survey))


def _copied(request: TenantRequest) -> Copied:
    """Read the file that was sent. Raises SurveyFileError, and what making a survey does."""
    upload = request.FILES.get("file")
    if upload is None:
        message = "Choose a file: the JSON file that was saved from a survey."
        raise SurveyFileError(message)
    file = read_survey_file(upload.read(MOST_BYTES + 1))
    return survey_from_file(tenant=request.tenant, file=file, by=request.membership, now=now())
