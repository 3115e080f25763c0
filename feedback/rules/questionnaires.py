"""A published survey as one frozen document, read back from what is stored.

The document is plain JSON, the same that survey files hold: texts by language, questions in their
order with choices, rows and ways on, conditions as `feedback.rules.conditions` writes them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from feedback.rules.conditions import ALWAYS, Condition, read_condition
from feedback.rules.question_types import QuestionType
from feedback.rules.survey_words import PageLayout, TextRole

type Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of what can be chosen; *title* and *alt* by language."""

    key: str
    title: Texts
    is_other: bool = False
    is_none: bool = False
    is_anchored: bool = False
    asset: str | None = None
    alt: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One of what is rated in a table; *metric*, *touchpoint* and *channel* are registry keys."""

    key: str
    title: Texts
    metric: str | None = None
    touchpoint: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a scored question: its points from *first* to *last* by *step*."""

    first: int
    last: int
    step: int = 1

    @property
    def points(self) -> tuple[int, ...]:
        """List the scores, the lowest first."""
        return tuple(range(self.first, self.last + 1, self.step))


@dataclass(frozen=True, slots=True)
class Jump:
    """Where people go when it holds: a question, `end` or `screen_out`."""

    to: str
    when: dict[str, Any] = field(default_factory=dict)

    @property
    def condition(self) -> Condition:
        """Give what it depends on."""
        return read_condition(self.when)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is asked; texts by language, registry rows by key."""

    key: str
    type: QuestionType
    title: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    is_required: bool = False
    na_label: Texts = field(default_factory=dict)
    metric: str | None = None
    scale: Scale | None = None
    touchpoint: str | None = None
    channel: str | None = None
    style: str = ""
    low_label: Texts = field(default_factory=dict)
    high_label: Texts = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    step: float | None = None
    unit: str = ""
    is_random: bool = False
    starts_page: bool = False
    show: dict[str, Any] = field(default_factory=dict)
    text_role: TextRole = TextRole.VERBATIM
    formula: str = ""
    fallback: str = ""
    purpose: str = ""
    asset: str | None = None
    alt: Texts = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    jumps: tuple[Jump, ...] = ()

    @property
    def shown_when(self) -> Condition:
        """Give what has to hold for it to be asked."""
        return read_condition(self.show) if self.show else ALWAYS

    @property
    def is_asked(self) -> bool:
        """Whether there is something on its page to answer."""
        return self.type.spec.is_asked

    @property
    def reach(self) -> tuple[float | None, float | None, float | None]:
        """Give the least, the most and the step of a number; those of its figure where it has one.

        None where nothing is said.
        """
        if self.scale:
            return self.scale.first, self.scale.last, self.scale.step
        return self.least, self.most, self.step


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All that is asked. *language* is what it is written in, *languages* all that it speaks."""

    title: Texts
    language: str
    languages: tuple[str, ...]
    layout: PageLayout
    questions: tuple[Question, ...]
    intro: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    closed: Texts = field(default_factory=dict)
    has_progress: bool = False

    def question(self, key: str) -> Question | None:
        """Find a question by its key."""
        return next((one for one in self.questions if one.key == key), None)

    def text(self, texts: Texts, language: str) -> str:
        """Give *texts* in *language*, or as they were written where that is missing."""
        return texts.get(language) or texts.get(self.language, "")


def read_questionnaire(told: Any) -> Questionnaire:
    """Read a stored document. Raises msgspec.ValidationError, which names the place."""
    return msgspec.convert(told, Questionnaire)


def write_questionnaire(questionnaire: Questionnaire) -> dict[str, Any]:
    """Give what is stored: what `read_questionnaire` reads."""
    told: dict[str, Any] = msgspec.to_builtins(questionnaire)
    return told


def checksum(told: dict[str, Any]) -> str:
    """Hash a stored document, whatever the order of its keys: 64 hexadecimal digits."""
    packed = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()
