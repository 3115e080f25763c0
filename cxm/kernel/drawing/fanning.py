"""Where the points of a matrix are drawn when several are at nearly the same place."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin, sqrt

# A place: shares from the left and from the bottom.
type Place = tuple[float, float]

# With more than so many all figures are small, and names show when one is pointed at.
MOST_LARGE = 24
# Those nearer than these shares of the drawing would cover each other.
NEAR_X, NEAR_Y = 0.05, 0.08
# How far apart, in pixels, the figures of one place are fanned out; small ones are nearer.
APART, APART_SMALL = 36.0, 24.0
# The turn that spreads any number of points evenly around a middle.
# Vogel, H.: A better way to construct the sunflower head. Mathematical Biosciences 44, 1979.
_TURN = pi * (3 - sqrt(5))
_STEPS = 10


def is_crowded(count: int) -> bool:
    """Whether so many points are drawn small."""
    return count > MOST_LARGE


def fanned(places: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Give where each is drawn: a place, and how far from it in pixels to the right and down.

    One that stands alone is drawn where it is, several at nearly one place around the first.
    """
    apart = APART_SMALL if is_crowded(len(places)) else APART
    found: list[tuple[Place, Place]] = []
    middles: list[Place] = []
    counts: list[int] = []
    for place in places:
        at = next((i for i, middle in enumerate(middles) if _is_near(place, middle)), None)
        if at is None:
            at = len(middles)
            middles.append(place)
            counts.append(0)
        found.append((middles[at], _seat(counts[at], apart)))
        counts[at] += 1
    return found


def free_place(places: Sequence[Place]) -> Place:
    """Give a place for one more: of a grid, one with none near, as near the middle as can be.

    In a full matrix it is the middle.
    """
    steps = [step / _STEPS for step in range(1, _STEPS)]
    grid = [(x, y) for x in steps for y in steps]
    grid.sort(key=lambda place: (round(hypot(place[0] - 0.5, place[1] - 0.5), 6), place))
    free = (one for one in grid if not any(_is_near(one, other) for other in places))
    return next(free, (0.5, 0.5))


def _is_near(one: Place, other: Place) -> bool:
    return abs(one[0] - other[0]) < NEAR_X and abs(one[1] - other[1]) < NEAR_Y


def _seat(number: int, apart: float) -> Place:
    away = apart * sqrt(number)
    return round(away * cos(number * _TURN), 1), round(away * sin(number * _TURN), 1)
