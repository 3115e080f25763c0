"""Letting a published survey take answers, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from feedback.errors import SurveyStandingError
from feedback.models import Survey
from feedback.rules.survey_words import SurveyStatus

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership

_FROM = {
    SurveyStatus.PAUSED: (SurveyStatus.LIVE,),
    SurveyStatus.CLOSED: (SurveyStatus.LIVE, SurveyStatus.PAUSED),
    SurveyStatus.LIVE: (SurveyStatus.PAUSED, SurveyStatus.CLOSED),
}


@transaction.atomic
def set_standing(*, survey: Survey, to: SurveyStatus, by: Membership | ApiKey) -> None:
    """Pause, close or open a survey again; answers and numbers stay as they are.

    Raises SurveyStandingError where it cannot go from where it stands to *to*.
    """
    rows = Survey.objects.for_tenant(survey.tenant_id).filter(pk=survey.pk)
    if not rows.filter(status__in=_FROM[to], head__isnull=False).update(status=to):
        raise SurveyStandingError(SurveyStatus(rows.get().status).words)
    before, survey.status = survey.status, to
    record(
        tenant=survey.tenant,
        action=f"survey-{to.value}",
        by=by,
        about=survey,
        changes={"status": [before, to.value]},
    )
