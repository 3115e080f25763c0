"""Where figures lie between the worst and the best, by hand."""

from __future__ import annotations

import pytest

from analytics.rules.placing import place_on


@pytest.mark.parametrize(
    ("value", "statistic", "ends", "is_more_better", "expected"),
    [
        pytest.param(-100, "net", (0, 10), True, -2, id="the worst net score"),
        pytest.param(0, "net", (0, 10), True, 0, id="as many promoters as detractors"),
        pytest.param(50, "net", (0, 10), True, 1, id="a good net score"),
        pytest.param(75, "share", (1, 5), True, 1, id="three of four are satisfied"),
        pytest.param(75, "share", (1, 5), False, 1, id="favourable is good on any scale"),
        pytest.param(3, "mean", (1, 5), True, 0, id="the middle of the scale"),
        pytest.param(2, "mean", (1, 5), False, 1, id="little effort is good"),
        pytest.param(7, "median", (1, 7), True, 2, id="the best end"),
    ],
)
def test_a_figure_is_placed_between_the_worst_and_the_best(
    value: float,
    statistic: str,
    ends: tuple[float, float],
    is_more_better: bool,
    expected: float,
) -> None:
    found = place_on(value, statistic, ends, is_more_better=is_more_better)

    assert found == pytest.approx(expected)
