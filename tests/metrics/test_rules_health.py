"""Health scores: the worked example, missing inputs, back-tests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.health import (
    HealthInput,
    InputState,
    brier_score,
    deciding_segment,
    discrimination,
    health_score,
    scaled,
)
from cxm.metrics.rules.rounding import round_half_away

GOLDEN = 5e-7


def health_input(
    value: float | None, weight: float, *, age: float = 1, inverted: bool = False
) -> HealthInput:
    return HealthInput("usage", value, age, 0, 100, weight, 30, inverted)


@pytest.mark.parametrize(
    ("value", "inverted", "expected"),
    [
        (18, False, 47.826087),
        (5, False, 0),
        (35, False, 100),
        (18, True, 52.173913),
        (5, True, 100),
    ],
)
def test_values_are_scaled_between_their_bounds(
    value: float, inverted: bool, expected: float
) -> None:
    # support.natero.com, account health score
    assert scaled(value, 7, 30, is_inverted=inverted) == pytest.approx(expected, abs=GOLDEN)


def test_the_worked_example() -> None:
    pairs = [(83, 7), (71, 5), (78, 8), (54, 3)]

    found = health_score([health_input(*pair) for pair in pairs])

    assert found.value == pytest.approx(74.869565, abs=GOLDEN)
    assert round_half_away(found.value or 0) == 75
    assert found.coverage == 1
    assert [part.scaled for part in found.parts] == [83, 71, 78, 54]
    assert [part.contribution for part in found.parts] == pytest.approx(
        [value * weight / 23 for value, weight in pairs]
    )


@pytest.mark.parametrize(
    ("second", "state"),
    [
        (health_input(None, 5), InputState.MISSING),
        (health_input(71, 5, age=31), InputState.TOO_OLD),
    ],
)
def test_an_input_without_a_fresh_value_is_left_out(second: HealthInput, state: InputState) -> None:
    others = [health_input(83, 7), health_input(78, 8), health_input(54, 3, age=30)]

    found = health_score([others[0], second, *others[1:]])

    assert found.value == pytest.approx(75.944444, abs=GOLDEN)
    assert found.coverage == pytest.approx(0.782609, abs=GOLDEN)
    part = found.parts[1]
    assert (part.state, part.scaled, part.contribution) == (state, None, None)
    assert part.value == second.value


@pytest.mark.parametrize(
    ("present", "missing", "expected"), [(5, 5, 40), (4.9, 5.1, None), (5, 0.1, 40)]
)
def test_below_half_of_the_weight_there_is_no_score(
    present: float, missing: float, expected: float | None
) -> None:
    found = health_score([health_input(40, present), health_input(None, missing)])

    assert found.value == (None if expected is None else pytest.approx(expected))


def test_without_inputs_there_is_no_score() -> None:
    found = health_score([])

    assert (found.value, found.coverage, found.parts) == (None, 0, ())


def test_an_inverted_input_counts_the_other_way() -> None:
    assert health_score([health_input(30, 2, inverted=True)]).value == 70


@pytest.mark.parametrize(
    ("low", "high", "weight", "message"),
    [(5, 5, 1, "usage: the lower bound"), (0, 1, 0, "usage: the weight"), (0, 1, -1, "weight")],
)
def test_impossible_inputs_are_refused(
    low: float, high: float, weight: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        HealthInput("usage", 1, 1, low, high, weight, 30)


@pytest.mark.parametrize(
    ("churned", "expected"),
    [([20, 35, 50], 11 / 12), ([20, 40, 50], 0.875), ([95], 0), ([], None)],
)
def test_discrimination(churned: list[float], expected: float | None) -> None:
    found = discrimination(churned, [40, 60, 70, 90])

    assert found == (None if expected is None else pytest.approx(expected))


def test_without_kept_customers_there_is_nothing_to_discriminate() -> None:
    assert discrimination([1], []) is None


def test_brier_score() -> None:
    outcomes = [False, False, True, True]

    assert brier_score([0.1, 0.4, 0.8, 0.35], outcomes) == pytest.approx(0.158125)
    assert brier_score([], []) is None
    with pytest.raises(ValueError, match="zip"):
        brier_score([0.1], [])


@pytest.mark.parametrize(
    ("member_of", "expected"),
    [({"small", "large"}, "large"), ({"small", "new"}, "new"), ({"other"}, None)],
)
def test_the_segment_with_the_first_priority_decides(
    member_of: set[str], expected: str | None
) -> None:
    assert deciding_segment({"large": 1, "small": 2, "new": 2}, member_of) == expected


SCORES = st.lists(st.integers(0, 20), min_size=1, max_size=15)


@settings(deadline=None, max_examples=30)
@given(SCORES, SCORES)
def test_discrimination_counts_pairs(churned: list[int], kept: list[int]) -> None:
    pairs = [(gone, stayed) for gone in churned for stayed in kept]
    points = sum(1.0 if gone < stayed else 0.5 * (gone == stayed) for gone, stayed in pairs)

    assert discrimination(churned, kept) == pytest.approx(points / len(pairs))
