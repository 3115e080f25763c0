"""The geometry of stakeholder drawings: inside, apart, and the same everywhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import hypot
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.rules.drawing_filter import Filter, shown
from personas.rules.drawing_lines import FIGURE, Link, lines_of
from personas.rules.drawing_moves import dropped, stepped
from personas.rules.drawing_places import (
    PLOT,
    Ground,
    Mark,
    drawing_of,
    free_place,
    quadrant,
    tidied,
)
from personas.rules.drawing_regions import (
    RADIUS,
    SIDE,
    Box,
    Cell,
    from_polar,
    ring_radius,
    to_polar,
)
from personas.rules.kinds import RINGS, SECTORS, Layout

if TYPE_CHECKING:
    from personas.rules.drawing_places import Drawing

NEARLY = 0.6
shares = st.floats(0, 1, allow_nan=False)
degrees = st.none() | st.floats(1, 5, allow_nan=False)
grounds = st.builds(
    Ground,
    st.sampled_from(Layout),
    st.integers(1, 6).map(lambda count: tuple(f"Ring {i}" for i in range(count))),
    st.integers(0, 12).map(lambda count: tuple(f"Sector {i}" for i in range(count))),
)


@st.composite
def maps(draw: st.DrawFn) -> tuple[Ground, list[Mark]]:
    """A ground with up to thirty stakeholders anywhere on it."""
    ground = draw(grounds)
    rings = st.none() | st.integers(0, len(ground.rings) - 1)
    sectors = st.none() | st.integers(0, max(0, len(ground.sectors) - 1))
    marks = draw(
        st.lists(
            st.builds(
                Mark,
                id=st.just(""),
                stakeholder=st.just(""),
                name=st.just("Somebody"),
                kind=st.just("role"),
                ring=rings,
                sector=sectors,
                x=shares,
                y=shares,
                power=degrees,
                interest=degrees,
            ),
            max_size=30,
        )
    )
    return ground, [replace(m, id=str(i), stakeholder=f"s{i}") for i, m in enumerate(marks)]


def _apart(drawing: Drawing) -> float:
    points = [(one.x, one.y) for one in drawing.placed]
    return min((hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(points, 2)), default=SIDE)


def _moved(ground: Ground, marks: list[Mark]) -> list[Mark]:
    places = tidied(ground, marks)
    return [
        replace(m, x=places[m.id][0], y=places[m.id][1]) if m.id in places else m for m in marks
    ]


@settings(max_examples=60, deadline=None)
@given(maps())
def test_nobody_overlaps_after_tidy_and_tidying_again_changes_nothing(
    made: tuple[Ground, list[Mark]],
) -> None:
    ground, marks = made
    if ground.layout is Layout.POWER_INTEREST:
        assert tidied(ground, marks) == {}
        return

    neat = _moved(ground, marks)

    drawing = drawing_of(ground, neat)
    assert _apart(drawing) >= drawing.spacing - NEARLY
    assert _moved(ground, neat) == neat


@settings(max_examples=60, deadline=None)
@given(maps())
def test_everybody_stands_inside_their_ring_and_sector(made: tuple[Ground, list[Mark]]) -> None:
    ground, marks = made

    drawing = drawing_of(ground, marks)

    assert [one.mark for one in drawing.placed] == marks
    for one in drawing.placed:
        if one.is_apart:
            assert SIDE < one.y < drawing.height
            continue
        assert 0 <= one.x <= SIDE
        assert 0 <= one.y <= SIDE
        if ground.layout in {Layout.RINGS, Layout.SECTORS}:
            _assert_within(ground, one.mark, (one.x, one.y))


def _assert_within(ground: Ground, mark: Mark, point: tuple[float, float]) -> None:
    radius, turn = to_polar(point)
    if ground.layout is Layout.RINGS and mark.ring is not None:
        count = len(ground.rings)
        inner = ring_radius(mark.ring - 1, count) if mark.ring else 0
        assert inner - 1e-6 <= radius <= ring_radius(mark.ring, count) + 1e-6
    if ground.sectors and mark.sector is not None:
        count = len(ground.sectors)
        middle = (mark.sector + 0.5) / count
        assert abs((turn - middle + 0.5) % 1.0 - 0.5) <= 0.5 / count + 1e-6
    assert radius <= RADIUS + 1e-6


@settings(max_examples=40, deadline=None)
@given(maps())
def test_a_new_one_finds_a_place_beside_the_others_of_a_tidy_map(
    made: tuple[Ground, list[Mark]],
) -> None:
    ground, marks = made
    ground = replace(ground, layout=Layout.RINGS)
    neat = _moved(ground, marks)
    new = Mark("new", "new", "New", "role", ring=0)

    x, y = free_place(ground, neat, new)

    drawing = drawing_of(ground, [*neat, replace(new, x=x, y=y)])
    assert _apart(drawing) > 1


@pytest.mark.parametrize(
    ("power", "interest", "name"),
    [
        pytest.param(3.0, 3.0, "Manage closely", id="the-boundary-is-of-the-upper-side"),
        pytest.param(2.99, 3.0, "Keep informed", id="just-under-in-power"),
        pytest.param(3.0, 2.99, "Keep satisfied", id="just-under-in-interest"),
        pytest.param(2.99, 2.99, "Watch", id="just-under-in-both"),
        pytest.param(5.0, 1.0, "Keep satisfied", id="strong-and-without-interest"),
        pytest.param(1.0, 5.0, "Keep informed", id="weak-and-keen"),
    ],
)
def test_the_quadrants_meet_at_three(power: float, interest: float, name: str) -> None:
    assert quadrant(power, interest) == name


def test_those_with_the_same_numbers_stand_side_by_side_in_their_quadrant() -> None:
    ground = Ground(Layout.POWER_INTEREST, RINGS, SECTORS)
    marks = [Mark(str(i), f"s{i}", "Somebody", "role", power=3.0, interest=3.0) for i in range(6)]

    drawing = drawing_of(ground, marks)

    middle = (PLOT.left + PLOT.right) / 2, (PLOT.top + PLOT.bottom) / 2
    assert _apart(drawing) > drawing.spacing * 0.6
    assert all(one.x >= middle[0] - 1e-6 for one in drawing.placed)
    assert all(one.y <= middle[1] + 1e-6 for one in drawing.placed)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(Cell(0, RADIUS), id="a-disc"),
        pytest.param(Cell(200, 340), id="a-ring"),
        pytest.param(Cell(200, 340, 0.0, 0.25), id="a-quarter-of-a-ring"),
        pytest.param(Cell(0, RADIUS, 0.5, 7 / 12), id="a-narrow-sector"),
    ],
)
@pytest.mark.parametrize("spacing", [104.0, 47.5, 20.0])
def test_seats_keep_their_distance_and_lie_inside(cell: Cell, spacing: float) -> None:
    seats = cell.seats(spacing)

    for one, other in combinations(seats, 2):
        assert hypot(one[0] - other[0], one[1] - other[1]) >= spacing - 1e-6
    for seat in seats:
        near = cell.clamped(seat, spacing / 2 - 1e-6)
        assert hypot(near[0] - seat[0], near[1] - seat[1]) < 1e-3
    assert seats


def test_seats_of_a_box_fill_it() -> None:
    assert Box(0, 0, 30, 20).seats(10) == [(5, 5), (15, 5), (25, 5), (5, 15), (15, 15), (25, 15)]


def test_a_drop_in_the_rings_says_ring_and_sector() -> None:
    ground = Ground(Layout.RINGS, RINGS, SECTORS)

    assert dropped(ground, from_polar(400, 0.3)) == {
        "ring": 2,
        "sector": 1,
        "x": pytest.approx(0.8804, abs=1e-4),
        "y": pytest.approx(0.6236, abs=1e-4),
    }


def test_a_drop_outside_counts_at_the_edge() -> None:
    ground = Ground(Layout.RINGS, RINGS)

    assert dropped(ground, (500, 5_000)) == {"ring": 2, "x": 0.5, "y": 0.98}
    grid = replace(ground, layout=Layout.POWER_INTEREST)
    assert dropped(grid, (5_000, -5_000)) == {"power": 5.0, "interest": 5.0}


def test_steps_in_one_direction_cross_every_border() -> None:
    ground = Ground(Layout.RINGS, RINGS, SECTORS)
    mark = Mark("1", "s1", "Courier", "partner", ring=0, sector=0, x=0.55, y=0.45)
    rings, sectors = [mark.ring], [mark.sector]

    for _ in range(60):
        mark = replace(mark, **stepped(ground, [mark], "1", 0, 0.02))  # type: ignore[arg-type]
        rings.append(mark.ring)
        sectors.append(mark.sector)

    assert rings == sorted(rings, key=lambda ring: ring or 0)
    assert (rings[-1], sectors[-1]) == (2, 1)
    # At the edge of the drawing, a step further changes nothing.
    assert replace(mark, **stepped(ground, [mark], "1", 0, 0.02)).ring == 2  # type: ignore[arg-type]


def test_a_step_in_the_grid_is_a_share_of_its_scale() -> None:
    ground = Ground(Layout.POWER_INTEREST, RINGS)
    mark = Mark("1", "s1", "Courier", "partner", power=3.0, interest=4.98)

    assert stepped(ground, [mark], "1", 0.01, -0.05) == {"power": 3.2, "interest": 5.0}


def test_lines_end_at_figures_and_of_one_pair_lie_apart() -> None:
    ground = Ground(Layout.NETWORK, RINGS)
    marks = [
        Mark("1", "s1", "One", "role", x=0.2, y=0.5),
        Mark("2", "s2", "Two", "role", x=0.8, y=0.5),
    ]
    links = [
        Link("a", "s1", "s2", "money"),
        Link("b", "s2", "s1", "trust", direction="both"),
        Link("c", "s1", "s3", "goods"),
    ]
    drawing = drawing_of(ground, marks)

    lines = lines_of(drawing, links)

    assert [(line.link.id, len(line.heads)) for line in lines] == [("a", 1), ("b", 2)]
    middle = (500, 500 - drawing.spacing * FIGURE / 2)
    assert sorted(line.middle[1] - middle[1] > 0 for line in lines) == [False, True]
    for line in lines:
        for end in (line.start, line.end):
            reach = min(hypot(end[0] - x, end[1] - middle[1]) for x in (200, 800))
            assert reach == pytest.approx(drawing.spacing * FIGURE + 4)


@pytest.mark.parametrize(
    ("wanted", "people", "relations"),
    [
        pytest.param(Filter(), "abcd", "123", id="nothing-filters-nothing"),
        pytest.param(Filter(around="a"), "ab", "1", id="one-step"),
        pytest.param(Filter(around="a", steps=2), "abc", "12", id="two-steps-whichever-way"),
        pytest.param(Filter(relation="money"), "abcd", "2", id="a-kind-of-relation"),
        pytest.param(Filter(relation="money", around="a"), "a", "", id="steps-go-along-it"),
        pytest.param(Filter(kind="role"), "ac", "", id="a-hidden-end-hides-the-relation"),
        pytest.param(Filter(kind="team", around="a"), "ab", "1", id="whom-it-is-around-stays"),
    ],
)
def test_a_filter_shows_relations_with_both_ends(
    wanted: Filter, people: str, relations: str
) -> None:
    marks = [
        Mark(k, k, k, kind)
        for k, kind in zip("abcd", ("role", "team", "role", "team"), strict=True)
    ]
    links = [
        Link("1", "a", "b", "trust"),
        Link("2", "c", "b", "money"),
        Link("3", "c", "d", "goods"),
    ]

    left, seen = shown(marks, links, wanted)

    assert ("".join(m.id for m in left), "".join(one.id for one in seen)) == (people, relations)
