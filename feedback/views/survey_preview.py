"""The draft of a survey as people will see it, and trying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.ids import new_id
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.rules.answer_reading import answered_before
from feedback.rules.answering import page_after, page_with, pages_of
from feedback.rules.languages import NAMES, best_language
from feedback.rules.questionnaires import Questionnaire
from feedback.rules.turning import Turn
from feedback.selectors.survey_trials import trials_of
from feedback.selectors.themes import theme_for
from feedback.services.answer_files import tried_files
from feedback.services.answering import Arrival
from feedback.services.surveys_making import questionnaire_now
from feedback.services.trials import clear_trials, trial_of, trial_surroundings, try_page
from feedback.views.answer_pages import Sheet, draw_end, draw_page, hidden_values
from feedback.views.public_policy import POLICY
from feedback.views.survey_page import FRAMING, found_draft, trial_url

if TYPE_CHECKING:
    from uuid import UUID

    from feedback.models import Survey, SurveyTrial
    from feedback.rules.answering import Page

PREVIEW = "feedback/survey_preview.html"
REFUSED = 422
FRAMED = {**POLICY, "frame-ancestors": [CSP.SELF]}


@csp_override(FRAMING)
@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def survey_preview(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show the draft on a phone and a desktop, and what was tried; `?lang=` and hidden values."""
    draft = found_draft(request, survey_id)
    survey = draft.survey
    questionnaire = questionnaire_now(survey, now=now())
    language = _language(questionnaire, request.GET.get("lang", ""))
    hidden = hidden_values(questionnaire, request.GET.dict())
    asked = urlencode({"lang": language, **hidden})
    context = {
        "survey": survey,
        "draft": draft,
        "language": language,
        "languages": [(code, NAMES[code]) for code in questionnaire.languages],
        "hidden": [
            (one.key, questionnaire.text(one.title, language) or one.key, hidden.get(one.key, ""))
            for one in questionnaire.questions
            if one.type.value == "hidden"
        ],
        "phone_url": f"{trial_url(survey, new_id())}?{asked}",
        "desktop_url": f"{trial_url(survey, new_id())}?{asked}",
        "trials": trials_of(survey, questionnaire),
    }
    return page(request, PREVIEW, context)


@csp_override(FRAMED)
@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def survey_trial(request: TenantRequest, survey_id: UUID, trial_id: UUID) -> HttpResponse:
    """Show a page of the draft as people see it, or take what was filled in to try it.

    `?at=` names a question; one that nothing leads to yet is shown by itself.
    """
    survey = found_draft(request, survey_id).survey
    questionnaire = questionnaire_now(survey, now=now())
    trial = trial_of(survey, trial_id)
    sheet = _sheet(request, survey, questionnaire, trial, trial_id)
    if request.method == "POST":
        return _sent(request, sheet, trial_id)
    at = request.GET.get("at", "")
    answers = trial.answers if trial else {}
    pages = pages_of(questionnaire, {**answers, **sheet.surroundings})
    alone = questionnaire.question(at) if trial is None else None
    shown: Page | None = page_with(pages, at)
    if shown is None and alone and alone.type.value not in ("hidden", "calculated"):
        shown = (alone,)
    if shown is None and trial and trial.state != "partial" and not at:
        return draw_end(
            sheet,
            answers,
            is_screened_out=trial.state == "screened_out",
            change_url=f"?at={pages[0][0].key}" if pages else "",
        )
    shown = shown or page_after(pages, "")
    if shown is None:
        return draw_end(sheet, answers)
    return draw_page(
        sheet,
        shown,
        answers,
        sent=answered_before(shown, answers),
        faults={},
        hidden=_hidden(request, questionnaire) if trial is None else {},
    )


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def trials_clear(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Throw away all that was tried of a survey."""
    survey = found_draft(request, survey_id).survey
    count = clear_trials(survey=survey, by=request.membership)
    messages.success(request, f"{count} trial{'' if count == 1 else 's'} thrown away.")
    return redirect("feedback:survey-preview", request.tenant.slug, survey.pk)


def _sent(request: TenantRequest, sheet: Sheet, trial_id: UUID) -> HttpResponse:
    uploads = dict(request.FILES.lists())
    sent = tried_files(sheet.questionnaire, dict(request.POST.lists()), uploads)
    hidden = _hidden(request, sheet.questionnaire)
    try:
        turned = try_page(
            survey=sheet.survey,
            questionnaire=sheet.questionnaire,
            trial_id=trial_id,
            arrival=Arrival(sheet.language, hidden),
            at=request.POST.get("at", ""),
            sent=sent,
            to=Turn.BACK if request.POST.get("to") == Turn.BACK else Turn.ON,
            by=request.membership,
            now=now(),
        )
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain")
    if turned is None:
        raise Http404
    if turned.faults and turned.page:
        return draw_page(
            sheet,
            turned.page,
            turned.answers,
            sent=sent,
            faults=turned.faults,
            hidden=hidden,
            status=REFUSED,
        )
    at = f"?at={turned.page[0].key}" if turned.page else ""
    return HttpResponseRedirect(f"{sheet.address}{at}", status=303)


def _sheet(
    request: TenantRequest,
    survey: Survey,
    questionnaire: Questionnaire,
    trial: SurveyTrial | None,
    trial_id: UUID,
) -> Sheet:
    told = _told(request)
    language = _language(questionnaire, told.get("lang", "") or (trial.language if trial else ""))
    hidden = trial.hidden if trial else _hidden(request, questionnaire)
    return Sheet(
        survey=survey,
        questionnaire=questionnaire,
        language=language,
        token=str(trial_id),
        address=trial_url(survey, trial_id),
        surroundings=trial_surroundings(survey, language, hidden),
        theme=theme_for(survey),
        trial=request,
    )


def _language(questionnaire: Questionnaire, wanted: str) -> str:
    return best_language(wanted, questionnaire.languages) or questionnaire.language


def _hidden(request: TenantRequest, questionnaire: Questionnaire) -> dict[str, str]:
    return hidden_values(questionnaire, _told(request))


def _told(request: TenantRequest) -> dict[str, Any]:
    told: dict[str, Any] = (request.POST if request.method == "POST" else request.GET).dict()
    return told
