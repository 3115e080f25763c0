"""Answers in words: of choices their titles, of tables each row, of the rest what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.rules.answer_reading import NA
from feedback.rules.answer_words import said
from feedback.rules.question_types import Stored

if TYPE_CHECKING:
    from feedback.rules.questionnaires import Question, Questionnaire


def answer_told(
    questionnaire: Questionnaire, question: Question, answer: Any, language: str
) -> str:
    """Say an *answer* to *question*, as it is stored, in *language*; "" for none.

    Several are joined by commas, rows of a table named before their scores.
    """
    if answer in (None, "", [], {}):
        return ""
    if question.type.spec.stored is Stored.ASSETS:
        return ", ".join(one["name"] for one in answer)
    if question.type.spec.stored is Stored.SCORES and isinstance(answer, dict):
        rows = {
            row.key: questionnaire.text(row.title, language) or row.key for row in question.rows
        }
        told = {
            rows[key]: _one(questionnaire, question, value, language)
            for key, value in answer.items()
            if key in rows
        }
        return ", ".join(f"{row}: {words}" for row, words in told.items())
    answers = answer if isinstance(answer, list) else [answer]
    return ", ".join(_one(questionnaire, question, one, language) for one in answers)


def _one(questionnaire: Questionnaire, question: Question, answer: Any, language: str) -> str:
    if answer == NA and question.na_label:
        return questionnaire.text(question.na_label, language)
    if isinstance(answer, bool):
        return said(language, "yes" if answer else "no")
    if isinstance(answer, float):
        return f"{answer:g}"
    key = answer["key"] if isinstance(answer, dict) else answer
    choice = next((one for one in question.choices if one.key == key), None)
    words = questionnaire.text(choice.title, language) if choice else str(key)
    return f"{words}: {answer['text']}" if isinstance(answer, dict) else words
