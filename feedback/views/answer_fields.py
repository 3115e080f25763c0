"""The questions of a page as templates draw them: words in one language, and what was filled in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback.rules.answer_files import MOST_FILES, MOST_MEGABYTES, read_field
from feedback.rules.answer_reading import NA, slider_points
from feedback.rules.answer_words import said
from feedback.rules.piping import filled
from feedback.rules.question_types import QuestionType, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from feedback.rules.answer_reading import AnswerRefusedError, Sent
    from feedback.rules.answering import Page
    from feedback.rules.questionnaires import Choice, Question, Questionnaire

FACES = {
    2: ("🙁", "🙂"),
    3: ("🙁", "😐", "🙂"),
    5: ("😠", "🙁", "😐", "🙂", "😀"),
    7: ("😡", "😠", "🙁", "😐", "🙂", "😀", "😍"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One of what is picked: the value that is sent, its words, a sign for it, and whether picked.

    *own* is the name of the field for words of one's own, *said* what stands in it. *picture* is
    the address of what it shows, *alt* says it in words.
    """

    value: str
    words: str
    sign: str = ""
    is_picked: bool = False
    own: str = ""
    said: str = ""
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of points: *name* is the field that is sent."""

    name: str
    words: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A question on its page. *template* draws it; *value* is what a single field holds."""

    question: Question
    template: str
    title: str
    help: str
    name: str
    value: str = ""
    lines: tuple[Line, ...] = ()
    low: str = ""
    high: str = ""
    error: str = ""
    optional: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> tuple[Point, ...]:
        """Give the points of the only line."""
        return self.lines[0].points if self.lines else ()


_TEMPLATES = {
    QuestionType.MATRIX: "table",
    QuestionType.MULTIPLE: "checks",
    QuestionType.DROPDOWN: "select",
    QuestionType.RANKING: "ranking",
    QuestionType.PICTURE: "pictures",
    QuestionType.LONG_TEXT: "area",
    QuestionType.ADDRESS: "area",
    QuestionType.STATEMENT: "statement",
}
_BY_STORED = {
    Stored.SCORE: "scale",
    Stored.KEY: "radios",
    Stored.BOOL: "radios",
    Stored.ASSETS: "files",
}
_HINTS = ("other", "rank", "choose", "files_hint", "files_there")


def fields_of(
    questionnaire: Questionnaire,
    page: Page,
    *,
    sent: Sent,
    faults: Mapping[str, AnswerRefusedError],
    language: str,
    seed: str,
    words: Mapping[str, str],
    picture_url: Callable[[str], str],
) -> list[Field]:
    """Give what stands on *page*; *sent* is what is filled in, by the names of fields.

    What is mixed is mixed by *seed*, the same each time; *words* are the answers that texts show.
    *picture_url* gives the address of a picture by its id.
    """
    maker = _Maker(
        questionnaire,
        sent=sent,
        faults=faults,
        language=language,
        seed=seed,
        words=words,
        picture_url=picture_url,
    )
    return [maker.field(one) for one in page if one.is_asked or one.type.value == "statement"]


