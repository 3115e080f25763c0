"""Calculated questions: numbers from the answers before them, by the grammar of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.rules.question_types import QuestionType, Stored
from journeys.rules.formula_errors import FormulaError
from journeys.rules.formulas import certain, read_formula

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedback.rules.questionnaires import Question, Questionnaire

_NUMBERS = (Stored.SCORE, Stored.NUMBER, Stored.BOOL)
_DECIMALS = 6


def inputs_before(questions: Sequence[Question]) -> dict[str, str]:
    """Give what formulas behind *questions* can name: keys of numbers, with _ for -, by that name.

    Scores and numbers count as they are, yes is 1 and no is 0.
    """
    found = [one.key for one in questions if one.type.spec.stored in _NUMBERS]
    return {key.replace("-", "_"): key for key in found}


def formula_faults(questionnaire: Questionnaire, question: Question) -> list[str]:
    """Say what is wrong with the formula of a calculated question."""
    if question.type is not QuestionType.CALCULATED:
        return []
    if not question.formula:
        return ["It has no formula."]
    place = questionnaire.questions.index(question)
    inputs = inputs_before(questionnaire.questions[:place])
    try:
        read_formula(question.formula, inputs)
    except FormulaError as error:
        names = ", ".join(sorted(inputs)) or "none yet"
        return [f"Its formula: {error} It can name numbers asked before: {names}."]
    return []


def with_calculated(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give *answers* with the calculated ones as they come out now; what lacks an input has none.

    A formula that cannot be read has no value: publishing refuses it.
    """
    known = dict(answers)
    for place, question in enumerate(questionnaire.questions):
        if question.type is not QuestionType.CALCULATED:
            continue
        known.pop(question.key, None)
        value = _worth(question.formula, inputs_before(questionnaire.questions[:place]), known)
        if value is not None:
            known[question.key] = value
    return known


def _worth(text: str, inputs: Mapping[str, str], known: Mapping[str, Any]) -> float | int | None:
    numbers = {
        name: certain(float(known[key]))
        for name, key in inputs.items()
        if isinstance(known.get(key), int | float)
    }
    try:
        value = read_formula(text, inputs).worth(numbers)
    except FormulaError:
        return None
    if value is None:
        return None
    rounded = round(value.value, _DECIMALS)
    return int(rounded) if rounded.is_integer() else rounded
