"""What is wrong with a survey before it is published, and what could be better."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any

from feedback.rules.answer_files import MOST_FILES
from feedback.rules.calculating import formula_faults
from feedback.rules.condition_space import answer_space, assignments, can_hold, is_small
from feedback.rules.conditions import is_surrounding, tests_of
from feedback.rules.languages import NAMES
from feedback.rules.piped_texts import piping_faults
from feedback.rules.question_types import QuestionType, Stored
from feedback.rules.questionnaires import Scale
from feedback.rules.survey_words import Anonymity, Ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from feedback.rules.conditions import Condition
    from feedback.rules.questionnaires import Question, Questionnaire, Texts

MOST_LIKED = 12
# Points that a scale of the type may have; for what is not here any figure does.
_SCALES = {
    QuestionType.NPS: (Scale(0, 10), Scale(1, 10)),
    QuestionType.CES: (Scale(1, 5), Scale(1, 7)),
}
_CSAT_POINTS = (2, 3, 5, 7)


class Level(StrEnum):
    """How much a finding matters: only errors keep a survey from being published."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the question *key*, or about the whole survey for ""."""

    level: Level
    key: str
    words: str


def checked(questionnaire: Questionnaire, scales: Mapping[str, Scale]) -> list[Finding]:
    """Check a survey: what concerns the whole, then its questions in their order.

    *scales* are those of all figures, by key.
    """
    whole = list(_of_whole(questionnaire))
    piped = [Finding(Level.ERROR, key, words) for key, words in piping_faults(questionnaire)]
    whole += [one for one in piped if not one.key]
    parts = [list(_of_question(questionnaire, one, scales)) for one in questionnaire.questions]
    told = {one.key for one in chain(*parts) if one.level is Level.ERROR}
    lost = _unreached(questionnaire, told) if not _has_loop(questionnaire) else []
    order = {one.key: place for place, one in enumerate(questionnaire.questions)}
    within = [*chain(*parts), *(one for one in piped if one.key), *lost]
    return whole + sorted(within, key=lambda one: order[one.key])


def errors_in(findings: Iterable[Finding]) -> list[str]:
    """Give the words of those that keep a survey from being published."""
    return [one.words for one in findings if one.level is Level.ERROR]


def _of_whole(questionnaire: Questionnaire) -> Iterator[Finding]:
    asked = sum(one.is_asked for one in questionnaire.questions)
    if not asked:
        words = "There is no question yet: add one that asks for an answer."
        yield Finding(Level.ERROR, "", words)
    if asked > MOST_LIKED:
        words = f"It asks {asked} questions. Many people stop after {MOST_LIKED}."
        yield Finding(Level.HINT, "", words)
    for name, texts in (("title", questionnaire.title), ("words", questionnaire.intro)):
        for language in _missing(questionnaire, texts):
            yield Finding(Level.WARNING, "", f"The {name} at the beginning lack {language}.")
    for language in _missing(questionnaire, questionnaire.thanks):
        yield Finding(Level.WARNING, "", f"The words at the end lack {language}.")


def _of_question(
    questionnaire: Questionnaire, question: Question, scales: Mapping[str, Scale]
) -> Iterator[Finding]:
    def say(level: Level, words: str) -> Finding:
        return Finding(level, question.key, words)

    name = _called(questionnaire, question)
    calculated = (f"“{name}”: {words}" for words in formula_faults(questionnaire, question))
    for words in chain(
        _lacking(question, name),
        _pictureless(question, name),
        calculated,
        _scales_of(question, name, scales),
        _references(questionnaire, question, name),
        _never(questionnaire, question, name),
    ):
        yield say(Level.ERROR, words)
    for language in _untranslated(questionnaire, question):
        yield say(Level.WARNING, f"“{name}” is not all in {language}.")


def _lacking(question: Question, name: str) -> Iterator[str]:
    spec = question.type.spec
    if not question.title and question.type.value not in ("hidden", "calculated"):
        yield f"The question “{question.key}” has no words."
    if question.type is QuestionType.FILE and (question.most or 1) > MOST_FILES:
        yield f"“{name}” asks for more than {MOST_FILES} files."
    if spec.stored in (Stored.SCORE, Stored.SCORES) and question.scale is None:
        yield f"“{name}” names no figure, so that it has no scale."
    if spec.has_choices and len(question.choices) < 2:  # noqa: PLR2004 - one is no choice
        yield f"“{name}” offers fewer than two choices."
    if spec.stored is Stored.SCORES and not question.rows:
        yield f"“{name}” has no rows."
    if not all(_lines_of(question)):
        yield f"A line of “{name}” has no words."
    if question.least is not None and question.most is not None and question.least > question.most:
        yield f"The least of “{name}” is more than its most."


