"""Geometry of the small charts, against positions worked out by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.kernel import charts
from cxm.kernel.charts import Axis, Tone, TrendPoint

TEN = Axis(0, 10, (0, 5, 10))


def point(value: float | None, *, n: int = 50, url: str = "") -> TrendPoint:
    low, high = (None, None) if value is None else (value - 1, value + 1)
    return TrendPoint("a week", value, low, high, n, url)


def attributes(markup: object, name: str, *, of: str) -> list[str]:
    return [
        found
        for tag in re.findall(f"<{of}[^>]*>", str(markup))
        for found in re.findall(f' {name}="([^"]*)"', tag)
    ]


@pytest.mark.parametrize(
    ("values", "bounds", "ticks"),
    [
        pytest.param([12.0, 48.0], None, (10, 20, 30, 40, 50), id="round steps around the values"),
        pytest.param([0.0, 1.0], None, (0, 0.25, 0.5, 0.75, 1), id="steps below one"),
        pytest.param([-30.0, 70.0], None, (-50, -25, 0, 25, 50, 75), id="zero is a tick"),
        pytest.param([96.0, 100.0], (0, 100), (96, 97, 98, 99, 100), id="never over the scale"),
        pytest.param([40.0, None, 40.0], None, (39, 39.5, 40, 40.5, 41), id="one value has room"),
        pytest.param([], (-100.0, 100.0), (-100, -50, 0, 50, 100), id="no values: the scale"),
        pytest.param([None], None, (0, 0.25, 0.5, 0.75, 1), id="nothing known"),
    ],
)
def test_an_axis_has_round_ticks(
    values: list[float | None], bounds: tuple[float, float] | None, ticks: tuple[float, ...]
) -> None:
    assert charts.axis(values, bounds=bounds).ticks == ticks


@pytest.mark.slow
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_an_axis_holds_all_its_values(values: list[float]) -> None:
    scale = charts.axis(values)

    slack = 1e-6 * max(1.0, *map(abs, values))
    assert scale.low - slack <= min(values)
    assert max(values) <= scale.high + slack


def test_an_axis_places_its_middle_in_the_middle() -> None:
    assert Axis(-50, 50, (-50, 0, 50)).position(0) == 0.5


@pytest.mark.slow
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=12))
def test_a_curve_never_leaves_the_space_between_neighbours(heights: list[int]) -> None:
    spots = [(10.0 * i, float(height)) for i, height in enumerate(heights)]

    path = charts.curve(spots)

    pieces = [list(map(float, piece.split())) for piece in path.split("C")[1:]]
    for (_, y1), (_, y2), piece in zip(spots[:-1], spots[1:], pieces, strict=True):
        low, high = min(y1, y2) - 0.01, max(y1, y2) + 0.01
        assert low <= piece[1] <= high
        assert low <= piece[3] <= high


def test_a_curve_through_a_straight_line_is_straight() -> None:
    assert charts.curve([(0, 0), (3, 3), (6, 6)]) == "M0 0C1 1 2 2 3 3C4 4 5 5 6 6"


def test_a_sparkline_runs_from_its_lowest_to_its_highest_value() -> None:
    drawn = charts.sparkline([1, 3, 2], label="NPS")

    (line, knot) = attributes(drawn, "d", of="path")
    assert line.startswith("M0 27C")
    assert " 10 3C" in line
    assert line.endswith("20 15")
    assert knot == "M20 15h.01"


def test_a_sparkline_has_a_gap_where_nobody_answered() -> None:
    drawn = charts.sparkline([1, 2, None, 2, 1], label="NPS")

    assert attributes(drawn, "class", of="path") == ["thread-line", "thread-line", "thread-knot"]


@pytest.mark.parametrize("values", [[], [None, None]])
def test_a_sparkline_of_nothing_is_an_empty_picture(values: list[None]) -> None:
    drawn = charts.sparkline(values, label="no data")

    assert "<path" not in str(drawn)
    assert 'aria-label="no data"' in str(drawn)


def test_a_stacked_bar_puts_parts_side_by_side_and_leaves_empty_ones_out() -> None:
    shares = [(52.0, Tone.FAVOURABLE), (0.0, Tone.NEUTRAL), (48.0, Tone.UNFAVOURABLE)]

    drawn = charts.stacked_bar(shares, label="who")

    assert attributes(drawn, "x", of="rect") == ["0", "52.4"]
    assert attributes(drawn, "width", of="rect") == ["52", "47.6"]
    assert attributes(drawn, "class", of="rect") == ["tone-favourable", "tone-unfavourable"]


def test_a_whisker_reaches_from_end_to_end_of_the_interval() -> None:
    drawn = charts.whisker(5, 4, 7, scale=TEN)

    assert attributes(drawn, "d", of="path") == ["M40 10H70", "M50 10h.01"]
    assert attributes(drawn, "width", of="rect") == ["50"]


def test_a_negative_bar_ends_at_zero() -> None:
    drawn = charts.whisker(-5, None, None, scale=Axis(-10, 10, (-10, 0, 10)))

    assert attributes(drawn, "x", of="rect") == ["25"]
    assert attributes(drawn, "width", of="rect") == ["25"]


def test_a_whisker_without_a_value_shows_only_where_zero_is() -> None:
    drawn = str(charts.whisker(None, None, None, scale=TEN))

    assert "<path" not in drawn
    assert "<rect" not in drawn
    assert "zero-line" in drawn


@pytest.mark.parametrize(("count", "most", "height"), [(5, 10, "50"), (10, 10, "100"), (0, 0, "0")])
def test_a_column_is_as_high_as_its_share_of_the_highest(
    count: int, most: int, height: str
) -> None:
    drawn = charts.column(count, most=most, tone=Tone.PLAIN)

    assert attributes(drawn, "height", of="rect") == [height]


def test_a_trend_places_points_in_the_middle_of_their_periods() -> None:
    drawn = charts.trend([point(0), point(10)], scale=TEN, label="NPS")

    lines = attributes(drawn, "d", of="path")
    assert "M5 100L15 0" in lines
    assert "M5 90L15 0L15 10L5 100Z" in lines


def test_a_trend_has_a_gap_where_nobody_answered() -> None:
    points = [point(1), point(2), point(None, n=0), point(4)]

    drawn = charts.trend(points, scale=TEN, label="NPS")

    kinds = attributes(drawn, "class", of="path")
    assert kinds.count("thread-line") == 2
    assert kinds.count("thread-band") == 2
    assert kinds.count("thread-knot") == 3


def test_a_point_with_few_answers_is_marked_as_early() -> None:
    drawn = charts.trend([point(1, n=9), point(2, n=10)], scale=TEN, label="NPS")

    knots = [kind for kind in attributes(drawn, "class", of="path") if "knot" in kind]
    assert knots == ["thread-knot is-early", "thread-knot"]


def test_a_long_trend_has_no_knots() -> None:
    drawn = charts.trend([point(5)] * 32, scale=TEN, label="NPS")

    assert "knot" not in str(drawn)


def test_a_goal_is_drawn_at_its_height() -> None:
    drawn = charts.trend([point(1)], scale=TEN, label="NPS", goal=7.5)

    assert '<line x1="0" x2="10" y1="25" y2="25" class="goal-line">' in str(drawn)


def test_only_periods_with_rows_can_be_pressed() -> None:
    points = [point(1, url="/a?x=1&y=2"), point(None, n=0)]

    drawn = charts.trend_hits(points, ["NPS 1", "no answers"])

    assert attributes(drawn, "href", of="a") == ["/a?x=1&amp;y=2"]
    assert "<title>NPS 1</title>" in str(drawn)
    assert 'aria-hidden="true"' in str(drawn)
