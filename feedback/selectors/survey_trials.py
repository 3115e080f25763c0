"""What members answered when they tried a survey out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.models import Response, SurveyTrial
from feedback.rules.answers_told import answer_told
from feedback.rules.languages import NAMES

if TYPE_CHECKING:
    from feedback.models import Survey
    from feedback.rules.questionnaires import Questionnaire

SHOWN = 50


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A trial in words: *answers* are pairs of question and answer, hidden values among them."""

    trial: SurveyTrial
    language: str
    standing: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Trials:
    """The newest trials of a survey, and how many there are."""

    lines: list[TrialLine]
    count: int


def trials_of(survey: Survey, questionnaire: Questionnaire) -> Trials:
    """List the newest trials of a survey, in words of its draft. Two queries at most."""
    rows = SurveyTrial.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    newest = list(rows.select_related("by__user").order_by("-at", "pk")[:SHOWN])
    count = len(newest) if len(newest) < SHOWN else rows.count()
    return Trials([_line(questionnaire, one) for one in newest], count)


def _line(questionnaire: Questionnaire, trial: SurveyTrial) -> TrialLine:
    values = {**trial.hidden, **trial.answers}
    told = [
        (
            questionnaire.text(one.title, questionnaire.language) or one.key,
            answer_told(questionnaire, one, values[one.key], questionnaire.language),
        )
        for one in questionnaire.questions
        if one.key in values
    ]
    return TrialLine(
        trial,
        NAMES.get(trial.language, trial.language),
        Response.State(trial.state).label,
        told,
    )
