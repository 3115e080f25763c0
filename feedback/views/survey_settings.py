"""The settings of a survey of ours, as its page reads and changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from feedback.forms.survey_settings import Offered, SurveySettingsForm
from feedback.selectors.survey_choices import settings_rows
from feedback.selectors.surveys import complete_responses
from feedback.services.surveys import change_settings
from feedback.services.surveys_making import draft_of

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest
    from feedback.models import Survey


def own_settings(request: TenantRequest, survey: Survey) -> SurveySettingsForm:
    """Give the form of a survey's settings, filled in with what was sent, if something was."""
    return SurveySettingsForm(
        request.POST if request.method == "POST" else None,
        survey=survey,
        draft=draft_of(survey),
        offered=Offered(settings_rows(survey, request.membership), complete_responses(survey)),
        now=now(),
    )


def own_settings_changed(request: TenantRequest, survey: Survey, form: SurveySettingsForm) -> bool:
    """Change what *form* says; False where there is nothing to change or something does not fit."""
    if not form.is_valid():
        return False
    try:
        change_settings(
            survey=survey,
            by=request.membership,
            now=now(),
            columns=form.columns,
            words=form.words,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True
