"""Answers in words, as pages and texts say them."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.rules.answers_told import answer_told
from feedback.rules.questionnaires import Choice, Question
from tests.feedback.asking import asked, nps, question, rows

PICK = question(
    "pick",
    "multiple",
    choices=(Choice("app", {"en": "The app", "de": "Die App"}), Choice("own", {"en": "Other"})),
)


@pytest.mark.parametrize(
    ("of", "answer", "words"),
    [
        pytest.param(nps(), 9, "9", id="a score"),
        pytest.param(nps(), 0, "0", id="a score of nothing"),
        pytest.param(nps(na_label={"en": "No idea"}), "na", "No idea", id="does not apply"),
        pytest.param(PICK, ["app", {"key": "own", "text": "a friend"}], "Die App, Other: a friend"),
        pytest.param(PICK, ["gone"], "gone", id="a choice that was taken away"),
        pytest.param(question("sure", "yes_no"), False, "Nein", id="a no"),
        pytest.param(question("m", "number"), 2.5, "2.5", id="a number"),
        pytest.param(question("why"), "na", "na", id="a text that looks like a mark"),
        pytest.param(
            question("t", "matrix", rows=rows("speed", "price")),
            {"price": 2, "speed": 5, "gone": 1},
            "price: 2, speed: 5",
            id="a table",
        ),
        pytest.param(
            question("f", "file"),
            [{"file": "1", "name": "a.pdf"}, {"file": "2", "name": "b.png"}],
            "a.pdf, b.png",
            id="files",
        ),
        pytest.param(nps(), None, "", id="nothing"),
        pytest.param(PICK, [], "", id="no choices"),
    ],
)
def test_an_answer_is_told_in_words(of: Question, answer: Any, words: str) -> None:
    assert answer_told(asked(of), of, answer, "de") == words
