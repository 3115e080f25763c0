"""Which controls the builder shows for a question: those that mean something for its type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback.rules.answer_files import MOST_FILES
from feedback.rules.question_types import QuestionType, Stored
from feedback.rules.survey_shapes import LONGEST_KEY, LONGEST_TEXT
from feedback.rules.survey_words import PageLayout, TextRole

if TYPE_CHECKING:
    from collections.abc import Iterator

type Choices = list[tuple[str, str]]
YES_OR_NO: Choices = [("False", "No"), ("True", "Yes")]
_STYLE_WORDS = {
    "faces": "Faces",
    "stars": "Stars",
    "hearts": "Hearts",
    "numbers": "Numbers",
    "words": "Numbers, with words at the ends",
}
_BOUND_WORDS = {
    Stored.KEYS: ("Choose at least", "Choose at most"),
    Stored.TEXT: ("Fewest characters", "Most characters"),
    Stored.NUMBER: ("Smallest number", "Largest number"),
    Stored.ASSETS: ("", f"Most files, up to {MOST_FILES}"),
}


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a question, edited in place: *sort* is `line`, `text`, `choice` or `number`."""

    name: str
    label: str
    sort: str = "line"
    most: int = 120
    hint: str = ""
    choices: Choices = field(default_factory=list)


# What questions of one type alone have.
_OWN = {
    QuestionType.CONSENT: Control(
        "purpose",
        "What is agreed to",
        most=40,
        hint="contact, surveys (to be asked again), or a word of your own: newsletter",
    ),
    QuestionType.CALCULATED: Control(
        "formula", "Formula", most=500, hint="Such as: (nps + ease) / 2"
    ),
    QuestionType.HIDDEN: Control("fallback", "Value when none came", most=300),
}


@dataclass(frozen=True, slots=True)
class Referred:
    """What can be chosen from the registries for a question."""

    metrics: Choices
    touchpoints: Choices
    channels: Choices


def controls_of(sort: QuestionType, layout: PageLayout, referred: Referred) -> list[Control]:
    """List the controls below the words of a question, in the order in which they are shown."""
    spec = sort.spec
    found = [*_scored(sort, referred), *_bounds(sort)]
    if spec.is_asked:
        found.append(_yes("is_required", "An answer is asked for"))
        if not spec.is_personal and sort not in (QuestionType.CONSENT, QuestionType.FILE):
            hint = "Such as: I did not use it"
            found.append(Control("na_label", "Words for “does not apply”", hint=hint))
    if spec.has_choices or sort is QuestionType.MATRIX:
        found.append(_yes("is_random", "Mix the order for everybody"))
    if sort in (QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT):
        found.append(Control("text_role", "The text is", "choice", choices=TextRole.choices()))
    if own := _OWN.get(sort):
        found.append(own)
    if sort is not QuestionType.HIDDEN and layout is PageLayout.PAGES:
        found.append(_yes("starts_page", "Begins a page"))
    found.append(Control("key", "Key, for files and numbers", most=LONGEST_KEY))
    return found


def row_controls(referred: Referred) -> list[Control]:
    """List what a row of a table may have of its own; without, it is as the table has it."""
    return [
        Control(name, label, "choice", choices=[("", "As the table has it"), *choices[1:]])
        for name, label, choices in (
            ("metric", "Figure", referred.metrics),
            ("touchpoint", "Touchpoint", referred.touchpoints),
            ("channel", "Channel", referred.channels),
        )
    ]


def words_of(sort: QuestionType) -> list[Control]:
    """List the controls of what people read first."""
    if sort in (QuestionType.HIDDEN, QuestionType.CALCULATED):
        return [Control("title", "Name, for your own lists", "text", LONGEST_TEXT)]
    label = "Text" if sort is QuestionType.STATEMENT else "Question"
    help_ = Control("help", "Help", "text", 2_000, "A line below the question, if it needs one")
    return [Control("title", label, "text", LONGEST_TEXT), help_]


def _scored(sort: QuestionType, referred: Referred) -> Iterator[Control]:
    spec = sort.spec
    if spec.kinds:
        yield Control("metric", "Figure", "choice", choices=referred.metrics)
        yield Control("touchpoint", "Touchpoint", "choice", choices=referred.touchpoints)
        yield Control("channel", "Channel", "choice", choices=referred.channels)
    if len(spec.styles) > 1:
        usual = f"As usual: {_STYLE_WORDS[spec.styles[0]].lower()}"
        styles = [("", usual), *((one, _STYLE_WORDS[one]) for one in spec.styles)]
        yield Control("style", "Look", "choice", choices=styles)
    if spec.stored in (Stored.SCORE, Stored.SCORES) or sort is QuestionType.SLIDER:
        yield Control("low_label", "Words at the low end")
        yield Control("high_label", "Words at the high end")


def _bounds(sort: QuestionType) -> Iterator[Control]:
    spec = sort.spec
    if spec.has_bounds:
        least, most = _BOUND_WORDS[spec.stored]
        if least:
            yield Control("least", least, "number")
        yield Control("most", most, "number")
    if sort in (QuestionType.NUMBER, QuestionType.SLIDER):
        yield Control("step", "Steps of", "number")
        yield Control("unit", "Unit", most=20)


def _yes(name: str, label: str) -> Control:
    return Control(name, label, "choice", choices=YES_OR_NO)
