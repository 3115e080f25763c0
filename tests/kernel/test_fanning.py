"""Where points are drawn in a matrix when several stand at nearly the same place."""

from __future__ import annotations

from itertools import combinations
from math import hypot

import pytest

from cxm.kernel.drawing.fanning import APART, APART_SMALL, fanned, free_place, is_crowded


def test_one_that_stands_alone_is_drawn_where_it_is() -> None:
    places = [(0.1, 0.1), (0.5, 0.5), (0.9, 0.1)]

    assert fanned(places) == [(place, (0.0, 0.0)) for place in places]


def test_those_that_are_near_are_drawn_around_the_first_of_them() -> None:
    first, second = fanned([(0.5, 0.5), (0.52, 0.53)])

    assert (first[0], second[0]) == ((0.5, 0.5), (0.5, 0.5))
    assert hypot(*second[1]) == pytest.approx(APART, abs=0.1)


@pytest.mark.parametrize(("count", "apart"), [(2, APART), (9, APART), (60, APART_SMALL)])
def test_those_of_one_place_are_fanned_out_around_it(count: int, apart: float) -> None:
    aside = [away for _, away in fanned([(0.5, 0.5)] * count)]

    assert aside[0] == (0.0, 0.0)
    nearest = min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(aside, 2))
    assert nearest >= 0.99 * apart
    assert max(hypot(*one) for one in aside) <= apart * count**0.5


def test_many_need_small_figures() -> None:
    assert [is_crowded(count) for count in (0, 24, 25, 500)] == [False, False, True, True]


def test_each_new_one_finds_a_place_with_none_near() -> None:
    places: list[tuple[float, float]] = []
    for _ in range(81):
        places.append(free_place(places))

    assert places[0] == (0.5, 0.5)
    assert len(set(places)) == 81
    assert fanned(places) == [(place, (0.0, 0.0)) for place in places]
    assert free_place(places) == (0.5, 0.5)