class _Maker:
    def __init__(
        self,
        questionnaire: Questionnaire,
        *,
        sent: Sent,
        faults: Mapping[str, AnswerRefusedError],
        language: str,
        seed: str,
        words: Mapping[str, str],
        picture_url: Callable[[str], str],
    ) -> None:
        self.questionnaire, self.sent, self.seed = questionnaire, sent, seed
        self.picture_url = picture_url
        self.words = words
        self.faults, self.language = faults, language

    def text(self, texts: dict[str, str]) -> str:
        return filled(self.questionnaire.text(texts, self.language), self.words)

    def field(self, question: Question) -> Field:
        name = f"q.{question.key}"
        values = self.sent.get(name) or [""]
        fault = self.faults.get(question.key)
        return Field(
            question=question,
            template=self.template(question),
            title=self.text(question.title),
            help=self.text(question.help),
            name=name,
            value=values[-1],
            lines=tuple(self.lines(question, name)),
            low=self.text(question.low_label),
            high=self.text(question.high_label),
            error=fault.words(self.language) if fault else "",
            optional="" if question.is_required else said(self.language, "optional"),
            hints={
                **{key: said(self.language, key, **_limits(question)) for key in _HINTS},
                "bounds": self.bounds(question),
            },
        )

    def bounds(self, question: Question) -> str:
        """Say which numbers can be written; "" where any can."""
        least, most, _ = question.reach
        if question.type.spec.stored is not Stored.NUMBER or None in (least, most):
            return ""
        return said(self.language, "number_between", least=f"{least:g}", most=f"{most:g}")

    @staticmethod
    def template(question: Question) -> str:
        if slider_points(question):
            return "feedback/answer/_scale.html"
        chosen = _TEMPLATES.get(question.type) or _BY_STORED.get(question.type.spec.stored)
        return f"feedback/answer/_{chosen or 'line'}.html"

    def lines(self, question: Question, name: str) -> Sequence[Line]:
        stored = question.type.spec.stored
        if stored is Stored.SCORES:
            return [
                Line(
                    f"{name}.{row.key}",
                    self.text(row.title),
                    self.scores(question, f"{name}.{row.key}"),
                )
                for row in question.rows
            ]
        if stored is Stored.SCORE:
            return [Line(name, "", self.scores(question, name))]
        if told := self.words_of_points(question):
            return [Line(name, "", self.picked(question, name, told))]
        if stored is Stored.ASSETS:
            kept = [(value, read_field(value)) for value in self.sent.get(name) or ()]
            points = [Point(value, one[1], is_picked=True) for value, one in kept if one]
            return [Line(name, "", tuple(points))]
        if question.choices:
            return [Line(name, "", self.choices(question, name))]
        return []

    def words_of_points(self, question: Question) -> list[tuple[str, str]]:
        """Give value and words of each point of a slider, or of yes and no."""
        if question.type.spec.stored is Stored.BOOL:
            return [(one, said(self.language, one)) for one in ("yes", "no")]
        return [(one, one) for one in slider_points(question)]

    def scores(self, question: Question, name: str) -> tuple[Point, ...]:
        points = question.scale.points if question.scale else ()
        told = [(str(value), str(value)) for value in points]
        found = self.picked(question, name, told)
        signs = _signs(question, len(points))
        return tuple(
            Point(one.value, one.words, sign, one.is_picked)
            for one, sign in zip(found, [*signs, ""], strict=False)
        )

    def picked(
        self, question: Question, name: str, told: Sequence[tuple[str, str]]
    ) -> tuple[Point, ...]:
        if question.na_label:
            told = [*told, (NA, self.text(question.na_label))]
        values = self.sent.get(name) or []
        return tuple(Point(value, words, is_picked=value in values) for value, words in told)

    def choices(self, question: Question, name: str) -> tuple[Point, ...]:
        values = self.sent.get(name) or []
        is_ranked = question.type is QuestionType.RANKING
        points = []
        for one in _mixed(question, self.seed + question.key):
            own = f"{name}.other" if one.is_other else ""
            ranked = f"{name}.{one.key}" if is_ranked else own
            points.append(
                Point(
                    one.key,
                    self.text(one.title),
                    is_picked=one.key in values,
                    own=ranked,
                    said=(self.sent.get(ranked) or [""])[-1] if ranked else "",
                    picture=self.picture_url(one.asset) if one.asset else "",
                    alt=self.text(one.alt),
                )
            )
        if question.na_label and not is_ranked:
            points.append(Point(NA, self.text(question.na_label), is_picked=NA in values))
        return tuple(points)


def _signs(question: Question, count: int) -> list[str]:
    style = question.style or next(iter(question.type.spec.styles), "")
    if style == "faces" and count in FACES:
        return list(FACES[count])
    if style in ("stars", "hearts"):
        return ["★" if style == "stars" else "♥"] * count
    return [""] * count


def _mixed(question: Question, seed: str) -> list[Choice]:
    """Put choices in an order of one's own, the same each time; what is anchored stays."""
    if not question.is_random:
        return list(question.choices)
    free = [one for one in question.choices if not one.is_anchored]
    random.Random(seed).shuffle(free)  # noqa: S311 - an order, no secret
    rest = iter(free)
    return [one if one.is_anchored else next(rest) for one in question.choices]


def _limits(question: Question) -> dict[str, int]:
    """Give how many files, and of how many megabytes, a question about files takes."""
    most = min(int(question.most or MOST_FILES), MOST_FILES)
    return {"most": most, "size": MOST_MEGABYTES}
