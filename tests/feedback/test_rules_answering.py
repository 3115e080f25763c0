"""The way through a survey: pages, jumps, and answers that no longer count."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rules.answering import page_after, page_before, pages_of, settled, way_through
from feedback.rules.questionnaires import Jump
from feedback.rules.survey_words import Ending
from tests.feedback.asking import asked, choices, goes, nps, question, when


def keys(pages: list[Any]) -> list[list[str]]:
    return [[one.key for one in page] for page in pages]


def test_one_question_stands_on_a_page() -> None:
    survey = asked(nps(), question("why", "long_text"), question("name"))

    assert keys(pages_of(survey, {})) == [["nps"], ["why"], ["name"]]


def test_words_to_read_stand_with_the_question_they_lead_to() -> None:
    survey = asked(question("hello", "statement"), nps(), question("bye", "statement"))

    assert keys(pages_of(survey, {})) == [["hello", "nps"], ["bye"]]


def test_pages_begin_where_they_are_marked() -> None:
    survey = asked(nps(), question("why"), question("more", starts_page=True), layout="pages")

    assert keys(pages_of(survey, {})) == [["nps", "why"], ["more"]]


def test_what_depends_on_an_answer_comes_on_a_later_page_even_if_all_is_on_one() -> None:
    survey = asked(nps(), question("why", show=when("nps", "<", 7)), question("on"), layout="all")

    assert keys(pages_of(survey, {"nps": 3})) == [["nps"], ["why", "on"]]
    assert keys(pages_of(survey, {"nps": 9})) == [["nps"], ["on"]]


def test_hidden_values_make_no_page() -> None:
    survey = asked(question("order", "hidden"), question("sum", "calculated"), nps())

    assert keys(pages_of(survey, {})) == [["order", "sum", "nps"]]


def test_a_way_on_passes_over_what_lies_between() -> None:
    survey = asked(
        nps(jumps=(goes("thanks", "nps", ">=", 9),)), question("why"), question("thanks")
    )

    assert [q.key for q in way_through(survey, {"nps": 10}).questions] == ["nps", "thanks"]
    assert [q.key for q in way_through(survey, {"nps": 2}).questions] == ["nps", "why", "thanks"]


@pytest.mark.parametrize(("to", "ending"), [("end", Ending.END), ("screen_out", Ending.SCREEN_OUT)])
def test_a_way_on_may_end_the_survey(to: str, ending: Ending) -> None:
    survey = asked(nps(jumps=(goes(to, "nps", "<", 5),)), question("why"))

    way = way_through(survey, {"nps": 1})

    assert ([q.key for q in way.questions], way.ending) == (["nps"], ending)


def test_a_way_back_is_not_taken() -> None:
    survey = asked(nps(), question("why", jumps=(goes("nps", "why", "answered"),)))

    assert [q.key for q in way_through(survey, {"why": "x"}).questions] == ["nps", "why"]


def test_what_is_no_longer_asked_is_put_aside_with_what_hung_on_it() -> None:
    survey = asked(
        nps(),
        question("cause", "single", choices=choices("late"), show=when("nps", "<", 7)),
        question("how-late", show=when("cause", "=", "late")),
    )
    answers = {"nps": 9, "cause": "late", "how-late": "two hours", "$language": "en"}

    found = settled(survey, answers)

    assert found.counted == {"nps": 9, "$language": "en"}
    assert found.aside == {"cause": "late", "how-late": "two hours"}


def test_pages_are_turned_both_ways() -> None:
    pages = pages_of(asked(nps(), question("why"), question("on")), {})

    after, before = page_after(pages, "nps"), page_before(pages, "why")

    assert [one.key for one in after or ()] == ["why"]
    assert [one.key for one in before or ()] == ["nps"]
    assert page_after(pages, "on") is None
    assert page_before(pages, "nps") is None
    assert page_after(pages, "") == pages[0]
    assert page_after(pages, "gone") == pages[0]


@st.composite
def surveys(draw: st.DrawFn) -> Any:
    """Draw a survey of scores in which anything may depend on what comes before."""
    count = draw(st.integers(1, 7))
    made = []
    for number in range(count):
        before = draw(st.integers(0, max(0, number - 1)))
        show = when(f"q{before}", "<", draw(st.integers(0, 10))) if number else {}
        jumps: tuple[Jump, ...] = ()
        if draw(st.booleans()):
            to = draw(st.sampled_from(["end", "screen_out", *(f"q{n}" for n in range(count))]))
            jumps = (goes(to, f"q{number}", ">", draw(st.integers(0, 10))),)
        made.append(nps(f"q{number}", show=show if draw(st.booleans()) else {}, jumps=jumps))
    return asked(*made, layout=draw(st.sampled_from(["one", "pages", "all"])))


_answers = st.dictionaries(st.sampled_from([f"q{n}" for n in range(7)]), st.integers(0, 10))


@given(survey=surveys(), answers=_answers)
def test_pages_hold_the_way_and_answering_one_changes_no_page_before_it(
    survey: Any, answers: dict[str, int]
) -> None:
    pages = pages_of(survey, answers)
    on_pages = [one.key for page in pages for one in page]
    assert on_pages == [one.key for one in way_through(survey, answers).questions]

    for number, page in enumerate(pages):
        changed = answers | {one.key: 5 for one in page}
        assert pages_of(survey, changed)[: number + 1] == pages[: number + 1]


@given(survey=surveys(), answers=_answers)
def test_what_counts_is_what_its_own_way_asks(survey: Any, answers: dict[str, int]) -> None:
    found = settled(survey, answers)

    assert found.counted.keys() <= way_through(survey, found.counted).keys
    assert found.counted | found.aside == answers
    assert settled(survey, found.counted).aside == {}
