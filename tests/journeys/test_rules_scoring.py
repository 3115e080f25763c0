"""Models of scores: what presets come to, why there is no score, and what a model may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from journeys.rules.differences import count_span, difference
from journeys.rules.formula_errors import ScoreModelError
from journeys.rules.formulas import Span, Value, certain
from journeys.rules.score_presets import (
    DESIRABLE,
    ICE,
    PRESETS,
    RICE,
    VALUE_AND_EFFORT,
    WSJF,
    Preset,
)
from journeys.rules.scoring import (
    Expression,
    Input,
    Scoring,
    check_scoring,
    read_scoring,
    span_of,
    worth_of,
)

SMALL = Scoring(
    (Input("value", "Value", 0, 10), Input("effort", "Effort", 0)),
    (Expression("ratio", "Ratio", "value / effort"),),
)


def _given(**values: float) -> dict[str, Value]:
    return {name: certain(value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("preset", "values", "key", "worth"),
    [
        pytest.param(VALUE_AND_EFFORT, {"value": 8, "effort": 4}, "ratio", 2.0, id="value-effort"),
        pytest.param(
            RICE,
            {"reach": 500, "impact": 2, "confidence": 80, "effort": 4},
            "rice",
            200.0,
            id="rice",
        ),
        pytest.param(ICE, {"impact": 5, "confidence": 6, "ease": 7}, "ice", 210.0, id="ice"),
        pytest.param(
            WSJF,
            {"value": 8, "urgency": 5, "risk_cut": 2, "size": 3},
            "wsjf",
            5.0,
            id="wsjf",
        ),
        pytest.param(
            DESIRABLE, {"desirable": 9, "feasible": 3, "viable": 6}, "all_three", 6.0, id="three"
        ),
    ],
)
def test_presets_come_to_what_their_formulas_say(
    preset: Preset, values: dict[str, float], key: str, worth: float
) -> None:
    found = worth_of(preset.scoring, key, _given(**values))

    assert found.span is not None
    assert found.span.value == pytest.approx(worth)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_presets_are_models_that_may_be_used_and_are_read_back(preset: Preset) -> None:
    check_scoring(preset.scoring, x=preset.x, y=preset.y, size=preset.size)

    record = preset.scoring.record()
    assert read_scoring(record["inputs"], record["formulas"]) == preset.scoring


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "Value and Effort are missing."),
        ({"value": 3}, "Effort is missing."),
        ({"value": 3, "effort": 0}, "It would be divided by 0, or by something that may be 0."),
    ],
)
def test_without_an_input_there_is_no_score_and_it_says_why(
    values: dict[str, float], why: str
) -> None:
    found = worth_of(SMALL, "ratio", _given(**values))

    assert (found.span, found.why) == (None, why)


def test_what_another_value_stands_in_for_is_not_said_to_be_missing() -> None:
    formula = (Expression("ratio", "Ratio", "ifnull(value, 1) / effort"),)

    found = worth_of(replace(SMALL, formulas=formula), "ratio", {})

    assert found.why == "Effort is missing."


def test_an_interval_is_carried_into_the_score() -> None:
    found = worth_of(SMALL, "ratio", {"value": Span(6, 4, 8), "effort": Span(2, 1, 4)})

    assert found.span == Span(3.0, 1.0, 8.0)


def test_over_an_interval_with_nothing_in_it_there_is_no_score() -> None:
    assert worth_of(SMALL, "ratio", {"value": certain(1), "effort": Span(1, 0, 2)}).span is None


@pytest.mark.parametrize(
    ("stored", "span"),
    [
        ((None, None, None), None),
        ((3.0, None, None), certain(3.0)),
        ((3.0, 1.0, 4.0), Span(3.0, 1.0, 4.0)),
    ],
)
def test_stored_values_are_read_with_their_interval(
    stored: tuple[float | None, float | None, float | None], span: Value
) -> None:
    assert span_of(*stored) == span


def _with_inputs(*inputs: Input) -> Scoring:
    return replace(SMALL, inputs=inputs)


def _with_formula(text: str) -> Scoring:
    return replace(SMALL, formulas=(Expression("ratio", "Ratio", text),))


VALUE, EFFORT = SMALL.inputs


@pytest.mark.parametrize(
    ("scoring", "field", "words"),
    [
        (_with_inputs(), "inputs", "1 to 12 inputs"),
        (replace(SMALL, formulas=()), "formulas", "1 to 6 scores"),
        (_with_inputs(VALUE, replace(EFFORT, key="Effort")), "inputs", "lower-case letters"),
        (_with_inputs(VALUE, replace(EFFORT, key="value")), "inputs", "there twice"),
        (_with_inputs(VALUE, replace(EFFORT, key="ratio")), "inputs", "there twice"),
        (_with_inputs(VALUE, replace(EFFORT, key="min")), "inputs", "name of a function"),
        (_with_inputs(VALUE, replace(EFFORT, label=" ")), "inputs", "needs a name"),
        (_with_inputs(VALUE, replace(EFFORT, least=3, most=3)), "inputs", "below the most"),
        (_with_inputs(VALUE, replace(EFFORT, source="stars")), "inputs", "nothing computes"),
        (_with_formula("value / size"), "formulas", "no input “size”"),
        (_with_formula("value / / effort"), "formulas", "at character 9"),
        (_with_formula("(" * 21 + "value" + ")" * 21), "formulas", "20 deep"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused(scoring: Scoring, field: str, words: str) -> None:
    with pytest.raises(ScoreModelError, match=words) as refused:
        check_scoring(scoring, x="value", y="effort", size="")

    assert refused.value.field == field


@pytest.mark.parametrize("field", ["x", "y", "size"])
def test_a_matrix_draws_only_what_the_model_has(field: str) -> None:
    drawn = {"x": "effort", "y": "value", "size": ""} | {field: "elsewhere"}

    with pytest.raises(ScoreModelError, match="no score or input “elsewhere”") as refused:
        check_scoring(SMALL, **drawn)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Input("a", "A", 0, 10), "0 to 10"),
        (Input("a", "A", 0), "from 0"),
        (Input("a", "A", None, 5), "up to 5"),
        (Input("a", "A"), "any number"),
    ],
)
def test_an_input_says_its_range(one: Input, words: str) -> None:
    assert one.range_words == words


def test_a_difference_is_as_wide_as_both_sides_together() -> None:
    # Zou and Donner (2008), equation 2: 5 - sqrt(3² + 4²) and 5 + sqrt(6² + 8²).
    found = difference(Span(12.0, 9.0, 18.0), Span(7.0, -1.0, 11.0))

    assert found == Span(5.0, 0.0, 15.0)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # The exact limits (F. Garwood, 1936), which the approximation meets within 2 %.
    [(5, 1.623, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_a_count_has_the_limits_of_its_mean(count: int, low: float, high: float) -> None:
    found = count_span(count)

    assert found.value == count
    assert found.lo == pytest.approx(low, rel=0.02)
    assert found.hi == pytest.approx(high, rel=0.02)


def test_nobody_at_all_may_be_some_next_time() -> None:
    found = count_span(0)

    assert (found.value, found.lo) == (0.0, 0.0)
    assert found.hi == pytest.approx(3.689, rel=0.02)
