"""What is found in surveys before they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from feedback.rules.condition_space import can_hold
from feedback.rules.conditions import read_condition
from feedback.rules.questionnaires import Jump, Row, Scale
from feedback.rules.survey_checks import Level, checked, errors_in
from tests.feedback.asking import CSAT, asked, choices, goes, nps, question, rows, when

if TYPE_CHECKING:
    from feedback.rules.questionnaires import Question, Questionnaire

SCALES = {"nps": Scale(0, 10), "csat_5": CSAT}
USED = question("used", "single", choices=choices("app", "shop"))
SEVERAL = question("several", "multiple", choices=choices("app", "shop", "phone"))
AGE = question("age", "number", least=18, most=99)
LIKED = question("liked", "yes_no")
TABLE = question("parts", "matrix", metric="csat_5", scale=CSAT, rows=rows("desk", "till"))


def errors(*questions: Question, **more: Any) -> list[str]:
    return errors_in(checked(asked(*questions, **more), SCALES))


def all_of(*tests: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(tests)}


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        pytest.param((), "no question yet", id="nothing"),
        pytest.param((question("hi", "statement"),), "no question yet", id="nothing to answer"),
        pytest.param((question("a", title={}),), "has no words", id="no words"),
        pytest.param((question("a", "csat"),), "names no figure", id="no figure"),
        pytest.param((question("a", "file", most=6),), "more than 5 files", id="files"),
        pytest.param(
            (question("a", "single", choices=choices("one")),), "fewer than two", id="one choice"
        ),
        pytest.param(
            (question("a", "matrix", metric="csat_5", scale=CSAT),), "no rows", id="no rows"
        ),
        pytest.param(
            (question("a", "number", least=9, most=3),), "more than its most", id="bounds"
        ),
        pytest.param(
            (question("a", "nps", metric="csat_5", scale=CSAT),),
            "cannot be asked on a scale from 1 to 5",
            id="scale that is none of the type",
        ),
        pytest.param(
            (
                question(
                    "a",
                    "matrix",
                    metric="csat_5",
                    scale=CSAT,
                    rows=(Row("desk", {"en": "desk"}, metric="nps"),),
                ),
            ),
            "another scale than the table",
            id="row with another scale",
        ),
        pytest.param(
            (question("a", show=when("b", "answered")), question("b")),
            "not asked before it",
            id="forward",
        ),
        pytest.param(
            (question("a", show=when("a", "answered")),), "not asked before it", id="itself"
        ),
        pytest.param(
            (question("a", show=when("gone", "answered")),), "not in the survey", id="gone"
        ),
        pytest.param(
            (TABLE, question("a", show=when("parts.roof", "<", 3))),
            "“parts.roof”, which is not in the survey",
            id="gone row",
        ),
        pytest.param(
            (question("a"), question("b", jumps=(goes("a", "b", "answered"),))),
            "in circles",
            id="loop",
        ),
        pytest.param(
            (question("a", jumps=(goes("gone", "a", "answered"),)),),
            "leads to “gone”",
            id="nowhere",
        ),
        pytest.param(
            (question("a", jumps=(Jump("end"),)), question("b")),
            "“b” is never reached",
            id="behind the end",
        ),
        pytest.param(
            (
                LIKED,
                question("no", show=when("liked", "=", value=False)),
                question("yes", show=all_of(when("no", "answered"), when("liked", "=", True))),
            ),
            "“yes” is never reached",
            id="ways that exclude each other",
        ),
    ],
)
def test_what_nobody_could_answer_is_an_error(questions: tuple[Question, ...], words: str) -> None:
    found = errors(*questions)

    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("condition", "can"),
    [
        (when("nps", ">", 10), False),
        (when("nps", ">=", 10), True),
        (all_of(when("nps", ">", 6), when("nps", "<", 7)), False),
        (all_of(when("nps", ">", 6), when("nps", "<=", 7)), True),
        (when("used", "=", "bus"), False),
        (when("used", "=", "app"), True),
        (all_of(when("used", "=", "app"), when("used", "=", "shop")), False),
        (all_of(when("several", "contains", "app"), when("several", "contains", "shop")), True),
        (all_of(when("several", "=", "app"), {"not": when("several", "=", "app")}), False),
        (all_of(when("age", ">", 30), when("age", "<", 40)), True),
        (all_of(when("age", ">", 40), when("age", "<", 30)), False),
        (when("age", "<", 18), False),
        (when("age", ">", 99), False),
        (when("age", ">", 98), True),
        (all_of(when("liked", "answered"), when("liked", "unanswered")), False),
        (all_of(when("liked", "!=", True), when("liked", "answered")), True),
        (when("parts.desk", "<", 1), False),
        (when("parts.desk", "<", 2), True),
        (all_of(when("why", "contains", "late"), when("why", "contains", "wet")), True),
        (all_of(when("day", ">", "2026-01-01"), when("day", "<", "2025-01-01")), False),
        (all_of(when("day", ">", "2025-01-01"), when("day", "<", "2026-01-01")), True),
        (all_of(when("$language", "=", "de"), when("$language", "=", "en")), False),
        ({}, True),
    ],
)
def test_whether_a_rule_can_ever_hold_is_decided(condition: dict[str, Any], *, can: bool) -> None:
    known = [nps(), USED, SEVERAL, AGE, LIKED, TABLE, question("why"), question("day", "date")]

    found = can_hold(read_condition(condition), {one.key: one for one in known})

    assert found is can


def test_a_rule_that_can_never_hold_is_told_once() -> None:
    found = errors(nps(), question("why", show=when("nps", ">", 10)))

    assert found == ["“why” is never shown: no answers fulfil its rule."]


def test_a_way_that_is_never_taken_is_told() -> None:
    found = errors(nps(jumps=(goes("end", "nps", ">", 10),)), question("why"))

    assert found == ["Way on 1 from “nps” is never taken: no answers fulfil its rule."]


def test_a_sound_survey_has_no_findings() -> None:
    sound = asked(
        nps(jumps=(goes("bye", "nps", ">=", 9),)),
        question("why", "long_text", show=when("nps", "<", 7)),
        USED,
        question("bye", "statement"),
    )

    assert checked(sound, SCALES) == []


def test_findings_come_in_the_order_of_their_questions() -> None:
    found = checked(asked(question("a", title={}), question("b", "csat"), nps(title={})), SCALES)

    assert [one.key for one in found] == ["a", "b", "nps"]


def test_many_questions_are_a_hint() -> None:
    def keys(count: int) -> Questionnaire:
        return asked(*(question(f"q{n}") for n in range(count)))

    assert checked(keys(12), SCALES) == []
    assert [one.level for one in checked(keys(13), SCALES)] == [Level.HINT]


def test_missing_translations_are_warnings() -> None:
    survey = asked(
        question("a", title={"en": "a", "de": "A"}), question("b", title={"en": "b"}), USED
    )
    survey = type(survey)(
        {"en": "How?", "de": "Wie?"}, "en", ("en", "de"), survey.layout, survey.questions
    )

    found = checked(survey, {})

    assert [(one.level, one.words) for one in found] == [
        (Level.WARNING, "“b” is not all in Deutsch."),
        (Level.WARNING, "“used” is not all in Deutsch."),
    ]


def test_too_many_answers_to_try_together_are_followed_way_by_way() -> None:
    many = [question(f"n{n}", "nps", metric="nps", scale=Scale(0, 10)) for n in range(9)]
    together = {"all": [when(one.key, ">", 5) for one in many]}
    ends = question("ends", jumps=(Jump("end"),))

    found = errors(*many, question("why", show=together), ends, question("lost"))

    assert found == ["“lost” is never reached: all ways lead past it."]
