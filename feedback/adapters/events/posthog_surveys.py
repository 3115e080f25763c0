"""Answers to PostHog surveys, which arrive as events called “survey sent”.

Source: PostHog, "Implementing custom surveys" and "Survey events".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxm.customers.rules.records import Ref
from feedback.adapters.events.items import MOST_KEY
from feedback.adapters.events.parsed import ItemError, SurveyAnswer, raw_text
from feedback.adapters.records import CustomerRef, ResponseRecord

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON
    from feedback.adapters.events.items import Item
    from feedback.adapters.events.moments import Moment
    from feedback.adapters.events.parsed import ParsedBody

SENT = "survey sent"
MOST_QUESTION = 80
_BY_ID = "$survey_response_"
_FIRST = "$survey_response"
_NOT_KEY = re.compile(r"[^a-z0-9_-]+")


def survey_answer(
    item: Item, props: dict[str, JSON], moment: Moment, refs: tuple[Ref, ...]
) -> SurveyAnswer:
    """Read one “survey sent” event with the cleaned properties *props*.

    Answers are keyed by the id of their question; where only its place is known (the older form:
    the first without a number), by `q1`, `q2` and so on. Where both forms are sent, the id's
    holds. Raises ItemError `no_survey` without a survey id.
    """
    survey_id = item.as_text(props.get("$survey_id"))
    if not survey_id:
        message = "A “survey sent” event needs `$survey_id`, the survey's own id."
        raise ItemError("no_survey", message, "properties.$survey_id")
    questions = _questions(item, props.get("$survey_questions"))
    submission = item.as_text(props.get("$survey_submission_id"))
    return SurveyAnswer(
        position=item.position,
        record=ResponseRecord(
            line=item.position,
            key=(submission or item.key)[:MOST_KEY],
            answered_at=moment.at,
            is_zone_assumed=moment.is_zone_assumed,
            survey=survey_key(survey_id),
            customer=_customer(refs[0]),
            language=item.as_text(props.get("$survey_language"))[:12],
            answers=_answers(props, list(questions)),
        ),
        title=(item.as_text(props.get("$survey_name")) or f"PostHog survey {survey_id}")[:200],
        questions=questions,
        raw=raw_text(item.raw),
    )


def survey_key(survey_id: str) -> str:
    """Give the key under which a PostHog survey stands in our registry."""
    return f"posthog-{_NOT_KEY.sub('-', survey_id.lower()).strip('-')}"[:60]


def latest_only(parsed: ParsedBody) -> ParsedBody:
    """Keep the latest answer of each submission; the earlier ones are told as replaced."""
    parsed.leave_latest(lambda answer: answer.record.answered_at, SENT)
    return parsed


def _questions(item: Item, listed: JSON) -> dict[str, str]:
    """Give the texts of the questions by id, in their order; those without an id by place."""
    questions: dict[str, str] = {}
    for place, question in enumerate(listed if isinstance(listed, list) else [], start=1):
        if isinstance(question, dict):
            key = item.as_text(question.get("id"))[:MOST_QUESTION] or f"q{place}"
            questions[key] = item.as_text(question.get("question"))
    return questions


def _answers(props: dict[str, JSON], ids: list[str]) -> dict[str, JSON]:
    by_place: dict[str, JSON] = {}
    by_id: dict[str, JSON] = {}
    for name, value in props.items():
        if value is None or not (name == _FIRST or name.startswith(_BY_ID)):
            continue
        rest = name.removeprefix(_BY_ID)
        if name == _FIRST or (rest.isdecimal() and rest not in ids):
            place = 0 if name == _FIRST else int(rest[:3])
            by_place[ids[place] if place < len(ids) else f"q{place + 1}"] = value
        else:
            by_id[rest[:MOST_QUESTION]] = value
    return {**by_place, **by_id}


def _customer(ref: Ref) -> CustomerRef:
    return CustomerRef(kind=ref.kind, namespace=ref.namespace, value=ref.value)
