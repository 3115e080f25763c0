"""Conditions in words, and as lines of a form."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.rules import conditions
from feedback.rules.condition_words import flat, said_value, told
from feedback.rules.qr_codes import qr_svg
from tests.feedback.asking import when

NAMES = {"nps": "Would you?", "used": "Which?", "liked": "Liked it?"}
VALUES = {"used": {"app": "The app", "shop": "The shop"}}
LOW, APP = when("nps", "<", 7), when("used", "=", "app")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({}, "always"),
        (LOW, "“Would you?” is less than 7"),
        (APP, "“Which?” is “The app”"),
        (when("used", "in", ["app", "shop"]), "“Which?” is one of “The app, The shop”"),
        (when("used", "answered"), "“Which?” was answered"),
        (when("liked", "=", value=False), "“Liked it?” is No"),
        (when("gone", "=", "x"), "“gone” is “x”"),
        ({"all": [LOW, APP]}, "“Would you?” is less than 7 and “Which?” is “The app”"),
        ({"not": LOW}, "not (“Would you?” is less than 7)"),
        (
            {"any": [APP, {"all": [LOW, APP]}]},
            "“Which?” is “The app” or (“Would you?” is less than 7 and “Which?” is “The app”)",
        ),
    ],
)
def test_conditions_are_said_in_words(condition: dict[str, Any], words: str) -> None:
    assert told(conditions.read_condition(condition), NAMES, VALUES) == words


def test_simple_conditions_are_lines_and_nested_ones_are_not() -> None:
    test = conditions.Test("nps", conditions.Op.LESS, 7)

    assert flat(conditions.read_condition({})) == (True, [])
    assert flat(conditions.read_condition(LOW)) == (True, [test])
    assert flat(conditions.read_condition({"any": [LOW, LOW]})) == (False, [test, test])
    assert flat(conditions.read_condition({"all": [LOW, {"not": LOW}]})) is None
    assert flat(conditions.read_condition({"not": LOW})) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "Yes"), (7.0, "7"), (7.5, "7.5"), (["app", "x"], "The app, x")],
)
def test_values_are_said_as_they_are_typed(value: Any, text: str) -> None:
    assert said_value(value, VALUES["used"]) == text


def test_a_code_is_drawn_with_a_quiet_border() -> None:
    drawn = qr_svg("https://example.org/q/acme/abcdefghijklmnop/").decode()

    # 33 modules for so long an address, and four on each side.
    assert '<path fill="#fff" d="M0 0h41v41h-41z"/>' in drawn
    assert 'd="M4 4.5h7' in drawn
