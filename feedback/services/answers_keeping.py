"""What somebody answered so far, kept as a response with ratings and texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from cxm.customers.models import Interaction
from cxm.kernel.rows import insert_at_once
from feedback.models import Rating, Response
from feedback.rules.question_types import QuestionType, Stored
from feedback.rules.survey_words import TextRole
from feedback.selectors.survey_door import registry_ids
from feedback.services.surveys_making import OWN
from feedback.services.text_keeping import (
    keep_texts,
    new_texts,
    reading_promised,
    redacted_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import Model

    from feedback.models import Survey, SurveyPass
    from feedback.rules.questionnaires import Question, Questionnaire

_TEXTS = (QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT)


@dataclass(frozen=True, slots=True)
class _Said:
    """What counts of the answers: scores, and texts by the keys of their questions."""

    scores: list[_Scored]
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Registered:
    """A score with the ids of what it is about."""

    scored: _Scored
    metric_id: UUID
    touchpoint_id: UUID | None
    channel_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """A score with what it is about; *metric* and the others are keys."""

    question: str
    metric: str
    value: int
    touchpoint: str | None
    channel: str | None


def first_answers(
    *,
    sitting: SurveyPass,
    questionnaire: Questionnaire,
    state: str,
    now: datetime,
    metrics: Mapping[str, UUID] | None = None,
) -> list[Model]:
    """Give the rows, not written yet, that keep what *sitting* has answered for the first time.

    The response, which *sitting* then names, its place in the timeline, that of the invited
    person where known, its scores, its texts and the promise to read these. At most one query,
    none where the ids of all *metrics* are known by their keys and no question names more.
    """
    survey = sitting.survey
    shared: dict[str, Any] = {
        "tenant_id": survey.tenant_id,
        "customer_id": (sitting.invitation or sitting).customer_id,
        "channel_id": survey.channel_id,
        "touchpoint_id": survey.touchpoint_id,
        "received_at": now,
        "day": _day(survey, now),
        "source": OWN,
    }
    moment = _moment(survey, shared, now)
    response = Response(
        **shared,
        survey=survey,
        version_id=sitting.version_id,
        interaction=moment,
        hidden=sitting.hidden | _told_when_asked(sitting),
        started_at=sitting.started_at,
    )
    _fill_in(response, sitting, questionnaire, state, now)
    sitting.response = response
    said = _said_rows(response, sitting, questionnaire, now, metrics)
    return [moment, response, *said, *reading_promised(said, now=now)]


def nameless_answers(
    *, sitting: SurveyPass, questionnaire: Questionnaire, state: str, at: datetime
) -> tuple[Response, list[Model]]:
    """Give a response that leads to nobody, and its scores and texts; nothing is written.

    It has no place in the timeline, an id drawn at random and, in all its columns, the one time
    *at*, which says no more than a day. At most one query.
    """
    survey = sitting.survey
    response = Response(
        id=uuid4(),
        tenant_id=survey.tenant_id,
        survey=survey,
        version_id=sitting.version_id,
        channel_id=survey.channel_id,
        touchpoint_id=survey.touchpoint_id,
        source=OWN,
        answered_at=at,
        received_at=at,
        day=_day(survey, at),
        state=state,
        answers=_facts(questionnaire, sitting.answers),
        is_anonymous=True,
    )
    return response, _said_rows(response, sitting, questionnaire, at)


def _moment(survey: Survey, shared: dict[str, Any], now: datetime) -> Interaction:
    """Give the place of a response in the timeline."""
    return Interaction(
        **shared,
        kind=Interaction.Kind.RESPONSE,
        name="survey answered",
        occurred_at=now,
        direction=Interaction.Direction.IN,
        title=survey.title[:200],
        props={},
    )


def _said_rows(
    response: Response,
    sitting: SurveyPass,
    questionnaire: Questionnaire,
    now: datetime,
    metrics: Mapping[str, UUID] | None = None,
) -> list[Model]:
    """Give the scores and texts of a response."""
    survey = sitting.survey
    said = _said(questionnaire, sitting, response.state)
    scores = _registered(survey, said.scores, metrics).values()
    ratings = [_rating(response, survey, one, now) for one in scores]
    return [*ratings, *new_texts(response, redacted_texts(said.texts))]


def keep_answers(
    *, sitting: SurveyPass, questionnaire: Questionnaire, state: str, now: datetime
) -> Response:
    """Write what *sitting* has answered so far as its response, and give it.

    A score that stays is left alone, one that changed is ended and written anew: both stay
    askable, and the numbers follow by the triggers. Runs in the caller's transaction, with the
    sitting locked.
    """
    response: Response | None = sitting.response
    if response is None:
        rows = first_answers(sitting=sitting, questionnaire=questionnaire, state=state, now=now)
        insert_at_once(rows)
        begun: Response = sitting.response
        return begun
    if response.state == Response.State.DELETED:
        return response
    response.revision += 1
    _fill_in(response, sitting, questionnaire, state, now)
    response.save()
    said = _said(questionnaire, sitting, state)
    _keep_scores(response, sitting.survey, said.scores, now)
    keep_texts(response=response, texts=said.texts, now=now)
    return response


def _fill_in(
    response: Response,
    sitting: SurveyPass,
    questionnaire: Questionnaire,
    state: str,
    now: datetime,
) -> None:
    """Put into *response* what follows from the answers as they are now."""
    response.answers = _facts(questionnaire, sitting.answers)
    response.state, response.language = state, sitting.language
    response.answered_at, response.day = now, _day(sitting.survey, now)
    if state != Response.State.PARTIAL and response.finished_at is None:
        response.finished_at = now


def _day(survey: Survey, now: datetime) -> date:
    return now.astimezone(ZoneInfo(survey.tenant.time_zone)).date()


def _said(questionnaire: Questionnaire, sitting: SurveyPass, state: str) -> _Said:
    """Give what counts of the answers: who is not asked for in a survey is in no number of it."""
    if state == Response.State.SCREENED_OUT:
        return _Said([], {})
    scores = list(_scores(questionnaire, sitting.answers))
    return _Said(scores, dict(_texts(questionnaire, sitting.answers)))


def _told_when_asked(sitting: SurveyPass) -> dict[str, Any]:
    """Give what a program told of the person when it had them asked."""
    told = sitting.invitation.context.get("properties") if sitting.invitation else None
    return {"person_properties": told} if told else {}


def _facts(questionnaire: Questionnaire, answers: dict[str, Any]) -> dict[str, Any]:
    """Give the answers that are neither scores nor texts, and what was said in place of a score."""
    scored = {one.question: one for one in _scores(questionnaire, answers)}
    texts = dict(_texts(questionnaire, answers))
    facts: dict[str, Any] = {}
    for key, value in answers.items():
        if isinstance(value, dict) and "key" not in value:
            facts |= {f"{key}.{row}": v for row, v in value.items() if f"{key}.{row}" not in scored}
        elif isinstance(value, bool) or (key not in scored and key not in texts):
            facts[key] = value
    return facts


def _scores(questionnaire: Questionnaire, answers: dict[str, Any]) -> Iterator[_Scored]:
    for question in questionnaire.questions:
        answer = answers.get(question.key)
        if question.type.spec.stored is Stored.SCORES and isinstance(answer, dict):
            yield from _row_scores(question, answer)
        elif question.metric and (score := _score(question, answer)) is not None:
            yield _Scored(
                question.key, question.metric, score, question.touchpoint, question.channel
            )


def _score(question: Question, answer: Any) -> int | None:
    """Give *answer* where it is a point of the scale; what was calculated may lie beside it."""
    if isinstance(answer, bool):
        return question.scale.points[-1 if answer else 0] if question.scale else None
    if not isinstance(answer, int):
        return None
    is_point = question.scale is None or answer in question.scale.points
    return answer if is_point else None


def _row_scores(question: Question, answer: dict[str, Any]) -> Iterator[_Scored]:
    for row in question.rows:
        value, metric = answer.get(row.key), row.metric or question.metric
        if isinstance(value, int) and metric:
            touchpoint = row.touchpoint or question.touchpoint
            yield _Scored(
                f"{question.key}.{row.key}",
                metric,
                value,
                touchpoint,
                row.channel or question.channel,
            )


def _texts(questionnaire: Questionnaire, answers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for question in questionnaire.questions:
        answer = answers.get(question.key)
        is_said = question.type in _TEXTS and question.text_role is TextRole.VERBATIM
        if is_said and isinstance(answer, str):
            yield question.key, answer


def _keep_scores(response: Response, survey: Survey, scores: list[_Scored], now: datetime) -> None:
    wanted = _registered(survey, scores)
    rows = Rating.objects.for_tenant(survey.tenant_id)
    rows = rows.filter(response=response, ended_at__isnull=True)
    there = {(row.question_key, row.metric_id): row for row in rows}
    gone = [
        row.pk
        for key, row in there.items()
        if key not in wanted or row.value != wanted[key].scored.value
    ]
    rows.filter(pk__in=gone).update(state=Rating.State.REPLACED, ended_at=now)
    Rating.objects.bulk_create(
        _rating(response, survey, one, now)
        for key, one in wanted.items()
        if key not in there or there[key].pk in gone
    )


def _rating(response: Response, survey: Survey, one: _Registered, now: datetime) -> Rating:
    return Rating(
        tenant_id=survey.tenant_id,
        response=response,
        metric_id=one.metric_id,
        question_key=one.scored.question,
        value=one.scored.value,
        survey=survey,
        touchpoint_id=one.touchpoint_id or survey.touchpoint_id,
        channel_id=one.channel_id or survey.channel_id,
        answered_at=now,
        day=response.day,
        recorded_at=now,
    )


def _registered(
    survey: Survey, scores: list[_Scored], metrics: Mapping[str, UUID] | None = None
) -> dict[tuple[str, UUID], _Registered]:
    """Find what scores are about by their keys; those of a figure there is not are left out."""
    keys = {
        "metric": [one.metric for one in scores] if metrics is None else [],
        "touchpoint": [one.touchpoint for one in scores if one.touchpoint],
        "channel": [one.channel for one in scores if one.channel],
    }
    ids = registry_ids(survey.tenant_id, keys)
    ids |= {("metric", key): pk for key, pk in (metrics or {}).items()}
    found = (
        _Registered(
            one,
            ids["metric", one.metric],
            ids.get(("touchpoint", one.touchpoint or "")),
            ids.get(("channel", one.channel or "")),
        )
        for one in scores
        if ("metric", one.metric) in ids
    )
    return {(one.scored.question, one.metric_id): one for one in found}
