"""The types of questions: what an answer to one is, and what may be set of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QuestionType(StrEnum):
    """What a question asks for."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    RATING = "rating"
    MATRIX = "matrix"
    SINGLE = "single"
    MULTIPLE = "multiple"
    DROPDOWN = "dropdown"
    PICTURE = "picture"
    RANKING = "ranking"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    SLIDER = "slider"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes_no"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"
    CONSENT = "consent"
    FILE = "file"
    STATEMENT = "statement"
    HIDDEN = "hidden"
    CALCULATED = "calculated"

    @property
    def words(self) -> str:
        """Give what the builder calls it."""
        return SPECS[self].words

    @property
    def spec(self) -> TypeSpec:
        """Give what there is to know about it."""
        return SPECS[self]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give pairs of value and words, for forms and columns."""
        return [(one.value, one.words) for one in cls]


class Stored(StrEnum):
    """What an answer is stored as."""

    SCORE = "score"
    SCORES = "scores"
    KEY = "key"
    KEYS = "keys"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    BOOL = "bool"
    ASSETS = "assets"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """What there is to know about a type of question.

    *kinds* are the kinds of metrics that may be measured with it (empty: none), *styles* the ways
    it can be drawn, the usual one first. A question that *is_asked* shows something to answer; a
    *is_personal* one asks for what points at a person.
    """

    words: str
    stored: Stored
    group: str
    kinds: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    has_choices: bool = False
    has_bounds: bool = False
    is_asked: bool = True
    is_personal: bool = False


_SCORES = "Scores"
_CHOICES = "Choices"
_WORDS = "Words and numbers"
_PERSON = "About the person"
_OTHER = "Other"
_ANY_SCALE = ("nps", "csat", "ces", "rating")
_POINTS = ("numbers", "words")

SPECS: dict[QuestionType, TypeSpec] = {
    QuestionType.NPS: TypeSpec(
        "Recommendation (NPS)", Stored.SCORE, _SCORES, kinds=("nps",), styles=("numbers",)
    ),
    QuestionType.CSAT: TypeSpec(
        "Satisfaction (CSAT)",
        Stored.SCORE,
        _SCORES,
        kinds=("csat",),
        styles=("faces", "stars", "numbers", "words"),
    ),
    QuestionType.CES: TypeSpec(
        "Effort (CES)", Stored.SCORE, _SCORES, kinds=("ces",), styles=_POINTS
    ),
    QuestionType.RATING: TypeSpec(
        "Rating", Stored.SCORE, _SCORES, kinds=_ANY_SCALE, styles=("stars", "hearts", "numbers")
    ),
    QuestionType.MATRIX: TypeSpec(
        "Several ratings in a table", Stored.SCORES, _SCORES, kinds=_ANY_SCALE, styles=_POINTS
    ),
    QuestionType.SINGLE: TypeSpec("One of several", Stored.KEY, _CHOICES, has_choices=True),
    QuestionType.MULTIPLE: TypeSpec(
        "Some of several", Stored.KEYS, _CHOICES, has_choices=True, has_bounds=True
    ),
    QuestionType.DROPDOWN: TypeSpec("One from a list", Stored.KEY, _CHOICES, has_choices=True),
    QuestionType.PICTURE: TypeSpec(
        "One of several pictures", Stored.KEY, _CHOICES, has_choices=True
    ),
    QuestionType.RANKING: TypeSpec("Put in order", Stored.KEYS, _CHOICES, has_choices=True),
    QuestionType.YES_NO: TypeSpec("Yes or no", Stored.BOOL, _CHOICES, kinds=("csat",)),
    QuestionType.SHORT_TEXT: TypeSpec("A line of text", Stored.TEXT, _WORDS, has_bounds=True),
    QuestionType.LONG_TEXT: TypeSpec("Longer text", Stored.TEXT, _WORDS, has_bounds=True),
    QuestionType.NUMBER: TypeSpec(
        "Number", Stored.NUMBER, _WORDS, kinds=_ANY_SCALE, has_bounds=True
    ),
    QuestionType.SLIDER: TypeSpec(
        "Slider", Stored.NUMBER, _WORDS, kinds=_ANY_SCALE, has_bounds=True
    ),
    QuestionType.DATE: TypeSpec("Date", Stored.DATE, _WORDS),
    QuestionType.TIME: TypeSpec("Time of day", Stored.TIME, _WORDS),
    QuestionType.EMAIL: TypeSpec("E-mail address", Stored.TEXT, _PERSON, is_personal=True),
    QuestionType.PHONE: TypeSpec("Phone number", Stored.TEXT, _PERSON, is_personal=True),
    QuestionType.NAME: TypeSpec("Name", Stored.TEXT, _PERSON, is_personal=True),
    QuestionType.ADDRESS: TypeSpec("Postal address", Stored.TEXT, _PERSON, is_personal=True),
    QuestionType.CONSENT: TypeSpec("Consent", Stored.BOOL, _PERSON),
    QuestionType.FILE: TypeSpec("Files", Stored.ASSETS, _WORDS, has_bounds=True),
    QuestionType.STATEMENT: TypeSpec("Text to read", Stored.NOTHING, _OTHER, is_asked=False),
    QuestionType.HIDDEN: TypeSpec("Hidden value", Stored.TEXT, _OTHER, is_asked=False),
    QuestionType.CALCULATED: TypeSpec(
        "Calculated value", Stored.NUMBER, _OTHER, kinds=_ANY_SCALE, is_asked=False
    ),
}
