"""Answers to surveys that came as events: registered, scored where they can be, and loaded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cxm.customers.rules.records import Call, EventRecord, EventRefusal, Ref
from cxm.customers.services.loading_events import load_events
from cxm.metrics.models import Metric
from cxm.work.models import Batch
from feedback.adapters.events.parsed import Offered
from feedback.adapters.records import RatingRecord
from feedback.models import SurveyQuestion
from feedback.selectors.surveys import nameless_keys
from feedback.services.forgetting import without_erased
from feedback.services.loading import load_records
from feedback.services.registering import (
    Question,
    Wanted,
    metric_scales,
    read_registry,
    register,
)
from feedback.services.renewing import renew_response

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.customers.rules.records import JSON
    from cxm.tenants.models import Tenant
    from feedback.adapters.events.parsed import SurveyAnswer
    from feedback.adapters.records import ResponseRecord
    from feedback.adapters.scales import MetricScale
    from feedback.services.registering import Registry

type Questions = dict[tuple[str, str], SurveyQuestion]

MOST_TEXT = 10_000
MOST_PATH = 200
_SHOWN = 40


@dataclass(slots=True)
class LoadedAnswers:
    """What became of answers; *losses* are single scores that were left out of some."""

    loaded: int = 0
    unchanged: int = 0
    losses: list[EventRefusal] = field(default_factory=list)


def load_answers(
    *, tenant: Tenant, source: str, answers: Sequence[SurveyAnswer], now: datetime
) -> LoadedAnswers:
    """Write *answers*, one a submission, as responses with ratings and texts.

    Unknown surveys and questions are registered, with a metric where the sender says that it is a
    score of a family and scale that the tenant measures. An answer is a score where its question
    has a metric and the value is on its scale; off the scale it is kept as it came, and told. A
    submission that is there already is renewed by a later answer; an earlier one changes nothing.
    Anonymous surveys of ours take none, which is told: only their own pages keep the promise.
    """
    nameless = nameless_keys(tenant, {answer.record.survey for answer in answers})
    outcome = LoadedAnswers()
    outcome.losses += [_nameless(one) for one in answers if one.record.survey in nameless]
    answers = [one for one in answers if one.record.survey not in nameless]
    _register(tenant, source, answers, now)
    _meet(tenant, source, answers, now)
    questions = _questions(tenant, answers)
    scales = metric_scales(tenant)
    registry = read_registry(tenant)
    records = {}
    for answer in answers:
        record, losses = _scored(answer, questions, scales)
        records[record.key] = _placed(record, answer, registry)
        outcome.losses += losses
    loaded = load_records(
        tenant=tenant,
        source=source,
        records=list(records.values()),
        registry=registry,
        batch=None,
        now=now,
    )
    outcome.loaded, outcome.unchanged = loaded.loaded, loaded.unchanged
    changed = [records[key] for key in loaded.conflicts]
    for came, kept in zip(changed, without_erased(tenant, changed), strict=True):
        is_newer = renew_response(
            tenant=tenant, source=source, came=came, record=kept, registry=registry, now=now
        )
        outcome.loaded += is_newer
        outcome.unchanged += not is_newer
    return outcome


def _register(tenant: Tenant, source: str, answers: Sequence[SurveyAnswer], now: datetime) -> None:
    known = set(_questions(tenant, answers))
    by_survey: dict[str, dict[str, Question]] = {}
    titles: dict[str, str] = {}
    metrics = _metrics(tenant, answers)
    for answer in answers:
        survey = answer.record.survey
        titles.setdefault(survey, answer.title)
        questions = by_survey.setdefault(survey, {})
        for key, value in answer.record.answers.items():
            if (survey, key) not in known and key not in answer.facts:
                text, metric = answer.questions.get(key) or key, metrics.get(answer.scales.get(key))
                questions.setdefault(key, Question(key, text[:500], _kind(value), metric))
    registered = read_registry(tenant).surveys
    wanted = [
        Wanted(survey, titles[survey], source, questions=tuple(questions.values()))
        for survey, questions in by_survey.items()
        if questions or survey not in registered
    ]
    if wanted:
        batch = Batch.objects.create(
            tenant=tenant,
            kind="events",
            title="Surveys found in events",
            state=Batch.State.DONE,
            started_at=now,
            finished_at=now,
        )
        for one in wanted:
            register(tenant=tenant, wanted=one, batch=batch)


def _metrics(tenant: Tenant, answers: Sequence[SurveyAnswer]) -> dict[Offered | None, str]:
    """Find the metric of each kind of score on offer: same family, same scale, higher is better."""
    offered = {one for answer in answers for one in answer.scales.values()}
    if not offered:
        return {}
    rows = Metric.objects.for_tenant(tenant).live()
    rows = rows.filter(direction=Metric.Direction.HIGHER, scale_step=1)
    found: dict[Offered | None, str] = {}
    for metric in rows.order_by("ord", "key", "pk"):
        scale = Offered(metric.kind, metric.scale_min, metric.scale_max)
        if scale in offered:
            found.setdefault(scale, metric.key)
    return found


def _placed(record: ResponseRecord, answer: SurveyAnswer, registry: Registry) -> ResponseRecord:
    """Say where it was answered: the first named touchpoint and channel that exist."""
    if not answer.touchpoints and not answer.channels:
        return record
    return replace(
        record,
        touchpoint=next((key for key in answer.touchpoints if key in registry.touchpoints), None),
        channel=next((key for key in answer.channels if key in registry.channels), None),
    )


def _kind(value: JSON) -> str:
    if _whole(value) is not None:
        return SurveyQuestion.Kind.SCORE
    return SurveyQuestion.Kind.TEXT if isinstance(value, str) else SurveyQuestion.Kind.OTHER


def _meet(tenant: Tenant, source: str, answers: Sequence[SurveyAnswer], now: datetime) -> None:
    """Let the event loader find or make those who answered: it knows visitors from customers."""
    people = [
        EventRecord(
            call=Call.IDENTIFY,
            position=answer.position,
            key=f"{answer.record.key}#who",
            occurred_at=answer.record.answered_at,
            refs=(_ref(answer.record),),
        )
        for answer in answers
        if answer.record.customer
    ]
    load_events(tenant=tenant, source=source, records=people, now=now)


def _ref(record: ResponseRecord) -> Ref:
    who = record.customer
    return Ref(who.kind, who.namespace, who.value) if who else Ref("", "", "")


def _questions(tenant: Tenant, answers: Sequence[SurveyAnswer]) -> Questions:
    surveys = {answer.record.survey for answer in answers}
    rows = SurveyQuestion.objects.for_tenant(tenant).filter(survey__key__in=surveys)
    found = rows.select_related("survey", "metric", "touchpoint")
    return {(question.survey.key, question.key): question for question in found}


def _scored(
    answer: SurveyAnswer, questions: Questions, scales: dict[str, MetricScale]
) -> tuple[ResponseRecord, list[EventRefusal]]:
    record = answer.record
    ratings: list[RatingRecord] = []
    comments: dict[str, str] = {}
    kept: dict[str, JSON] = {}
    losses: list[EventRefusal] = []
    for key, value in record.answers.items():
        question = questions.get((record.survey, key))
        if question is None:
            kept[key] = value
            continue
        if question.metric is not None:
            rating = _rating(question, value, scales)
            if rating:
                ratings.append(rating)
                continue
            losses.append(_off_scale(answer, question, value))
        if question.kind == SurveyQuestion.Kind.TEXT and isinstance(value, str):
            comments[key] = value[:MOST_TEXT]
        else:
            kept[key] = value
    return replace(record, ratings=tuple(ratings), comments=comments, answers=kept), losses


def _rating(
    question: SurveyQuestion, value: JSON, scales: dict[str, MetricScale]
) -> RatingRecord | None:
    number = _whole(value)
    scale = scales.get(question.metric.key) if question.metric else None
    if number is None or scale is None or not scale.holds(number) or question.metric is None:
        return None
    return RatingRecord(
        question=question.key,
        metric=question.metric.key,
        value=number,
        touchpoint=question.touchpoint.key if question.touchpoint else None,
    )


def _whole(value: JSON) -> int | None:
    """Give a whole number that may have come as text; clients send scores as either."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) < 10 and value.strip().isdecimal():  # noqa: PLR2004 - no scale is longer
        return int(value)
    return value if isinstance(value, int) else None


def _nameless(answer: SurveyAnswer) -> EventRefusal:
    return EventRefusal(
        position=answer.position,
        code="anonymous_survey",
        message="This survey is anonymous: only its own pages take answers.",
        key=answer.record.key,
        name=answer.title,
        raw=answer.raw,
    )


def _off_scale(answer: SurveyAnswer, question: SurveyQuestion, value: JSON) -> EventRefusal:
    shown = str(value)[:_SHOWN]
    metric = question.metric.title if question.metric else ""
    return EventRefusal(
        position=answer.position,
        code="off_scale",
        message=f"“{shown}” is not on the scale of {metric}; the other answers are loaded."[:500],
        path=f"{answer.path}{question.key}"[:MOST_PATH],
        key=answer.record.key,
        name=answer.title,
        raw=answer.raw,
    )