def _pictureless(question: Question, name: str) -> Iterator[str]:
    """Miss the pictures of what is chosen by them; words of one's own and “none” do without."""
    if question.type is not QuestionType.PICTURE:
        return
    plain = (one for one in question.choices if not (one.is_other or one.is_none))
    if not all(one.asset for one in plain):
        yield f"A choice of “{name}” has no picture."


def _scales_of(question: Question, name: str, scales: Mapping[str, Scale]) -> Iterator[str]:
    if question.scale is None:
        return
    own = question.least, question.most, question.step
    if any(mine not in (None, theirs) for mine, theirs in zip(own, question.reach, strict=True)):
        yield f"“{name}” has other bounds or steps than its figure: leave them empty."
    if question.type is QuestionType.YES_NO and len(question.scale.points) != 2:  # noqa: PLR2004
        yield f"“{name}” needs a figure of two points: yes counts as the higher one."
    allowed = _SCALES.get(question.type)
    is_strange = allowed is not None and question.scale not in allowed
    if question.type is QuestionType.CSAT:
        is_strange = len(question.scale.points) not in _CSAT_POINTS
    if is_strange:
        span = f"{question.scale.first} to {question.scale.last}"
        yield f"“{name}” cannot be asked on a scale from {span}: choose another figure."
    for row in question.rows:
        if row.metric and scales.get(row.metric) != question.scale:
            yield f"A row of “{name}” has a figure with another scale than the table."


def _references(questionnaire: Questionnaire, question: Question, name: str) -> Iterator[str]:
    order = {one.key: place for place, one in enumerate(questionnaire.questions)}
    here = order[question.key]
    yield from _misled(questionnaire, question.shown_when, name, lambda key: order[key] < here)
    for jump in question.jumps:
        yield from _misled(questionnaire, jump.condition, name, lambda key: order[key] <= here)
        if jump.to in set(Ending):
            continue
        if jump.to not in order:
            yield f"A way on from “{name}” leads to “{jump.to}”, which is not in the survey."
        elif order[jump.to] <= here:
            yield f"A way on from “{name}” leads back to “{jump.to}”: people would go in circles."


def _misled(
    questionnaire: Questionnaire, condition: Condition, name: str, may: Callable[[str], bool]
) -> Iterator[str]:
    """Tell what a condition looks at that is not there, or is asked later only."""
    for of in dict.fromkeys(test.of for test in tests_of(condition)):
        if is_surrounding(of):
            continue
        key, _, row = of.partition(".")
        asked = questionnaire.question(key)
        if asked is None or (row and row not in {one.key for one in asked.rows}):
            yield f"A rule of “{name}” looks at “{of}”, which is not in the survey."
        elif not may(key):
            yield f"A rule of “{name}” looks at “{of}”, which is not asked before it."


def _never(questionnaire: Questionnaire, question: Question, name: str) -> Iterator[str]:
    questions = {one.key: one for one in questionnaire.questions}
    if not can_hold(question.shown_when, questions):
        yield f"“{name}” is never shown: no answers fulfil its rule."
    for number, jump in enumerate(question.jumps, start=1):
        if not can_hold(jump.condition, questions):
            yield f"Way on {number} from “{name}” is never taken: no answers fulfil its rule."


def _has_loop(questionnaire: Questionnaire) -> bool:
    order = {one.key: place for place, one in enumerate(questionnaire.questions)}
    return any(
        order.get(jump.to, len(order)) <= order[one.key]
        for one in questionnaire.questions
        for jump in one.jumps
    )


