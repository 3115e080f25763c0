"""The axes between which steps lie, and what the quarters between them are called."""

from __future__ import annotations

import pytest

from journeys.rules.step_matrix import (
    AxisSort,
    feeling_axis,
    gap_axis,
    importance_axis,
    measured_axis,
    sort_of,
    zones_of,
)


@pytest.mark.parametrize(
    ("key", "sort"),
    [
        ("customers", AxisSort.IMPORTANCE),
        ("us", AxisSort.IMPORTANCE),
        ("feeling-nobody", AxisSort.FEELING),
        ("measured-01a2", AxisSort.MEASURED),
        ("gap-01a2", AxisSort.GAP),
    ],
)
def test_the_key_of_an_axis_says_what_it_tells(key: str, sort: AxisSort) -> None:
    assert sort_of(key) is sort


@pytest.mark.parametrize(
    ("value", "is_taken"), [(1, True), (5, True), (0, False), (6, False), (2.5, False)]
)
def test_importance_is_a_whole_number_from_one_to_five(value: float, *, is_taken: bool) -> None:
    assert importance_axis("us").takes(value) is is_taken


@pytest.mark.parametrize(
    ("value", "is_taken"), [(-2, True), (0.3, True), (1.7, True), (2.1, False), (0.25, False)]
)
def test_a_feeling_is_told_in_tenths(value: float, *, is_taken: bool) -> None:
    assert feeling_axis("feeling-nobody", "Feeling").takes(value) is is_taken


@pytest.mark.parametrize(
    ("values", "unit", "ends"),
    [
        ([71.2, 64.0], "%", (0, 100)),
        ([3.2, 4.6, 2.9], "", (2, 5)),
        ([-12.5, 40.1], "", (-13, 41)),
        ([4.0], "", (4, 5)),
        ([], "", (0, 1)),
    ],
    ids=["share", "mean", "below nothing", "one value", "none"],
)
def test_a_measured_axis_holds_all_values_and_cannot_be_moved_along(
    values: list[float], unit: str, ends: tuple[float, float]
) -> None:
    axis = measured_axis("measured-1", "Satisfaction", values, unit=unit)

    assert (axis.low, axis.high) == ends
    assert "measured" in axis.fixed


@pytest.mark.parametrize(
    ("values", "far"), [([0.4, -1.6], 2.0), ([0.2], 1.0), ([], 1.0), ([2.4], 3.0)]
)
def test_no_gap_is_the_middle_of_its_axis(values: list[float], far: float) -> None:
    axis = gap_axis("gap-1", "Belief gap", values)

    assert (axis.low, axis.high) == (-far, far)


@pytest.mark.parametrize(
    ("x", "y", "corner", "name"),
    [
        ("customers", "feeling-1", 3, "Mend first"),
        ("us", "measured-1", 3, "Mend first"),
        ("feeling-1", "customers", 0, "Mend first"),
        ("customers", "us", 0, "More to us than to customers"),
        ("us", "customers", 0, "More to customers than to us"),
        ("us", "us", 1, ""),
        ("feeling-1", "measured-1", 1, ""),
        ("gap-1", "customers", 1, ""),
    ],
)
def test_quarters_are_named_where_there_is_something_to_say(
    x: str, y: str, corner: int, name: str
) -> None:
    assert zones_of(x, y)[corner] == name
