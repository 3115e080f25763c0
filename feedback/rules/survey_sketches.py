"""Questions before they are in a draft, and the words that a new one begins with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from feedback.rules.question_types import QuestionType


@dataclass(frozen=True, slots=True)
class Sketch:
    """A question before it is in a draft; its figure is chosen when it is put there."""

    type: QuestionType
    title: str = ""
    help: str = ""
    low_label: str = ""
    high_label: str = ""
    choices: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    key: str = ""
    show: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """Give its texts by field."""
        return {
            "title": self.title,
            "help": self.help,
            "low_label": self.low_label,
            "high_label": self.high_label,
        }


@dataclass(frozen=True, slots=True)
class SurveyTemplate:
    """A survey to begin with: *words* say when to use it."""

    key: str
    title: str
    words: str
    purpose: str
    questions: tuple[Sketch, ...]


WRITTEN_IN = "en"
RECOMMEND = Sketch(
    QuestionType.NPS,
    "How likely are you to recommend us to a friend or colleague?",
    low_label="Not at all likely",
    high_label="Extremely likely",
)
SATISFIED = Sketch(
    QuestionType.CSAT,
    "How satisfied are you with us?",
    low_label="Very unsatisfied",
    high_label="Very satisfied",
)
# On a scale where more is better people agree that it was easy; on the others they tell the effort.
EASY = Sketch(
    QuestionType.CES,
    "How much do you agree: it was easy to get done what I wanted?",
    low_label="Strongly disagree",
    high_label="Strongly agree",
)
_EFFORT = Sketch(
    QuestionType.CES,
    "How much effort did it take you to get done what you wanted?",
    low_label="Very little effort",
    high_label="Very much effort",
)
_BEGUN = {
    QuestionType.NPS: RECOMMEND,
    QuestionType.CSAT: SATISFIED,
    QuestionType.RATING: Sketch(QuestionType.RATING, "How would you rate it?"),
    QuestionType.MATRIX: Sketch(QuestionType.MATRIX, "How would you rate each of these?"),
    QuestionType.LONG_TEXT: Sketch(QuestionType.LONG_TEXT, "Why?"),
    QuestionType.EMAIL: Sketch(QuestionType.EMAIL, "What is your e-mail address?"),
    QuestionType.PHONE: Sketch(QuestionType.PHONE, "What is your phone number?"),
    QuestionType.NAME: Sketch(QuestionType.NAME, "What is your name?"),
    QuestionType.ADDRESS: Sketch(QuestionType.ADDRESS, "What is your postal address?"),
    QuestionType.FILE: Sketch(QuestionType.FILE, "Would you like to show us?"),
}


def begun(sort: QuestionType, language: str, *, is_more_better: bool = True) -> Sketch:
    """Give what a new question of a type begins with; in other languages than English no words.

    *is_more_better* is the direction of its figure: a question about effort reads otherwise where
    a high score is bad.
    """
    if language != WRITTEN_IN:
        return Sketch(sort)
    if sort is QuestionType.CES:
        return EASY if is_more_better else _EFFORT
    return _BEGUN.get(sort, Sketch(sort))


def directed(sketch: Sketch, *, is_more_better: bool) -> Sketch:
    """Word a question about effort so that it fits the direction of its figure."""
    if sketch.type is not QuestionType.CES or is_more_better:
        return sketch
    return replace(_EFFORT, key=sketch.key, show=sketch.show)
