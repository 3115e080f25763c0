"""Short ways to write questionnaires in tests."""

from __future__ import annotations

from typing import Any

from feedback.rules.question_types import QuestionType
from feedback.rules.questionnaires import Choice, Jump, Question, Questionnaire, Row, Scale
from feedback.rules.survey_words import PageLayout

NPS = Scale(0, 10)
CSAT = Scale(1, 5)


def question(key: str, sort: str = "short_text", **more: Any) -> Question:
    """Give a question in English."""
    more.setdefault("title", {"en": key})
    return Question(key, QuestionType(sort), **more)


def nps(key: str = "nps", **more: Any) -> Question:
    """Give the question for recommendation."""
    return question(key, "nps", metric="nps", scale=NPS, **more)


def choices(*keys: str, **marks: str) -> tuple[Choice, ...]:
    """Give choices by their keys; *marks* say of one that it is_other, is_none or is_anchored."""
    named = {key: {mark: True} for mark, key in marks.items()}
    told: list[Any] = [{"key": key, "title": {"en": key}, **named.get(key, {})} for key in keys]
    return tuple(Choice(**one) for one in told)


def rows(*keys: str) -> tuple[Row, ...]:
    """Give rows of a table by their keys."""
    return tuple(Row(key, {"en": key}) for key in keys)


def goes(to: str, of: str, op: str, value: Any = None) -> Jump:
    """Give a way on to *to* when the answer to *of* is so."""
    return Jump(to, when(of, op, value))


def when(of: str, op: str, value: Any = None) -> dict[str, Any]:
    """Give a condition of one test."""
    told = {"of": of, "op": op}
    return told if value is None else {**told, "value": value}


def asked(*questions: Question, layout: str = "one", **more: Any) -> Questionnaire:
    """Give a questionnaire in English."""
    return Questionnaire(
        {"en": "How was it?"}, "en", ("en",), PageLayout(layout), questions, **more
    )
