"""What people send for a question: read, or refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.rules.answer_reading import AnswerRefusedError, answer_sent, is_missing
from feedback.rules.questionnaires import Question
from tests.feedback.asking import CSAT, choices, nps, question, rows

DID_NOT = {"en": "I did not use it"}
COLOURS = choices("red", "blue", "other", "none", is_other="other", is_none="none")
SOME = question("c", "multiple", choices=COLOURS, least=2, most=3)
PARTS = question("parts", "matrix", scale=CSAT, rows=rows("driver", "food"), na_label=DID_NOT)

READ: list[tuple[Question, dict[str, list[str]], Any]] = [
    (nps(), {"q.nps": ["9"]}, 9),
    (nps(), {"q.nps": ["0"]}, 0),
    (nps(), {"q.nps": [""]}, None),
    (nps(), {}, None),
    (nps(na_label=DID_NOT), {"q.nps": ["na"]}, "na"),
    (PARTS, {"q.parts.driver": ["5"], "q.parts.food": ["na"]}, {"driver": 5, "food": "na"}),
    (PARTS, {"q.parts.food": [""]}, None),
    (question("c", "single", choices=COLOURS), {"q.c": ["red"]}, "red"),
    (
        question("c", "single", choices=COLOURS),
        {"q.c": ["other"], "q.c.other": [" teal "]},
        {"key": "other", "text": "teal"},
    ),
    (question("c", "dropdown", choices=COLOURS), {"q.c": ["other"]}, "other"),
    (SOME, {"q.c": ["red", "blue", "red"]}, ["red", "blue"]),
    (SOME, {"q.c": ["none"]}, ["none"]),
    (SOME, {"q.c": ["red"], "q.c.other": ["teal"]}, ["red", {"key": "other", "text": "teal"}]),
    (
        question("c", "single", choices=COLOURS),
        {"q.c": [""], "q.c.other": ["teal"]},
        {"key": "other", "text": "teal"},
    ),
    (question("c", "single", choices=COLOURS), {"q.c": ["red"], "q.c.other": ["teal"]}, "red"),
    (
        question("r", "ranking", choices=choices("a", "b", "c")),
        {"q.r.a": ["3"], "q.r.b": ["1"], "q.r.c": [""]},
        ["b", "a"],
    ),
    (question("t"), {"q.t": ["  so\x00 so\u202e "]}, "so so"),
    (question("t", "long_text"), {"q.t": ["one\r\ntwo"]}, "one\ntwo"),
    (question("n", "number", least=0, most=10), {"q.n": ["2,5"]}, 2.5),
    (question("n", "slider", least=0, most=10), {"q.n": ["10"]}, 10),
    (question("n", "slider"), {"q.n": [""]}, None),
    (question("d", "date"), {"q.d": ["2026-02-28"]}, "2026-02-28"),
    (question("d", "time"), {"q.d": ["14:30"]}, "14:30"),
    (question("y", "yes_no"), {"q.y": ["no"]}, False),
    (question("e", "email"), {"q.e": ["ana@example.com"]}, "ana@example.com"),
    (question("p", "phone"), {"q.p": ["+44 20 7946 0000"]}, "+44 20 7946 0000"),
]
REFUSED: list[tuple[Question, dict[str, list[str]], str]] = [
    (nps(), {"q.nps": ["11"]}, "from 0 to 10"),
    (nps(), {"q.nps": ["-1"]}, "from 0 to 10"),
    (nps(), {"q.nps": ["9.5"]}, "from 0 to 10"),
    (nps(), {"q.nps": ["\uff11"]}, "from 0 to 10"),
    (nps(), {"q.nps": ["1e1"]}, "from 0 to 10"),
    (nps(), {"q.nps": ["na"]}, "from 0 to 10"),
    (nps(), {"q.nps": ["9" * 5_000]}, "from 0 to 10"),
    (PARTS, {"q.parts.driver": ["6"]}, "from 1 to 5"),
    (question("c", "single", choices=COLOURS), {"q.c": ["green"]}, "what is offered"),
    (
        question("c", "single", choices=COLOURS),
        {"q.c": ["other"], "q.c.other": ["x" * 301]},
        "up to 300",
    ),
    (SOME, {"q.c": ["red"]}, "at least 2"),
    (SOME, {"q.c": ["red", "none"]}, "nothing else"),
    (question("c", "multiple", choices=COLOURS, most=1), {"q.c": ["red", "blue"]}, "up to 1"),
    (question("r", "ranking", choices=choices("a", "b")), {"q.r.a": ["1"], "q.r.b": ["1"]}, "own"),
    (question("r", "ranking", choices=choices("a", "b")), {"q.r.a": ["0"]}, "1, 2, 3"),
    (question("t", most=5), {"q.t": ["too long"]}, "up to 5"),
    (question("t", "long_text"), {"q.t": ["x" * 10_001]}, "10000"),
    (question("t", least=5), {"q.t": ["hm"]}, "at least 5"),
    (question("n", "number", least=0, most=10), {"q.n": ["11"]}, "from 0 to 10"),
    (question("n", "number", least=0), {"q.n": ["-1"]}, "0 or more"),
    (question("n", "number", most=9), {"q.n": ["10"]}, "9 or less"),
    (question("n", "number"), {"q.n": ["nan"]}, "a number"),
    (question("n", "number"), {"q.n": ["1e400"]}, "a number"),
    (question("d", "date"), {"q.d": ["2026-02-30"]}, "a day"),
    (question("d", "date"), {"q.d": ["0001-01-01"]}, "a day"),
    (question("d", "time"), {"q.d": ["25:00"]}, "time of day"),
    (question("y", "yes_no"), {"q.y": ["maybe"]}, "yes or no"),
    (question("e", "email"), {"q.e": ["ana@"]}, "e-mail"),
    (question("p", "phone"), {"q.p": ["call me"]}, "phone"),
]


@pytest.mark.parametrize(("asked", "sent", "answer"), READ)
def test_an_answer_is_read(asked: Question, sent: dict[str, list[str]], answer: Any) -> None:
    found = answer_sent(asked, sent)

    assert found == answer
    assert type(found) is type(answer)


@pytest.mark.parametrize(("asked", "sent", "words"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    asked: Question, sent: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(AnswerRefusedError, match=words):
        answer_sent(asked, sent)


@pytest.mark.parametrize(
    ("asked", "answer", "missing"),
    [
        (nps(is_required=True), None, True),
        (nps(is_required=True), 0, False),
        (nps(is_required=True, na_label=DID_NOT), "na", False),
        (nps(), None, False),
        (question("y", "yes_no", is_required=True), False, False),
        (question("y", "yes_no", is_required=True), None, True),
        (question("p", "matrix", is_required=True, rows=rows("a", "b")), {"a": 1}, True),
        (question("p", "matrix", is_required=True, rows=rows("a", "b")), {"a": 1, "b": 2}, False),
        (question("s", "statement", is_required=True), None, False),
    ],
)
def test_whether_an_answer_is_missing(asked: Question, answer: Any, missing: bool) -> None:
    assert is_missing(asked, answer) is missing
