"""Student's t distribution agrees with scipy's, which pages do not load."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxm.metrics.rules.student import t_quantile, t_two_sided_p

DEGREES = st.floats(0.5, 1e6)


@given(st.floats(-60, 60), DEGREES)
def test_the_two_tails_are_those_of_scipy(t: float, degrees: float) -> None:
    expected = 2 * stats.t.sf(abs(t), degrees)

    assert t_two_sided_p(t, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(st.floats(1e-6, 1 - 1e-6), DEGREES)
def test_quantiles_are_those_of_scipy(probability: float, degrees: float) -> None:
    expected = stats.t.ppf(probability, degrees)

    assert t_quantile(probability, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("probability", "degrees"), [(0.975, 28.5), (0.025, 1), (0.5, 7)])
def test_quantiles_lead_back(probability: float, degrees: float) -> None:
    t = t_quantile(probability, degrees)

    assert t_two_sided_p(t, degrees) / 2 == pytest.approx(min(probability, 1 - probability))
    assert (t > 0) == (probability > 0.5)


def test_the_ends_are_never_reached() -> None:
    assert t_two_sided_p(0, 5) == 1
    assert t_two_sided_p(float("inf"), 5) == 0
    assert t_two_sided_p(1e200, 3) == 0
