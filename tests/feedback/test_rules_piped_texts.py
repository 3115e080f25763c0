"""Where answers stand in texts: what may stand where, and on which page."""

from __future__ import annotations

import pytest

from feedback.rules.answering import pages_of
from feedback.rules.piped_texts import answers_in_words, piped_into, piping_faults
from feedback.rules.survey_checks import checked, errors_in
from tests.feedback.asking import asked, nps, question


def test_answers_stand_in_words_on_one_line_and_not_too_long() -> None:
    whole = asked(nps(na_label={"en": "?"}), question("why"), question("order", "hidden"))

    told = answers_in_words(whole, {"why": "a\n  b", "nps": "na", "order": "x" * 400}, "en")

    assert told == {"why": "a b", "order": "x" * 299 + "…"}


def test_a_text_that_shows_an_answer_stands_on_a_later_page() -> None:
    why = question("why", title={"en": "Why {{ nps | that }}?", "de": "Warum?"})
    whole = asked(nps(), question("more"), why, question("last"), layout="all")

    pages = [[one.key for one in page] for page in pages_of(whole, {})]

    assert piped_into(why) == {"nps"}
    assert pages == [["nps", "more"], ["why", "last"]]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("{{ last | x }}", "“last” is no question that is asked before."),
        ("{{ why | x }}", "“why” is no question that is asked before."),
        ("{{ nps }}", "lacks words for when there is no answer"),
        ("{{ nps | x", "one of them is missing"),
    ],
)
def test_a_place_that_cannot_be_keeps_a_survey_from_being_published(title: str, words: str) -> None:
    why = question("why", title={"en": "Why?", "de": title})
    whole = asked(nps(), why, question("last"))

    [error] = errors_in(checked(whole, {}))

    assert words in error


def test_the_beginning_knows_hidden_values_and_the_end_everything() -> None:
    order = question("order", "hidden")
    intro, thanks = {"en": "{{ order | x }} {{ nps | y }}"}, {"en": "{{ nps | y }}"}
    whole = asked(nps(), order, intro=intro, thanks=thanks)

    assert list(piping_faults(whole)) == [
        ("", "In the words at the beginning: “nps” is no question that is asked before.")
    ]
