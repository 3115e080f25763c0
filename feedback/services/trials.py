"""Trying a survey out before it is published: kept apart, in no number, thrown away at will."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.tenants.audit import record
from feedback.errors import TrialsFullError
from feedback.models import Response, SurveyTrial
from feedback.rules.survey_words import Ending
from feedback.rules.turning import Turned, turn
from feedback.services.answering import surroundings_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from feedback.models import Survey
    from feedback.rules.answer_reading import Sent
    from feedback.rules.questionnaires import Questionnaire
    from feedback.rules.turning import Turn
    from feedback.services.answering import Arrival

MOST_TRIALS = 500


def trial_of(survey: Survey, trial_id: UUID) -> SurveyTrial | None:
    """Find what was tried of *survey*; None where nothing was sent yet."""
    return (
        SurveyTrial.objects.for_tenant(survey.tenant_id).filter(survey=survey, pk=trial_id).first()
    )


@transaction.atomic
def try_page(
    *,
    survey: Survey,
    questionnaire: Questionnaire,
    trial_id: UUID,
    arrival: Arrival,
    at: str,
    sent: Sent,
    to: Turn,
    by: Membership,
    now: datetime,
) -> Turned | None:
    """Take the answers of one page of a trial of *questionnaire*, and say which page is next.

    The first page begins the trial *trial_id*; sent twice, it is one. None where this id is another
    survey's. Raises TrialsFullError when there are too many to keep.
    """
    trial = _locked(survey, trial_id, arrival, by, now)
    if trial is None:
        return None
    turned = turn(
        questionnaire,
        trial.answers,
        aside={},
        at=at,
        sent=sent,
        to=to,
        surroundings=trial_surroundings(survey, trial.language, trial.hidden),
    )
    trial.answers, trial.at = turned.answers, now
    if turned.page is None:
        is_out = turned.ending is Ending.SCREEN_OUT
        trial.state = Response.State.SCREENED_OUT if is_out else Response.State.COMPLETE
    trial.save(update_fields=["answers", "at", "state"])
    return turned


@transaction.atomic
def clear_trials(*, survey: Survey, by: Membership) -> int:
    """Throw away all that was tried of a survey, and count it."""
    count, _ = SurveyTrial.objects.for_tenant(survey.tenant_id).filter(survey=survey).delete()
    if count:
        changes = {"trials": [count, 0]}
        record(
            tenant=survey.tenant,
            action="survey-trials-cleared",
            by=by,
            about=survey,
            changes=changes,
        )
    return count


def trial_surroundings(survey: Survey, language: str, hidden: dict[str, str]) -> dict[str, Any]:
    """Give what conditions may ask beside answers, as for people who are asked."""
    return surroundings_of(survey, language) | hidden


def _locked(
    survey: Survey, trial_id: UUID, arrival: Arrival, by: Membership, now: datetime
) -> SurveyTrial | None:
    rows = SurveyTrial.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    if trial := rows.select_for_update().filter(pk=trial_id).first():
        return trial
    if rows.count() >= MOST_TRIALS:
        raise TrialsFullError(MOST_TRIALS)
    begun = SurveyTrial(
        pk=trial_id,
        tenant=survey.tenant,
        survey=survey,
        language=arrival.language,
        hidden=arrival.hidden,
        state=Response.State.PARTIAL,
        at=now,
        by=by,
    )
    SurveyTrial.objects.bulk_create([begun], ignore_conflicts=True)
    return rows.select_for_update().filter(pk=trial_id).first()