def _unreached(questionnaire: Questionnaire, told: set[str]) -> list[Finding]:
    """Find questions that no answers lead to; those in *told* have an error already."""
    missing = {one.key for one in questionnaire.questions} - _reached(questionnaire)
    found = []
    for question in questionnaire.questions:
        if question.key in missing - told:
            name = questionnaire.text(question.title, questionnaire.language) or question.key
            words = f"“{name}” is never reached: all ways lead past it."
            found.append(Finding(Level.ERROR, question.key, words))
    return found


def _reached(questionnaire: Questionnaire) -> set[str]:
    questions = {one.key: one for one in questionnaire.questions}
    conditions = [
        condition
        for one in questionnaire.questions
        for condition in (one.shown_when, *(jump.condition for jump in one.jumps))
    ]
    space = answer_space(chain.from_iterable(map(tests_of, conditions)), questions)
    if not is_small(space):
        return _reached_by_parts(questionnaire, questions)
    goals = {*questions, *Ending}
    steps = [
        _Step(
            one.key,
            one.shown_when,
            [(jump.to, jump.condition) for jump in one.jumps if jump.to in goals],
        )
        for one in questionnaire.questions
    ]
    reached: set[str] = set()
    for answers in assignments(space):
        reached.update(_way(steps, answers))
        if len(reached) == len(steps):
            break
    return reached


@dataclass(frozen=True, slots=True)
class _Step:
    """A question with its conditions read, since the way is looked for very often."""

    key: str
    shown: Condition
    jumps: list[tuple[str, Condition]]


def _way(steps: Sequence[_Step], answers: Mapping[str, Any]) -> Iterator[str]:
    """Give the keys of what is asked of whoever would answer so: `answering.way_through`, settled.

    Conditions look back only, so that answers to what was not asked can be left out on the way.
    """
    counted = {name: answer for name, answer in answers.items() if is_surrounding(name)}
    goal = ""
    for step in steps:
        if goal and step.key != goal:
            continue
        goal = ""
        if not step.shown.holds(counted):
            continue
        yield step.key
        counted |= {n: a for n, a in answers.items() if n.partition(".")[0] == step.key}
        goal = next((to for to, condition in step.jumps if condition.holds(counted)), "")


def _reached_by_parts(questionnaire: Questionnaire, questions: Mapping[str, Question]) -> set[str]:
    """Follow each way that can be taken for itself: where there is too much to try together."""
    reached, places = set(), {0}
    order = {one.key: place for place, one in enumerate(questionnaire.questions)}
    for place, one in enumerate(questionnaire.questions):
        if place not in places or not can_hold(one.shown_when, questions):
            places |= {place + 1} if place in places else set()
            continue
        reached.add(one.key)
        open_jumps = [jump for jump in one.jumps if can_hold(jump.condition, questions)]
        places |= {order[jump.to] for jump in open_jumps if jump.to in order}
        is_passed = any(not list(tests_of(jump.condition)) for jump in open_jumps)
        if not is_passed or one.show:
            places.add(place + 1)
    return reached


def _untranslated(questionnaire: Questionnaire, question: Question) -> list[str]:
    if question.type in (QuestionType.HIDDEN, QuestionType.CALCULATED):
        return []
    texts = [
        *(question.title, question.help, question.na_label),
        *(question.low_label, question.high_label),
        *_lines_of(question),
    ]
    missing = [language for one in texts for language in _missing(questionnaire, one)]
    return list(dict.fromkeys(missing))


def _lines_of(question: Question) -> list[Texts]:
    return [*(one.title for one in question.choices), *(one.title for one in question.rows)]


def _missing(questionnaire: Questionnaire, texts: Texts) -> list[str]:
    """Name the languages that a text should be in and is not."""
    if questionnaire.language not in texts:
        return []
    return [NAMES.get(one, one) for one in questionnaire.languages if one not in texts]


def nameless_findings(questionnaire: Questionnaire, anonymity: str) -> list[Finding]:
    """Refuse questions about files in a survey that is to lead to nobody: a file can name them."""
    if anonymity != Anonymity.ANONYMOUS:
        return []
    words = "asks for files, which can name their sender: an anonymous survey takes none."
    return [
        Finding(Level.ERROR, one.key, f"“{_called(questionnaire, one)}” {words}")
        for one in questionnaire.questions
        if one.type is QuestionType.FILE
    ]


def _called(questionnaire: Questionnaire, question: Question) -> str:
    return questionnaire.text(question.title, questionnaire.language) or question.key
