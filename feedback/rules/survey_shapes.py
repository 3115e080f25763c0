"""What the draft of a survey is made of, for the operation engine."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from cxm.kernel.operations.cleaning import named, one_line, one_of, paragraphs, slug, text_of
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from feedback.rules.condition_errors import ConditionError
from feedback.rules.conditions import read_condition, write_condition
from feedback.rules.languages import LANGUAGES
from feedback.rules.question_types import SPECS, QuestionType
from feedback.rules.survey_words import Ending, PageLayout, TextRole

MOST_QUESTIONS, MOST_CHOICES, MOST_ROWS, MOST_JUMPS = 200, 200, 60, 20
LONGEST_TEXT, LONGEST_HELP = 1_000, 2_000
# A rating names its question and, of a table, the row, in 80 characters.
LONGEST_KEY, LONGEST_ROW_KEY = 40, 39
TRANSLATED = {
    "survey": ("title", "intro", "thanks", "closed"),
    "question": ("title", "help", "na_label", "low_label", "high_label", "alt"),
    "choice": ("title", "alt"),
    "row": ("title",),
}
_STYLES = ("", *sorted({style for spec in SPECS.values() for style in spec.styles}))
_FIELDS = tuple(dict.fromkeys(name for names in TRANSLATED.values() for name in names))
_Bound = Annotated[float, Meta(ge=-1e12, le=1e12)] | None


def _languages(told: list[str]) -> list[str]:
    unknown = [one for one in told if one not in LANGUAGES]
    if unknown:
        message = f"“{unknown[0][:20]}” is no language we know; write codes such as de or pt-br."
        raise ValueError(message)
    return list(dict.fromkeys(told))


def _condition(told: dict[str, Any]) -> Any:
    try:
        return write_condition(read_condition(told))
    except ConditionError as error:
        place = f" (at {error.path})" if error.path else ""
        message = f"{error}{place}"
        raise ValueError(message) from error


def _text(name: str, label: str, most: int = LONGEST_TEXT) -> FieldShape:
    return FieldShape(name, text_of(most), label, is_text=True, default="", clean=paragraphs)


def _line(name: str, label: str, most: int = 120) -> FieldShape:
    return FieldShape(name, text_of(most), label, is_text=True, default="", clean=one_line)


def _reference(name: str, label: str, to: str) -> FieldShape:
    return FieldShape(name, UUID | None, label, refers_to=to)


def _yes(name: str, label: str) -> FieldShape:
    return FieldShape(name, bool, label, default=False)


def _when(name: str, label: str) -> FieldShape:
    return FieldShape(name, dict[str, Any], label, default={}, clean=_condition)


_SURVEY = ElementShape(
    kind="survey",
    label="survey",
    title="title",
    fields=(
        FieldShape("survey", UUID, "Survey", refers_to="survey", is_fixed=True),
        FieldShape("title", text_of(200), "Title", is_text=True, clean=named),
        _text("intro", "Words before the first question", LONGEST_HELP),
        _text("thanks", "Words after the last question", LONGEST_HELP),
        _text("closed", "Words when it takes no answers", LONGEST_HELP),
        FieldShape(
            "language", str, "Language it is written in", default="en", clean=one_of(LANGUAGES)
        ),
        FieldShape(
            "languages", list[str], "Languages it is translated into", default=[], clean=_languages
        ),
        FieldShape("layout", PageLayout, "Pages", default=PageLayout.ONE.value),
        _yes("has_progress", "Show how far one is"),
        FieldShape("archived_at", datetime | None, "Archived"),
    ),
)


def _purpose(text: str) -> str:
    return slug(text) if text else ""


_QUESTION = ElementShape(
    kind="question",
    label="question",
    title="title",
    parents=("survey",),
    most=MOST_QUESTIONS,
    fields=(
        FieldShape("key", text_of(LONGEST_KEY), "Key", clean=slug),
        FieldShape("type", QuestionType, "Type", is_fixed=True),
        _text("title", "Question"),
        _text("help", "Help", LONGEST_HELP),
        _yes("is_required", "Ask for an answer"),
        _line("na_label", "Words for “does not apply”"),
        _reference("metric", "Figure", "metric"),
        _reference("touchpoint", "Touchpoint", "touchpoint"),
        _reference("channel", "Channel", "channel"),
        FieldShape("style", str, "Look", default="", clean=one_of(_STYLES)),
        _line("low_label", "Words at the low end"),
        _line("high_label", "Words at the high end"),
        FieldShape("least", _Bound, "Least"),
        FieldShape("most", _Bound, "Most"),
        FieldShape("step", Annotated[float, Meta(gt=0, le=1e9)] | None, "Steps of"),
        _line("unit", "Unit", 20),
        _yes("is_random", "Mix the order"),
        _yes("starts_page", "Begins a page"),
        _when("show", "Shown when"),
        FieldShape("text_role", TextRole, "The text is", default=TextRole.VERBATIM.value),
        FieldShape("formula", text_of(500), "Formula", default="", clean=one_line),
        _line("fallback", "Value when none came", 300),
        FieldShape("purpose", text_of(40), "Agrees to", default="", clean=_purpose),
        _reference("asset", "Picture", "asset"),
        _line("alt", "Words for the picture", 500),
    ),
)
_CHOICE = ElementShape(
    kind="choice",
    label="choice",
    title="title",
    parents=("question",),
    most=MOST_CHOICES,
    fields=(
        FieldShape("key", text_of(63), "Key", clean=slug),
        _line("title", "Choice", 300),
        _yes("is_other", "With words of one's own"),
        _yes("is_none", "None of these"),
        _yes("is_anchored", "Keeps its place"),
        _reference("asset", "Picture", "asset"),
        _line("alt", "Words for the picture", 500),
    ),
)
_ROW = ElementShape(
    kind="row",
    label="row",
    title="title",
    parents=("question",),
    most=MOST_ROWS,
    fields=(
        FieldShape("key", text_of(LONGEST_ROW_KEY), "Key", clean=slug),
        _line("title", "Row", 300),
        _reference("metric", "Figure", "metric"),
        _reference("touchpoint", "Touchpoint", "touchpoint"),
        _reference("channel", "Channel", "channel"),
    ),
)
_JUMP = ElementShape(
    kind="jump",
    label="way on",
    parents=("question",),
    most=MOST_JUMPS,
    fields=(
        _when("when", "When"),
        FieldShape("to", text_of(63), "Goes to"),
    ),
)
_WORDING = ElementShape(
    kind="wording",
    label="translation",
    title="text",
    parents=("survey", "question", "choice", "row"),
    most=2_000,
    fields=(
        FieldShape("language", str, "Language", is_fixed=True, clean=one_of(LANGUAGES)),
        FieldShape("field", str, "Text", is_fixed=True, clean=one_of(_FIELDS)),
        _text("text", "Translation", LONGEST_HELP),
        # The text it was made from: where that was changed since, the translation is stale.
        FieldShape("source", text_of(LONGEST_HELP), "Made from", default=""),
    ),
)
ENDINGS = tuple(one.value for one in Ending)

SURVEY = DocumentShape(
    root="survey",
    elements={shape.kind: shape for shape in (_SURVEY, _QUESTION, _CHOICE, _ROW, _JUMP, _WORDING)},
)
