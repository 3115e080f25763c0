"""Courses over time, and what follows them."""

from __future__ import annotations

from datetime import date

import pytest

from cxm.web.demo.stories import (
    Course,
    Lift,
    Mix,
    Script,
    Stories,
    Surge,
    Talk,
    age_in_weeks,
)


@pytest.mark.parametrize(
    ("on", "age"),
    [
        (date(2026, 11, 16), 0),
        (date(2026, 11, 15), 1 / 7),
        (date(2026, 11, 9), 1),
        (date(2026, 11, 21), -5 / 7),
    ],
    ids=["monday", "sunday before", "monday before", "today"],
)
def test_age_counts_from_the_monday_of_the_running_week(on: date, age: float) -> None:
    assert age_in_weeks(on, date(2026, 11, 21)) == age


@pytest.mark.parametrize(
    ("age", "value"),
    [(40, 0), (30.01, 0), (30, -25), (25, -25), (20, -25), (12.5, -12.5), (5, 0), (-1, 0)],
)
def test_course_jumps_holds_and_returns(age: float, value: float) -> None:
    course = Course(((30, 0), (30, -25), (20, -25), (5, 0)))

    assert course.at(age) == value


def test_lift_counts_for_its_touchpoint_and_channel_only() -> None:
    flat = Course(((0, 5),))
    stories = Stories(lifts=(Lift(flat, touchpoint="shop"), Lift(flat, channel="sms")))

    assert stories.lift("shop", "phone", 3) == 5
    assert stories.lift(None, "sms", 3) == 5
    assert stories.lift("invoice", "sms", 3) == 0
    assert stories.lift(None, "email", 3) == 0


def test_mix_keeps_the_proportions_of_the_others() -> None:
    stories = Stories(mixes=(Mix("pulse", "sms", Course(((9, 0.2), (9, 0.6)))),))
    usual = {"email": 0.6, "app": 0.2, "sms": 0.2}

    shifted = stories.shares("pulse", usual, 3)

    assert shifted == pytest.approx({"email": 0.3, "app": 0.1, "sms": 0.6})
    assert stories.shares("other", usual, 3) == usual


def test_surge_multiplies_its_survey() -> None:
    stories = Stories(surges=(Surge("contact", Course(((9, 1), (9, 2)))),))

    assert [stories.surge("contact", 10), stories.surge("contact", 9)] == [1, 2]
    assert stories.surge("pulse", 9) == 1


def test_talk_replaces_the_topic_for_a_while() -> None:
    stories = Stories(talks=(Talk("invoice", 30, 16, "new-invoice"),))

    topics = [stories.topic("invoice", age, "invoice") for age in (31, 30, 17, 16)]

    assert topics == ["invoice", "new-invoice", "new-invoice", "invoice"]
    assert stories.topic("shop", 20, "shop") == "shop"


def test_script_finds_the_scores_of_a_day() -> None:
    script = Script("desk", ((2.0, 5), (2.0, 3), (1.1, 4)))

    assert script.on_day(2.0) == [5, 3]
    assert script.on_day(8 / 7) == [4]
    assert Stories(scripts=(script,)).script("desk") == script
    assert Stories().script("desk") is None
