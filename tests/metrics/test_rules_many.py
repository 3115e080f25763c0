"""Many tests at once: the published examples, scipy as an oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxm.metrics.rules.many import benjamini_hochberg, holm, is_flagged

# The example of Benjamini and Hochberg, 1995.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
PUBLISHED += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
ADJUSTED = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857, 0.063857, 0.0645, 0.0765]
ADJUSTED += [0.486, 0.581182, 0.714875, 0.753231, 0.813214, 1.0]
ON_THE_LIMIT = [0.01, 0.04, 0.03, 0.005, 0.5]
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def flags(adjusted: list[float]) -> int:
    return sum(is_flagged(p) for p in adjusted)


@pytest.mark.parametrize(
    ("p_values", "adjusted", "flagged"),
    [(PUBLISHED, ADJUSTED, 4), (ON_THE_LIMIT, [0.025, 0.05, 0.05, 0.025, 0.5], 4)],
)
def test_benjamini_hochberg(p_values: list[float], adjusted: list[float], flagged: int) -> None:
    found = benjamini_hochberg(p_values)

    assert found == pytest.approx(adjusted, abs=5e-7)
    assert flags(found) == flagged


def test_holm() -> None:
    found = holm(ON_THE_LIMIT)

    assert found == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.5], abs=5e-7)
    assert flags(found) == 2
    assert flags(holm(PUBLISHED)) == 3


def test_an_exact_tie_with_the_limit_is_flagged() -> None:
    assert is_flagged(0.05 + 1e-13)
    assert not is_flagged(0.05 + 1e-11)


def test_no_tests_give_no_p_values() -> None:
    assert benjamini_hochberg([]) == holm([]) == []


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_p_values_lie_between_0_and_1(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([p])
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([p])


@settings(deadline=None, max_examples=40)
@given(P_VALUES)
def test_adjusting_keeps_the_order_and_only_raises(p_values: list[float]) -> None:
    for adjust in (benjamini_hochberg, holm):
        pairs = sorted(zip(p_values, adjust(p_values), strict=True))
        assert [late for _, late in pairs] == sorted(late for _, late in pairs)
        assert all(p <= late * (1 + 1e-12) and late <= 1 for p, late in pairs)


@settings(deadline=None, max_examples=20)
@given(P_VALUES)
def test_benjamini_hochberg_agrees_with_scipy(p_values: list[float]) -> None:
    oracle = stats.false_discovery_control(p_values).tolist()

    assert benjamini_hochberg(p_values) == pytest.approx(oracle)
