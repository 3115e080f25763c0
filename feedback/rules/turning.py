"""Turning the pages of a survey: what was sent for a page, and which page comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from feedback.rules.answer_reading import AnswerRefusedError, answer_sent, is_missing
from feedback.rules.answering import (
    Settled,
    page_after,
    page_before,
    page_with,
    pages_of,
    settled,
    way_through,
)
from feedback.rules.calculating import with_calculated
from feedback.rules.survey_words import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.rules.answer_reading import Sent
    from feedback.rules.answering import Answers, Page
    from feedback.rules.questionnaires import Questionnaire


class Turn(StrEnum):
    """Which way somebody turns."""

    ON = "on"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Turned:
    """Where somebody is after a page was sent.

    *page* is the one to show; None is the end, of the kind *ending*. *faults* say by key what is to
    be mended on it; nothing of it is lost. *answers* are all that count now, *aside* those to what
    is no longer asked.
    """

    page: Page | None
    answers: dict[str, Any]
    aside: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, AnswerRefusedError] = field(default_factory=dict)
    ending: Ending = Ending.END


def turn(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    aside: Mapping[str, Any],
    at: str,
    sent: Sent,
    to: Turn,
    surroundings: Answers,
) -> Turned:
    """Take what was *sent* for the page with the question *at*, and find the next.

    *surroundings* are `$language` and the like. Going back keeps what fits and asks for nothing.
    An answer that was put *aside* comes back when its question is asked again.
    """
    known = {**answers, **surroundings}
    page = page_with(pages_of(questionnaire, known), at)
    if page is None:
        return _arrived(questionnaire, known, aside, page_after(pages_of(questionnaire, known), ""))
    faults = _take(page, sent, known)
    known = with_calculated(questionnaire, known)
    if to is Turn.BACK:
        return _arrived(
            questionnaire, known, aside, page_before(pages_of(questionnaire, known), at) or page
        )
    if faults:
        return Turned(page, _own(known), dict(aside), faults)
    known = _with_restored(questionnaire, known, aside)
    return _arrived(questionnaire, known, aside, page_after(pages_of(questionnaire, known), at))


def _take(page: Page, sent: Sent, known: dict[str, Any]) -> dict[str, AnswerRefusedError]:
    """Put the answers that were *sent* for a page among those *known*; give what does not fit."""
    faults: dict[str, AnswerRefusedError] = {}
    for question in page:
        if not question.is_asked:
            continue
        try:
            answer = answer_sent(question, sent)
        except AnswerRefusedError as error:
            faults[question.key] = error
            continue
        if is_missing(question, answer):
            faults[question.key] = AnswerRefusedError("please")
        known.pop(question.key, None)
        if answer is not None:
            known[question.key] = answer
    return faults


def _arrived(
    questionnaire: Questionnaire, known: Answers, aside: Mapping[str, Any], page: Page | None
) -> Turned:
    found = _settled(questionnaire, known)
    left = {
        key: value for key, value in {**aside, **found.aside}.items() if key not in found.counted
    }
    ending = way_through(questionnaire, found.counted).ending
    return Turned(page, _own(found.counted), left, {}, ending)


def _settled(questionnaire: Questionnaire, known: Answers) -> Settled:
    """Part answers as `answering.settled` does, until what is calculated of the rest stays too."""
    found = settled(questionnaire, with_calculated(questionnaire, known))
    for _ in questionnaire.questions:
        again = with_calculated(questionnaire, found.counted)
        if again == found.counted:
            break
        more = settled(questionnaire, again)
        found = Settled(more.counted, {**found.aside, **more.aside})
    return found


def _with_restored(
    questionnaire: Questionnaire, known: dict[str, Any], aside: Mapping[str, Any]
) -> dict[str, Any]:
    """Bring back what was put aside, where its question is asked again."""
    while True:
        keys = way_through(questionnaire, known).keys
        back = {key: value for key, value in aside.items() if key in keys and key not in known}
        if not back:
            return known
        known = {**known, **back}


def _own(known: Answers) -> dict[str, Any]:
    return {key: value for key, value in known.items() if not key.startswith("$")}
