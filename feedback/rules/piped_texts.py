"""Where answers stand in the texts of a survey, whether they may, and what stands there."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from feedback.rules.answer_reading import NA
from feedback.rules.answers_told import answer_told
from feedback.rules.piping import PipingError, faults_of, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedback.rules.questionnaires import Question, Questionnaire, Texts

_LONGEST = 300


def answers_in_words(
    questionnaire: Questionnaire, answers: Mapping[str, Any], language: str
) -> dict[str, str]:
    """Say the *answers* and hidden values known so far, by key, as texts show them: on one line.

    "Does not apply" is no answer.
    """
    told = {
        one.key: " ".join(answer_told(questionnaire, one, answers[one.key], language).split())
        for one in questionnaire.questions
        if answers.get(one.key) not in (None, NA)
    }
    return {
        key: words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
        for key, words in told.items()
    }


def piped_into(question: Question) -> frozenset[str]:
    """Give the questions whose answers stand in the texts of *question*."""
    found: set[str] = set()
    for text in chain.from_iterable(texts.values() for texts in _texts_of(question)):
        if "{{" in text:
            try:
                found.update(names_in(text))
            except PipingError:
                continue
    return frozenset(found)


def piping_faults(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Give what is wrong with places in texts: key of the question ("" for the whole) and words.

    Before the first question only hidden values are known; behind the last, everything.
    """
    hidden = [one.key for one in questionnaire.questions if one.type.value == "hidden"]
    every = [one.key for one in questionnaire.questions]
    for name, texts, known in (
        ("title", questionnaire.title, hidden),
        ("words at the beginning", questionnaire.intro, hidden),
        ("words at the end", questionnaire.thanks, every),
        ("words when it takes no answers", questionnaire.closed, []),
    ):
        for words in _faults([texts], known):
            yield "", f"In the {name}: {words}"
    for place, question in enumerate(questionnaire.questions):
        name = questionnaire.text(question.title, questionnaire.language) or question.key
        for words in _faults(_texts_of(question), [*hidden, *every[:place]]):
            yield question.key, f"“{name}”: {words}"


def _faults(several: list[Texts], known: list[str]) -> list[str]:
    texts = chain.from_iterable(texts.values() for texts in several)
    return list(dict.fromkeys(chain.from_iterable(faults_of(one, known) for one in texts)))


def _texts_of(question: Question) -> list[Texts]:
    own = [question.title, question.help, question.na_label]
    own += [question.low_label, question.high_label, question.alt]
    own += [text for one in question.choices for text in (one.title, one.alt)]
    return [*own, *(one.title for one in question.rows)]
