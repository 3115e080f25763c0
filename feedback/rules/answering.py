"""The way through a survey: what is asked of somebody, page by page, and what counts in the end.

The way depends on the answers so far and on nothing else, so that it is found anew each time.
Whatever depends on an answer stands on a later page than the question: no script is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.rules.conditions import CUSTOMER, tests_of
from feedback.rules.piped_texts import piped_into
from feedback.rules.questionnaires import Question, Questionnaire
from feedback.rules.survey_words import Ending, PageLayout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

type Answers = Mapping[str, Any]
type Page = tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """The questions that somebody meets with certain answers, in order, and how it ends."""

    questions: tuple[Question, ...]
    ending: Ending

    @property
    def keys(self) -> frozenset[str]:
        """Give the keys of all questions on it."""
        return frozenset(one.key for one in self.questions)


@dataclass(frozen=True, slots=True)
class Settled:
    """Answers that *counted*, and those put *aside*: to questions that are no longer asked."""

    counted: dict[str, Any]
    aside: dict[str, Any]


def way_through(questionnaire: Questionnaire, answers: Answers) -> Way:
    """Find the way with *answers*, to which `$language` and the like belong.

    Ways lead forward only; one back, which publishing refuses, is not taken.
    """
    met = [question for question, is_met in _walk(questionnaire, answers) if is_met]
    last = _jump(met[-1], answers) if met else ""
    return Way(tuple(met), Ending(last) if last in set(Ending) else Ending.END)


def pages_of(questionnaire: Questionnaire, answers: Answers) -> list[Page]:
    """Group the way into pages; a page with nothing to answer or to read is none.

    The pages up to the first that lacks an answer are certain; those after it may still change.
    """
    pages: list[list[Question]] = [[]]
    is_full = False
    for question, is_met in _walk(questionnaire, answers):
        # Also what is not met now may come between once this page is answered.
        is_full = is_full or _depends_on(question, pages[-1])
        if not is_met:
            continue
        if pages[-1] and (is_full or _begins(questionnaire.layout, pages[-1], question)):
            pages.append([])
        pages[-1].append(question)
        is_full = False
    return [tuple(page) for page in pages if any(_is_seen(one) for one in page)]


def attributes_in(questionnaire: Questionnaire) -> frozenset[str]:
    """Give the keys of the attributes of customers that conditions look at."""
    conditions = (
        condition
        for one in questionnaire.questions
        if one.show or one.jumps
        for condition in (one.shown_when, *(jump.condition for jump in one.jumps))
    )
    names = (test.of for condition in conditions for test in tests_of(condition))
    return frozenset(one.removeprefix(CUSTOMER) for one in names if one.startswith(CUSTOMER))


def page_after(pages: Sequence[Page], key: str) -> Page | None:
    """Give the page after the one with the question *key*; the first for ""; None at the end."""
    if not key:
        return pages[0] if pages else None
    place = next((n for n, page in enumerate(pages) if any(q.key == key for q in page)), None)
    if place is None:
        return pages[0] if pages else None
    return pages[place + 1] if place + 1 < len(pages) else None


def page_before(pages: Sequence[Page], key: str) -> Page | None:
    """Give the page before the one with the question *key*; None where there is none."""
    place = next((n for n, page in enumerate(pages) if any(q.key == key for q in page)), 0)
    return pages[place - 1] if place else None


def page_with(pages: Sequence[Page], key: str) -> Page | None:
    """Give the page on which the question *key* stands."""
    return next((page for page in pages if any(q.key == key for q in page)), None)


def settled(questionnaire: Questionnaire, answers: Answers) -> Settled:
    """Part *answers* by whether their questions are on the way that they make.

    Putting one aside may change the way, so it is done until nothing more falls out: at most as
    often as there are questions.
    """
    counted = dict(answers)
    aside: dict[str, Any] = {}
    while True:
        keys = way_through(questionnaire, counted).keys
        gone = [key for key in counted if key not in keys and not key.startswith("$")]
        if not gone:
            return Settled(counted, aside)
        for key in gone:
            aside[key] = counted.pop(key)


def share_done(pages: Sequence[Page], key: str) -> float:
    """Say how far the page with *key* is, from 0 to 1: pages before it over all there are now."""
    place = next((n for n, page in enumerate(pages) if any(q.key == key for q in page)), 0)
    return place / len(pages) if pages else 1.0


def _walk(questionnaire: Questionnaire, answers: Answers) -> Iterator[tuple[Question, bool]]:
    """Give the questions that no way on passes over, each with whether it is met."""
    order = {one.key: place for place, one in enumerate(questionnaire.questions)}
    place = 0
    while place < len(questionnaire.questions):
        question = questionnaire.questions[place]
        is_met = question.shown_when.holds(answers)
        yield question, is_met
        to = _jump(question, answers) if is_met else ""
        if to in set(Ending):
            return
        place = max(place + 1, order.get(to, 0))


def _jump(question: Question, answers: Answers) -> str:
    """Give where *question* leads with *answers*; "" is on to the next."""
    return next((one.to for one in question.jumps if one.condition.holds(answers)), "")


def _begins(layout: PageLayout, page: Sequence[Question], question: Question) -> bool:
    """Whether *question* cannot stand on the *page* that is being filled."""
    if any(one.jumps for one in page):
        return True
    if layout is PageLayout.ONE:
        return _is_seen(question) and any(one.is_asked for one in page)
    return layout is PageLayout.PAGES and question.starts_page


def _depends_on(question: Question, page: Sequence[Question]) -> bool:
    keys = {one.key for one in page}
    if keys & piped_into(question):
        return True
    return any(_names(test.of, keys) for test in tests_of(question.shown_when))


def _names(of: str, keys: set[str]) -> bool:
    return of in keys or of.partition(".")[0] in keys


def _is_seen(question: Question) -> bool:
    return question.is_asked or question.type.value == "statement"
