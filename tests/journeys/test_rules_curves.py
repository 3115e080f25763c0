"""Curves stay inside the range of their values, and are broken where one is missing."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journeys.rules.curves import (
    CELL_HEIGHT,
    CELL_WIDTH,
    MARGIN,
    CellCurve,
    CurveForm,
    Stretch,
    cell_curves,
    cut,
    height_of,
    path_of,
    slopes,
    stretches,
)

TENTHS = st.integers(-20, 20).map(lambda tenths: tenths / 10)
VALUES = st.lists(st.none() | TENTHS, max_size=12)
FORMS = st.sampled_from(list(CurveForm))


def at(stretch: Stretch, share: float) -> tuple[float, float]:
    """Give the point of a Bézier, from its definition."""
    weights = (
        (1 - share) ** 3,
        3 * share * (1 - share) ** 2,
        3 * share**2 * (1 - share),
        share**3,
    )
    x, y = (
        sum(w * p[axis] for w, p in zip(weights, stretch.points, strict=True)) for axis in (0, 1)
    )
    return x, y


def numbers(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", path)]


@pytest.mark.parametrize(
    ("value", "y"),
    [(2.0, MARGIN), (-2.0, CELL_HEIGHT - MARGIN), (0.0, CELL_HEIGHT / 2), (1.0, 32.0)],
)
def test_a_value_has_its_height(value: float, y: float) -> None:
    assert height_of(value) == y


def test_a_scale_without_a_span_is_drawn_in_the_middle() -> None:
    assert height_of(3, lowest=3, highest=3) == CELL_HEIGHT / 2


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([(0, 1)], [0], id="one"),
        pytest.param([(0, 0), (1, 2)], [2, 2], id="two"),
        pytest.param([(0, 0), (1, 2), (2, 0)], [2, 0, -2], id="top"),
        pytest.param([(0, 0), (1, 0), (2, 5)], [0, 0, 5], id="level"),
        pytest.param([(0, 0), (1, 1), (2, 2)], [1, 1, 1], id="straight"),
    ],
)
def test_slopes_are_those_of_the_paper(
    points: list[tuple[float, float]], expected: list[float]
) -> None:
    assert slopes(points) == expected


@given(VALUES, FORMS)
@example([0.0, 0.1, 2.0, 2.0, -2.0, -1.9], CurveForm.MONOTONE)
def test_a_line_never_leaves_the_range_of_its_two_ends(
    values: list[float | None], form: CurveForm
) -> None:
    for stretch in stretches(list(enumerate(values)), form):
        begin, end = stretch.points[0][1], stretch.points[3][1]
        heights = [at(stretch, step / 40)[1] for step in range(41)]

        assert min(begin, end) - 1e-9 <= min(heights) <= max(heights) <= max(begin, end) + 1e-9


@given(VALUES, FORMS)
def test_every_value_lies_on_the_line_and_gaps_are_bridged(
    values: list[float | None], form: CurveForm
) -> None:
    points = [(float(x), y) for x, y in enumerate(values) if y is not None]
    found = stretches(list(enumerate(values)), form)

    if len(points) > 1:
        ends = {stretch.points[0] for stretch in found} | {stretch.points[3] for stretch in found}
        assert set(points) <= ends
    assert all(one.points[3] == two.points[0] for one, two in pairwise(found))
    for stretch in found:
        width = stretch.points[3][0] - stretch.points[0][0]
        assert stretch.is_bridge == (width > 1)


@given(TENTHS, TENTHS, st.floats(0, 1))
def test_cutting_a_line_does_not_change_it(begin: float, end: float, share: float) -> None:
    [whole] = stretches([(0, begin), (1, end)])
    left, right = cut(whole, share)

    assert at(left, 0.5) == pytest.approx(at(whole, share / 2))
    assert at(right, 0.5) == pytest.approx(at(whole, share + (1 - share) / 2))


@given(VALUES, FORMS)
def test_what_leaves_a_cell_enters_the_next_at_the_same_height(
    values: list[float | None], form: CurveForm
) -> None:
    curves = cell_curves(values, form=form)

    for left, right in pairwise(curves):
        for name in ("path", "bridge"):
            out, into = numbers(getattr(left, name)), numbers(getattr(right, name))
            leaves, enters = out[-2:-1] == [CELL_WIDTH], into[:1] == [0.0]
            assert leaves == enters
            if leaves:
                assert out[-1] == into[1]


def test_a_missing_value_is_no_zero() -> None:
    curves = cell_curves([1.0, None, -1.0])

    assert [curve.y for curve in curves] == [32.0, None, 64.0]
    assert [curve.path for curve in curves] == ["", "", ""]
    assert numbers(curves[1].bridge)[:2] == [0.0, 40.0]
    assert numbers(curves[1].bridge)[-2:] == [160.0, 56.0]


def test_before_the_first_and_after_the_last_value_nothing_is_drawn() -> None:
    assert cell_curves([None, 0.0, None]) == [CellCurve(), CellCurve(y=48.0), CellCurve()]


def test_a_line_in_steps_jumps_at_the_edge_of_the_cell() -> None:
    curves = cell_curves([2.0, -2.0], form=CurveForm.STEPS)

    assert set(numbers(curves[0].path)[1::2]) == {16.0}
    assert numbers(curves[1].path)[:2] == [0.0, 16.0]
    assert numbers(curves[1].path)[-2:] == [80.0, 80.0]


def test_a_cell_is_filled_to_its_foot() -> None:
    area = cell_curves([0.0, 0.0])[0].area

    assert area.endswith("L160 96L80 96Z")


def test_a_path_begins_anew_where_the_line_was_left() -> None:
    found = [
        one
        for one in stretches([(0, 0.0), (1, 0.0), (2, None), (3, 0.0), (4, 0.0)])
        if not one.is_bridge
    ]

    assert path_of(found).count("M") == 2
