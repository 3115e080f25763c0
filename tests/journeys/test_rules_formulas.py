"""Score formulas: what they are worth, what they refuse, and that they run nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.rules.formula_errors import FormulaError
from journeys.rules.formulas import Span, certain, read_formula

INPUTS = {
    "reach": certain(200.0),
    "impact": certain(2.0),
    "confidence": certain(0.8),
    "effort": certain(4.0),
    "nothing": certain(0.0),
    "missing": None,
}


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        # RICE as its authors define it: reach x impact x confidence / effort.
        ("reach * impact * confidence / effort", 80.0),
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("7 - 2 - 1", 4.0),
        ("8 / 4 / 2", 1.0),
        ("-impact + 3", 1.0),
        ("--3", 3.0),
        ("min(effort, impact, 3)", 2.0),
        ("max(effort, impact)", 4.0),
        ("avg(effort, impact)", 3.0),
        ("clamp(reach, 0, 100)", 100.0),
        ("ifnull(missing, 5)", 5.0),
        ("ifnull(impact, 5)", 2.0),
        (".5 * 4", 2.0),
    ],
)
def test_a_formula_is_worth_what_arithmetic_says(text: str, worth: float) -> None:
    found = read_formula(text, INPUTS).worth(INPUTS)

    assert found is not None
    assert found.value == pytest.approx(worth)


@pytest.mark.parametrize("text", ["reach / nothing", "missing + 1", "ifnull(missing, missing)"])
def test_without_an_input_or_over_nothing_there_is_no_score(text: str) -> None:
    assert read_formula(text, INPUTS).worth(INPUTS) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing, at the end"),
        ("reach *", "missing, at the end"),
        ("(reach", "closing bracket"),
        ("reach)", "not expected: “)” at character 6"),
        ("reach impact", "not expected: “impact”"),
        ("revenue + 1", "no input “revenue”"),
        ("clamp(reach, 1)", "clamp takes 3 values, not 2"),
        ("min", "Write min(…)"),
        ("__import__", "not expected"),
        ("reach.real", "not expected"),
        ("reach ** 2", "not expected"),
        ("1e5", "not expected"),
        ("(" * 21 + "1" + ")" * 21, "nested up to 20 deep"),
        ("1+" * 250 + "1", "up to 500 characters"),
        ("reach + " + "9" * 400, "too large"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(FormulaError) as refused:
        read_formula(text, INPUTS)

    assert words in str(refused.value)


@pytest.mark.parametrize("largest", [1.0, -1.0])
def test_what_comes_to_more_than_can_be_told_is_no_score(largest: float) -> None:
    inputs = {"a": certain(largest * 1e60), "b": certain(1e60)}

    assert read_formula("a * b", inputs).worth(inputs) is None


class Counting(dict[str, Span | None]):
    """Inputs that count how often they are looked at."""

    looks = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.looks += 1
        return super().get(key, default)


@pytest.mark.parametrize(
    ("text", "places", "lacking"),
    [
        ("+".join(["gone"] * 100), 100, {"gone"}),
        ("+".join(["reach"] * 80 + ["gone"]), 81, {"gone"}),
        ("avg(" * 19 + ",".join(["gone"] * 10) + ")" * 19, 10, {"gone"}),
        ("ifnull(gone, missing)", 2, {"missing"}),
        ("ifnull(gone, 1) + missing", 2, {"missing"}),
        ("reach / nothing", 2, set()),
    ],
)
def test_what_a_formula_lacks_is_found_in_one_look_at_each_of_its_parts(
    text: str, places: int, lacking: set[str]
) -> None:
    inputs = Counting({**INPUTS, "gone": None})
    formula = read_formula(text, inputs)

    assert formula.lacking(inputs) == lacking
    assert inputs.looks == places


def test_intervals_are_carried_along() -> None:
    inputs = {"a": Span(2, 1, 3), "b": Span(4, 2, 5)}

    assert read_formula("a - b", inputs).worth(inputs) == Span(-2, -4, 1)
    assert read_formula("a / b", inputs).worth(inputs) == Span(0.5, 0.2, 1.5)
    assert read_formula("a / (b - 3)", inputs).worth(inputs) is None


@given(
    a=st.tuples(*[st.floats(-100, 100)] * 3),
    b=st.tuples(*[st.floats(-100, 100)] * 3),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    sign=st.sampled_from(["a + b", "a - b", "a * b", "min(a, b)", "avg(a, b)", "clamp(a, b, 9)"]),
)
def test_no_interval_leaves_out_what_may_be_true(
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    place: tuple[float, float],
    sign: str,
) -> None:
    spans = {name: Span(sorted(of)[1], min(of), max(of)) for name, of in (("a", a), ("b", b))}
    inside = {
        name: certain(span.lo + part * (span.hi - span.lo))
        for (name, span), part in zip(spans.items(), place, strict=True)
    }
    formula = read_formula(sign, spans)

    whole, one = formula.worth(spans), formula.worth(inside)

    assert whole is not None
    assert one is not None
    assert whole.lo - 1e-9 <= one.value <= whole.hi + 1e-9
