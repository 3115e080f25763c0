"""Calculated questions: what comes out, and which formulas are refused."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.rules.calculating import formula_faults, inputs_before, with_calculated
from feedback.rules.turning import Turn, turn
from tests.feedback.asking import asked, goes, nps, question, when


def calculated(key: str, formula: str, **more: Any) -> Any:
    return question(key, "calculated", formula=formula, **more)


@pytest.mark.parametrize(
    ("formula", "answers", "value"),
    [
        ("nps * 2", {"nps": 4}, 8),
        ("(nps + how_much) / 2", {"nps": 9, "how-much": 2}, 5.5),
        ("avg(nps, how_much, sure)", {"nps": 9, "how-much": 2, "sure": True}, 4),
        ("sure", {"sure": False}, 0),
        ("nps / 3", {"nps": 10}, 3.333333),
        ("nps + how_much", {"nps": 9}, None),
        ("nps", {"nps": "na"}, None),
        ("ifnull(how_much, 1) + nps", {"nps": 9}, 10),
        ("nps / 0", {"nps": 9}, None),
        ("nps +", {"nps": 9}, None),
    ],
)
def test_a_value_is_calculated_from_what_was_answered(
    formula: str, answers: dict[str, Any], value: float | None
) -> None:
    questions = [nps(), question("how-much", "number"), question("sure", "yes_no")]
    whole = asked(*questions, calculated("sum", formula))

    found = with_calculated(whole, {**answers, "sum": 99})

    assert found.get("sum") == value
    assert {key: found[key] for key in answers} == answers


def test_what_is_calculated_can_be_calculated_with() -> None:
    whole = asked(nps(), calculated("double", "nps * 2"), calculated("four", "double * 2"))

    assert with_calculated(whole, {"nps": 2}) == {"nps": 2, "double": 4, "four": 8}


def test_only_numbers_asked_before_can_be_named() -> None:
    questions = (nps("how-good"), question("why"), question("n", "slider"))

    assert inputs_before(questions) == {"how_good": "how-good", "n": "n"}


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("", "It has no formula."),
        ("later + 1", "It can name numbers asked before: nps."),
        ("nps *", "Its formula: "),
    ],
)
def test_a_formula_that_cannot_be_is_told(formula: str, words: str) -> None:
    sum_ = calculated("sum", formula)
    whole = asked(nps(), sum_, question("later", "number"))

    [fault] = formula_faults(whole, sum_)

    assert words in fault
    assert formula_faults(whole, whole.questions[0]) == []


def test_a_way_depends_on_what_is_calculated() -> None:
    sum_ = calculated("sum", "nps + 1", jumps=(goes("end", "sum", ">", 5),))
    whole = asked(nps(), sum_, question("why"))
    ends = []

    for score in ("9", "2"):
        turned = turn(
            whole,
            {},
            aside={},
            at="nps",
            sent={"q.nps": [score]},
            to=Turn.ON,
            surroundings={},
        )
        ends.append((turned.page and turned.page[0].key, turned.answers))

    assert ends == [(None, {"nps": 9, "sum": 10}), ("why", {"nps": 2, "sum": 3})]


def test_what_is_put_aside_is_no_longer_calculated_with() -> None:
    more = question("more", "number", show=when("nps", "<", 5))
    whole = asked(nps(), more, calculated("sum", "nps + more"))

    turned = turn(
        whole,
        {"nps": 2, "more": 3, "sum": 5},
        aside={},
        at="nps",
        sent={"q.nps": ["9"]},
        to=Turn.ON,
        surroundings={},
    )

    assert turned.answers == {"nps": 9}
    assert turned.aside["more"] == 3
