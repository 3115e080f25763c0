"""The surveys of a workspace, and the questions of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Max

from feedback.models import (
    Rating,
    Response,
    Survey,
    SurveyQuestion,
    SurveyVersion,
    Verbatim,
    WaitingAnswer,
)
from feedback.rules.survey_words import Anonymity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Use:
    """How much a survey was answered; *last_at* is None when it never was."""

    responses: int = 0
    last_at: datetime | None = None
    questions: int = 0


@dataclass(frozen=True, slots=True)
class QuestionUse:
    """A question and how many answers it has: scores in numbers, texts, or what else was said."""

    question: SurveyQuestion
    answers: int


def nameless_keys(tenant: Tenant, keys: Iterable[str]) -> set[str]:
    """Give those of *keys* that are of anonymous surveys, which take no answers of others."""
    rows = Survey.objects.for_tenant(tenant).filter(anonymity=Anonymity.ANONYMOUS, key__in=keys)
    return set(rows.values_list("key", flat=True))


def surveys_listed(tenant: Tenant, *, q: str = "", is_archived: bool = False) -> QuerySet[Survey]:
    """List surveys by title; *q* is part of a title or key."""
    rows = Survey.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    if q:
        rows = rows.filter(models.Q(title__icontains=q) | models.Q(key__icontains=q))
    return rows.order_by("title", "pk").fetch_mode(models.FETCH_RAISE)


def survey_uses(tenant: Tenant, surveys: Iterable[Survey]) -> dict[UUID, Use]:
    """Count responses and questions of *surveys*, and find the last response. Two queries."""
    ids = [survey.pk for survey in surveys]
    responses = Response.objects.for_tenant(tenant).filter(survey__in=ids)
    live = responses.filter(state__in=Response.LIVE_STATES).values_list("survey")
    answered = {pk: (n, at) for pk, n, at in live.annotate(n=Count("pk"), at=Max("answered_at"))}
    asked = SurveyQuestion.objects.for_tenant(tenant).filter(survey__in=ids).values_list("survey")
    questions = dict(asked.annotate(n=Count("pk")))
    nothing = (0, None)
    return {pk: Use(*answered.get(pk, nothing), questions.get(pk, 0)) for pk in ids}


def complete_responses(survey: Survey) -> int:
    """Count the responses of a survey that are complete, as its closing does.

    Those that wait until enough others have answered count too. One query, without names two.
    """
    those = {"survey": survey, "state": Response.State.COMPLETE}
    found = Response.objects.for_tenant(survey.tenant_id).filter(**those).count()
    if survey.anonymity == Anonymity.ANONYMOUS:
        found += WaitingAnswer.objects.for_tenant(survey.tenant_id).filter(**those).count()
    return found


def survey_versions(survey: Survey) -> list[SurveyVersion]:
    """List the versions of a survey with who published them, the newest first. One query."""
    if not survey.public_id:
        return []
    rows = SurveyVersion.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    return list(rows.select_related("by__user").defer("document").order_by("-number", "pk"))


def survey_questions(survey: Survey) -> list[QuestionUse]:
    """List the questions of a survey in their order, with their answers.

    Three queries, and one more where there are questions that are neither scores nor texts.
    """
    tenant_id = survey.tenant_id
    ratings = Rating.objects.for_tenant(tenant_id).counted().filter(survey=survey)
    counted = ratings.values_list("question_key").annotate(n=Count("pk"))
    live = Response.objects.for_tenant(tenant_id).filter(
        survey=survey, state__in=Response.LIVE_STATES
    )
    texts = Verbatim.objects.for_tenant(tenant_id).filter(response__in=live.values("pk"))
    answers: dict[str, dict[str, int]] = {
        SurveyQuestion.Kind.SCORE: dict(counted),
        SurveyQuestion.Kind.TEXT: dict(texts.values_list("question_key").annotate(n=Count("pk"))),
    }
    rows = SurveyQuestion.objects.for_tenant(tenant_id).filter(survey=survey)
    rows = rows.select_related("metric", "touchpoint").order_by("ord", "key", "pk")
    questions = list(rows.fetch_mode(models.FETCH_RAISE))
    others = [one.key for one in questions if one.kind not in answers]
    if others:
        counts = {
            str(place): Count("pk", filter=models.Q(answers__has_key=key))
            for place, key in enumerate(others)
        }
        found = live.aggregate(**counts)
        answers[SurveyQuestion.Kind.OTHER] = {
            key: found[str(place)] for place, key in enumerate(others)
        }
    return [QuestionUse(one, answers[one.kind].get(one.key, 0)) for one in questions]
