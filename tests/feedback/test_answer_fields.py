"""How questions are drawn: signs of scores by their style, points of sliders."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.rules.answer_reading import AnswerRefusedError, answer_sent, slider_points
from feedback.rules.questionnaires import Question, Scale
from feedback.views.answer_fields import FACES, Field, fields_of
from tests.feedback.asking import asked, question


def drawn(one: Question) -> Field:
    [field] = fields_of(
        asked(one),
        (one,),
        sent={},
        faults={},
        language="en",
        seed="s",
        words={},
        picture_url=str,
    )
    return field


def signs(sort: str, last: int, **more: Any) -> list[str]:
    return [point.sign for point in drawn(question("q", sort, scale=Scale(1, last), **more)).points]


@pytest.mark.parametrize("points", list(FACES))
def test_satisfaction_is_drawn_with_faces_unless_said_otherwise(points: int) -> None:
    assert signs("csat", points) == list(FACES[points])
    assert signs("csat", points, style="numbers") == [""] * points


@pytest.mark.parametrize(
    ("sort", "style", "sign"),
    [("rating", "", "★"), ("rating", "hearts", "♥"), ("csat", "stars", "★"), ("ces", "", "")],
)
def test_each_type_has_its_usual_look_and_others(sort: str, style: str, sign: str) -> None:
    assert signs(sort, 5, style=style) == [sign] * 5


def test_faces_without_as_many_points_are_numbers() -> None:
    assert signs("csat", 4) == [""] * 4


@pytest.mark.parametrize(
    ("bounds", "points"),
    [
        ({"least": 0, "most": 100, "step": 10}, [str(10 * at) for at in range(11)]),
        ({"least": 1, "most": 3}, ["1", "2", "3"]),
        ({"least": 0, "most": 1, "step": 0.25}, ["0", "0.25", "0.5", "0.75", "1"]),
        ({"least": 0, "most": 100}, []),
        ({"least": 0}, []),
    ],
)
def test_a_slider_of_few_points_is_chosen_and_begins_nowhere(
    bounds: dict[str, float], points: list[str]
) -> None:
    one = question("q", "slider", **bounds)
    field = drawn(one)

    assert list(slider_points(one)) == points
    assert [point.value for point in field.points] == points
    assert not any(point.is_picked for point in field.points)
    assert field.template.endswith("_scale.html" if points else "_line.html")


def test_the_bounds_of_a_number_are_said_before_anything_is_wrong() -> None:
    assert drawn(question("q", "number", least=1, most=9)).hints["bounds"] == (
        "Write a number from 1 to 9."
    )
    assert drawn(question("q", "number", least=1)).hints["bounds"] == ""


@pytest.mark.parametrize(("told", "is_read"), [("30", True), ("0.3", False), ("57", False)])
def test_what_lies_between_the_steps_is_refused(told: str, is_read: bool) -> None:
    one = question("q", "slider", least=0, most=100, step=10)

    if is_read:
        assert answer_sent(one, {"q.q": [told]}) == float(told)
    else:
        with pytest.raises(AnswerRefusedError):
            answer_sent(one, {"q.q": [told]})


def test_steps_of_a_tenth_are_read_as_they_are_meant() -> None:
    one = question("q", "slider", least=0, most=1, step=0.1)

    assert [answer_sent(one, {"q.q": [point]}) for point in slider_points(one)][3] == 0.3
